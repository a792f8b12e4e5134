"""Quality: what was found in the seeds of an edition, rule by rule, and what was held back."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from ld.edition import Edition
from ld.report import Finding, Severity

_FINDING: Final = "SELECT severity, rule, message, file, line, field, value, key FROM finding "
_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that was not met; `message` is that of one finding."""

    severity: Severity
    rule: str
    count: int
    message: str


@dataclass(frozen=True, slots=True)
class Held:
    """A seed file that is not published as it is; `line` is where the first reason lies.

    `state` is withheld, or kept if an earlier version of the document stands.
    """

    file: str
    line: int | None
    key: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Past:
    """One of the editions ever published, this one included.

    `kind` is publication, rollback or withdrawal; `created` is UTC to the second.
    """

    sequence: int
    id: str
    kind: str
    created: str
    note: str
    counts: Mapping[str, int]


def broken_rules(edition: Edition) -> list[Broken]:
    """List the rules that were not met, the most severe first, then the most frequent."""
    rows = edition.db.execute(
        "SELECT severity, rule, count(*), min(rowid) AS first FROM finding GROUP BY severity, rule"
    ).fetchall()
    found = []
    for severity, rule, count, first in rows:
        (message,) = edition.db.execute(
            "SELECT message FROM finding WHERE rowid = ?", (first,)
        ).fetchone()
        found.append(Broken(Severity(severity), rule, count, message))
    return sorted(found, key=lambda one: (_ORDER[one.severity], -one.count, one.rule))


def findings(edition: Edition, severity: Severity, rule: str, limit: int) -> list[Finding]:
    """List what was found against a rule, as it was found, at most `limit`."""
    rows = edition.db.execute(
        _FINDING + "WHERE severity = ? AND rule = ? ORDER BY rowid LIMIT ?",
        (severity, rule, limit),
    )
    return [Finding(Severity(row[0]), *row[1:]) for row in rows]


def every_finding(edition: Edition, rule: str | None = None) -> Iterator[Finding]:
    """Give all findings, or those against one rule, in a fixed order."""
    where = "WHERE rule = :rule " if rule is not None else ""
    for row in edition.db.execute(f"{_FINDING}{where}ORDER BY rowid", {"rule": rule}):
        yield Finding(Severity(row[0]), *row[1:])


def held_back(edition: Edition, limit: int | None = None) -> list[Held]:
    """List the seed files that are not published as they are, at most `limit`, by path."""
    rows = edition.db.execute(
        "SELECT s.path, s.key, s.state, s.reason FROM seed s WHERE s.state <> 'published' "
        "ORDER BY s.state DESC, s.path LIMIT ?",
        (-1 if limit is None else limit,),
    ).fetchall()
    return [
        Held(row["path"], _line(edition, row["path"], row["key"]), *tuple(row)[1:]) for row in rows
    ]


def editions(edition: Edition, limit: int, before: int | None = None) -> list[Past]:
    """List the editions up to this one, latest first, at most `limit`, those before a sequence."""
    rows = edition.db.execute(
        "SELECT sequence, id, kind, created, note, counts FROM edition "
        "WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
        (edition.sequence + 1 if before is None else before, limit),
    )
    return [_past(row) for row in rows]


def past(edition: Edition, identifier: str) -> Past | None:
    """Give the edition with this identifier; None if there was none, or it came later."""
    row = edition.db.execute(
        "SELECT sequence, id, kind, created, note, counts FROM edition WHERE id = ?",
        (identifier,),
    ).fetchone()
    return None if row is None else _past(row)


def _past(row: sqlite3.Row) -> Past:
    sequence, identifier, kind, created, note, counts = row
    return Past(sequence, identifier, kind, created, note, orjson.loads(counts))


def _line(edition: Edition, file: str, key: str) -> int | None:
    row = edition.db.execute(
        "SELECT line FROM finding WHERE severity = 'Violation' AND file = :file "
        "AND (:key IN (key, '') OR key = '') AND line IS NOT NULL ORDER BY line LIMIT 1",
        {"file": file, "key": key},
    ).fetchone()
    return None if row is None else int(row["line"])
