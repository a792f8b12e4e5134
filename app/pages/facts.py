"""The facts of texts, parts, files, agents and the dataset, in the order in which people ask.

Each is as understood, and beside it as recorded, where the two differ.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.description import Description
from app.pages import dates
from app.pages.values import (
    NOT_STATED,
    Fact,
    Value,
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

_ASK_FIRST: Final = "Not stated – ask before reuse"
_AGENT_KINDS: Final = {
    iri(FOAF + "Person"): "Person",
    iri(FOAF + "Organization"): "Organisation",
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
        found = [
            self.fact("Title", dcterms("title"), of_term, is_same=_is_same_heading),
            self.authors(),
            self.date(),
            self.fact("Language", schema("inLanguage"), _language, is_same=_always),
            self.fact("Genre", dcterms("subject"), of_term),
            self.fact("Identifier", dcterms("identifier"), _code),
            self.whole(),
            self.fact("Source", dcterms("source"), of_term),
            self.fact("Rights statement", dcterms("rights"), of_term),
            self.fact(
                "Licence", schema("license"), _concluded, missing=_ASK_FIRST, is_same=_always
            ),
            self.fact("Access", schema("isAccessibleForFree"), _access),
        ]
        # A part takes date, genre and identifier from its text; their absence says nothing.
        optional = {"Genre", "Access", "Part of"}
        if self.document.kind == "part":
            optional |= {"Date", "Published", "Created", "Identifier"}
        return [fact for fact in found if fact.values or fact.label not in optional]

    def of_file(self) -> list[Fact]:
        """Give the facts of the file of a text or part; none if it has no file of its own."""
        if not self.description.objects(self.file, RDF_TYPE):
            return []
        return [
            self.fact("Name", schema("name"), of_term, subject=self.file),
            self.fact("Type", schema("encodingFormat"), _code, subject=self.file),
            self.fact("Size", schema("contentSize"), _size, subject=self.file),
            self.fact("SHA-256", schema("sha256"), _code, subject=self.file),
            self.fact(
                "Retrieved",
                iri(PAV + "retrievedOn"),
                _instant,
                subject=self.file,
                is_same=_always,
            ),
            self.fact("Retrieved from", iri(PROV + "wasDerivedFrom"), of_term, subject=self.file),
        ]

    def of_agent(self) -> list[Fact]:
        """Give the facts of an agent."""
        types = self.description.objects(self.thing, RDF_TYPE)
        kinds = [Value(name) for term, name in _AGENT_KINDS.items() if term in types]
        found = [
            self.fact("Name", schema("name"), of_term),
            self.fact("Also known as", schema("alternateName"), of_term),
            Fact("Kind", kinds, "Not stated whether a person or an organisation"),
            self.fact("Same as", schema("sameAs"), of_term),
        ]
        return [fact for fact in found if fact.values or fact.label == "Kind"]

    def of_dataset(self) -> list[Fact]:
        """Give the facts of the dataset."""
        return [
            self.fact("Title", schema("name"), of_term),
            self.fact("Description", schema("description"), of_term),
            self.fact("Publisher", schema("publisher"), self.reference),
            self.fact("Licence of the metadata", schema("license"), _licence),
            Fact("Identifiers begin with", [Value(self.edition.base, is_code=True)]),
        ]

    def authors(self) -> Fact:
        """Give the authors, linked to their pages."""
        # One field may name several authors, so it only has to contain the name.
        fact = self.fact(
            "Author", schema("creator"), self.reference, is_same=lambda raw, name: name in raw
        )
        return Fact("Authors" if len(fact.values) > 1 else "Author", fact.values)

    def whole(self) -> Fact:
        """Give the text that a part belongs to; none for a text."""
        return self.fact("Part of", dcterms("isPartOf"), self.reference)

    def date(self) -> Fact:
        """Give the date, under the name of what the corpus means by it."""
        label = "Date"
        for meaning, name in (("issued", "Published"), ("created", "Created")):
            if self.description.objects(self.thing, dcterms(meaning)):
                label = name
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
        values = []
        for obj in self.description.objects(subject, predicate):
            if obj == iri(self.edition.base + "dataset"):
                continue
            derivation = self.document.derivations.get((subject, predicate, obj))
            values.append(recorded_as(show(obj), derivation, is_same))
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
    return Value(size(octets), note=f"{number(octets)} bytes" if octets >= 1000 else None)


def _instant(term: Term) -> Value:
    instant = literal_of(term)[0]
    return Value(dates.minute(instant), instant=instant)


def _licence(term: Term) -> Value:
    return of_licence(iri_of(term)) if is_iri_term(term) else of_term(term)


def _concluded(term: Term) -> Value:
    return replace(_licence(term), note="concluded from the rights statement")


def _is_same_heading(raw: str, shown: str) -> bool:
    return raw.lstrip("#").strip() == shown


def _always(_raw: str, _shown: str) -> bool:
    return True


def _access(term: Term) -> Value:
    return Value("Free to read at its source" if literal_of(term)[0] == "true" else compact(term))
