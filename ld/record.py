"""Record: what one seed document states, field by field, and where it states it."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Origin(NamedTuple):
    """Where a value was read.

    Units: `line` counts from 1; None where a file has no lines or the whole file is meant.
    `file` is relative to the folder of seeds, with forward slashes, never an absolute path.
    """

    file: str
    line: int | None
    field: str
    raw: str


class Value(NamedTuple):
    """One field's text, cleaned for use, and its origin with the text as it was written."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class File:
    """The facts of a seed file that no header states.

    Units: `size` in bytes; the checksums are SHA-256 in lower-case hexadecimal: `sha256` of the
    bytes as they are, `sha256_crlf` of the same with CRLF line ends, `body_sha256` of what
    follows the header. `heading` is the `## ` heading with which the body opens, None if it opens
    otherwise.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str
    sha256_crlf: str
    body_sha256: str
    heading: Value | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One seed document: its file and the values of its fields, keyed by the field's name.

    Field names are in upper case as the header spells them. Whatever a field may not be (missing,
    a placeholder, unreadable) has been reported and left out, so a value here is never empty.
    """

    file: File
    values: dict[str, Value] = field(default_factory=dict)
