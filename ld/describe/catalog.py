"""The catalogue that holds the dataset; registers begin their harvest here.

It is told in pages, as registers ask for it; there is one dataset, so one page holds it all.
See: https://semiceu.github.io/DCAT-AP/releases/3.0.0/ and
https://www.hydra-cg.com/spec/latest/core/#hydra:PartialCollectionView
"""

from collections.abc import Iterator
from typing import Final

from ld.describe.dataset import (
    contact_point,
    dataset_statements,
    day,
    eu_language,
    first_published,
    integer,
)
from ld.edition import Edition
from ld.iri import agent_key
from ld.stored import DATASET
from ld.terms import Statement, iri, literal
from ld.vocabulary import DCAT, FOAF, HYDRA, RDF_TYPE, dcterms, schema

#: Where the catalogue is, below the service's address, and the name of its only page.
CATALOG: Final = "catalog"
PAGE: Final = "1"


def catalog_statements(edition: Edition) -> list[Statement]:
    """Give the catalogue with the full description of its dataset, sorted."""
    return sorted({*dataset_statements(edition), *_catalog(edition), *_pages(edition)})


def _catalog(edition: Edition) -> Iterator[Statement]:
    catalog, dataset = iri(edition.base + CATALOG), iri(edition.base + DATASET)
    manifest = edition.manifest
    tag = manifest["language"]
    title = literal(manifest["title"] or edition.base, language=tag)
    description = literal(
        manifest["description"] or manifest["title"] or edition.base, language=tag
    )
    yield catalog, RDF_TYPE, iri(DCAT + "Catalog")
    yield catalog, RDF_TYPE, schema("DataCatalog")
    yield catalog, dcterms("title"), title
    yield catalog, schema("name"), title
    yield catalog, dcterms("description"), description
    yield catalog, schema("description"), description
    yield catalog, dcterms("license"), iri(manifest["licence"])
    yield catalog, dcterms("issued"), day(first_published(edition))
    yield catalog, dcterms("modified"), day(edition.created)
    yield catalog, iri(FOAF + "homepage"), iri(edition.service_url)
    yield catalog, iri(DCAT + "dataset"), dataset
    yield catalog, schema("dataset"), dataset
    yield catalog, iri(DCAT + "service"), iri(f"{edition.base}sparql#service")
    if tag != "und":
        yield catalog, dcterms("language"), eu_language(tag)
    if manifest["contact"]:
        yield catalog, iri(DCAT + "contactPoint"), contact_point(edition)
    if manifest["publisher"]:
        publisher = iri(edition.base + agent_key(manifest["publisher"]["name"]))
        yield catalog, dcterms("publisher"), publisher
        yield catalog, schema("publisher"), publisher


def _pages(edition: Edition) -> Iterator[Statement]:
    catalog = iri(edition.base + CATALOG)
    page = iri(f"{edition.service_url}{CATALOG}?page={PAGE}")
    yield catalog, RDF_TYPE, iri(HYDRA + "Collection")
    yield catalog, iri(HYDRA + "totalItems"), integer(1)
    yield catalog, iri(HYDRA + "member"), iri(edition.base + DATASET)
    yield catalog, iri(HYDRA + "view"), page
    yield page, RDF_TYPE, iri(HYDRA + "PartialCollectionView")
    yield page, iri(HYDRA + "first"), page
    yield page, iri(HYDRA + "last"), page
