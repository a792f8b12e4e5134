"""Browse: which texts and parts meet a choice of words and facets, sorted, counted, in pages.

What a reader types is never read as the syntax of the full-text index: every word is quoted.
A page begins after a key, or ends before one, so that it costs the same wherever it is.
See: https://www.sqlite.org/fts5.html
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

from ld.edition import Edition
from ld.errors import DocumentNotFoundError
from ld.stored import Entry
from ld.terms import Term

#: What a reader may choose by, beside words and kind.
FACETS: Final = ("author", "decade", "language", "licence", "host")
KINDS: Final = ("text", "part")
#: Values of one facet that are told.
MOST_VALUES: Final = 60
#: In characters and words; what is beyond is not looked for.
LONGEST: Final = 200
MOST_WORDS: Final = 12
#: Beyond so many matches nobody counts, and the counts say so.
MOST_COUNTED: Final = 250_000

Order: TypeAlias = Literal["title", "year", "author", "relevance"]
#: The value of a facet: text, or the first year of a decade; None means "not stated".
FacetValue: TypeAlias = str | int | None

# A shape is a combination of these, and of a kind.
_SHAPED: Final = ("decade", "language", "licence", "host")
_BROAD: Final = 0.05
# How much a match in the title, the authors' names and the notes weighs.
_SCORE: Final = "bm25(words, 10.0, 5.0, 1.0)"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asks for; `kind` is None for texts and parts together.

    Sorting by relevance needs words; without them it is by title.
    """

    words: str = ""
    kind: str | None = "text"
    facets: Mapping[str, FacetValue] = field(default_factory=dict)
    order: Order = "title"

    @property
    def pieces(self) -> list[str]:
        """The words that are looked for; the last one may be the beginning of one."""
        pieces = self.words[:LONGEST].replace("\0", " ").split()
        return [piece for piece in pieces if any(map(str.isalnum, piece))][:MOST_WORDS]

    @property
    def match(self) -> str | None:
        """The words in the syntax of the index; None if there is nothing to look for."""
        quoted = ['"' + piece.replace('"', '""') + '"' for piece in self.pieces]
        return " ".join(quoted) + " *" if quoted else None

    @property
    def sorted_by(self) -> Order:
        """What the list is sorted by in the end."""
        return "title" if self.order == "relevance" and self.match is None else self.order


@dataclass(frozen=True, slots=True)
class Listed:
    """A text or part in a list: what it is called, its authors, and what it is chosen by."""

    entry: Entry
    authors: tuple[Entry, ...]
    date: Term | None
    language: str | None
    licence: str | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the numbers of listings, in order, and whether others come before and after."""

    numbers: tuple[int, ...]
    has_previous: bool
    has_following: bool


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a facet with their counts, the most frequent first.

    `not_stated` counts what has none; `left_out` is how many more values there are.
    """

    counted: Sequence[tuple[str | int, int]]
    not_stated: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each kind, and of the chosen kind for each value of each facet.

    `is_bounded`: there are more than were counted.
    """

    kinds: Mapping[str, int]
    facets: Mapping[str, Values]
    is_bounded: bool = False

    def total(self, kind: str | None) -> int:
        """Give how many there are of a kind, or of all."""
        return sum(self.kinds.values()) if kind is None else self.kinds.get(kind, 0)


def page(
    edition: Edition,
    choice: Choice,
    limit: int,
    *,
    after: str | None = None,
    before: str | None = None,
) -> Page:
    """Give the page that begins after the listing with a key, or ends before one.

    An empty `before` means the end of the list.
    Raises: DocumentNotFoundError if the list has no place for the key.
    """
    backwards = before is not None and after is None
    named = before if backwards else after
    numbers = _Query(choice, edition).numbers(limit + 1, key=named, backwards=backwards)
    has_more, numbers = len(numbers) > limit, numbers[:limit]
    if backwards:
        return Page(tuple(reversed(numbers)), has_more, bool(named))
    return Page(tuple(numbers), bool(named), has_more)


def listed(edition: Edition, numbers: Sequence[int]) -> list[Listed]:
    """Give the listings with these numbers, in this order."""
    rows = {
        int(row["number"]): row
        for row in edition.db.execute(
            "SELECT l.number, d.key, d.kind, d.label, d.label_language, d.year, d.state, "  # noqa: S608
            "l.date, l.language, l.licence, l.host FROM listing l JOIN document d ON d.key = l.key "
            f"WHERE l.number IN ({_marks(numbers)})",
            numbers,
        )
    }
    authors: dict[int, list[Entry]] = {}
    for row in edition.db.execute(
        "SELECT a.number, d.key, d.kind, d.label, d.label_language, d.year, d.state "  # noqa: S608
        "FROM authorship a JOIN document d ON d.key = a.author "
        f"WHERE a.number IN ({_marks(numbers)}) ORDER BY a.number, d.key",
        numbers,
    ):
        authors.setdefault(int(row["number"]), []).append(Entry(*tuple(row)[1:]))
    return [
        Listed(Entry(*tuple(row)[1:7]), tuple(authors.get(number, ())), *tuple(row)[7:])
        for number in numbers
        if (row := rows.get(number)) is not None
    ]


def entries(edition: Edition, keys: Sequence[str]) -> list[Entry]:
    """Give those of these documents that there are, as lines of a list."""
    rows = edition.db.execute(
        "SELECT key, kind, label, label_language, year, state FROM document "  # noqa: S608
        f"WHERE key IN ({_marks(keys)})",
        keys,
    )
    return [Entry(*row) for row in rows]


def neighbours(edition: Edition, key: str, limit: int) -> list[Entry]:
    """Give the documents whose keys come next to one, at most `limit` before it and after it."""
    rows = edition.db.execute(
        "SELECT key, kind, label, label_language, year, state FROM ("
        "SELECT * FROM document WHERE key < :key ORDER BY key DESC LIMIT :limit) "
        "UNION ALL SELECT key, kind, label, label_language, year, state FROM ("
        "SELECT * FROM document WHERE key >= :key ORDER BY key LIMIT :limit)",
        {"key": key, "limit": limit},
    )
    return [Entry(*row) for row in rows]


def counts(edition: Edition, choice: Choice) -> Counts:
    """Count what a choice leaves, by kind and by facet."""
    query = _Query(choice, edition)
    kinds: Counter[str] = Counter()
    facets: dict[str, Counter[FacetValue]] = {name: Counter() for name in FACETS}
    for shape, count in query.count_shapes().items():
        row = query.shapes[shape]
        kinds[row["kind"]] += count
        if choice.kind in {None, row["kind"]}:
            for name in _SHAPED:
                facets[name][row[name]] += count
    if query.is_everything:
        found = {"author": values(edition, "author", choice.kind)}
    else:
        facets["author"] = query.count_authors()
        found = {}
    found |= {name: _ranked(facets[name]) for name in FACETS if name not in found}
    return Counts(dict(kinds), found, is_bounded=kinds.total() >= MOST_COUNTED)


def values(edition: Edition, name: str, kind: str | None = "text") -> Values:
    """Give the values of a facet with their counts in the whole edition."""
    rows = edition.db.execute(
        "SELECT rank, value, count FROM facet WHERE kind = ? AND name = ? AND rank <= ? "
        "ORDER BY rank",
        (kind or "", name, MOST_VALUES),
    ).fetchall()
    (distinct,) = edition.db.execute(
        "SELECT max(rank) FROM facet WHERE kind = ? AND name = ?", (kind or "", name)
    ).fetchone()
    counted = [(row["value"], row["count"]) for row in rows if row["rank"]]
    not_stated = sum(row["count"] for row in rows if not row["rank"])
    return Values(counted, not_stated, (distinct or 0) - len(counted))


def _ranked(found: Counter[FacetValue]) -> Values:
    not_stated = found.pop(None, 0)
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))
    counted = [(value, count) for value, count in ranked[:MOST_VALUES] if value is not None]
    return Values(counted, not_stated, len(ranked) - len(counted))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


class _Query:
    """The clauses of a choice, and the values bound to them.

    All facets but the author are conditions on shapes, of which there are few.
    """

    def __init__(self, choice: Choice, edition: Edition) -> None:
        self._db = edition.db
        self._order = choice.sorted_by
        self._kind = choice.kind
        self._conditions: list[str] = []
        self.bound: dict[str, FacetValue | float] = {"kind": choice.kind}
        stated = [f"{name} IS :{name}" for name in _SHAPED if name in choice.facets]
        self.bound |= dict(choice.facets)
        self._of_shape = " AND ".join(stated)
        self._match = choice.match
        self._by_author = "author" in choice.facets
        if self._match is not None:
            self.bound["match"] = self._match
        if self._by_author:
            is_stated = choice.facets["author"] is not None
            self._conditions.append(
                "p.number IN (SELECT number FROM authorship WHERE author = :author)"
                if is_stated
                else "p.number IN (SELECT number FROM listing WHERE author_key IS NULL)"
            )

    @cached_property
    def shapes(self) -> dict[int, sqlite3.Row]:
        """The shapes of every kind that the facets leave."""
        where = f" WHERE {self._of_shape}" if self._of_shape else ""
        rows = self._db.execute(f"SELECT * FROM shape{where}", self.bound)  # noqa: S608
        return {row["shape"]: row for row in rows}

    @property
    def is_everything(self) -> bool:
        """Whether the choice leaves all listings of its kind."""
        if self._match is not None or self._by_author:
            return False
        return self._share == 1

    def count_shapes(self) -> dict[int, int]:
        """Count the listings of each shape."""
        if self._match is None and not self._by_author:
            return {shape: row["count"] for shape, row in self.shapes.items()}
        rows = self._db.execute(
            f"SELECT shape, count(*) FROM (SELECT p.shape {self._source}{self._where} "  # noqa: S608
            "LIMIT :most) GROUP BY shape",
            self.bound | {"most": MOST_COUNTED},
        )
        return {shape: count for shape, count in rows if shape in self.shapes}

    def count_authors(self) -> Counter[FacetValue]:
        """Count the listings of the chosen kind for each author."""
        self._require_shape()
        rows = self._db.execute(
            f"SELECT a.author FROM (SELECT p.number {self._source}{self._where} LIMIT :most) m "  # noqa: S608
            "LEFT JOIN authorship a ON a.number = m.number",
            self.bound | {"most": MOST_COUNTED},
        )
        return Counter(author for (author,) in rows)

    def numbers(self, limit: int, *, key: str | None, backwards: bool) -> list[int]:
        """Give numbers in order: those after a key or before it, or from one end."""
        self._require_shape()
        place = "w.score, p.number" if self._order == "relevance" else f"p.by_{self._order}"
        if key:
            self._begin(key, place, "<" if backwards else ">")
        direction = "DESC" if backwards else "ASC"
        order = ", ".join(f"{column} {direction}" for column in place.split(", "))
        rows = self._db.execute(
            f"SELECT p.number {self._source}{self._where} ORDER BY {order} LIMIT :limit",
            self.bound | {"limit": limit},
        )
        return [number for (number,) in rows]

    def _begin(self, key: str, place: str, side: str) -> None:
        row = self._db.execute(
            f"SELECT {place} {self._source} JOIN listing l ON l.number = p.number "
            "WHERE l.key = :key",
            self.bound | {"key": key},
        ).fetchone()
        if row is None:
            raise DocumentNotFoundError(
                "This list has no place for what the page begins or ends at."
            )
        names = [f"place_{at}" for at in range(len(row))]
        self.bound |= dict(zip(names, row, strict=True))
        self._conditions.append(f"({place}) {side} ({', '.join(f':{name}' for name in names)})")

    def _require_shape(self) -> None:
        stated = [self._of_shape] if self._of_shape else []
        if self._kind is not None:
            stated.append("kind = :kind")
        if stated:
            # With the sign no index on shapes is used: where most listings have these, it is
            # quicker to go through the list and take them as they come.
            sign = "+" if self._share > _BROAD else ""
            self._conditions.append(
                f"{sign}p.shape IN (SELECT shape FROM shape WHERE {' AND '.join(stated)})"  # noqa: S608
            )

    @cached_property
    def _share(self) -> float:
        """What the facets but the author leave of all listings of the kind, up to 1."""
        everything = self._db.execute(
            "SELECT sum(count) FROM shape WHERE :kind IS NULL OR kind = :kind", self.bound
        ).fetchone()[0]
        left = sum(
            row["count"] for row in self.shapes.values() if self._kind in {None, row["kind"]}
        )
        return left / everything if everything else 1

    @property
    def _where(self) -> str:
        return f" WHERE {' AND '.join(self._conditions)}" if self._conditions else ""

    @property
    def _source(self) -> str:
        if self._match is None:
            return "FROM place p"
        score = f", {_SCORE} AS score" if self._order == "relevance" else ""
        found = f"SELECT rowid AS number{score} FROM words WHERE words MATCH :match"  # noqa: S608
        return f"FROM ({found}) w JOIN place p ON p.number = w.number"
