"""Namespaces and terms: the only place that spells one."""

from typing import Final

from ld.terms import Term, iri

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DCMITYPE: Final = "http://purl.org/dc/dcmitype/"
SCHEMA: Final = "https://schema.org/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
PROV: Final = "http://www.w3.org/ns/prov#"
PAV: Final = "http://purl.org/pav/"
SPDX: Final = "http://spdx.org/rdf/terms#"
VOID: Final = "http://rdfs.org/ns/void#"
SH: Final = "http://www.w3.org/ns/shacl#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
BIBO: Final = "http://purl.org/ontology/bibo/"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
EU: Final = "http://publications.europa.eu/resource/authority/"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"
ISO639_1: Final = "http://id.loc.gov/vocabulary/iso639-1/"
ISO639_2: Final = "http://id.loc.gov/vocabulary/iso639-2/"
COAR_OPEN_ACCESS: Final = "http://purl.org/coar/access_right/c_abf2"
MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"

#: Prefixes in the order in which serialisations declare them.
PREFIXES: Final[dict[str, str]] = {
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "dcterms": DCTERMS,
    "dcmitype": DCMITYPE,
    "schema": SCHEMA,
    "foaf": FOAF,
    "prov": PROV,
    "pav": PAV,
    "spdx": SPDX,
    "void": VOID,
    "dcat": DCAT,
    "bibo": BIBO,
    "skos": SKOS,
    "vcard": VCARD,
}

RDF_TYPE: Final[Term] = iri(RDF + "type")
RDFS_IS_DEFINED_BY: Final[Term] = iri(RDFS + "isDefinedBy")


def dcterms(name: str) -> Term:
    """Give the term of a Dublin Core property or class."""
    return iri(DCTERMS + name)


def schema(name: str) -> Term:
    """Give the term of a schema.org property or class."""
    return iri(SCHEMA + name)


def earliest_year(base: str) -> Term:
    """Give our property for the earliest year that a date may mean."""
    return iri(base + "vocab#earliestYear")


def latest_year(base: str) -> Term:
    """Give our property for the latest year that a date may mean."""
    return iri(base + "vocab#latestYear")
