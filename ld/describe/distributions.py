"""The ways to get the dataset: the dumps of the edition and the query endpoint."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ld.edition import Edition
from ld.stored import DATASET
from ld.terms import Statement, Term, iri, literal
from ld.vocabulary import DCAT, EU, RDF_TYPE, RDFS, SKOS, SPDX, VOID, XSD, dcterms, schema

_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_IANA: Final = "http://www.iana.org/assignments/media-types/"


class Dump(NamedTuple):
    """A kind of dump: its name, media type, and term among the file types of the European Union."""

    name: str
    media_type: str
    file_type: str


#: The dumps that an edition has, by the extension that says which.
DUMPS: Final = {
    "nt": Dump("N-Triples", "application/n-triples", "RDF_N_TRIPLES"),
    "ttl": Dump("Turtle", "text/turtle", "RDF_TURTLE"),
    "rdf": Dump("RDF/XML", "application/rdf+xml", "RDF_XML"),
    "jsonld": Dump("JSON-LD", "application/ld+json", "JSON_LD"),
}


class Coding(NamedTuple):
    """A kind of compression: its name, media type, and what it adds to that of the content."""

    name: str
    media_type: str
    suffix: str


#: The codings of a dump, by the extension that says which.
CODINGS: Final = {
    "gz": Coding("gzip", "application/gzip", "gzip"),
    "zst": Coding("Zstandard", "application/zstd", "zstd"),
}


def distribution_statements(edition: Edition) -> Iterator[Statement]:
    """Give the distributions of the dataset and the service behind one of them."""
    for name, facts in edition.manifest["files"].items():
        if name.startswith("dumps/corpus."):
            yield from _dump(edition, name.removeprefix("dumps/"), facts)
    yield from _endpoint(edition)


def _dump(edition: Edition, file: str, facts: dict[str, object]) -> Iterator[Statement]:
    _, syntax, coding = file.split(".")
    dump, packing = DUMPS[syntax], CODINGS[coding]
    dataset = iri(edition.base + DATASET)
    distribution = iri(f"{edition.base}{DATASET}#{file}")
    url = iri(f"{edition.service_url}dump/{file}")
    media_type, packed = iri(_IANA + dump.media_type), iri(_IANA + packing.media_type)
    size, digest = str(facts["size"]), literal(str(facts["sha256"]))
    checksum = iri(f"{edition.base}{DATASET}#{file}.sha256")
    yield dataset, iri(VOID + "dataDump"), url
    what = f"All statements in {dump.name}, compressed by {packing.name}"
    yield from _offered(edition, distribution, what)
    yield distribution, iri(DCAT + "accessURL"), url
    yield distribution, iri(DCAT + "downloadURL"), url
    yield distribution, schema("contentUrl"), url
    yield distribution, iri(DCAT + "mediaType"), media_type
    yield distribution, iri(DCAT + "compressFormat"), packed
    yield media_type, RDF_TYPE, dcterms("MediaType")
    yield packed, RDF_TYPE, dcterms("MediaType")
    yield from _file_type(distribution, dump.file_type, f"RDF {dump.name}")
    yield distribution, schema("encodingFormat"), literal(f"{dump.media_type}+{packing.suffix}")
    yield distribution, iri(DCAT + "byteSize"), literal(size, datatype=XSD + "nonNegativeInteger")
    yield distribution, schema("contentSize"), literal(size)
    yield distribution, schema("sha256"), digest
    yield distribution, iri(SPDX + "checksum"), checksum
    yield checksum, RDF_TYPE, iri(SPDX + "Checksum")
    algorithm = iri(SPDX + "checksumAlgorithm_sha256")
    yield checksum, iri(SPDX + "algorithm"), algorithm
    yield algorithm, RDF_TYPE, iri(SPDX + "ChecksumAlgorithm")
    hexadecimal = literal(str(facts["sha256"]), datatype=XSD + "hexBinary")
    yield checksum, iri(SPDX + "checksumValue"), hexadecimal


def _endpoint(edition: Edition) -> Iterator[Statement]:
    dataset, protocol = iri(edition.base + DATASET), iri(_PROTOCOL)
    distribution = iri(f"{edition.base}{DATASET}#sparql")
    service = iri(f"{edition.base}sparql#service")
    url = iri(edition.service_url + "sparql")
    yield dataset, iri(VOID + "sparqlEndpoint"), url
    yield from _offered(edition, distribution, "SPARQL 1.1 endpoint")
    yield distribution, iri(DCAT + "accessURL"), url
    yield distribution, schema("contentUrl"), url
    yield distribution, dcterms("conformsTo"), protocol
    yield distribution, schema("usageInfo"), protocol
    yield protocol, RDF_TYPE, dcterms("Standard")
    yield from _file_type(distribution, "SPARQLQRES", "SPARQL results")
    yield distribution, iri(DCAT + "accessService"), service
    yield service, RDF_TYPE, iri(DCAT + "DataService")
    yield url, RDF_TYPE, iri(RDFS + "Resource")  # DCAT-AP asks for it, and nothing infers it
    yield service, dcterms("title"), literal("SPARQL 1.1 endpoint", language="en")
    yield service, iri(DCAT + "endpointURL"), url
    yield service, dcterms("conformsTo"), protocol
    yield service, iri(DCAT + "servesDataset"), dataset


def _offered(edition: Edition, distribution: Term, what: str) -> Iterator[Statement]:
    """Say what every distribution says: what it is, of which dataset, since when, how licensed."""
    dataset, text = iri(edition.base + DATASET), literal(what, language="en")
    yield dataset, iri(DCAT + "distribution"), distribution
    yield dataset, schema("distribution"), distribution
    yield distribution, RDF_TYPE, iri(DCAT + "Distribution")
    yield distribution, RDF_TYPE, schema("DataDownload")
    for predicate in ("title", "description"):
        yield distribution, dcterms(predicate), text
    for predicate in ("name", "description"):
        yield distribution, schema(predicate), text
    licence = iri(edition.manifest["licence"])
    yield distribution, dcterms("license"), licence
    yield distribution, schema("license"), licence
    modified = literal(edition.created[:10], datatype=XSD + "date")
    yield distribution, dcterms("modified"), modified
    yield distribution, schema("dateModified"), modified


def _file_type(distribution: Term, name: str, label: str) -> Iterator[Statement]:
    file_type = iri(f"{EU}file-type/{name}")
    yield distribution, dcterms("format"), file_type
    yield file_type, RDF_TYPE, dcterms("MediaTypeOrExtent")
    yield file_type, RDF_TYPE, iri(SKOS + "Concept")
    yield file_type, iri(SKOS + "prefLabel"), literal(label, language="en")
    yield file_type, iri(SKOS + "inScheme"), iri(EU + "file-type")
