"""Facts → where a file came from, and what describes what.

    file         prov:Entity; prov:wasDerivedFrom and pav:retrievedFrom; a named spdx:Checksum,
                 since a blank node could not be addressed, compared or harvested
    retrieved    pav:retrievedOn and prov:generatedAtTime; volatile unless the settings differ
    record       foaf:Document about the thing, with the licence of the metadata

See: https://www.w3.org/TR/prov-o/ and https://pav-ontology.github.io/pav/
"""

from ld.corpus import Settings
from ld.mapping.facts import Agent, Fact, FileFacts
from ld.mapping.statements import Statements
from ld.terms import Term, iri, literal
from ld.vocabulary import FOAF, PAV, PROV, RDF_TYPE, SPDX, VOID, XSD, dcterms

_RULE = "provenance."


def describe_file(out: Statements, file: Term, checksum: Term, facts: FileFacts) -> None:
    """State where a file came from, and that it has a checksum."""
    out.add(file, RDF_TYPE, iri(PROV + "Entity"), _RULE + "file")
    out.add(file, iri(SPDX + "checksum"), checksum, _RULE + "checksum")
    out.add(checksum, RDF_TYPE, iri(SPDX + "Checksum"), _RULE + "checksum")
    algorithm = iri(SPDX + "checksumAlgorithm_sha256")
    out.add(checksum, iri(SPDX + "algorithm"), algorithm, _RULE + "checksum")
    if facts.source:
        source = iri(facts.source.value)
        out.add(file, iri(PROV + "wasDerivedFrom"), source, _RULE + "source", facts.source.origins)
        out.add(file, iri(PAV + "retrievedFrom"), source, _RULE + "source", facts.source.origins)


def describe_bytes(out: Statements, checksum: Term, facts: FileFacts) -> None:
    """State what the bytes of a file add up to."""
    out.add(checksum, iri(SPDX + "checksumValue"), literal(facts.file.sha256), _RULE + "checksum")


def describe_retrieval(out: Statements, file: Term, facts: FileFacts) -> None:
    """State when a file was retrieved."""
    if facts.retrieved:
        instant = literal(facts.retrieved.value, datatype=XSD + "dateTime")
        origins = facts.retrieved.origins
        out.add(file, iri(PAV + "retrievedOn"), instant, _RULE + "retrieved", origins)
        out.add(file, iri(PROV + "generatedAtTime"), instant, _RULE + "retrieved", origins)


def describe_agent(out: Statements, thing: Term, agent: Fact[Agent], language: str) -> None:
    """State an agent in FOAF: its name, and whether a person or an organisation if it is known."""
    authority = agent.value.authority
    if authority and authority.type:
        out.add(thing, RDF_TYPE, iri(FOAF + authority.type), _RULE + "agent")
    name = literal(agent.value.name, language=language)
    out.add(thing, iri(FOAF + "name"), name, _RULE + "agent_name", agent.origins)


def describe_record(out: Statements, key: str, settings: Settings) -> None:
    """State the document about a thing: what it is about, whose it is, under which licence."""
    document = iri(f"{settings.base}doc/{key}")
    out.add(document, RDF_TYPE, iri(FOAF + "Document"), _RULE + "record")
    out.add(document, iri(FOAF + "primaryTopic"), iri(settings.base + key), _RULE + "record")
    out.add(document, iri(VOID + "inDataset"), iri(settings.base + "dataset"), _RULE + "record")
    licence = (settings.origin_of("licence"),)
    out.add(document, dcterms("license"), iri(settings.licence), _RULE + "record", licence)
