"""History: the changes of all editions in pages, and what a document owned at each point of it.

A page is named by the change that it begins with, so finding one costs the same at any depth.
The first begins with the first change ever, and each next one where the last one is full; since
changes are only ever added, a full page that another follows never changes again.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import orjson

from ld import records
from ld.edition import Edition
from ld.stored import Change, kind_of, record_keeping
from ld.terms import Statement, is_iri_term, literal_of
from ld.terms import iri as iri_term
from ld.vocabulary import FOAF, dcterms, schema

#: Changes on one page of a feed.
SIZE: Final = 100
#: The syntax in which the statements that a document owns have an address of their own.
OWNED_MEDIA_TYPE: Final = "application/n-triples"

#: Where a change stands in the history: the sequence of its edition, and its document's key.
Position: TypeAlias = tuple[int, str]

_CHANGE: Final = (
    "SELECT c.sequence, e.id, e.created, c.key, c.kind, c.version, c.reason "
    "FROM change c JOIN edition e ON e.sequence = c.sequence "
)
_NAMES: Final = (dcterms("title"), schema("name"), iri_term(FOAF + "name"))


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in the order in which they happened, and what the pages around begin with."""

    changes: tuple[Change, ...]
    previous: Change | None
    following: Change | None

    @property
    def first(self) -> Change:
        """The change that the page begins with and is named by."""
        return self.changes[0]

    @property
    def is_closed(self) -> bool:
        """Whether the page will never change again."""
        return self.following is not None


def count(edition: Edition) -> int:
    """Count all changes ever; takes as long as there are editions, not changes."""
    rows = edition.db.execute("SELECT counts FROM edition")
    counts = [orjson.loads(row["counts"]) for row in rows]
    return sum(c[kind] for c in counts for kind in ("created", "updated", "deleted"))


def page(edition: Edition, beginning: Position, size: int = SIZE) -> Page | None:
    """Give the page that begins with this change; None if there is no such change."""
    rows = edition.db.execute(
        _CHANGE + "WHERE (c.sequence, c.key) >= (?, ?) ORDER BY c.sequence, c.key LIMIT ?",
        (*beginning, size + 1),
    )
    changes = [Change(*row) for row in rows]
    if not changes or (changes[0].sequence, changes[0].key) != beginning:
        return None
    following = changes[size] if len(changes) > size else None
    return Page(tuple(changes[:size]), _before(edition, beginning, size), following)


def first(edition: Edition) -> Change | None:
    """Give the change that the first page begins with; None if nothing ever happened."""
    row = edition.db.execute(_CHANGE + "ORDER BY c.sequence, c.key LIMIT 1").fetchone()
    return None if row is None else Change(*row)


def last_page(edition: Edition, size: int = SIZE) -> Page | None:
    """Give the last page; None if nothing ever happened."""
    total = count(edition)
    if not total:
        return None
    changes = latest(edition, (total - 1) % size + 1)[::-1]
    beginning = changes[0].sequence, changes[0].key
    return Page(tuple(changes), _before(edition, beginning, size), None)


def latest(edition: Edition, most: int) -> list[Change]:
    """Give the latest changes, latest first."""
    rows = edition.db.execute(_CHANGE + "ORDER BY c.sequence DESC, c.key DESC LIMIT ?", (most,))
    return [Change(*row) for row in rows]


def beginnings(edition: Edition, size: int) -> list[Position]:
    """Give where every page begins; takes as long as there are changes."""
    rows = edition.db.execute(
        "SELECT sequence, key FROM (SELECT sequence, key, row_number() OVER "
        "(ORDER BY sequence, key) AS number FROM change) WHERE number % ? = 1",
        (size,),
    )
    return [(row["sequence"], row["key"]) for row in rows]


def statements(edition: Edition, change: Change) -> tuple[Statement, ...]:
    """Give the statements that a document owned after a change, sorted.

    There are none after a deletion, and none of a version that was purged.
    """
    if change.version is None:
        return ()
    row = edition.db.execute(
        "SELECT stated, volatile FROM version WHERE version = ?", (change.version,)
    ).fetchone()
    return owned(edition.base, change.key, change.datestamp, row["stated"], row["volatile"])


def owned(
    base: str, key: str, datestamp: str, stated: bytes, volatile: bytes
) -> tuple[Statement, ...]:
    """Give the statements that a version owns, sorted, from its packed ones and its datestamp."""
    kept = record_keeping(base, key, kind_of(key), datestamp)
    return tuple(sorted({*records.unpack(stated), *records.unpack(volatile), *kept}))


def owned_address(edition: Edition, key: str) -> str:
    """Give the address of the statements that a document owns, alone and in N-Triples."""
    return f"{edition.service_url}owned/{key}.nt"


def version_iri(edition: Edition, change: Change) -> str:
    """Give the IRI of the version of a document that a change made.

    It ends in the datestamp's digits; no key holds the character before them.
    """
    digits = "".join(filter(str.isdigit, change.datestamp))
    return f"{edition.base}doc/{change.key}@{digits}"


def label(edition: Edition, key: str, said: tuple[Statement, ...]) -> str:
    """Give what the thing of a document is called in these statements, else its key."""
    thing = iri_term(edition.base + key)
    names = {p: o for s, p, o in said if s == thing and p in _NAMES and not is_iri_term(o)}
    name = next((names[predicate] for predicate in _NAMES if predicate in names), None)
    return key if name is None else literal_of(name)[0]


def _before(edition: Edition, beginning: Position, size: int) -> Change | None:
    row = edition.db.execute(
        _CHANGE + "WHERE (c.sequence, c.key) = (SELECT sequence, key FROM change "  # noqa: S608
        "WHERE (sequence, key) < (?, ?) ORDER BY sequence DESC, key DESC LIMIT 1 OFFSET ?)",
        (*beginning, size - 1),
    ).fetchone()
    if row is not None:
        return Change(*row)
    # Whoever begins a page elsewhere than the feeds do finds a shorter one before it.
    start = first(edition)
    return None if start is None or (start.sequence, start.key) == beginning else start
