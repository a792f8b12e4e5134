"""The catalogue that holds the dataset; registers begin their harvest here.

See: https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from collections.abc import Iterator

from ld.describe.dataset import dataset_statements, day, eu_language, first_published
from ld.edition import Edition
from ld.iri import agent_key
from ld.stored import DATASET
from ld.terms import Statement, iri, literal
from ld.vocabulary import DCAT, FOAF, RDF_TYPE, dcterms, schema


def catalog_statements(edition: Edition) -> list[Statement]:
    """Give the catalogue with the full description of its dataset, sorted."""
    return sorted({*dataset_statements(edition), *_catalog(edition)})


def _catalog(edition: Edition) -> Iterator[Statement]:
    catalog, dataset = iri(edition.base + "catalog"), iri(edition.base + DATASET)
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
    if manifest["publisher"]:
        publisher = iri(edition.base + agent_key(manifest["publisher"]["name"]))
        yield catalog, dcterms("publisher"), publisher
        yield catalog, schema("publisher"), publisher
