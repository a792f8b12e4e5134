"""Drafts: documents as rows of the records, and what the parent edition has of them.

Making the rows needs nothing but the document and the parent, so it is done in whichever process
judged the document; the one that writes only inserts them.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from ld import iri, records
from ld.document import Derivation, Document
from ld.stored import DATASET, kind_of
from ld.terms import Statement, Term, iri_of, is_iri_term, literal_of, text_of
from ld.terms import iri as iri_term
from ld.vocabulary import FOAF, RDF_TYPE, RDFS_IS_DEFINED_BY, dcterms, earliest_year, schema

_NAMES: Final = (schema("name"), dcterms("title"), iri_term(FOAF + "name"))
_OF_CONTEXT: Final = frozenset({RDF_TYPE, *_NAMES})
_NOTES: Final = (dcterms("rights"), dcterms("subject"), dcterms("identifier"))
_LANGUAGE: Final = schema("inLanguage")
_LICENCE: Final = dcterms("license")
_SOURCE: Final = dcterms("source")
_DATE: Final = dcterms("date")
_CREATOR: Final = dcterms("creator")
# More of a text adds nothing that anyone searches for; in characters.
_LONGEST: Final = 10_000
_LONGEST_KEY: Final = 200
_HOST: Final = re.compile(r"<https?://\[?((?<=\[)[^]]+|[^/:?#>]+)", re.IGNORECASE)


class Listing(NamedTuple):
    """What a text or part is chosen, sorted and found by: columns of the table `listing`."""

    decade: int | None
    language: str | None
    licence: str | None
    host: str | None
    date: str | None
    title: str
    notes: str
    title_key: str
    authors: list[str]


class Draft(NamedTuple):
    """A document to be published.

    `version` is that of the parent if it says the same, else 0; then `derivations` are only given
    if they differ, and nothing after them is given at all.
    """

    key: str
    digest: str
    version: int
    derivations: bytes | None
    stated: bytes = b""
    volatile: bytes = b""
    label: str = ""
    label_language: str = ""
    year: int | None = None
    context: bytes = b""
    references: tuple[str, ...] = ()
    listing: Listing | None = None


class Known(NamedTuple):
    """What the parent edition has of a document."""

    version: int
    digest: str


class Previous:
    """The records of the parent edition; without one, nothing stood before."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @cached_property
    def _db(self) -> sqlite3.Connection | None:
        return None if self._path is None else records.open_for_reading(self._path)

    def known(self, key: str) -> Known | None:
        """Give the version of a document that stands."""
        row = self._one(
            "SELECT d.version, v.digest FROM document d JOIN version v ON v.version = d.version "
            "WHERE d.key = ?",
            key,
        )
        return None if row is None else Known(*row)

    def stands(self, key: str) -> bool:
        """Say whether a document stands."""
        return self._one("SELECT 1 FROM document WHERE key = ?", key) is not None

    def standing(self, text: str) -> list[str]:
        """List the keys of a text and its parts, as far as they stand."""
        if self._db is None:
            return []
        rows = self._db.execute(
            "SELECT key FROM document WHERE key = ? OR key > ? AND key < ?",
            (text, f"{text}/", f"{text}0"),
        )
        return [row[0] for row in rows]

    def seed(self, path: str) -> tuple[str, str]:
        """Give the text and the document that a seed file went into; empty if into none."""
        row = self._one("SELECT text, key FROM seed WHERE path = ?", path)
        return ("", "") if row is None else (str(row[0]), str(row[1]))

    def withdrawal(self, key: str) -> str | None:
        """Give the reason for which the curator withdrew a document or its text, else None."""
        row = self._one("SELECT reason FROM withdrawal WHERE key = ?", key)
        text = iri.text_of_part(key)
        if row is None and text is not None:
            row = self._one("SELECT reason FROM withdrawal WHERE key = ?", text)
        return None if row is None else str(row[0])

    def refreshed(self, version: int, derivations: Mapping[Statement, Derivation]) -> bytes | None:
        """Give the places that an unchanged version is read from now; None if they are the same.

        Its volatile statements stay as they were, and so do the places of those.
        """
        stated, volatile, packed = self._one(
            "SELECT stated, volatile, derivations FROM version WHERE version = ?", version
        ) or (b"", b"", b"")
        everything = sorted((*records.unpack(stated), *records.unpack(volatile)))
        before = records.unpack_derivations(everything, packed)
        after = before | {s: why for s, why in derivations.items() if s in before}
        return None if before == after else records.pack_derivations(after)

    def _one(self, query: str, key: str | int) -> sqlite3.Row | None:
        if self._db is None:
            return None
        row: sqlite3.Row | None = self._db.execute(query, (key,)).fetchone()
        return row


def draft(document: Document, previous: Previous, base: str) -> Draft:
    """Give the rows of a document: a new version only if its stated statements changed."""
    known = previous.known(document.key)
    if known is not None and known.digest == document.digest:
        fresh = previous.refreshed(known.version, document.derivations)
        return Draft(document.key, known.digest, known.version, fresh)
    return described(
        Draft(
            key=document.key,
            digest=document.digest,
            version=0,
            derivations=records.pack_derivations(document.derivations),
            stated=records.pack(document.stated),
            volatile=records.pack(document.volatile),
        ),
        document.stated,
        base,
    )


def described(rows: Draft, stated: tuple[Statement, ...], base: str) -> Draft:
    """Add what lists, searches and other documents say of a document with these statements."""
    key = rows.key
    thing = iri_term(base + key)
    start, length = "<" + base, len(base) + 1
    said: dict[Term, list[Term]] = {}
    context = []
    targets = set()
    for statement in stated:
        subject, predicate, obj = statement
        if subject == thing:
            said.setdefault(predicate, []).append(obj)
            if predicate in _OF_CONTEXT:
                context.append(statement)
        if obj.startswith(start):
            target = obj[length:-1].partition("#")[0]
            if target == DATASET or target.startswith((iri.TEXT, iri.AGENT)):
                targets.add(target)
    targets.discard(key)
    document = base + key if key == DATASET else f"{base}{iri.DOCUMENT}{key}"
    context.append((thing, RDFS_IS_DEFINED_BY, iri_term(document)))
    label, language = _label(key, said)
    year = _year(said.get(earliest_year(base)))
    return rows._replace(
        label=label,
        label_language=language,
        year=year,
        context=records.pack(sorted(context)),
        references=tuple(sorted(targets)),
        listing=_listing(key, label, year, said, base),
    )


def _label(key: str, said: Mapping[Term, list[Term]]) -> tuple[str, str]:
    """Give the name of a thing and its language; without one its key stands in."""
    for predicate in _NAMES:
        for obj in said.get(predicate, ()):
            if not is_iri_term(obj):
                label, tag, _ = literal_of(obj)
                return label, tag or ""
    return key, ""


def _year(years: list[Term] | None) -> int | None:
    return int(literal_of(years[0])[0]) if years else None


def _listing(
    key: str, label: str, year: int | None, said: Mapping[Term, list[Term]], base: str
) -> Listing | None:
    if kind_of(key) not in {"text", "part"}:
        return None
    return Listing(
        decade=None if year is None else year // 10 * 10,
        language=_first(said.get(_LANGUAGE)),
        licence=_first(said.get(_LICENCE)),
        host=_host(said.get(_SOURCE, [])),
        date=next(iter(said.get(_DATE, [])), None),
        title=label[:_LONGEST],
        notes=" ".join(text_of(o) for name in _NOTES for o in said.get(name, ()))[:_LONGEST],
        title_key=sort_key(label),
        authors=[
            iri_of(creator).removeprefix(base)
            for creator in said.get(_CREATOR, ())
            if is_iri_term(creator)
        ],
    )


def _first(terms: list[Term] | None) -> str | None:
    return text_of(terms[0]) if terms else None


def _host(sources: list[Term]) -> str | None:
    """Give the host of the first web address; those that are published have been checked."""
    for source in sources:
        found = _HOST.match(source)
        if found:
            return found[1].lower()
    return None


def sort_key(text: str) -> str:
    """Give what a name is sorted by: without marks, case and what stands before its first word."""
    text = text[:_LONGEST_KEY]
    if not text.isascii():
        text = "".join(
            character
            for character in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(character)
        )
    folded = text.casefold()
    start = next((at for at, character in enumerate(folded) if character.isalnum()), 0)
    return folded[start:]
