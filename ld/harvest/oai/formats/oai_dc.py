"""oai_dc: unqualified Dublin Core of texts and parts, as catalogues of literature take it.

An agent or the dataset is no publication, and a catalogue would list it as one; `rdf` has them.
Names are inverted where the authority table knows the inverted form. The first identifier is the
address under which the text is described.
See: https://www.openarchives.org/OAI/2.0/guidelines-repository.htm and
https://www.base-search.net/about/en/faq_oai.php
"""

from collections.abc import Iterator, Sequence
from typing import Final

from ld.edition import Edition
from ld.harvest.oai.agents import Agents
from ld.harvest.oai.described import Described
from ld.harvest.oai.source import Source
from ld.harvest.oai.writing import XmlWriter, schema_location
from ld.stored import DATASET
from ld.terms import Statement, Term, is_iri_term, literal_of, text_of
from ld.vocabulary import DCMITYPE, MEDIA_TYPES, dcterms, schema

PREFIX: Final = "oai_dc"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
KINDS: Final = ("text", "part")
CLOCK: Final = "retold"
DC: Final = "http://purl.org/dc/elements/1.1/"

ROOT: Final = {
    "xmlns:oai_dc": NAMESPACE,
    "xmlns:dc": DC,
    **schema_location(NAMESPACE, SCHEMA),
}


def is_offered(_edition: Edition) -> bool:
    """Say yes: every edition has what it takes."""
    return True


def licences(_edition: Edition) -> None:
    """Say that any licence will do, or none."""


def obstacle(_thing: str, _stated: Sequence[Statement]) -> None:
    """Say that nothing keeps a text or part from being written."""


def write(xml: XmlWriter, edition: Edition, source: Source, agents: Agents) -> None:
    """Write a text or part."""
    with xml.within("oai_dc:dc", ROOT):
        for name, value, language in _elements(edition, source, agents):
            attributes = {"xml:lang": language} if language else {}
            xml.element(f"dc:{name}", value, attributes)


def _elements(
    edition: Edition, source: Source, agents: Agents
) -> Iterator[tuple[str, str, str | None]]:
    text = Described(source.iri, source.stated)
    file = Described(f"{source.iri}#file", source.stated)
    dataset = edition.base + DATASET
    yield from _literals("title", text.values(dcterms("title")))
    for agent in agents.named(text.values(dcterms("creator"))):
        yield "creator", agent.inverted or agent.name, agent.language
    yield from _literals("subject", text.values(dcterms("subject")))
    yield from _literals("date", text.values(dcterms("date")))
    for kind in text.texts(dcterms("type")):
        yield "type", kind.removeprefix(DCMITYPE), None
    for media_type in file.texts(dcterms("format")):
        yield "format", media_type.removeprefix(MEDIA_TYPES), None
    yield "identifier", source.iri, None
    yield from _literals("identifier", text.values(dcterms("identifier")))
    yield from _literals("source", text.values(dcterms("source")))
    yield from _literals("language", text.values(schema("inLanguage")))
    for predicate in ("isPartOf", "hasPart"):
        for other in text.texts(dcterms(predicate)):
            if other != dataset:
                yield "relation", other, None
    yield from _literals("rights", text.values(dcterms("rights")))
    yield from _literals("rights", text.values(dcterms("license")))


def _literals(name: str, terms: Sequence[Term]) -> Iterator[tuple[str, str, str | None]]:
    for term in terms:
        yield name, text_of(term), None if is_iri_term(term) else literal_of(term)[1]
