"""The dataset description: an edition about itself, counted.

What the settings say is owned by the document of the dataset; what is counted, dated and offered
here changes with every edition, is no statement of the corpus, and so is in no dump.
See: https://www.w3.org/TR/void/ and https://www.w3.org/TR/vocab-dcat-3/
"""

from collections.abc import Iterator
from typing import Final

from ld.edition import Edition
from ld.stored import DATASET
from ld.terms import Statement, iri, literal
from ld.vocabulary import DCAT, DCTERMS, MEDIA_TYPES, RDF_TYPE, SCHEMA, VOID, XSD, dcterms, schema

#: The media type of each dump, by the extension that says it.
DUMP_MEDIA_TYPES: Final = {
    "nt": "application/n-triples",
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


def dataset_statements(edition: Edition) -> list[Statement]:
    """Give the full description of the dataset: owned statements, counts and distributions."""
    document = edition.document(DATASET)
    return sorted({*document.statements, *_counted(edition), *_distributions(edition)})


def _counted(edition: Edition) -> Iterator[Statement]:
    dataset = iri(edition.base + DATASET)
    day = literal(edition.created[:10], datatype=XSD + "date")
    yield dataset, dcterms("modified"), day
    yield dataset, schema("dateModified"), day
    yield dataset, schema("version"), literal(edition.id)
    counts = edition.counts
    yield dataset, iri(VOID + "triples"), _integer(counts["statements"])
    yield dataset, iri(VOID + "documents"), _integer(counts["documents"])
    yield dataset, iri(VOID + "uriSpace"), literal(edition.base)
    yield dataset, iri(VOID + "sparqlEndpoint"), iri(edition.service_url + "sparql")
    for vocabulary in (DCTERMS, SCHEMA):
        yield dataset, iri(VOID + "vocabulary"), iri(vocabulary)


def _distributions(edition: Edition) -> Iterator[Statement]:
    dataset = iri(edition.base + DATASET)
    for name, facts in edition.manifest["files"].items():
        if not name.startswith("dumps/"):
            continue
        file = name.removeprefix("dumps/")
        media_type = DUMP_MEDIA_TYPES[file.split(".")[1]]
        url = iri(f"{edition.service_url}dump/{file}")
        distribution = iri(f"{edition.base}{DATASET}#{file}")
        yield dataset, iri(VOID + "dataDump"), url
        yield dataset, iri(DCAT + "distribution"), distribution
        yield dataset, schema("distribution"), distribution
        yield distribution, RDF_TYPE, iri(DCAT + "Distribution")
        yield distribution, RDF_TYPE, schema("DataDownload")
        yield distribution, iri(DCAT + "accessURL"), url
        yield distribution, iri(DCAT + "downloadURL"), url
        yield distribution, schema("contentUrl"), url
        yield distribution, iri(DCAT + "mediaType"), iri(MEDIA_TYPES + media_type)
        yield distribution, iri(DCAT + "compressFormat"), iri(MEDIA_TYPES + "application/gzip")
        yield distribution, schema("encodingFormat"), literal(f"{media_type}+gzip")
        yield distribution, iri(DCAT + "byteSize"), _integer(facts["size"])
        yield distribution, schema("contentSize"), literal(str(facts["size"]))
        yield distribution, schema("sha256"), literal(facts["sha256"])
        yield distribution, dcterms("license"), iri(edition.manifest["licence"])


def _integer(count: int) -> str:
    return literal(str(count), datatype=XSD + "integer")
