"""Changes as people see them: the editions, and field by field what each of them changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

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
_HEADINGS: Final = {"updated": "Changed", "created": "New", "deleted": "No longer published"}
_EVENTS: Final = {
    "publication": "Published from the seeds",
    "rollback": "Rolled back to an earlier edition",
    "withdrawal": "Withdrawal",
}
# Of one document, and of one property.
_MOST_FIELDS: Final = 30
_MOST_VALUES: Final = 10
_LONGEST: Final = 300
_NAMES: Final = (dcterms("title"), schema("name"), iri(FOAF + "name"))
# The same fact in two vocabularies is one to a reader.
_FIELDS: Final[dict[Term, str]] = {
    RDF_TYPE: "Type",
    dcterms("title"): "Title",
    schema("name"): "Title",
    iri(FOAF + "name"): "Title",
    schema("alternateName"): "Also known as",
    dcterms("creator"): "Author",
    schema("creator"): "Author",
    schema("author"): "Author",
    dcterms("date"): "Date",
    dcterms("issued"): "Date",
    dcterms("created"): "Date",
    schema("datePublished"): "Date",
    schema("dateCreated"): "Date",
    dcterms("language"): "Language",
    schema("inLanguage"): "Language",
    dcterms("identifier"): "Identifier",
    schema("identifier"): "Identifier",
    dcterms("source"): "Source",
    schema("isBasedOn"): "Source",
    dcterms("subject"): "Genre",
    schema("keywords"): "Genre",
    dcterms("rights"): "Rights statement",
    schema("copyrightNotice"): "Rights statement",
    dcterms("license"): "Licence",
    schema("license"): "Licence",
    schema("sdLicense"): "Licence of the metadata",
    dcterms("hasPart"): "Part",
    schema("hasPart"): "Part",
    dcterms("isPartOf"): "Part of",
    schema("isPartOf"): "Part of",
    dcterms("description"): "Description",
    schema("description"): "Description",
    dcterms("publisher"): "Publisher",
    schema("publisher"): "Publisher",
    schema("sameAs"): "Same as",
    schema("contentSize"): "Size in bytes",
    schema("sha256"): "SHA-256",
    iri(SPDX + "checksumValue"): "SHA-256",
    iri(PAV + "retrievedOn"): "Retrieved",
    iri(PROV + "generatedAtTime"): "Retrieved",
    iri(PAV + "retrievedFrom"): "Retrieved from",
    iri(PROV + "wasDerivedFrom"): "Retrieved from",
}


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
    return EditionsPage([_edition_line(one) for one in pasts[:limit]], first, following)


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
    return EditionChanges(_edition_line(past), sections, kind is not None, earlier, later)


def fields(edition: Edition, found: Sequence[Difference]) -> list[Field]:
    """Give differences as readers see them: by field, what it said and what it says."""
    base = edition.base
    shown: dict[tuple[str, tuple[Term, ...], tuple[Term, ...]], Field] = {}
    for difference in found:
        label = _label(difference, base)
        key = label, difference.old, difference.new
        if key not in shown:
            old, new = difference.old, difference.new
            shown[key] = Field(
                label,
                [_value(edition, term) for term in old[:_MOST_VALUES]],
                [_value(edition, term) for term in new[:_MOST_VALUES]],
                max(0, len(old) - _MOST_VALUES) + max(0, len(new) - _MOST_VALUES),
            )
    return list(shown.values())


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
        title=_title(edition, change.key, said),
        reason=change.reason,
        fields=found[:_MOST_FIELDS],
        left_out=max(0, len(found) - _MOST_FIELDS),
    )


def _title(edition: Edition, key: str, said: Sequence[Statement]) -> Value:
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
    years = {earliest_year(base): "Earliest year", latest_year(base): "Latest year"}
    known = years.get(difference.predicate) or _FIELDS.get(difference.predicate)
    label = known or compact(iri_of(difference.predicate))
    return f"File: {label}" if iri_of(difference.subject).endswith("#file") else label


def _value(edition: Edition, term: Term) -> Value:
    if not is_iri_term(term):
        shown = of_term(term)
        return Value(shortened(shown.text, _LONGEST), shown.language)
    target = iri_of(term)
    if not target.startswith(edition.base):
        return Value(compact(target), href=web(target), is_code=True)
    key = target.removeprefix(edition.base)
    said = differences.last_stated(edition, key)
    return _title(edition, key, said) if said else Value(key, is_code=True)


def _edition_line(past: Past) -> EditionLine:
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
