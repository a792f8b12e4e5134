"""The record: what every document's page shows beside its facts."""

from dataclasses import dataclass
from typing import Final

import orjson
from markupsafe import Markup

from app.pages import dates
from app.pages.facts import Facts
from app.pages.frame import corpus_name
from app.pages.origins import Group, origins
from app.pages.values import Value, of_licence, of_term, shortened
from app.variants import address, addressed
from ld.edition import Edition
from ld.formats import json_ld
from ld.report import Finding, Severity
from ld.stored import StoredDocument
from ld.terms import iri
from ld.vocabulary import dcterms

_KINDS: Final = {"text": "Text", "part": "Part", "agent": "Agent", "dataset": "Dataset"}
_EVENTS: Final = {"created": "Published", "updated": "Changed", "deleted": "Withdrawn"}
_LEVELS: Final = {
    Severity.VIOLATION: "Must be corrected",
    Severity.WARNING: "Should be corrected",
    Severity.INFO: "For information",
}
_MOST_FINDINGS: Final = 100
_LONGEST: Final = 400
_AUTHORS_CITED: Final = 3

# In a script element these would end it, begin a comment, or be no JavaScript.
_ESCAPES: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Download:
    """A link to a document in one syntax."""

    label: str
    href: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Citation:
    """How to cite a document: its parts, to be set in type by the template."""

    authors: list[Value]
    others: bool
    title: Value
    date: str | None
    corpus: Value | None
    edition: str
    published: str
    iri: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    instant: str
    day: str
    edition: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding, in words."""

    level: str
    severity: str
    message: str
    place: str
    value: str | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A document as its page shows it, whatever its kind."""

    kind: str
    title: Value
    iri: str
    canonical: str
    downloads: list[Download]
    citation: Citation
    licence: Value | None
    changed: str
    kept_from: str | None
    history: list[Event]
    remarks: list[Remark]
    groups: list[Group]
    left_out: int
    json_ld: Markup


def record_page(edition: Edition, document: StoredDocument, facts: Facts, path: str) -> RecordPage:
    """Give the page of a document; `path` is the document's below the service's address."""
    groups = origins(document, facts.edition.base)
    owned = len(document.owned)
    return RecordPage(
        kind=_KINDS[document.kind],
        title=title_of(document, facts),
        iri=document.iri,
        canonical=edition.service_url + path,
        downloads=[
            Download(variant.name, address(f"{path}.{variant.suffix}"), variant.media_type)
            for variant in addressed(edition, path)
            if variant.suffix != "html"
        ],
        citation=_citation(edition, document, facts),
        licence=_metadata_licence(document, facts),
        changed=dates.day(document.datestamp),
        kept_from=document.kept_from,
        history=[
            Event(
                change.datestamp,
                dates.day(change.datestamp),
                change.edition,
                _EVENTS.get(change.kind, change.kind),
                change.reason,
            )
            for change in edition.history_of(document.key)
        ],
        remarks=[_remark(found) for found in edition.findings(document.key, _MOST_FINDINGS)],
        groups=groups,
        left_out=owned - sum(len(group.rows) for group in groups),
        json_ld=script_json(json_ld.document(document.statements)),
    )


def title_of(document: StoredDocument, facts: Facts) -> Value:
    """Give the title or name of a thing; without one, its identifier."""
    titles = facts.titles()
    if titles:
        return of_term(titles[0])
    return Value(document.key.rpartition("/")[2], is_code=True)


def script_json(document: object) -> Markup:
    """Give JSON that can stand in a script element whatever its texts contain."""
    # Escapes inside JSON's strings are what a reader of the JSON undoes; outside of them none of
    # these characters occurs.
    return Markup(orjson.dumps(document).decode().translate(_ESCAPES))  # noqa: S704


def _citation(edition: Edition, document: StoredDocument, facts: Facts) -> Citation:
    dataset = document if document.kind == "dataset" else edition.document("dataset")
    corpus = corpus_name(edition, dataset)
    authors, date = [], None
    if document.kind in {"text", "part"}:
        authors = facts.authors().values
        date = next((value.text for value in facts.date().values), None)
    elif document.kind == "dataset":
        authors = facts.fact("", dcterms("publisher"), facts.reference).values
    is_dataset = document.kind == "dataset"
    return Citation(
        authors=authors[:_AUTHORS_CITED],
        others=len(authors) > _AUTHORS_CITED,
        title=corpus if is_dataset else title_of(document, facts),
        date=date,
        corpus=None if is_dataset else corpus,
        edition=edition.id,
        published=dates.day(edition.created),
        iri=document.iri,
    )


def _metadata_licence(document: StoredDocument, facts: Facts) -> Value | None:
    licences = facts.description.iris(iri(document.document_iri), dcterms("license"))
    return of_licence(licences[0]) if licences else None


def _remark(found: Finding) -> Remark:
    place = "" if found.file is None else found.file
    if found.line is not None:
        place += f", line {found.line}"
    if found.field:
        place += f", {found.field}" if place else found.field
    value = None if found.value is None else shortened(found.value, _LONGEST)
    return Remark(_LEVELS[found.severity], found.severity.lower(), found.message, place, value)
