"""The folder of seeds: which files are seed documents, in an order that never varies."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ld.corpus import SETTINGS_FILE
from ld.readers import reader_for
from ld.report import Finding, Severity

#: Files that belong beside seeds and are no seed documents.
BESIDE: Final = frozenset({SETTINGS_FILE, "README.md", "README", "SOURCE.md", "SOURCE", "LICENSE"})


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
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), path + "/")
        elif entry.is_symlink() and not Path(entry.path).is_file():
            yield _left_aside(
                path,
                "link",
                "This link leads to a folder, in a circle or nowhere, and was not followed. "
                "Put the files themselves here.",
            )
        elif entry.name in BESIDE:
            continue
        elif reader_for(entry.name) is None:
            yield _left_aside(
                path,
                "unknown_format",
                "No reader takes this file, so it was left aside.",
                Severity.INFO,
            )
        elif not _encodable(path):
            yield _left_aside(
                path.encode("utf-8", "replace").decode(),
                "file_name",
                "The name of this file is not UTF-8. Rename it.",
            )
        else:
            yield path


def _encodable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _left_aside(
    path: str, rule: str, message: str, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(severity, rule, message, file=path)
