"""The folder of seeds: which files are seed documents, in an order that never varies."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from ld.corpus import SETTINGS_FILE
from ld.readers import reader_for
from ld.readers.header_text import CONTROL
from ld.report import Finding, Severity

#: Files that belong beside seeds and are no seed documents.
BESIDE: Final = frozenset({SETTINGS_FILE, "README.md", "README", "SOURCE.md", "SOURCE", "LICENSE"})

# A line break in a name would break every report that a line holds one finding of.
_UNFIT_NAME = re.compile(f"{CONTROL.pattern}|[\t\n\r]")


#: The rules of the findings about files that are no seeds.
RULES: Final = ("file_name", "link", "special_file", "unknown_format", "unreadable_folder")


class SeedFile(NamedTuple):
    """A seed document by its path, relative to the folder with forward slashes.

    Units: `size` in bytes; `mtime_ns` in nanoseconds since 1970, as the file system has it.
    """

    path: str
    size: int
    mtime_ns: int


def walk(folder: Path) -> Iterator[SeedFile | Finding]:
    """Find the seed documents below a folder, and what was left aside.

    They come sorted within each folder; hidden files are passed over. Linked folders are not
    followed, so a loop cannot trap the walk.
    """
    yield from _walk(folder, "")


def _walk(folder: Path, prefix: str) -> Iterator[SeedFile | Finding]:
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield _left_aside(
            prefix or ".",
            "unreadable_folder",
            f"This folder cannot be read ({error.strerror}); make it readable.",
        )
        return
    for entry in entries:
        path = prefix + entry.name
        if entry.name.startswith("."):
            continue
        if _UNFIT_NAME.search(entry.name):
            yield _left_aside(
                _UNFIT_NAME.sub("\N{REPLACEMENT CHARACTER}", path),
                "file_name",
                "This name is not UTF-8 or holds control characters. Rename the file or folder.",
            )
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), path + "/")
        elif (status := _file_status(entry)) is None:
            yield _no_file(path, is_link=entry.is_symlink())
        elif entry.name in BESIDE:
            continue
        elif reader_for(entry.name) is None:
            yield _left_aside(
                path,
                "unknown_format",
                "No reader takes this file, so it was left aside.",
                Severity.INFO,
            )
        else:
            yield SeedFile(path, status.st_size, status.st_mtime_ns)


def _file_status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        status = entry.stat()
    except OSError:  # a circle of links, or a link into a folder that is closed
        return None
    return status if S_ISREG(status.st_mode) else None


def _no_file(path: str, *, is_link: bool) -> Finding:
    if is_link:
        message = (
            "This link leads to no file that can be read (a folder, a device, a circle, nowhere) "
            "and was not followed. Put the files themselves here."
        )
        return _left_aside(path, "link", message)
    message = "This is no regular file but a pipe, socket or device. Put a file here or remove it."
    return _left_aside(path, "special_file", message)


def _left_aside(
    path: str, rule: str, message: str, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(severity, rule, message, file=path)
