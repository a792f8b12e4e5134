"""Changes as people see them: the editions, and field by field what each of them changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from app.language import gettext as _
from app.language import lazy_gettext
from app.pages import dates
from app.pages.values import Value, compact, number, of_term, shortened, web
from app.variants import address
from ld import differences, quality
from ld.differences import Difference
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.quality import Past
from ld.stored import Change
from ld.terms import Statement, Term, iri, iri_of, is_iri_term
from ld.vocabulary import (
    FOAF,
    PAV,
    PROV,
    RDF_TYPE,
    SPDX,
    dcterms,
    earliest_year,
    latest_year,
    schema,
)

#: Changes of one kind, where all kinds are shown.
FIRST: Final = 20
KINDS: Final = ("updated", "created", "deleted")
_HEADINGS: Final = {
    "updated": lazy_gettext("Changed"),
    "created": lazy_gettext("New"),
    "deleted": lazy_gettext("No longer published"),
}
_EVENTS: Final = {
    "publication": lazy_gettext("Published from the seeds"),
    "rollback": lazy_gettext("Rolled back to an earlier edition"),
    "withdrawal": lazy_gettext("Withdrawal"),
}
# Of one document, and of one property.
_MOST_FIELDS: Final = 30
_MOST_VALUES: Final = 10
_LONGEST: Final = 300
_NAMES: Final = (dcterms("title"), schema("name"), iri(FOAF + "name"))
# The same fact in two vocabularies is one to a reader.
_FIELDS: Final[dict[Term, str]] = {
    RDF_TYPE: lazy_gettext("Type"),
    dcterms("title"): lazy_gettext("Title"),
    schema("name"): lazy_gettext("Title"),
    iri(FOAF + "name"): lazy_gettext("Title"),
    schema("alternateName"): lazy_gettext("Also known as"),
    dcterms("creator"): lazy_gettext("Author"),
    schema("creator"): lazy_gettext("Author"),
    schema("author"): lazy_gettext("Author"),
    dcterms("date"): lazy_gettext("Date"),
    dcterms("issued"): lazy_gettext("Date"),
    dcterms("created"): lazy_gettext("Date"),
    schema("datePublished"): lazy_gettext("Date"),
    schema("dateCreated"): lazy_gettext("Date"),
    dcterms("language"): lazy_gettext("Language"),
    schema("inLanguage"): lazy_gettext("Language"),
    dcterms("identifier"): lazy_gettext("Identifier"),
    schema("identifier"): lazy_gettext("Identifier"),
    dcterms("source"): lazy_gettext("Source"),
    schema("isBasedOn"): lazy_gettext("Source"),
    dcterms("subject"): lazy_gettext("Genre"),
    schema("keywords"): lazy_gettext("Genre"),
    dcterms("rights"): lazy_gettext("Rights statement"),
    schema("copyrightNotice"): lazy_gettext("Rights statement"),
    dcterms("license"): lazy_gettext("Licence"),
    schema("license"): lazy_gettext("Licence"),
    schema("sdLicense"): lazy_gettext("Licence of the metadata"),
    dcterms("hasPart"): lazy_gettext("Part"),
    schema("hasPart"): lazy_gettext("Part"),
    dcterms("isPartOf"): lazy_gettext("Part of"),
    schema("isPartOf"): lazy_gettext("Part of"),
    dcterms("description"): lazy_gettext("Description"),
    schema("description"): lazy_gettext("Description"),
    dcterms("publisher"): lazy_gettext("Publisher"),
    schema("publisher"): lazy_gettext("Publisher"),
    schema("sameAs"): lazy_gettext("Same as"),
    schema("contentSize"): lazy_gettext("Size in bytes"),
    schema("sha256"): lazy_gettext("SHA-256"),
    iri(SPDX + "checksumValue"): lazy_gettext("SHA-256"),
    iri(PAV + "retrievedOn"): lazy_gettext("Retrieved"),
    iri(PROV + "generatedAtTime"): lazy_gettext("Retrieved"),
    iri(PAV + "retrievedFrom"): lazy_gettext("Retrieved from"),
    iri(PROV + "wasDerivedFrom"): lazy_gettext("Retrieved from"),
}
_PLACES: Final = {predicate: place for place, predicate in enumerate(_FIELDS)}


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition and how much it changed."""

    id: str
    href: str
    day: str
    instant: str
    event: str
    note: str
    counts: list[tuple[str, str, int]]  # heading, number as written, number


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The editions, latest first; `following` is the address of those before."""

    editions: list[EditionLine]
    first: str | None
    following: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """What one field said and says; `left_out` is how many values are not shown."""

    label: str
    old: list[Value]
    new: list[Value]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of one document."""

    title: Value
    reason: str
    fields: list[Field]
    left_out: int


@dataclass(frozen=True, slots=True)
class KindSection:
    """The changes of one kind; `following` is the address of more of them."""

    kind: str
    heading: str
    count: str
    lines: list[ChangeLine]
    following: str | None


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """What one edition changed, as a page of all kinds or of one."""

    edition: EditionLine
    sections: list[KindSection]
    is_part: bool
    earlier: str | None
    later: str | None


def editions_page(edition: Edition, before: int | None, limit: int) -> EditionsPage:
    """Give the editions before a sequence, or the latest."""
    pasts = quality.editions(edition, limit + 1, before)
    following = None
    if len(pasts) > limit:
        following = f"{address('changes')}?{urlencode({'before': pasts[limit - 1].sequence})}"
    first = None if before is None else address("changes")
    return EditionsPage([edition_line(one) for one in pasts[:limit]], first, following)


def edition_changes(
    edition: Edition, past: Past, kind: str | None, after: str, limit: int
) -> EditionChanges:
    """Give what an edition changed: the first of every kind, or a page of one kind."""
    kinds = KINDS if kind is None else (kind,)
    size = min(FIRST, limit) if kind is None else limit
    sections = [_section(edition, past, one, after, size) for one in kinds if past.counts.get(one)]
    neighbours = [
        quality.editions(edition, 1, past.sequence),
        quality.editions(edition, 1, past.sequence + 2),
    ]
    earlier, later = (
        _href(found[0]) if found and found[0].sequence != past.sequence else None
        for found in neighbours
    )
    return EditionChanges(edition_line(past), sections, kind is not None, earlier, later)


def fields(edition: Edition, found: Sequence[Difference]) -> list[Field]:
    """Give differences as readers see them: by field, what it said and what it says."""
    # Two properties with one label say the same thing in two vocabularies.
    said: dict[str, tuple[dict[Term, None], dict[Term, None]]] = {}
    for difference in found:
        old, new = said.setdefault(_label(difference, edition.base), ({}, {}))
        old.update(dict.fromkeys(difference.old))
        new.update(dict.fromkeys(difference.new))
    return [
        Field(
            label,
            [_value(edition, term) for term in list(old)[:_MOST_VALUES]],
            [_value(edition, term) for term in list(new)[:_MOST_VALUES]],
            max(0, len(old) - _MOST_VALUES) + max(0, len(new) - _MOST_VALUES),
        )
        for label, (old, new) in said.items()
    ]


def _section(edition: Edition, past: Past, kind: str, after: str, limit: int) -> KindSection:
    found = differences.changes(edition, past.sequence, kind, after, limit + 1)
    following = None
    if len(found) > limit:
        query = urlencode({"kind": kind, "after": found[limit - 1].key})
        following = f"{_href(past)}?{query}"
    return KindSection(
        kind=kind,
        heading=_HEADINGS[kind],
        count=number(past.counts[kind]),
        lines=[_change_line(edition, change) for change in found[:limit]],
        following=following,
    )


def _change_line(edition: Edition, change: Change) -> ChangeLine:
    said = differences.stated_then(edition, change)
    is_update = change.kind == "updated" and bool(said)
    found = fields(edition, differences.of_change(edition, change)) if is_update else []
    return ChangeLine(
        title=title_of(edition, change.key, said),
        reason=change.reason,
        fields=found[:_MOST_FIELDS],
        left_out=max(0, len(found) - _MOST_FIELDS),
    )


def place_of(difference: Difference) -> tuple[bool, int]:
    """Give a sort key under which what matters most to readers comes first."""
    is_of_file = "#" in difference.subject
    known = difference.predicate in _FIELDS
    return is_of_file, _PLACES[difference.predicate] if known else len(_PLACES)


def title_of(edition: Edition, key: str, said: Sequence[Statement]) -> Value:
    """Give what the thing of a document is called in these statements, with a link to it."""
    thing = iri(edition.base + key)
    href = address(key if key == "dataset" else DOCUMENT + key)
    # What is gone has a page too, which says so; it is not for crawlers.
    rel = None if key in edition else "nofollow"
    names = {p: o for s, p, o in said if s == thing and p in _NAMES and not is_iri_term(o)}
    name = next((names[predicate] for predicate in _NAMES if predicate in names), None)
    if name is None:
        return Value(key, href=href, rel=rel, is_code=True)
    shown = of_term(name)
    return Value(shortened(shown.text, _LONGEST), shown.language, href, rel)


def _label(difference: Difference, base: str) -> str:
    years = {
        earliest_year(base): _("Earliest year"),
        latest_year(base): _("Latest year"),
    }
    known = years.get(difference.predicate) or _FIELDS.get(difference.predicate)
    label = known or compact(iri_of(difference.predicate))
    if iri_of(difference.subject).endswith("#file"):
        return _("File: %(field)s", field=label)
    return label


def _value(edition: Edition, term: Term) -> Value:
    if not is_iri_term(term):
        shown = of_term(term)
        return Value(shortened(shown.text, _LONGEST), shown.language)
    target = iri_of(term)
    if not target.startswith(edition.base):
        return Value(compact(target), href=web(target), is_code=True)
    key = target.removeprefix(edition.base)
    said = differences.last_stated(edition, key)
    return title_of(edition, key, said) if said else Value(key, is_code=True)


def edition_line(past: Past) -> EditionLine:
    """Give an edition and how much it changed."""
    return EditionLine(
        id=past.id,
        href=_href(past),
        day=dates.minute(past.created),
        instant=past.created,
        event=_EVENTS.get(past.kind, past.kind),
        note=past.note,
        counts=list(_counts(past)),
    )


def _counts(past: Past) -> Iterator[tuple[str, str, int]]:
    for kind in KINDS:
        yield _HEADINGS[kind], number(past.counts.get(kind, 0)), past.counts.get(kind, 0)


def _href(past: Past) -> str:
    return address(f"changes/{past.id}")
