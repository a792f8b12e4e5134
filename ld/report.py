"""Findings: what was noticed about a seed, a setting or a document, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs; the words are those of SHACL."""

    VIOLATION = "Violation"  # the document is not published
    WARNING = "Warning"  # published, with a remark
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    `rule` names the check (a word, or the shape's name); `message` says in plain words what
    should be true and what to do. `file` and `line` say where, as in `ld.record.Origin`;
    `value` is the text as written. `key` is the document concerned, empty if there is none.
    """

    severity: Severity
    rule: str
    message: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    value: str | None = None
    key: str = ""

    def __str__(self) -> str:
        place = "" if self.file is None else self.file
        if self.line is not None:
            place += f":{self.line}"
        parts = [place, self.field or "", "" if self.value is None else repr(self.value)]
        where = " ".join(part for part in parts if part)
        return f"{where}: {self.message}" if where else self.message
