"""Placing: where each listing stands when all are sorted by title, by year or by author.

Places are numbers with gaps between them, so that a few listings that come or move get one
without another being moved.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

#: Between one place and the next, when all are given anew.
GAP: Final = 2**20

# What cannot be sorted by comes last; a document without a title is called by its key.
_KEYS: Final[dict[str, str]] = {
    "by_title": "d.label = d.key, l.title_key, l.key",
    "by_year": "d.year IS NULL, d.year, d.label = d.key, l.title_key, l.key",
    "by_author": "l.author_key IS NULL, l.author_key, d.year IS NULL, d.year, d.label = d.key, "
    "l.title_key, l.key",
}
_JOINED: Final = "FROM listing l JOIN document d ON d.key = l.key"


def anew(same_shape: str) -> Iterator[str]:
    """Give the statements that fill an empty table of places."""
    places = ", ".join(f"row_number() OVER (ORDER BY {key}) * {GAP}" for key in _KEYS.values())
    yield (
        f"INSERT INTO place SELECT l.number, s.shape, {places} {_JOINED} "
        f"JOIN shape s ON {same_shape}"
    )


def insert(db: sqlite3.Connection) -> bool:
    """Give places to the listings that changed; false if somewhere there is no room.

    What the parent had of them stands in `temp.touched`, by their number.
    """
    db.execute("DELETE FROM place WHERE number IN (SELECT number FROM touched)")
    numbers = db.execute("SELECT number FROM touched WHERE number IN (SELECT number FROM listing)")
    for (number,) in numbers.fetchall():
        found = [_free(db, column, number) for column in _KEYS]
        if None in found:
            return False
        db.execute(
            "INSERT INTO place SELECT l.number, s.shape, ?, ?, ? FROM listing l JOIN shape s ON "
            "s.kind = l.kind AND s.decade IS l.decade AND s.language IS l.language AND "
            "s.licence IS l.licence AND s.host IS l.host WHERE l.number = ?",
            (*found, number),
        )
    return True


def _free(db: sqlite3.Connection, column: str, number: int) -> int | None:
    """Give a place between the two listings that this one stands between, None without room."""
    mine = _key(db, column, "l.number = ?", number)
    # Two queries, each of which looks at one end of the index; one would look at every row.
    (low,) = db.execute(f"SELECT min({column}) FROM place").fetchone()  # noqa: S608
    (high,) = db.execute(f"SELECT max({column}) FROM place").fetchone()  # noqa: S608
    if low is None:
        return GAP
    low, high = low - 2 * GAP, high + 2 * GAP
    # Every place at or below `low` is before this listing's, every one at or above `high` after.
    while True:
        middle = (low + high) // 2
        row = db.execute(
            f"SELECT {column}, number FROM place WHERE {column} >= ? AND {column} < ? "  # noqa: S608
            f"AND {column} > ? ORDER BY {column} LIMIT 1",
            (middle, high, low),
        ).fetchone()
        if row is None:
            row = db.execute(
                f"SELECT {column}, number FROM place WHERE {column} < ? AND {column} > ? "  # noqa: S608
                f"ORDER BY {column} DESC LIMIT 1",
                (middle, low),
            ).fetchone()
        if row is None:
            free = (low + high) // 2
            return free if low < free < high else None
        place, other = row
        if _key(db, column, "l.number = ?", other) < mine:
            low = place
        else:
            high = place


def _key(db: sqlite3.Connection, column: str, where: str, number: int) -> tuple[Any, ...]:
    row: tuple[Any, ...] = db.execute(
        f"SELECT {_KEYS[column]} {_JOINED} WHERE {where}",
        (number,),
    ).fetchone()
    # SQLite sorts NULL before everything; here it is always behind a flag that tells it apart.
    return tuple("" if value is None else value for value in row)
