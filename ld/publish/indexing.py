"""Indexing: what the documents of an edition are listed, sorted, counted and found by.

A listing is written whenever its document is; the places in the lists, the counts of facets and
the full-text index depend on other documents too. After a small change they are corrected where
it touches them, otherwise made anew.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

from ld.publish import placing
from ld.publish.drafts import Listing, sort_key

#: A share of the listings: if more of them changed, all is made anew.
CORRECTED: Final = 0.05

_COLUMNS: Final = ("decade", "language", "licence", "host", "date", "title", "notes", "title_key")
_ENTER: Final = (
    f"INSERT OR REPLACE INTO listing (number, key, kind, {', '.join(_COLUMNS)}, names) "  # noqa: S608
    f"VALUES (?, ?, ?, {', '.join('?' * len(_COLUMNS))}, '')"
)


class Listings:
    """The listings of an edition in the making, and what is made of them at its end."""

    def __init__(self, db: sqlite3.Connection, *, is_new: bool) -> None:
        self._db = db
        self._is_new = is_new
        self._is_anew = is_new
        self._number: int
        (self._number,) = db.execute("SELECT coalesce(max(number), 0) FROM listing").fetchone()
        # What the parent had of the listings that change.
        db.execute("CREATE TEMP TABLE touched AS SELECT * FROM listing LIMIT 0")
        db.execute("CREATE UNIQUE INDEX temp.touched_by_number ON touched (number)")

    def enter(self, listed: Sequence[tuple[str, Listing]]) -> None:
        """Write the listings of texts and parts, with their keys."""
        rows, authors = [], []
        for key, listing in listed:
            number = self._number_of(key)
            *columns, _ = listing
            kind = "part" if key.count("/") > 1 else "text"
            rows.append((number, key, kind, *columns))
            authors += [(author, number) for author in listing.authors]
        self._db.executemany(_ENTER, rows)
        if not self._is_new:
            self._db.executemany(
                "DELETE FROM authorship WHERE number = ?", [(row[0],) for row in rows]
            )
        self._db.executemany("INSERT OR IGNORE INTO authorship VALUES (?, ?)", authors)

    def _number_of(self, key: str) -> int:
        found = None if self._is_new else self._touch(key)
        if found is not None:
            return found
        self._number = number = self._number + 1
        if not self._is_new:
            self._db.execute("INSERT INTO touched (number, key) VALUES (?, NULL)", (number,))
        return number

    def _touch(self, key: str) -> int | None:
        row = self._db.execute("SELECT number FROM listing WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        self._db.execute(
            "INSERT OR IGNORE INTO touched SELECT * FROM listing WHERE number = ?", row
        )
        return int(row[0])

    def remove(self, key: str) -> None:
        """Delete the listing of a document, if it has one."""
        number = self._touch(key)
        if number is not None:
            self._db.execute("DELETE FROM authorship WHERE number = ?", (number,))
            self._db.execute("DELETE FROM listing WHERE number = ?", (number,))

    def forget(self) -> None:
        """Make everything anew: a correction would leave behind what is taken out."""
        self._is_anew = True

    def complete(self) -> None:
        """Sort and count the listings, and index their words."""
        (all_,) = self._db.execute("SELECT count(*) FROM listing").fetchone()
        (touched,) = self._db.execute("SELECT count(*) FROM touched").fetchone()
        self._db.create_function("sort_key", 1, sort_key, deterministic=True)
        if self._is_anew or touched > CORRECTED * all_ or not self._correct():
            for statement in _ANEW:
                self._db.execute(statement)
        for statement in _FACETS:
            self._db.execute(statement)

    def _correct(self) -> bool:
        """Correct what the listings that changed touch; false if there is no room for that."""
        for statement in _CORRECTIONS:
            self._db.execute(statement)
        return placing.insert(self._db)


_NAMES: Final = (
    "SELECT a.number, group_concat(d.label, ' ') AS names, min(sort_key(d.label)) AS first "
    "FROM authorship a JOIN document d ON d.key = a.author {where} GROUP BY a.number"
)
_TOUCHED: Final = "number IN (SELECT number FROM touched)"
_SHAPED: Final = ("decade", "language", "licence", "host")
_SAME: Final = "s.kind = l.kind AND " + " AND ".join(f"s.{name} IS l.{name}" for name in _SHAPED)
_INDEX_WORDS: Final = (
    "INSERT INTO words (rowid, title, author, notes) "
    "SELECT number, title, names, notes FROM listing {where} ORDER BY number"
)
_ANEW: Final = (
    f"CREATE TEMP TABLE name AS {_NAMES.format(where='')}",
    "CREATE UNIQUE INDEX temp.name_by_number ON name (number)",
    "UPDATE listing SET names = n.names, author_key = n.first FROM name n "
    "WHERE n.number = listing.number",
    "DROP TABLE temp.name",
    "DELETE FROM shape",
    "INSERT INTO shape (kind, decade, language, licence, host, count) "
    "SELECT kind, decade, language, licence, host, count(*) FROM listing "
    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "DELETE FROM place",
    *placing.anew(_SAME),
    "INSERT INTO words (words) VALUES ('delete-all')",
    _INDEX_WORDS.format(where=""),
    "INSERT INTO words (words) VALUES ('optimize')",
)
_CORRECTIONS: Final = (
    f"UPDATE listing SET names = '', author_key = NULL WHERE {_TOUCHED}",  # noqa: S608
    "UPDATE listing SET names = n.names, author_key = n.first "  # noqa: S608
    f"FROM ({_NAMES.format(where=f'WHERE a.{_TOUCHED}')}) n WHERE n.number = listing.number",
    # A combination that nothing has any more keeps its number and counts for nothing.
    "UPDATE shape SET count = count - t.gone FROM (SELECT s.shape AS shape, count(*) AS gone "  # noqa: S608
    f"FROM touched l JOIN shape s ON {_SAME} WHERE l.key IS NOT NULL GROUP BY 1) t "
    "WHERE t.shape = shape.shape",
    "INSERT INTO shape (kind, decade, language, licence, host, count) "  # noqa: S608
    f"SELECT DISTINCT kind, decade, language, licence, host, 0 FROM listing l WHERE {_TOUCHED} "
    f"AND NOT EXISTS (SELECT 1 FROM shape s WHERE {_SAME})",
    "UPDATE shape SET count = count + t.come FROM (SELECT s.shape AS shape, count(*) AS come "  # noqa: S608
    f"FROM listing l JOIN shape s ON {_SAME} WHERE l.{_TOUCHED} GROUP BY 1) t "
    "WHERE t.shape = shape.shape",
    "INSERT INTO words (words, rowid, title, author, notes) "
    "SELECT 'delete', number, title, names, notes FROM touched WHERE key IS NOT NULL",
    _INDEX_WORDS.format(where="WHERE " + _TOUCHED),
)
_COUNT: Final = (
    "INSERT INTO facet SELECT kind, name, CASE WHEN value IS NULL THEN 0 ELSE row_number() OVER "
    "(PARTITION BY kind, name ORDER BY value IS NULL, count DESC, value) END, value, count FROM "
)
_FACETS: Final = (
    "DELETE FROM facet",
    *[
        f"{_COUNT} (SELECT {kind} AS kind, 'author' AS name, a.author AS value, "  # noqa: S608
        "count(*) AS count FROM listing l LEFT JOIN authorship a USING (number) GROUP BY 1, 3)"
        for kind in ("l.kind", "''")
    ],
    *[
        f"{_COUNT} (SELECT {kind} AS kind, '{name}' AS name, {name} AS value, "  # noqa: S608
        "sum(count) AS count FROM shape WHERE count > 0 GROUP BY 1, 3)"
        for name in _SHAPED
        for kind in ("kind", "''")
    ],
)
