"""The data model: what is told of it is what the corpus has and the shapes ask."""

import re
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
import pytest
from conftest import Published

from app import create_app
from app.config import Config
from app.pages.definitions import DEFINITIONS, KINDS
from ld import model
from ld.edition import Edition
from ld.model import Cardinality
from ld.query import prefixes
from ld.terms import iri, n_triples
from ld.vocabulary import FOAF, RDF, RDF_TYPE, VOID, XSD, dcterms, schema

BROWSER = {"Accept": "text/html"}


def store_of(edition: Edition) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    lines = n_triples(edition.statements())
    store.bulk_load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def page_of(edition: Edition) -> str:
    with create_app(Config(edition.path.parents[1])).test_client() as client:
        home = client.get("/").headers.get("Location", "/")
        prefix = urlsplit(edition.service_url).path
        response = client.get(f"{prefix}model", headers=BROWSER)
    assert response.status_code == 200, home
    return response.text


def test_every_property_of_an_edition_is_counted(published_kropotkin: Edition) -> None:
    edition = published_kropotkin
    used = model.use(edition)
    stated = {p for document in edition.documents() for _, p, _ in document.owned}

    assert used.is_whole
    assert {p for kind in used.kinds.values() for p in kind.properties} == stated - {RDF_TYPE}
    assert used.kinds["text"].things == edition.counts["texts"]
    assert used.kinds["part"].things == edition.counts["parts"]
    assert used.kinds["file"].things == edition.counts["in"]


def test_counts_are_those_of_a_query(published_kropotkin: Edition) -> None:
    edition = published_kropotkin
    subject = model.use(edition).kinds["text"].properties[dcterms("subject")]
    counted = store_of(edition).query(
        "PREFIX dcterms: <http://purl.org/dc/terms/> "
        "SELECT (COUNT(?s) AS ?all) (COUNT(DISTINCT ?s) AS ?things) { ?s dcterms:subject ?o }"
    )

    assert isinstance(counted, pyoxigraph.QuerySolutions)
    row = next(counted)
    assert (subject.statements, subject.things) == (int(row["all"].value), int(row["things"].value))
    assert set(subject.ranges) == {RDF + "langString"}


@pytest.mark.parametrize(
    ("kind", "term", "expected"),
    [
        ("text", dcterms("title"), Cardinality(1, 1)),
        ("text", schema("name"), Cardinality(1, 1)),
        ("text", dcterms("creator"), Cardinality(0, None, is_expected=True)),
        ("text", dcterms("date"), Cardinality(0, 1)),
        ("text", dcterms("type"), Cardinality(1, 1)),
        ("part", dcterms("isPartOf"), Cardinality(2, 2)),
        ("agent", iri(FOAF + "name"), Cardinality(1, None)),
        ("file", schema("sha256"), Cardinality(1, 1)),
        ("document", iri(VOID + "inDataset"), Cardinality(1, 1)),
        ("dataset", dcterms("publisher"), Cardinality(0, 1, is_expected=True)),
    ],
)
def test_cardinalities_are_those_of_the_shapes(kind: str, term: str, expected: Cardinality) -> None:
    assert model.cardinalities("https://x.example/")[kind][term] == expected


def test_no_thing_has_more_or_less_than_the_shapes_allow(published_kropotkin: Edition) -> None:
    edition = published_kropotkin
    allowed = model.cardinalities(edition.base)

    for name, kind in model.use(edition).kinds.items():
        for term, used in kind.properties.items():
            bounds = allowed[name].get(term, Cardinality())
            assert used.things >= kind.things if bounds.least else True, (name, term)
            if bounds.most is not None:
                assert used.statements <= used.things * bounds.most, (name, term)


def test_the_kinds_of_values_are_named() -> None:
    assert model.range_of("<https://x.example/>") == ""
    assert model.range_of('"x"@en') == RDF + "langString"
    assert model.range_of('"x"') == XSD + "string"
    assert model.range_of(f'"1"^^<{XSD}integer>') == XSD + "integer"


@pytest.mark.parametrize("corpus", ["published", "published_kropotkin", "published_seeds"])
def test_everything_in_use_has_a_definition(corpus: str, request: pytest.FixtureRequest) -> None:
    found: Published | Edition = request.getfixturevalue(corpus)
    edition = found.edition if isinstance(found, Published) else found

    for name, kind in model.use(edition).kinds.items():
        assert name in KINDS
        for term in kind.properties:
            key = term.replace(f"<{edition.base}vocab#", "<vocab#")
            assert (name, key) in DEFINITIONS or ("", key) in DEFINITIONS, term


def test_the_queries_of_the_page_find_what_the_page_counts(published_kropotkin: Edition) -> None:
    edition = published_kropotkin
    store = store_of(edition)
    queries = re.findall(r'href="[^"]+/sparql\?([^"]+)"', page_of(edition))
    properties = sum(len(kind.properties) for kind in model.use(edition).kinds.values())

    assert len(queries) == properties + len(model.use(edition).kinds)
    for query in queries:
        text = parse_qs(query)["query"][0]
        solutions = store.query(prefixes.declare(text, edition.base))
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        assert next(solutions, None) is not None, text


def test_examples_cannot_break_out_of_the_page(published: Published) -> None:
    page = page_of(published.edition)

    assert "<script>alert" not in page


def test_of_a_large_corpus_the_page_says_how_much_was_looked_at(
    published_kropotkin: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "LOOKED_AT", 3)

    assert "in the first 3 records of each kind" in page_of(published_kropotkin)
    assert model.use(published_kropotkin).kinds["text"].things == 3
