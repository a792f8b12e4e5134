"""Differences: what an edition changed, and what the versions of a document state differently."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ld import records
from ld.edition import Edition
from ld.stored import Change
from ld.terms import Statement, Term

_CHANGES: Final = (
    "SELECT c.sequence, e.id, e.created, c.key, c.kind, c.version, c.reason "
    "FROM change c JOIN edition e ON e.sequence = c.sequence "
    "WHERE c.sequence = ? AND c.kind = ? AND c.key > ? ORDER BY c.key LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is no longer stated, and what is stated instead, of a subject by one property."""

    subject: Term
    predicate: Term
    old: tuple[Term, ...]
    new: tuple[Term, ...]


def changes(edition: Edition, sequence: int, kind: str, after: str, limit: int) -> list[Change]:
    """List the changes of one kind in one edition by key, at most `limit`, those after a key."""
    rows = edition.db.execute(_CHANGES, (sequence, kind, after, limit))
    return [Change(*row) for row in rows]


def stated_then(edition: Edition, change: Change) -> list[Statement]:
    """Give what a document stated after a change, or before it was deleted.

    There is nothing if that version was purged.
    """
    if change.kind == "deleted":
        return _stated_before(edition, change)
    return _stated(edition, change.version)


def last_stated(edition: Edition, key: str) -> list[Statement]:
    """Give what the latest version of a document states, whether it still stands or not."""
    row = edition.db.execute(
        "SELECT stated FROM version WHERE key = ? ORDER BY version DESC LIMIT 1", (key,)
    ).fetchone()
    return [] if row is None else records.unpack(row["stated"])


def of_change(edition: Edition, change: Change) -> list[Difference]:
    """Give what an update of a document changed in its stated statements, sorted."""
    return between(_stated_before(edition, change), _stated(edition, change.version))


def between(before: Iterable[Statement], after: Iterable[Statement]) -> list[Difference]:
    """Give the differences between two sets of statements, by subject and property."""
    was, now = set(before), set(after)
    old: dict[tuple[Term, Term], list[Term]] = {}
    new: dict[tuple[Term, Term], list[Term]] = {}
    for only_there, found in ((was - now, old), (now - was, new)):
        for subject, predicate, obj in sorted(only_there):
            found.setdefault((subject, predicate), []).append(obj)
    return [
        Difference(*place, tuple(old.get(place, ())), tuple(new.get(place, ())))
        for place in sorted(old.keys() | new.keys())
    ]


def _stated_before(edition: Edition, change: Change) -> list[Statement]:
    row = edition.db.execute(
        "SELECT version FROM change WHERE key = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1",
        (change.key, change.sequence),
    ).fetchone()
    return [] if row is None else _stated(edition, row["version"])


def _stated(edition: Edition, version: int | None) -> list[Statement]:
    row = edition.db.execute("SELECT stated FROM version WHERE version = ?", (version,)).fetchone()
    return [] if row is None else records.unpack(row["stated"])
