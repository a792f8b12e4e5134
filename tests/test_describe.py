"""The dataset description holds before the shapes of the registers, and counts what is there."""

from collections import Counter
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from ld.describe import catalog_statements, dataset_statements
from ld.edition import Edition
from ld.terms import n_triples

CONSUMERS = Path(__file__).parents[1].parent / "shared" / "conformance" / "consumers"
SCHEMA = rdflib.Namespace("https://schema.org/")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")

PROFILES = {
    "NDE datasets 1.14.0": "nde/nde-requirements-datasets-1.14.0.pyshacl.ttl",
    "DCAT-AP 3.0.1": "dcat-ap/dcat-ap-3.0.1-SHACL.pyshacl.ttl",
    "DCAT-AP 3.0.1 ranges": "dcat-ap/dcat-ap-3.0.1-ranges.pyshacl.ttl",
}


@pytest.fixture(scope="module")
def catalogs(published_seeds: Edition, published_kropotkin: Edition) -> dict[str, rdflib.Graph]:
    return {
        "seeds": graph(published_seeds),
        "Kropotkin": graph(published_kropotkin),
    }


def graph(edition: Edition) -> rdflib.Graph:
    return rdflib.Graph().parse(data=n_triples(catalog_statements(edition)), format="nt")


# rdflib and pySHACL parse these shapes through classes that rdflib deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("profile", PROFILES)
def test_registers_find_no_violation(profile: str, catalogs: dict[str, rdflib.Graph]) -> None:
    shapes = CONSUMERS / PROFILES[profile]
    if not shapes.exists():
        pytest.skip("the registers' shapes lie beside the project and are not here")

    _, report, _ = pyshacl.validate(
        catalogs["Kropotkin"], shacl_graph=rdflib.Graph().parse(shapes), advanced=True
    )

    assert isinstance(report, rdflib.Graph)
    violations = [
        (str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultMessage)))
        for result in report.subjects(SH.resultSeverity, SH.Violation)
    ]
    assert violations == []


def test_what_the_registers_look_for_is_there(catalogs: dict[str, rdflib.Graph]) -> None:
    for catalog in catalogs.values():
        kinds = Counter(catalog.objects(None, RDF.type))

        assert {kind: kinds[kind] for kind in (
            DCAT.Catalog, DCAT.Dataset, SCHEMA.Dataset, DCAT.Distribution, SCHEMA.DataDownload,
            DCAT.DataService,
        )} == {
            DCAT.Catalog: 1, DCAT.Dataset: 1, SCHEMA.Dataset: 1, DCAT.Distribution: 5,
            SCHEMA.DataDownload: 5, DCAT.DataService: 1,
        }  # fmt: skip


def test_a_text_is_never_listed_as_a_dataset(published_kropotkin: Edition) -> None:
    for statements in (dataset_statements(published_kropotkin), published_kropotkin.statements()):
        datasets = {s for s, _, o in statements if o.endswith(("#Dataset>", "/Dataset>"))}

        assert datasets == {f"<{published_kropotkin.base}dataset>"}


def test_the_counts_are_those_of_the_edition(published_kropotkin: Edition) -> None:
    described = graph(published_kropotkin)
    dataset = rdflib.URIRef(published_kropotkin.base + "dataset")

    owned = sum(1 for _ in published_kropotkin.statements())
    assert int(str(described.value(dataset, VOID.triples))) == owned
    documents = sum(1 for _ in published_kropotkin.documents())
    assert int(str(described.value(dataset, VOID.documents))) == documents
