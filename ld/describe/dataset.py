"""What the dataset is, whose it is, under which terms, and how much of it there is.

See: https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/, https://schema.org/Dataset
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import langcodes

from ld.describe.distributions import distribution_statements
from ld.edition import Edition
from ld.iri import agent_key
from ld.stored import DATASET
from ld.terms import Statement, Term, iri, literal
from ld.vocabulary import (
    BIBO,
    DCAT,
    DCTERMS,
    EU,
    FOAF,
    RDF_TYPE,
    SCHEMA,
    SKOS,
    VCARD,
    VOID,
    XSD,
    dcterms,
    schema,
)

#: Where clients of VoID look for the description, below the service's address.
VOID_DESCRIPTION: Final = ".well-known/void"
# What the query service says of the dataset that it queries.
_SUMMARY: Final = frozenset(
    {
        *[dcterms(name) for name in ("title", "description", "license", "publisher")],
        *[dcterms(name) for name in ("issued", "modified")],
        *[iri(VOID + name) for name in ("triples", "documents", "entities", "sparqlEndpoint")],
        iri(DCAT + "version"),
    }
)


def dataset_statements(edition: Edition) -> list[Statement]:
    """Give the full description of the dataset, sorted."""
    document = edition.document(DATASET)
    return sorted(
        {
            *document.statements,
            *_identity(edition),
            *_counts(edition),
            *_terms_of_use(edition),
            *_people(edition),
            *_language(edition),
            *distribution_statements(edition),
        }
    )


def summary_statements(edition: Edition) -> list[Statement]:
    """Give the part of the description that says what the dataset is, of when, and how large."""
    dataset = iri(edition.base + DATASET)
    return [s for s in dataset_statements(edition) if s[0] == dataset and s[1] in _SUMMARY]


def integer(count: int) -> Term:
    """Give the term of a whole number."""
    return literal(str(count), datatype=XSD + "integer")


def day(datestamp: str) -> Term:
    """Give the day of a datestamp."""
    return literal(datestamp[:10], datatype=XSD + "date")


def contact_point(edition: Edition) -> Term:
    """Give the term of whom to ask about the dataset."""
    return iri(f"{edition.base}{DATASET}#contact")


def first_published(edition: Edition) -> str:
    """Give the datestamp of the first edition of this corpus."""
    row = edition.db.execute("SELECT created FROM edition ORDER BY sequence LIMIT 1").fetchone()
    return str(row["created"])


def _identity(edition: Edition) -> Iterator[Statement]:
    dataset = iri(edition.base + DATASET)
    for predicate in (dcterms("identifier"), schema("identifier")):
        yield dataset, predicate, literal(edition.base + DATASET)
    yield dataset, iri(DCAT + "landingPage"), iri(edition.service_url)
    yield iri(edition.service_url), RDF_TYPE, iri(FOAF + "Document")
    yield dataset, schema("url"), iri(edition.service_url)
    yield dataset, schema("includedInDataCatalog"), iri(edition.base + "catalog")
    yield dataset, iri(DCAT + "version"), literal(edition.id)
    yield dataset, schema("version"), literal(edition.id)
    issued = day(first_published(edition))
    modified = day(edition.created)
    yield dataset, dcterms("issued"), issued
    yield dataset, schema("datePublished"), issued
    yield dataset, dcterms("modified"), modified
    yield dataset, schema("dateModified"), modified


def _counts(edition: Edition) -> Iterator[Statement]:
    dataset = iri(edition.base + DATASET)
    description = iri(edition.service_url + VOID_DESCRIPTION)
    yield description, RDF_TYPE, iri(VOID + "DatasetDescription")
    yield description, iri(FOAF + "primaryTopic"), dataset
    yield dataset, iri(VOID + "triples"), integer(edition.counts["statements"])
    yield dataset, iri(VOID + "documents"), integer(edition.counts["documents"])
    yield dataset, iri(VOID + "uriSpace"), literal(edition.base)
    counts = Counter(edition.counts)
    works = counts["texts"] + counts["parts"]
    yield dataset, iri(VOID + "entities"), integer(works + counts["agents"])
    for name, kind, number in (
        ("works", SCHEMA + "CreativeWork", works),
        ("parts", BIBO + "DocumentPart", counts["parts"]),
        ("records", FOAF + "Document", works + counts["agents"]),
    ):
        if number:
            partition = iri(f"{edition.base}{DATASET}#{name}")
            yield dataset, iri(VOID + "classPartition"), partition
            yield partition, iri(VOID + "class"), iri(kind)
            yield partition, iri(VOID + "entities"), integer(number)
    for vocabulary in (DCTERMS, SCHEMA):
        yield dataset, iri(VOID + "vocabulary"), iri(vocabulary)
    first = edition.entries("text", limit=1)
    for entry in first:
        yield dataset, iri(VOID + "exampleResource"), iri(edition.base + entry.key)


def _terms_of_use(edition: Edition) -> Iterator[Statement]:
    dataset, public = iri(edition.base + DATASET), iri(EU + "access-right/PUBLIC")
    yield iri(edition.manifest["licence"]), RDF_TYPE, dcterms("LicenseDocument")
    yield dataset, schema("isAccessibleForFree"), literal("true", datatype=XSD + "boolean")
    yield dataset, dcterms("accessRights"), public
    yield public, RDF_TYPE, dcterms("RightsStatement")
    yield from concept(public, "public", EU + "access-right")


def _people(edition: Edition) -> Iterator[Statement]:
    dataset = iri(edition.base + DATASET)
    publisher, contact = edition.manifest["publisher"], edition.manifest["contact"]
    if publisher:
        agent = iri(edition.base + agent_key(publisher["name"]))
        yield agent, RDF_TYPE, iri(FOAF + "Agent")  # registers look for this class exactly
        for predicate in (dcterms("creator"), schema("creator")):
            yield dataset, predicate, agent
    if contact:
        point = contact_point(edition)
        name = literal(contact["name"], language=edition.manifest["language"])
        yield dataset, iri(DCAT + "contactPoint"), point
        for kind in (VCARD + "Organization", VCARD + "Kind", SCHEMA + "ContactPoint"):
            yield point, RDF_TYPE, iri(kind)
        yield point, iri(VCARD + "fn"), name
        yield point, iri(VCARD + "hasEmail"), iri(f"mailto:{contact['email']}")
        yield point, schema("name"), name
        yield point, schema("email"), literal(contact["email"])
        if publisher:
            yield agent, schema("contactPoint"), point


def _language(edition: Edition) -> Iterator[Statement]:
    tag = edition.manifest["language"]
    if tag == "und":
        return
    dataset = iri(edition.base + DATASET)
    language = eu_language(tag)
    yield dataset, schema("inLanguage"), literal(tag)
    yield dataset, dcterms("language"), language
    yield language, RDF_TYPE, dcterms("LinguisticSystem")
    yield from concept(language, tag, EU + "language")


def eu_language(tag: str) -> Term:
    """Give the term of a language in the authority table of the European Union."""
    return iri(f"{EU}language/{langcodes.get(tag).to_alpha3().upper()}")


def concept(term: Term, label: str, scheme: str) -> Iterator[Statement]:
    """Say of a value what registers ask to be said beside it: that it is a concept, and whose."""
    yield term, RDF_TYPE, iri(SKOS + "Concept")
    yield term, iri(SKOS + "prefLabel"), literal(label, language="en")
    yield term, iri(SKOS + "inScheme"), iri(scheme)
