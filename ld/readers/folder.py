"""The folder of seeds: which files are seed documents, in an order that never varies."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ld.corpus import SETTINGS_FILE
from ld.readers import reader_for
from ld.readers.header_text import CONTROL
from ld.report import Finding, Severity

#: Files that belong beside seeds and are no seed documents.
BESIDE: Final = frozenset({SETTINGS_FILE, "README.md", "README", "SOURCE.md", "SOURCE", "LICENSE"})

# A line break in a name would break every report that a line holds one finding of.
_UNFIT_NAME = re.compile(f"{CONTROL.pattern}|[\t\n\r]")


def walk(folder: Path) -> Iterator[str | Finding]:
    """Find the seed documents below a folder, and what was left aside.

    Gives paths relative to the folder with forward slashes, sorted within each folder; hidden
    files are passed over. Linked folders are not followed, so a loop cannot trap the walk.
    """
    yield from _walk(folder, "")


def _walk(folder: Path, prefix: str) -> Iterator[str | Finding]:
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
        elif not _is_file(entry):
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
            yield path


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a circle of links, or a link into a folder that is closed
        return False


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
