"""The SPARQL 1.1 Protocol over a real broker."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import orjson
import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient
from query_editions import BASE, CREATOR, TITLE, build, make_current
from werkzeug.test import TestResponse

from app import problems, sparql
from app.config import Config
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.guard import MAX_BYTES
from ld.query.pool import Limits
from ld.query.results import GRAPHS, SOLUTIONS

SELECT = f"SELECT ?t {{ <{BASE}text/1> <{TITLE}> ?t }}"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
SD = "http://www.w3.org/ns/sparql-service-description#"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerClient]:
    data = tmp_path_factory.mktemp("data")
    build(data, "1-x")
    make_current(data, "1-x")
    with running(data, limits=Limits(deadline=1, result_bytes=1_000_000)) as path:
        yield BrokerClient(path)


def application(broker: BrokerClient | None, page: Callable[[], str] | None = None) -> FlaskClient:
    app = Flask(__name__)
    app.extensions["pressmark"] = SimpleNamespace(broker=broker, config=Config(Path()))
    app.register_blueprint(sparql.blueprint(page))
    problems.register(app)
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = next(ADDRESSES)
    return client


#: Each test asks from an address of its own, so that none has to wait for what others did.
ADDRESSES = (f"10.0.{number // 256}.{number % 256}" for number in itertools.count())


@pytest.fixture
def client(broker: BrokerClient) -> FlaskClient:
    return application(broker)


def get(client: FlaskClient, query: str, accept: str = "", **parameters: object) -> TestResponse:
    return client.get(
        "/sparql", query_string={"query": query, **parameters}, headers={"Accept": accept}
    )


def truth(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    return bool(orjson.loads(response.data)["boolean"])


WAYS: dict[str, Callable[[FlaskClient, str], TestResponse]] = {
    "GET": lambda client, query: client.get("/sparql", query_string={"query": query}),
    "POST form": lambda client, query: client.post("/sparql", data={"query": query}),
    "POST direct": lambda client, query: client.post(
        "/sparql", data=query, content_type="application/sparql-query"
    ),
    "POST direct with charset": lambda client, query: client.post(
        "/sparql", data=query, content_type="application/sparql-query; charset=utf-8"
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_query_is_answered_in_every_way_of_the_protocol(
    client: FlaskClient, way: Callable[[FlaskClient, str], TestResponse]
) -> None:
    response = way(client, SELECT)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == JSON
    assert response.headers["Pressmark-Edition"] == "1-x"
    assert "Accept" in response.vary
    bindings = orjson.loads(response.data)["results"]["bindings"]
    assert [row["t"]["value"] for row in bindings] == ["Title, “1”"]


@pytest.mark.parametrize("fmt", SOLUTIONS, ids=lambda fmt: fmt.name)
def test_solutions_come_in_the_format_asked_for(client: FlaskClient, fmt: object) -> None:
    response = get(client, SELECT, fmt.media_type)  # type: ignore[attr-defined]

    assert response.mimetype == fmt.media_type  # type: ignore[attr-defined]
    assert "Title, “1”" in response.text.replace('""', '"')


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.name)
def test_graph_comes_in_the_format_asked_for(client: FlaskClient, fmt: object) -> None:
    response = get(client, CONSTRUCT, f"text/html, {fmt.media_type};q=0.5")  # type: ignore[attr-defined]

    assert response.mimetype == fmt.media_type  # type: ignore[attr-defined]
    parsed = set(pyoxigraph.parse(response.data, format=fmt.syntax))  # type: ignore[attr-defined]
    assert len(parsed) == 120


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (SELECT, "", JSON),
        (SELECT, "*/*", JSON),
        (SELECT, "application/json", "application/json"),
        (SELECT, "application/xml", "application/xml"),
        (SELECT, "text/turtle;q=0.9, text/csv;q=0.1", "text/csv"),
        (SELECT, "text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "application/sparql-results+json, application/n-triples;q=0.2",
         "application/n-triples"),
        ("ASK {}", "text/tab-separated-values", "text/tab-separated-values"),
        (f"DESCRIBE <{BASE}text/1>", "application/ld+json", "application/ld+json"),
    ],
)  # fmt: skip
def test_format_is_negotiated_for_the_form(
    client: FlaskClient, query: str, accept: str, expected: str
) -> None:
    assert get(client, query, accept).mimetype == expected


@pytest.mark.parametrize(("query", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv")])
def test_format_of_another_form_is_not_acceptable(
    client: FlaskClient, query: str, accept: str
) -> None:
    response = get(client, query, accept)

    assert response.status_code == 406
    assert accept not in response.json["supported"]
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { ?s ?p }", 400),
        ("nonsense", 400),
        ("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", 400),
        ("INSERT DATA { <a:a> <a:b> 1 }", 400),
        ("ASK { }" + " " * MAX_BYTES, 400),
        ("ASK { FILTER(" + "(" * 1000 + "1" + ")" * 1000 + ") }", 400),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", 504),
    ],
)
def test_what_is_not_answered_has_a_true_status(
    client: FlaskClient, query: str, status: int
) -> None:
    response = client.post("/sparql", data={"query": query})

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda c: c.post("/sparql", data={"update": "CLEAR ALL"}), 400),
        (lambda c: c.get("/sparql?update=CLEAR+ALL"), 400),
        (lambda c: c.post("/sparql", data="CLEAR ALL",
                          content_type="application/sparql-update"), 400),
        (lambda c: c.post("/sparql", data="ASK {}", content_type="text/plain"), 415),
        (lambda c: c.post("/sparql", data=b"ASK { ?s ?p '\xff' }",
                          content_type="application/sparql-query"), 400),
        (lambda c: c.get("/sparql?query=ASK{}&query=ASK{}"), 400),
        (lambda c: c.post("/sparql", data={"x": "y"}), 400),
        (lambda c: c.post("/sparql", data=b"x" * (4 * MAX_BYTES + 1),
                          content_type="application/sparql-query"), 413),
        (lambda c: c.post("/sparql", data={"query": "x" * (4 * MAX_BYTES)}), 413),
        (lambda c: c.put("/sparql", data="ASK {}"), 405),
        (lambda c: c.get("/sparql?query=ASK{}&default-graph-uri=no+iri%0d%0aX:"), 400),
    ],
)  # fmt: skip
def test_requests_outside_of_the_protocol_are_refused(
    client: FlaskClient, request_of: Callable[[FlaskClient], TestResponse], status: int
) -> None:
    assert request_of(client).status_code == status


def test_unknown_graph_is_empty_and_named(client: FlaskClient) -> None:
    response = get(client, "ASK FROM <http://x.example/é> { ?s ?p ?o }")

    assert response.headers["Pressmark-Unknown-Graph"] == "<http://x.example/%C3%A9>"
    assert not truth(response)


def test_known_graph_is_not_named(client: FlaskClient) -> None:
    response = get(client, f"ASK FROM <{BASE}dataset> {{ ?s ?p ?o }}")

    assert "Pressmark-Unknown-Graph" not in response.headers
    assert truth(response)


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_dataset_of_the_request_overrides_that_of_the_query(client: FlaskClient, way: str) -> None:
    query = "ASK FROM <http://x.example/g> { ?s ?p ?o }"
    dataset = {"default-graph-uri": f"{BASE}dataset", "named-graph-uri": "http://x.example/n"}

    if way == "GET":
        response = get(client, query, **dataset)
    elif way == "form":
        response = client.post("/sparql", data={"query": query, **dataset})
    else:
        response = client.post(
            "/sparql", query_string=dataset, data=query, content_type="application/sparql-query"
        )

    assert response.headers["Pressmark-Unknown-Graph"] == "<http://x.example/n>"
    assert truth(response)


def test_unknown_graphs_do_not_overflow_the_header(client: FlaskClient) -> None:
    graphs = [f"http://x.example/{n}/" + "long" * 100 for n in range(50)]

    response = client.post("/sparql", data={"query": "ASK {}", "default-graph-uri": graphs})

    assert len(response.headers["Pressmark-Unknown-Graph"]) < 2100


def test_result_that_fails_late_has_a_true_status(client: FlaskClient) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

    response = get(client, query, "text/csv")

    assert response.status_code == 400
    assert "1000000 bytes" in response.json["detail"]


def test_length_is_stated_so_that_a_cut_body_cannot_look_complete(client: FlaskClient) -> None:
    response = get(client, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000", "text/csv")

    assert response.content_length == len(response.data) > 200_000


def test_description_of_the_service_is_negotiated(client: FlaskClient) -> None:
    for accept, syntax in [
        ("", pyoxigraph.RdfFormat.TURTLE),
        ("application/n-triples", pyoxigraph.RdfFormat.N_TRIPLES),
        ("application/ld+json", pyoxigraph.RdfFormat.JSON_LD),
    ]:
        response = client.get("/sparql", headers={"Accept": accept})

        assert response.mimetype == syntax.media_type
        said = {
            (q.predicate.value, q.object.value)
            for q in pyoxigraph.parse(response.data, format=syntax)
            if q.subject.value == f"{BASE}sparql"
        }
        assert (f"{SD}endpoint", f"{BASE}sparql") in said
        assert (f"{SD}supportedLanguage", f"{SD}SPARQL11Query") in said
        assert (f"{SD}defaultDataset", f"{BASE}dataset") in said
        formats = {value for name, value in said if name == f"{SD}resultFormat"}
        assert formats == {
            f"http://www.w3.org/ns/formats/{name}"
            for name in (
                *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
                *("SPARQL_Results_TSV", "Turtle", "JSON-LD", "N-Triples", "RDF_XML"),
            )
        }


def test_people_get_the_page_if_there_is_one(broker: BrokerClient) -> None:
    client = application(broker, lambda: "<form>")

    page = client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    data = client.get("/sparql", headers={"Accept": "*/*"})

    assert (page.text, data.mimetype) == ("<form>", "text/turtle")


def test_description_that_is_not_acceptable_says_what_is(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "image/png"})

    assert response.status_code == 406
    assert "text/turtle" in response.json["supported"]


@pytest.mark.parametrize("broker_of", [lambda: None, lambda: BrokerClient(Path("/nowhere/query"))])
def test_without_broker_the_client_is_told_to_come_back(
    broker_of: Callable[[], BrokerClient | None],
) -> None:
    response = get(application(broker_of()), "ASK {}")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_describe_gives_what_the_store_says_of_the_thing(client: FlaskClient) -> None:
    response = get(client, f"DESCRIBE <{BASE}text/2>", "application/n-triples")

    assert {q.predicate.value for q in pyoxigraph.parse(
        response.data, format=pyoxigraph.RdfFormat.N_TRIPLES
    )} == {TITLE, CREATOR}  # fmt: skip
