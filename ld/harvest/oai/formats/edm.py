"""edm: the Europeana Data Model, for texts and parts that Europeana can take.

It takes an object only with a language, since it is a text, and with rights from its own list.
The object is shown at the address under which it is described; texts themselves are not served.
See: https://pro.europeana.eu/page/edm-documentation and
https://pro.europeana.eu/page/available-rights-statements
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ld.edition import Edition
from ld.harvest.oai import headers
from ld.harvest.oai.agents import Agent, Agents
from ld.harvest.oai.described import Described
from ld.harvest.oai.formats.oai_dc import DC
from ld.harvest.oai.source import Source
from ld.harvest.oai.writing import XmlWriter
from ld.stored import DATASET
from ld.terms import Statement, Term, iri, iri_of, is_iri_term, literal_of
from ld.vocabulary import DCTERMS, OWL, RDF, SKOS, dcterms, schema

PREFIX: Final = "edm"
SCHEMA: Final = "http://www.europeana.eu/schemas/edm/EDM.xsd"
NAMESPACE: Final = "http://www.europeana.eu/schemas/edm/"
KINDS: Final = ("text", "part")
CLOCK: Final = "retold"

#: What keeps a text or part from Europeana.
NO_PROVIDER: Final = "nobody is named who publishes the dataset"
NO_TITLE: Final = "it has no title"
NO_LANGUAGE: Final = "its language is not stated"
NO_RIGHTS: Final = "its rights are not stated, or not by an IRI that Europeana lists"

_ORE: Final = "http://www.openarchives.org/ore/terms/"
_ROOT: Final = {
    "xmlns:rdf": RDF,
    "xmlns:dc": DC,
    "xmlns:dcterms": DCTERMS,
    "xmlns:edm": NAMESPACE,
    "xmlns:ore": _ORE,
    "xmlns:owl": OWL,
    "xmlns:skos": SKOS,
}

_FREE_CHOICE: Final = "by|by-sa|by-nd|by-nc|by-nc-sa|by-nc-nd"
_PORTS_2_5: Final = (
    "ar|au|bg|br|ca|ch|cn|co|dk|es|hr|hu|il|in|it|mk|mt|mx|my|nl|pe|pl|pt|scotland|se|si|tw|za"
)
_PORTS_3_0: Final = (
    "at|au|br|ch|cl|cn|cr|cz|de|ec|ee|eg|es|fr|gr|gt|hk|hr|ie|igo|it|lu|nl|no|nz|ph|pl|pr|pt|ro"
    "|rs|sg|th|tw|ug|us|ve|vn|za"
)
_LISTED: Final = [
    re.compile(pattern)
    for pattern in (
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE}|by-nd-nc)/1\.0/(?:(?:fi|il|nl)/)?",
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE})/2\.0/"
        r"(?:(?:au|at|be|br|ca|cl|de|es|fr|hr|it|jp|kr|nl|pl|tw|uk)/)?",
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE})/2\.1/(?:au|es|jp)/",
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE})/2\.5/(?:(?:{_PORTS_2_5})/)?",
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE})/3\.0/(?:(?:{_PORTS_3_0})/)?",
        rf"http://creativecommons\.org/licenses/(?:{_FREE_CHOICE})/4\.0/",
        r"http://creativecommons\.org/publicdomain/(?:zero|mark)/1\.0/",
        r"http://rightsstatements\.org/vocab/(?:NoC-NC|NoC-OKLR|InC|InC-EDU|InC-OW-EU|CNE)/1\.0/",
    )
]


def is_offered(edition: Edition) -> bool:
    """Say whether somebody publishes the edition, since every record names its provider."""
    return edition.manifest.get("publisher") is not None


def licences(edition: Edition) -> list[str]:
    """List the licences in the edition that are in Europeana's list."""
    return [licence for licence in headers.licences(edition) if _listed(licence)]


def obstacle(thing: str, stated: Sequence[Statement]) -> str | None:
    """Say what Europeana misses in what is stated of a text or part; None if it can take it."""
    text = Described(thing, stated)
    if not text.values(dcterms("title")):
        return NO_TITLE
    if not text.values(schema("inLanguage")):
        return NO_LANGUAGE
    return NO_RIGHTS if _rights(text) is None else None


def obstacles(edition: Edition) -> Counter[str | None]:
    """Count the texts and parts that there are by what keeps them from being written; None
    counts those that are.

    Takes as long as there are combinations of languages, licences, decades and hosts. A text
    without a title is never published, so none is counted as such.
    """
    counts: Counter[str | None] = Counter()
    rows = edition.db.execute("SELECT language, licence, sum(count) FROM shape GROUP BY 1, 2")
    for language, licence, count in rows:
        if not is_offered(edition):
            counts[NO_PROVIDER] += count
        elif language is None:
            counts[NO_LANGUAGE] += count
        else:
            counts[None if licence and _listed(licence) else NO_RIGHTS] += count
    return counts


def write(xml: XmlWriter, edition: Edition, source: Source, agents: Agents) -> None:
    """Write a text or part in whose way there is no obstacle."""
    text = Described(source.iri, source.stated)
    creators = agents.named(text.values(dcterms("creator")))
    with xml.within("rdf:RDF", _ROOT):
        _write_object(xml, edition, source, text, creators)
        for creator in creators:
            _write_agent(xml, creator)
        _write_aggregation(xml, edition, source, text)


def _write_object(
    xml: XmlWriter,
    edition: Edition,
    source: Source,
    text: Described,
    creators: Iterable[Agent],
) -> None:
    dataset = iri(edition.base + DATASET)
    with xml.within("edm:ProvidedCHO", {"rdf:about": source.iri}):
        for creator in creators:
            _resource(xml, "dc:creator", creator.iri)
        _values(xml, "dc:date", text.values(dcterms("date")))
        _values(xml, "dc:identifier", text.values(dcterms("identifier")))
        _values(xml, "dc:language", text.values(schema("inLanguage")))
        _values(xml, "dc:rights", text.values(dcterms("rights")))
        _values(xml, "dc:source", text.values(dcterms("source")))
        _values(xml, "dc:subject", text.values(dcterms("subject")))
        _values(xml, "dc:title", text.values(dcterms("title")))
        _values(xml, "dc:type", text.values(dcterms("type")))
        _values(xml, "dcterms:created", text.values(dcterms("created")))
        _values(xml, "dcterms:hasPart", text.values(dcterms("hasPart")))
        wholes = text.values(dcterms("isPartOf"))
        _values(xml, "dcterms:isPartOf", [whole for whole in wholes if whole != dataset])
        _values(xml, "dcterms:issued", text.values(dcterms("issued")))
        xml.element("edm:type", "TEXT")


def _write_agent(xml: XmlWriter, agent: Agent) -> None:
    with xml.within("edm:Agent", {"rdf:about": agent.iri}):
        language = {"xml:lang": agent.language} if agent.language else {}
        xml.element("skos:prefLabel", agent.name, language)
        if agent.inverted:
            xml.element("skos:altLabel", agent.inverted, language)
        for same in agent.same_as:
            _resource(xml, "owl:sameAs", same)


def _write_aggregation(xml: XmlWriter, edition: Edition, source: Source, text: Described) -> None:
    provider, language = edition.manifest["publisher"]["name"], edition.manifest["language"]
    with xml.within("ore:Aggregation", {"rdf:about": f"{source.iri}#aggregation"}):
        _resource(xml, "edm:aggregatedCHO", source.iri)
        xml.element("edm:dataProvider", provider, {"xml:lang": language})
        _resource(xml, "edm:isShownAt", source.iri)
        xml.element("edm:provider", provider, {"xml:lang": language})
        _resource(xml, "edm:rights", _rights(text) or "")


def _rights(text: Described) -> str | None:
    """Give the rights as Europeana spells them: its Creative Commons IRIs have no `https`."""
    spelt = (_listed(licence) for licence in text.texts(dcterms("license")))
    return next(filter(None, spelt), None)


def _listed(licence: str) -> str | None:
    spelt = licence.replace("https://creativecommons.org/", "http://creativecommons.org/", 1)
    return spelt if any(pattern.fullmatch(spelt) for pattern in _LISTED) else None


def _values(xml: XmlWriter, name: str, terms: Iterable[Term]) -> None:
    for term in terms:
        if is_iri_term(term):
            _resource(xml, name, iri_of(term))
        else:
            value, language, _ = literal_of(term)
            xml.element(name, value, {"xml:lang": language} if language else {})


def _resource(xml: XmlWriter, name: str, resource: str) -> None:
    xml.element(name, attributes={"rdf:resource": resource})
