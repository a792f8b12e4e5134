"""The record: what every document's page shows beside its facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import orjson
from markupsafe import Markup

from app.citing import REFERENCES, Item, item_of
from app.citing.styles import Reference, references
from app.language import gettext as _
from app.language import lazy_gettext
from app.pages import dates
from app.pages.facts import Facts
from app.pages.frame import corpus_name
from app.pages.meta import Meta, dublin_core
from app.pages.origins import Origins, origins
from app.pages.values import Value, of_licence, of_term, shortened
from app.variants import VARIANTS, Variant, address, addressed
from ld.edition import Edition
from ld.formats import json_ld
from ld.report import Finding, Severity
from ld.stored import StoredDocument
from ld.terms import Statement, iri
from ld.vocabulary import dcterms, schema

#: The field of an address that says how many statements come before those that are shown.
STATEMENTS: Final = "statements"

_KINDS: Final = {
    "text": lazy_gettext("Text"),
    "part": lazy_gettext("Part"),
    "agent": lazy_gettext("Agent"),
    "dataset": lazy_gettext("Dataset"),
}
_EVENTS: Final = {
    "created": lazy_gettext("Published"),
    "updated": lazy_gettext("Changed"),
    "deleted": lazy_gettext("Withdrawn"),
}
_LEVELS: Final = {
    Severity.VIOLATION: lazy_gettext("Must be corrected"),
    Severity.WARNING: lazy_gettext("Should be corrected"),
    Severity.INFO: lazy_gettext("For information"),
}
_MOST_FINDINGS: Final = 100
_LONGEST: Final = 400
_MOST_EVENTS: Final = 5
_LONGEST_NAME: Final = 200
_AUTHORS_CITED: Final = 3
_HAS_PART: Final = (dcterms("hasPart"), schema("hasPart"))
# Of statements in a page, beyond which it leaves out what it says of its parts.
_MOST_EMBEDDED: Final = 2000

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
    """A document as its page shows it, whatever its kind.

    `name` is what the window says, `history` the latest changes of `changes`, `references` what
    to copy into a bibliography and `exports` the same for programs; the dataset has neither.
    """

    kind: str
    title: Value
    name: str
    iri: str
    canonical: str
    downloads: list[Download]
    citation: Citation
    references: list[Reference]
    exports: list[Download]
    meta: list[Meta]
    licence: Value | None
    changed: str
    kept_from: str | None
    history: list[Event]
    changes: int
    history_href: str
    remarks: list[Remark]
    origins: Origins
    further: str | None
    json_ld: Markup


def record_page(
    edition: Edition, document: StoredDocument, facts: Facts, path: str, before: int = 0
) -> RecordPage:
    """Give the page of a document.

    `path` is the document's below the service's address; `before` is the number of statements
    that come before those whose origins are shown.
    """
    item = None if document.kind == "dataset" else item_of(edition, document)
    history = edition.history_of(document.key)
    shown = origins(document, edition.base, history[0] if history else None, before)
    title = title_of(document, facts)
    return RecordPage(
        kind=str(_KINDS[document.kind]),
        title=title,
        name=shortened(title.text, _LONGEST_NAME),
        iri=document.iri,
        canonical=edition.service_url + path,
        downloads=_downloads(edition, path, VARIANTS[1:]),
        citation=_citation(edition, document, facts),
        references=references(item) if item else [],
        exports=_downloads(edition, path, REFERENCES) if item else [],
        meta=_meta(document, item, title),
        licence=_metadata_licence(document, facts),
        changed=dates.day(document.datestamp),
        kept_from=document.kept_from,
        history=[
            Event(
                change.datestamp,
                dates.day(change.datestamp),
                change.edition,
                str(_EVENTS.get(change.kind, change.kind)),
                change.reason,
            )
            for change in history[:_MOST_EVENTS]
        ],
        changes=len(history),
        history_href=address(f"history/{document.key}"),
        remarks=[_remark(found) for found in edition.findings(document.key, _MOST_FINDINGS)],
        origins=shown,
        further=_further(path, shown),
        json_ld=script_json(json_ld.document(_embedded(document))),
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


def _downloads(edition: Edition, path: str, offered: Sequence[Variant]) -> list[Download]:
    return [
        Download(variant.name, address(f"{path}.{variant.suffix}"), variant.media_type)
        for variant in addressed(edition, path, offered)
    ]


def _meta(document: StoredDocument, item: Item | None, title: Value) -> list[Meta]:
    return dublin_core(item, title) if item and document.kind in {"text", "part"} else []


def _further(path: str, shown: Origins) -> str | None:
    if shown.last == shown.total:
        return None
    return f"{address(path)}?{urlencode({STATEMENTS: shown.last})}#origins"


def _embedded(document: StoredDocument) -> Iterable[Statement]:
    """Give what a page says to machines: all that its data says, unless that is too much.

    Then it is all but the parts, each of which has a page that says it; and if that is still too
    much, some of what the document owns.
    """
    if len(document.statements) <= _MOST_EMBEDDED:
        return document.statements
    parts = {obj for _part, predicate, obj in document.statements if predicate in _HAS_PART}
    others = [s for s in document.statements if s[0] not in parts and s[2] not in parts]
    return others if len(others) <= _MOST_EMBEDDED else document.owned[:_MOST_EMBEDDED]


def _metadata_licence(document: StoredDocument, facts: Facts) -> Value | None:
    licences = facts.description.iris(iri(document.document_iri), dcterms("license"))
    return of_licence(licences[0]) if licences else None


def _remark(found: Finding) -> Remark:
    place = "" if found.file is None else found.file
    if found.line is not None:
        place = _("%(file)s, line %(line)s", file=place, line=found.line)
    if found.field:
        place += f", {found.field}" if place else found.field
    value = None if found.value is None else shortened(found.value, _LONGEST)
    return Remark(str(_LEVELS[found.severity]), found.severity.lower(), found.message, place, value)
