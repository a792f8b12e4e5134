"""The dataset description holds before the shapes of the registers, as it is served, and counts
what is there."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib.namespace import DCTERMS, FOAF, RDF, SH

from app import create_app
from app.config import Config
from bench.shape_examples import found_by_target
from ld.describe import (
    catalog_statements,
    dataset_statements,
    schema_org_json,
    schema_org_statements,
    summary_statements,
)
from ld.edition import Edition
from ld.formats import FORMATS
from ld.harvest.oai.formats import edm
from ld.terms import n_triples
from ld.vocabulary import BIBO

CONSUMERS = Path(__file__).parents[1].parent / "shared" / "conformance" / "consumers"
SCHEMA = rdflib.Namespace("https://schema.org/")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")

CORPORA = ("published_seeds", "published_kropotkin", "edition")
DUMPS = 8
#: Addresses that serve the same description, by what it describes.
ADDRESSES = {
    "catalog": ("catalog", "catalog?page=1", ".well-known/datacatalog"),
    "dataset": ("dataset", ".well-known/void"),
}
#: Shapes of registers, and how many nodes they must find to look at, by the class they look for.
PROFILES = {
    "nde/nde-requirements-datasets-1.14.0.pyshacl.ttl": {SCHEMA.Dataset: 1, DCAT.Dataset: 1},
    "dcat-ap/dcat-ap-3.0.1-SHACL.pyshacl.ttl": {
        DCAT.Dataset: 1,
        DCAT.Distribution: DUMPS + 1,
        DCAT.DataService: 1,
        FOAF.Agent: 1,
        SPDX.Checksum: DUMPS,
    },
    "dcat-ap/dcat-ap-3.0.1-ranges.pyshacl.ttl": {
        DCAT.Dataset: 1,
        DCAT.Distribution: DUMPS + 1,
        DCAT.DataService: 1,
        FOAF.Agent: 1,
        SPDX.Checksum: DUMPS,
    },
}


@dataclass(frozen=True)
class Service:
    """A corpus, served: what a client is told below the service's address."""

    edition: Edition
    client: FlaskClient

    def graph(self, path: str) -> rdflib.Graph:
        answer = self.client.get(
            self.edition.service_url + path, headers={"Accept": "application/n-triples"}
        )
        assert answer.status_code == 200, path
        assert answer.mimetype == "application/n-triples"
        return rdflib.Graph().parse(data=answer.data, format="nt")


@pytest.fixture(scope="module")
def kropotkin_service(published_kropotkin: Edition) -> Service:
    app = create_app(Config(published_kropotkin.path.parents[1]))
    return Service(published_kropotkin, app.test_client())


@pytest.fixture(params=CORPORA)
def corpus(request: pytest.FixtureRequest) -> Edition:
    edition: Edition = request.getfixturevalue(request.param)
    return edition


def graph(edition: Edition) -> rdflib.Graph:
    return rdflib.Graph().parse(data=n_triples(catalog_statements(edition)), format="nt")


# Registers


# rdflib and pySHACL parse these shapes through classes that rdflib deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("described", ADDRESSES)
@pytest.mark.parametrize("profile", PROFILES)
def test_registers_find_what_they_look_for_and_no_violation(
    profile: str, described: str, kropotkin_service: Service
) -> None:
    if not (CONSUMERS / profile).exists():
        pytest.skip("the registers' shapes lie beside the project and are not here")
    shapes = rdflib.Graph().parse(CONSUMERS / profile)
    answer = kropotkin_service.graph(described)

    found = {target: number for (_, target), number in found_by_target(answer, shapes).items()}

    assert violations(answer, shapes) == set()
    expected = PROFILES[profile]
    assert {kind: found.get(str(kind), 0) for kind in expected} == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_registers_do_look_at_what_hangs_together(kropotkin_service: Service) -> None:
    if not CONSUMERS.exists():
        pytest.skip("the registers' shapes lie beside the project and are not here")
    shapes = rdflib.Graph().parse(CONSUMERS / next(iter(PROFILES)))
    answer = kropotkin_service.graph("dataset")
    answer.remove((None, SCHEMA.contentUrl, None))

    assert str(SCHEMA.contentUrl) in violations(answer, shapes)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("profile", PROFILES)
def test_a_corpus_that_names_no_publisher_lacks_that_and_nothing_else(
    profile: str, published_seeds: Edition
) -> None:
    if not CONSUMERS.exists():
        pytest.skip("the registers' shapes lie beside the project and are not here")
    shapes = rdflib.Graph().parse(CONSUMERS / profile)

    lacking = violations(graph(published_seeds), shapes)

    assert lacking <= {str(SCHEMA.publisher), str(DCTERMS.publisher)}


def violations(data: rdflib.Graph, shapes: rdflib.Graph) -> set[str]:
    """Give the paths at which shapes find a violation."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    assert isinstance(report, rdflib.Graph)
    return {
        str(report.value(result, SH.resultPath))
        for result in report.subjects(SH.resultSeverity, SH.Violation)
    }


@pytest.mark.parametrize("described", ADDRESSES)
def test_the_same_is_served_wherever_registers_look(
    described: str, kropotkin_service: Service
) -> None:
    served = kropotkin_service.edition.service_url
    answers = [kropotkin_service.client.get(served + path) for path in ADDRESSES[described]]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert {a.headers["Content-Location"] for a in answers} == {f"/kropotkin/{described}.ttl"}


def test_every_syntax_of_the_catalogue_says_the_same(kropotkin_service: Service) -> None:
    edition, client = kropotkin_service.edition, kropotkin_service.client

    said = []
    for fmt in FORMATS:
        data = client.get(f"{edition.service_url}catalog.{fmt.SUFFIX}").data
        syntax = pyoxigraph.RdfFormat.from_media_type(fmt.MEDIA_TYPE)
        said.append({str(quad.triple) for quad in pyoxigraph.parse(data, format=syntax)})

    # The description has no blank nodes, so its triples are its canonical form.
    assert said == [{" ".join(statement) for statement in catalog_statements(edition)}] * 4


def test_the_catalogue_has_one_page_and_no_next_one(kropotkin_service: Service) -> None:
    edition, client = kropotkin_service.edition, kropotkin_service.client
    catalog = rdflib.URIRef(edition.base + "catalog")
    page = rdflib.URIRef(edition.service_url + "catalog?page=1")

    told = kropotkin_service.graph("catalog")

    assert set(told.objects(catalog, HYDRA.member)) == set(told.objects(catalog, DCAT.dataset))
    assert int(str(told.value(catalog, HYDRA.totalItems))) == 1
    assert told.value(catalog, HYDRA.view) == page
    assert told.value(page, HYDRA.first) == told.value(page, HYDRA.last) == page
    assert not list(told.objects(None, HYDRA.next))
    beyond = [client.get(f"{edition.service_url}catalog?page={n}") for n in ("0", "2", "", "x")]
    assert {answer.status_code for answer in beyond} == {404}


def test_the_catalogue_has_a_page_that_counts_what_europeana_cannot_take(
    kropotkin_service: Service,
) -> None:
    address = kropotkin_service.edition.service_url + "catalog"
    page = kropotkin_service.client.get(address, headers={"Accept": "text/html"})

    taken = edm.obstacles(kropotkin_service.edition)[None]

    assert page.mimetype == "text/html"
    assert f"<dd>{taken}</dd>" in page.text


def test_what_the_registers_look_for_is_there(
    published_seeds: Edition, published_kropotkin: Edition
) -> None:
    for catalog in (graph(published_seeds), graph(published_kropotkin)):
        kinds = Counter(catalog.objects(None, RDF.type))

        assert {kind: kinds[kind] for kind in (
            DCAT.Catalog, DCAT.Dataset, SCHEMA.Dataset, DCAT.Distribution, SCHEMA.DataDownload,
            DCAT.DataService,
        )} == {
            DCAT.Catalog: 1, DCAT.Dataset: 1, SCHEMA.Dataset: 1, DCAT.Distribution: DUMPS + 1,
            SCHEMA.DataDownload: DUMPS + 1, DCAT.DataService: 1,
        }  # fmt: skip


def test_a_text_is_never_listed_as_a_dataset(published_kropotkin: Edition) -> None:
    for statements in (dataset_statements(published_kropotkin), published_kropotkin.statements()):
        datasets = {s for s, _, o in statements if o.endswith(("#Dataset>", "/Dataset>"))}

        assert datasets == {f"<{published_kropotkin.base}dataset>"}


# Counts


def test_the_counts_are_those_of_the_edition(corpus: Edition) -> None:
    described = graph(corpus)
    dataset = rdflib.URIRef(corpus.base + "dataset")
    owned = set(corpus.statements())
    kinds = Counter(obj for _, predicate, obj in owned if predicate == f"<{RDF.type}>")

    def said(of: rdflib.term.Node | None, name: str) -> int:
        return int(str(described.value(of, VOID[name])))

    assert said(dataset, "triples") == sum(1 for _ in corpus.statements())
    assert said(dataset, "documents") == sum(1 for _ in corpus.documents())
    things = {d.iri for kind in ("text", "part", "agent") for d in corpus.documents(kind)}
    assert said(dataset, "entities") == len(things)
    partitions = {
        str(described.value(partition, VOID["class"])): said(partition, "entities")
        for partition in described.objects(dataset, VOID.classPartition)
    }
    counted = (str(SCHEMA.CreativeWork), BIBO + "DocumentPart", str(FOAF.Document))
    assert partitions == {kind: n for kind in counted if (n := kinds[f"<{kind}>"])}


def test_what_europeana_cannot_take_is_counted_as_it_is_refused(corpus: Edition) -> None:
    documents = [d for kind in edm.KINDS for d in corpus.documents(kind)]
    refused = Counter(edm.obstacle(d.iri, d.stated) for d in documents)
    nobody = Counter({edm.NO_PROVIDER: len(documents)})

    counted = edm.obstacles(corpus)

    assert counted == (refused if edm.is_offered(corpus) else nobody)


# The same in other words


def test_the_json_ld_for_search_engines_says_what_schema_org_says(corpus: Edition) -> None:
    written = schema_org_json(corpus)

    read = jsonld.to_rdf(written, {"format": "application/n-quads"})

    assert set(read.splitlines()) == set(n_triples(schema_org_statements(corpus)).splitlines())
    assert written["@type"] == "Dataset"
    assert written["license"] == corpus.manifest["licence"]
    assert isinstance(written["name"], str)
    assert [type(each["contentUrl"]) for each in written["distribution"]] == [str] * (DUMPS + 1)


def test_the_summary_is_a_part_of_the_description(corpus: Edition) -> None:
    summary = summary_statements(corpus)

    assert set(summary) < set(dataset_statements(corpus))
    assert {subject for subject, _, _ in summary} == {f"<{corpus.base}dataset>"}
