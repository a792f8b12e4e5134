"""Indexing: what the documents of an edition are listed, sorted, counted and found by.

A listing is written whenever its document is; the places in the lists, the counts of facets and
the full-text index depend on other documents too, and are made anew for each edition.
"""

import sqlite3
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from ld.stored import kind_of
from ld.terms import Statement, iri, iri_of, is_iri_term, literal_of, text_of
from ld.vocabulary import dcterms, earliest_year, schema

_NOTES: Final = (dcterms("rights"), dcterms("subject"), dcterms("identifier"))
# More of a text adds nothing that anyone searches for; in characters.
_LONGEST: Final = 10_000
_LONGEST_KEY: Final = 200


def enter(db: sqlite3.Connection, key: str, stated: tuple[Statement, ...], base: str) -> None:
    """Write the listing of a text or part; other documents have none."""
    if kind_of(key) not in {"text", "part"}:
        return
    thing = iri(base + key)
    said: dict[str, list[str]] = {}
    for subject, predicate, obj in stated:
        if subject == thing:
            said.setdefault(predicate, []).append(obj)
    db.execute(
        "INSERT INTO listing (key, kind, decade, language, licence, host, date, notes) "
        "VALUES (:key, :kind, :decade, :language, :licence, :host, :date, :notes) "
        "ON CONFLICT (key) DO UPDATE SET decade = excluded.decade, language = excluded.language, "
        "licence = excluded.licence, host = excluded.host, date = excluded.date, "
        "notes = excluded.notes",
        {
            "key": key,
            "kind": kind_of(key),
            "decade": _decade(said.get(earliest_year(base), [])),
            "language": _first(said.get(schema("inLanguage"), [])),
            "licence": _first(said.get(dcterms("license"), [])),
            "host": _host(said.get(dcterms("source"), [])),
            "date": next(iter(said.get(dcterms("date"), [])), None),
            "notes": " ".join(text_of(o) for name in _NOTES for o in said.get(name, [])),
        },
    )
    (number,) = db.execute("SELECT number FROM listing WHERE key = ?", (key,)).fetchone()
    db.execute("DELETE FROM authorship WHERE number = ?", (number,))
    db.executemany(
        "INSERT OR IGNORE INTO authorship VALUES (?, ?)",
        [
            (iri_of(creator).removeprefix(base), number)
            for creator in said.get(dcterms("creator"), [])
            if is_iri_term(creator)
        ],
    )


def remove(db: sqlite3.Connection, key: str) -> None:
    """Delete the listing of a document, if it has one."""
    db.execute(
        "DELETE FROM authorship WHERE number = (SELECT number FROM listing WHERE key = ?)", (key,)
    )
    db.execute("DELETE FROM listing WHERE key = ?", (key,))


def complete(db: sqlite3.Connection) -> None:
    """Sort and count the listings, and index their words."""
    db.create_function("sort_key", 1, sort_key, deterministic=True)
    for statement in _COMPLETE:
        db.execute(statement)


def sort_key(text: str) -> str:
    """Give what a name is sorted by: without marks, case and what stands before its first word."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text[:_LONGEST_KEY])
        if not unicodedata.combining(character)
    )
    folded = plain.casefold()
    start = next((at for at, character in enumerate(folded) if character.isalnum()), 0)
    return folded[start:]


def _decade(years: list[str]) -> int | None:
    return int(literal_of(years[0])[0]) // 10 * 10 if years else None


def _first(terms: list[str]) -> str | None:
    return text_of(terms[0]) if terms else None


def _host(sources: list[str]) -> str | None:
    for source in sources:
        try:
            host = urlsplit(iri_of(source)).hostname if is_iri_term(source) else None
        except ValueError:
            continue
        if host:
            return host
    return None


_COUNT: Final = (
    "INSERT INTO facet SELECT kind, name, CASE WHEN value IS NULL THEN 0 ELSE row_number() OVER "
    "(PARTITION BY kind, name ORDER BY value IS NULL, count DESC, value) END, value, count FROM "
)
_SHAPED: Final = ("decade", "language", "licence", "host")
# What cannot be sorted by comes last.
_COMPLETE: Final = (
    "CREATE TEMP TABLE name AS "
    "SELECT a.number, group_concat(d.label, ' ') AS names, min(sort_key(d.label)) AS first "
    "FROM authorship a JOIN document d ON d.key = a.author GROUP BY a.number",
    "CREATE UNIQUE INDEX temp.name_by_number ON name (number)",
    "DELETE FROM shape",
    "INSERT INTO shape (kind, decade, language, licence, host, count) "
    "SELECT kind, decade, language, licence, host, count(*) FROM listing "
    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "DELETE FROM place",
    "INSERT INTO place SELECT number, shape, "
    "row_number() OVER (ORDER BY is_untitled, title, key), "
    "row_number() OVER (ORDER BY year IS NULL, year, is_untitled, title, key), "
    "row_number() OVER "
    "(ORDER BY author IS NULL, author, year IS NULL, year, is_untitled, title, key) "
    "FROM (SELECT l.number, l.key, s.shape, d.year, d.label = d.key AS is_untitled, "
    "sort_key(d.label) AS title, n.first AS author "
    "FROM listing l JOIN document d ON d.key = l.key LEFT JOIN name n USING (number) "
    "JOIN shape s ON s.kind = l.kind AND s.decade IS l.decade AND s.language IS l.language "
    "AND s.licence IS l.licence AND s.host IS l.host)",
    "INSERT INTO words (words) VALUES ('delete-all')",
    "INSERT INTO words (rowid, title, author, notes) "  # noqa: S608
    f"SELECT l.number, substr(d.label, 1, {_LONGEST}), coalesce(n.names, ''), "
    f"substr(l.notes, 1, {_LONGEST}) "
    "FROM listing l JOIN document d ON d.key = l.key LEFT JOIN name n USING (number) "
    "ORDER BY l.number",
    "INSERT INTO words (words) VALUES ('optimize')",
    "DROP TABLE temp.name",
    "DELETE FROM facet",
    *[
        f"{_COUNT} (SELECT {kind} AS kind, 'author' AS name, a.author AS value, "  # noqa: S608
        "count(*) AS count FROM listing l LEFT JOIN authorship a USING (number) GROUP BY 1, 3)"
        for kind in ("l.kind", "''")
    ],
    *[
        f"{_COUNT} (SELECT {kind} AS kind, '{name}' AS name, {name} AS value, "  # noqa: S608
        "sum(count) AS count FROM shape GROUP BY 1, 3)"
        for name in _SHAPED
        for kind in ("kind", "''")
    ],
)
