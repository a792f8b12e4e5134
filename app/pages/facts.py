"""The facts of texts, parts, files, agents and the dataset, in the order in which people ask.

Each is as understood, and beside it as recorded, where the two differ.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.description import Description
from app.language import gettext as _
from app.language import lazy_gettext
from app.pages import dates
from app.pages.values import (
    NOT_STATED,
    Fact,
    Value,
    bytes_of,
    compact,
    language_name,
    number,
    of_licence,
    of_term,
    recorded_as,
    size,
    web,
)
from app.variants import address
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.stored import StoredDocument
from ld.terms import Term, iri, iri_of, is_iri_term, literal_of
from ld.vocabulary import FOAF, PAV, PROV, RDF_TYPE, dcterms, schema

Show = Callable[[Term], Value]

# Of one fact; the rest is in the data.
_MOST_VALUES: Final = 100
_ASK_FIRST: Final = lazy_gettext("Not stated – ask before reuse")
_AGENT_KINDS: Final = {
    iri(FOAF + "Person"): lazy_gettext("Person"),
    iri(FOAF + "Organization"): lazy_gettext("Organisation"),
}


class Facts:
    """Reads facts out of one document."""

    def __init__(self, edition: Edition, document: StoredDocument) -> None:
        self.edition = edition
        self.document = document
        self.description = Description(document.statements)
        self.thing = iri(document.iri)
        self.file = iri(document.iri + "#file")

    def of_text(self) -> list[Fact]:
        """Give the facts of a text or a part."""
        certain = [
            self.fact(_("Title"), dcterms("title"), of_term, is_same=_is_same_heading),
            self.authors(),
        ]
        # A part takes date, genre and identifier from its text; their absence says nothing.
        of_whole = [
            self.date(),
            self.fact(_("Identifier"), dcterms("identifier"), _code),
        ]
        if self.document.kind == "part":
            of_whole = _stated(of_whole)
        return [
            *certain,
            *of_whole,
            self.fact(_("Language"), schema("inLanguage"), _language, is_same=_always),
            *_stated([self.fact(_("Genre"), dcterms("subject"), of_term), self.whole()]),
            self.fact(_("Source"), dcterms("source"), of_term),
            *self.rights(),
            *_stated([self.fact(_("Access"), schema("isAccessibleForFree"), _access)]),
        ]

    def rights(self) -> list[Fact]:
        """Give what may be done with the text: the statement as it stands, and the licence that
        follows from it."""
        return [
            self.fact(_("Rights statement"), dcterms("rights"), of_term),
            self.fact(
                _("Licence"), schema("license"), _concluded, missing=_ASK_FIRST, is_same=_always
            ),
        ]

    def of_file(self) -> list[Fact]:
        """Give the facts of the file of a text or part; none if it has no file of its own."""
        if not self.description.objects(self.file, RDF_TYPE):
            return []
        return [
            self.fact(_("Name"), schema("name"), of_term, subject=self.file),
            self.fact(_("Type"), schema("encodingFormat"), _code, subject=self.file),
            self.fact(_("Size"), schema("contentSize"), _size, subject=self.file),
            self.fact("SHA-256", schema("sha256"), _code, subject=self.file),
            self.fact(
                _("Retrieved"),
                iri(PAV + "retrievedOn"),
                _instant,
                subject=self.file,
                is_same=_always,
            ),
            self.fact(
                _("Retrieved from"), iri(PROV + "wasDerivedFrom"), of_term, subject=self.file
            ),
        ]

    def of_agent(self) -> list[Fact]:
        """Give the facts of an agent."""
        types = self.description.objects(self.thing, RDF_TYPE)
        kinds = [Value(str(name)) for term, name in _AGENT_KINDS.items() if term in types]
        return [
            *_stated([self.fact(_("Name"), schema("name"), of_term)]),
            *_stated([self.fact(_("Also known as"), schema("alternateName"), of_term)]),
            Fact(_("Kind"), kinds, _("Not stated whether a person or an organisation")),
            *_stated([self.fact(_("Same as"), schema("sameAs"), of_term)]),
        ]

    def of_dataset(self) -> list[Fact]:
        """Give the facts of the dataset."""
        return [
            self.fact(_("Title"), schema("name"), of_term),
            self.fact(_("Description"), schema("description"), of_term),
            self.fact(_("Publisher"), schema("publisher"), self.reference),
            self.fact(_("Licence of the metadata"), schema("license"), _licence),
            Fact(_("Identifiers begin with"), [Value(self.edition.base, is_code=True)]),
        ]

    def authors(self) -> Fact:
        """Give the authors, linked to their pages."""
        # One field may name several authors, so it only has to contain the name.
        fact = self.fact(
            _("Author"), schema("creator"), self.reference, is_same=lambda raw, name: name in raw
        )
        return Fact(_("Authors"), fact.values) if len(fact.values) > 1 else fact

    def whole(self) -> Fact:
        """Give the text that a part belongs to; none for a text."""
        return self.fact(_("Part of"), dcterms("isPartOf"), self.reference)

    def date(self) -> Fact:
        """Give the date, under the name of what the corpus means by it."""
        label = _("Date")
        if self.description.objects(self.thing, dcterms("issued")):
            label = _("Published")
        elif self.description.objects(self.thing, dcterms("created")):
            label = _("Created")
        return self.fact(label, dcterms("date"), _date)

    def summary(self) -> Value | None:
        """Give the description of the thing in words, if there is one."""
        described = self.description.objects(self.thing, schema("description"))
        return of_term(described[0]) if described else None

    def titles(self) -> list[Term]:
        """Give the titles or names that are stated of the thing."""
        return self.description.objects(self.thing, schema("name"))

    def fact(
        self,
        label: str,
        predicate: Term,
        show: Show,
        *,
        subject: Term | None = None,
        missing: str = NOT_STATED,
        is_same: Callable[[str, str], bool] = operator.eq,
    ) -> Fact:
        """Give what is stated of a subject (the thing, if not said).

        Each value says how it was recorded, unless `is_same` finds that in what is shown.
        """
        subject = subject or self.thing
        dataset = iri(self.edition.base + "dataset")
        stated = [obj for obj in self.description.objects(subject, predicate) if obj != dataset]
        values = []
        for obj in stated[:_MOST_VALUES]:
            derivation = self.document.derivations.get((subject, predicate, obj))
            values.append(recorded_as(show(obj), derivation, is_same))
        if more := len(stated) - len(values):
            values.append(Value(_("and %(count)s more, in the data", count=number(more))))
        return Fact(label, values, missing)

    def reference(self, term: Term) -> Value:
        """Show another thing of this corpus by its name, linked to its page."""
        target = iri_of(term)
        name = self.description.name(target)
        key = target.removeprefix(self.edition.base)
        href = web(target)
        if key != target:
            href = address(DOCUMENT + key)
        if name is None:
            return Value(key, href=href, is_code=True)
        return of_term(name, href=href)


def _date(term: Term) -> Value:
    return Value(dates.wording(term))


def _language(term: Term) -> Value:
    tag = literal_of(term)[0]
    return Value(language_name(tag), note=tag)


def _code(term: Term) -> Value:
    return Value(literal_of(term)[0], is_code=True)


def _size(term: Term) -> Value:
    octets = int(literal_of(term)[0])
    return Value(size(octets), note=bytes_of(octets) if octets >= 1000 else None)


def _instant(term: Term) -> Value:
    instant = literal_of(term)[0]
    return Value(dates.minute(instant), instant=instant)


def _licence(term: Term) -> Value:
    return of_licence(iri_of(term)) if is_iri_term(term) else of_term(term)


def _concluded(term: Term) -> Value:
    return replace(_licence(term), note=_("concluded from the rights statement"))


def _is_same_heading(raw: str, shown: str) -> bool:
    return raw.lstrip("#").strip() == shown


def _always(_raw: str, _shown: str) -> bool:
    return True


def _access(term: Term) -> Value:
    is_free = literal_of(term)[0] == "true"
    return Value(_("Free to read at its source") if is_free else compact(term))


def _stated(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.values]
