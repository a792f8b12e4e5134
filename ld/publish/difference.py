"""The difference files: what an edition's statements lack and have against its parent's.

Whoever holds the parent's statements as a set, takes out those of the one file and adds those of
the other, holds exactly this edition's. Both are sorted and have nothing in common.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from ld import records
from ld.publish.compression import compressed
from ld.stored import document_iri, kind_of, record_keeping
from ld.terms import Statement, Term, iri, n_triples

REMOVED: Final = "difference.removed.nt"
ADDED: Final = "difference.added.nt"

# Every key that an edition changed, with its version then and in the parent. Where the parent had
# the document and yet no version of it is left, that was purged.
_CHANGED: Final = (
    "SELECT c.key, c.version AS now, p.version AS before, "
    "p.kind <> 'deleted' AND p.version IS NULL AS is_purged "
    "FROM change c LEFT JOIN change p ON p.key = c.key AND p.sequence = "
    "(SELECT max(sequence) FROM change WHERE key = c.key AND sequence <= :parent) "
    "WHERE c.sequence = :sequence ORDER BY c.key"
)
# How many more documents own a statement than in the parent, and how many do now. A statement
# about something else than its document's own thing could have other owners, so these are counted.
_SCRATCH: Final = """
CREATE TABLE difference (
    statement TEXT PRIMARY KEY,
    balance INTEGER NOT NULL,
    owners INTEGER
) WITHOUT ROWID;
"""
_NOTE: Final = (
    "INSERT INTO difference VALUES (?, ?, ?) "
    "ON CONFLICT (statement) DO UPDATE SET balance = balance + excluded.balance"
)
_OWNED_NOW: Final = "CASE WHEN owners IS NULL THEN balance > 0 ELSE owners > 0 END"
_OWNED_THEN: Final = "CASE WHEN owners IS NULL THEN balance < 0 ELSE owners > balance END"


def write_difference(
    db: sqlite3.Connection, base: str, sequence: int, parent_sequence: int, folder: Path
) -> None:
    """Write the statements that an edition removed and added against its parent.

    Takes as long as there are changes, and memory for one document. Nothing is written if the
    edition purged a document that its parent had: to name what was removed would publish it again.
    """
    db_rows = {"sequence": sequence, "parent": parent_sequence}
    (purged,) = db.execute(
        f"SELECT count(*) FROM ({_CHANGED}) WHERE is_purged",  # noqa: S608
        db_rows,
    ).fetchone()
    if purged:
        return
    with (
        tempfile.TemporaryDirectory(dir=folder) as place,
        closing(sqlite3.connect(Path(place, "scratch.sqlite"), isolation_level=None)) as scratch,
    ):
        scratch.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCRATCH)
        scratch.execute("BEGIN")
        for key, now, before, _ in db.execute(_CHANGED, db_rows):
            is_now, was = _owned(db, base, key, now), _owned(db, base, key, before)
            _note(scratch, base, key, is_now - was, 1)
            _note(scratch, base, key, was - is_now, -1)
        _count_owners(scratch, db, base)
        _write(scratch, folder / REMOVED, f"{_OWNED_THEN} AND NOT {_OWNED_NOW}")
        _write(scratch, folder / ADDED, f"{_OWNED_NOW} AND NOT {_OWNED_THEN}")


def _owned(db: sqlite3.Connection, base: str, key: str, version: int | None) -> set[Statement]:
    row = db.execute(
        "SELECT stated, volatile, datestamp FROM version WHERE version = ?", (version,)
    ).fetchone()
    if row is None:
        return set()
    stated, volatile, datestamp = row
    kept = record_keeping(base, key, kind_of(key), datestamp)
    return {*records.unpack(stated), *records.unpack(volatile), *kept}


def _note(
    scratch: sqlite3.Connection, base: str, key: str, found: Iterable[Statement], balance: int
) -> None:
    scratch.executemany(
        _NOTE,
        [
            (n_triples([one]), balance, None if _is_own(base, key, one[0]) else 0)
            for one in sorted(found)
        ],
    )


def _is_own(base: str, key: str, subject: Term) -> bool:
    thing = iri(base + key)
    return subject in (thing, iri(document_iri(base, key))) or subject.startswith(thing[:-1] + "#")


def _count_owners(scratch: sqlite3.Connection, db: sqlite3.Connection, base: str) -> None:
    """Count the owners of what several documents could own; seldom is there any of that."""
    if scratch.execute("SELECT 1 FROM difference WHERE owners = 0 LIMIT 1").fetchone() is None:
        return
    for key, version in db.execute("SELECT key, version FROM document"):
        scratch.executemany(
            "UPDATE difference SET owners = owners + 1 WHERE statement = ?",
            [
                (n_triples([one]),)
                for one in _owned(db, base, key, version)
                if not _is_own(base, key, one[0])
            ],
        )


def _write(scratch: sqlite3.Connection, path: Path, where: str) -> None:
    with compressed(path) as stream:
        for (line,) in _lines(scratch, where):
            stream.write(line.encode())


def _lines(scratch: sqlite3.Connection, where: str) -> Iterator[tuple[str]]:
    return scratch.execute(
        f"SELECT statement FROM difference WHERE {where} ORDER BY statement"  # noqa: S608
    )
