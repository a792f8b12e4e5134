"""Headers: the history as OAI-PMH sees it.

An item is a document, and its identifier the document's IRI: an oai-identifier would need a
domain of our own, which a base such as w3id.org, an ARK or an address does not have. Each item
is in one set, by its kind. An item stays for ever; what is withdrawn is told as deleted.

A format that writes only what a document owns goes by the document's own changes. One that
writes names of agents too goes by theirs as well, or harvesters would never learn of them.
See: https://www.openarchives.org/OAI/openarchivesprotocol.html#Header
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Final, Literal

from ld import iri
from ld.edition import Edition
from ld.stored import DATASET, document_iri, kind_of

#: Which changes count: the document's own, or also those of what it refers to.
Clock = Literal["changed", "retold"]

#: The name of each set, with the kind of document in it and what it is called.
SETS: Final = {
    "texts": ("text", "Texts"),
    "parts": ("part", "Parts of texts"),
    "agents": ("agent", "Persons and organisations"),
    "dataset": ("dataset", "The dataset itself"),
}
_SET_OF: Final = {kind: name for name, (kind, _) in SETS.items()}
_BEYOND: Final = 2**62
# One look into the index for each licence, not for each row.
_LICENCES: Final = (
    "WITH RECURSIVE each (licence) AS (SELECT min(licence) FROM licensing UNION ALL "
    "SELECT (SELECT min(licence) FROM licensing WHERE licence > each.licence) FROM each "
    "WHERE each.licence IS NOT NULL) SELECT licence FROM each WHERE licence IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What is told of an item beside its metadata; `sequence` is that of its datestamp."""

    key: str
    kind: str
    is_deleted: bool
    sequence: int
    datestamp: str

    @property
    def set(self) -> str:
        """The name of the set that the item is in."""
        return _SET_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the history in the order of sequence and key: after one place, up to another.

    With `licences`, only what has or had one of them, in a language that is stated.
    Units: `until` is a sequence, inclusive.
    """

    kinds: Sequence[str]
    clock: Clock
    after: tuple[int, str] = (0, "")
    until: int = _BEYOND
    licences: Sequence[str] | None = None


def headers(edition: Edition, span: Span) -> Iterator[Header]:
    """Give the headers in a span, one by one; the first costs the same wherever it lies."""
    streams = [_of_kind(edition, kind, span) for kind in span.kinds]
    return merge(*streams, key=lambda header: (header.sequence, header.key))


def count(edition: Edition, span: Span) -> int:
    """Count the headers in a span."""
    return sum(
        edition.db.execute(
            f"SELECT count(*) FROM harvest h WHERE {_within(span)}",  # noqa: S608
            _parameters(kind, span),
        ).fetchone()[0]
        for kind in span.kinds
    )


def header(edition: Edition, key: str, span: Span) -> Header | None:
    """Give the header of one item; None if there is none with this key in the span."""
    rows = edition.db.execute(
        f"{_select(span.clock)} WHERE h.key = ? AND {_within(span)}",
        (key, *_parameters(kind_of(key), span)),
    )
    row = rows.fetchone() if kind_of(key) in span.kinds else None
    return None if row is None else _header(row)


def is_known(edition: Edition, key: str) -> bool:
    """Say whether there is or was a document with this key."""
    row = edition.db.execute("SELECT 1 FROM harvest WHERE key = ?", (key,)).fetchone()
    return row is not None


def licences(edition: Edition) -> list[str]:
    """List the licences that a text or part has or had in a language that is stated."""
    return [row["licence"] for row in edition.db.execute(_LICENCES)]


def identifier(edition: Edition, key: str) -> str:
    """Give the identifier of an item: the IRI of the document."""
    return document_iri(edition.base, key)


def key_of(edition: Edition, identifier: str) -> str | None:
    """Give the key that an identifier stands for; None if it is none of ours."""
    if identifier == edition.base + DATASET:
        return DATASET
    start = edition.base + iri.DOCUMENT
    return identifier.removeprefix(start) if identifier.startswith(start) else None


def earliest(edition: Edition) -> str:
    """Give the datestamp that none is earlier than."""
    (datestamp,) = edition.db.execute("SELECT min(created) FROM edition").fetchone()
    return str(datestamp)


def sequence_before(edition: Edition, datestamp: str) -> int:
    """Give the last sequence whose edition was published before a datestamp, 0 if none was."""
    return _last_sequence(edition, "created < ?", datestamp)


def sequence_until(edition: Edition, datestamp: str) -> int:
    """Give the last sequence whose edition was published by a datestamp, 0 if none was."""
    return _last_sequence(edition, "created <= ?", datestamp)


def sequence_of(edition: Edition, datestamp: str) -> int | None:
    """Give the sequence of the edition with this datestamp; None if there is none."""
    row = edition.db.execute(
        "SELECT sequence FROM edition WHERE created = ?", (datestamp,)
    ).fetchone()
    return None if row is None else int(row["sequence"])


def _of_kind(edition: Edition, kind: str, span: Span) -> Iterator[Header]:
    rows = edition.db.execute(
        f"{_select(span.clock)} WHERE {_within(span)} ORDER BY h.{span.clock}, h.key",
        _parameters(kind, span),
    )
    for row in rows:
        yield _header(row)


def _header(row: sqlite3.Row) -> Header:
    return Header(row[0], row[1], bool(row[2]), row[3], row[4])


def _select(clock: Clock) -> str:
    return (
        f"SELECT h.key, h.kind, h.is_deleted, h.{clock}, e.created "  # noqa: S608
        f"FROM harvest h JOIN edition e ON e.sequence = h.{clock}"
    )


def _within(span: Span) -> str:
    within = f"h.kind = ? AND (h.{span.clock}, h.key) > (?, ?) AND h.{span.clock} <= ?"
    if span.licences is None:
        return within
    listed = ", ".join("?" * len(span.licences))
    return (
        f"{within} AND EXISTS (SELECT 1 FROM licensing l "  # noqa: S608
        f"WHERE l.key = h.key AND l.licence IN ({listed}))"
    )


def _parameters(kind: str, span: Span) -> tuple[str | int, ...]:
    return kind, *span.after, span.until, *(span.licences or ())


def _last_sequence(edition: Edition, condition: str, datestamp: str) -> int:
    (sequence,) = edition.db.execute(
        f"SELECT coalesce(max(sequence), 0) FROM edition WHERE {condition}",  # noqa: S608
        (datestamp,),
    ).fetchone()
    return int(sequence)
