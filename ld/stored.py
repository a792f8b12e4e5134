"""A document as an edition holds it, and what its key tells.

The values that `ld.edition` reads and `ld.publish` writes: documents with their context, lines of
lists, entries of the history, tombstones.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ld import iri, records
from ld.document import Derivation
from ld.terms import Statement, is_iri_term, literal
from ld.terms import iri as iri_term
from ld.vocabulary import XSD, dcterms, schema

DATASET: Final = "dataset"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history: what happened to a document, in which edition, when and why.

    `kind` is created, updated or deleted; `datestamp` is UTC to the second.
    """

    sequence: int
    edition: str
    datestamp: str
    key: str
    kind: str
    version: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a document that is no longer published."""

    key: str
    datestamp: str
    reason: str
    edition: str
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: a document by its key, kind, name and year."""

    key: str
    kind: str
    label: str
    label_language: str
    year: int | None
    state: str


@dataclass(frozen=True)
class StoredDocument:
    """One document of an edition.

    `owned` are its statements: stated, volatile and record-keeping. `context` says of the things
    that it points to what they are, are called, and where they are defined; it is not owned.
    `kept_from` is the id of the edition that a kept version comes from.
    """

    key: str
    kind: str
    base: str
    state: str
    kept_from: str | None
    label: str
    label_language: str
    digest: str
    datestamp: str
    stated: tuple[Statement, ...]
    volatile: tuple[Statement, ...]
    context: tuple[Statement, ...]
    packed_derivations: bytes

    @property
    def iri(self) -> str:
        """The IRI of the thing that the document is about."""
        return self.base + self.key

    @property
    def document_iri(self) -> str:
        """The IRI of the document itself."""
        return document_iri(self.base, self.key)

    @cached_property
    def record_keeping(self) -> tuple[Statement, ...]:
        """When this description was published and last changed, from the history."""
        return record_keeping(self.base, self.key, self.kind, self.datestamp)

    @cached_property
    def owned(self) -> tuple[Statement, ...]:
        """All statements that this document owns, sorted."""
        return tuple(sorted({*self.stated, *self.volatile, *self.record_keeping}))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What a representation carries: the owned statements and the context, sorted."""
        return tuple(sorted({*self.owned, *self.context}))

    @cached_property
    def derivations(self) -> dict[Statement, Derivation]:
        """Why each stated or volatile statement stands."""
        return records.unpack_derivations(
            sorted((*self.stated, *self.volatile)), self.packed_derivations
        )


def document_iri(base: str, key: str) -> str:
    """Give the IRI of the document about a thing; the dataset is its own document."""
    return base + key if key == DATASET else f"{base}{iri.DOCUMENT}{key}"


def record_keeping(base: str, key: str, kind: str, datestamp: str) -> tuple[Statement, ...]:
    """Give what the history says of a document: the day of its current version.

    Of the dataset it says nothing here: that changes with every edition (see `ld.describe`).
    """
    if kind == DATASET:
        return ()
    day = literal(datestamp[:10], datatype=XSD + "date")
    modified = (iri_term(document_iri(base, key)), dcterms("modified"), day)
    if kind in {"text", "part"}:
        return (modified, (iri_term(base + key), schema("sdDatePublished"), day))
    return (modified,)


def kind_of(key: str) -> str:
    """Give the kind of a document from its key: dataset, text, part or agent."""
    if key == DATASET:
        return key
    if key.startswith(iri.AGENT):
        return "agent"
    return "part" if iri.text_of_part(key) else "text"


def references(key: str, statements: tuple[Statement, ...], base: str) -> list[str]:
    """Give the keys of the other things of this corpus that the statements point to, sorted."""
    start = "<" + base
    found = set()
    for _, _, obj in statements:
        if is_iri_term(obj) and obj.startswith(start):
            target = obj[len(start) : -1].partition("#")[0]
            if target == DATASET or target.startswith((iri.TEXT, iri.AGENT)):
                found.add(target)
    return sorted(found - {key})


def natural_order(text: str) -> list[tuple[int, str]]:
    """Give a sort key under which `part_10` comes after `part_9`."""
    pieces: list[tuple[int, str]] = []
    digits = ""
    for character in text + "\0":
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            pieces.append((len(digits.lstrip("0")), digits.lstrip("0")))
            digits = ""
        pieces.append((-1, character))
    return pieces
