"""What is answered before Flask is answered as the route answers it."""

from collections.abc import Iterator

import pytest
from conftest import Published
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from ld.query.broker import running
from ld.query.pool import Limits

SELECT = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3"
CONSTRUCT = "CONSTRUCT { ?s a ?o } { ?s a ?o } ORDER BY ?s ?o LIMIT 3"
LONG = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 400"
#: Reaches the route, whatever the query is.
BY_ROUTE = {"x": "1"}


@pytest.fixture(scope="module")
def app(published: Published) -> Iterator[Flask]:
    with running(published.data, Limits(deadline=1.0)) as path:
        app = create_app(Config(published.data, path, cache_bytes=0))
        app.extensions["routed"] = routed = []
        app.before_request(lambda: routed.append(True))
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def told(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, sorted(response.headers), response.data


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd;q=0.5, gzip;q=0.1"])
@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (SELECT, ""),
        (SELECT, "text/csv"),
        (SELECT, "application/sparql-results+xml"),
        ("ASK {}", "*/*"),
        ("ASK {}", "application/xml"),
        (CONSTRUCT, "text/turtle;q=0.5"),
        (CONSTRUCT, "application/rdf+xml"),
        (LONG, "application/sparql-results+json"),
        ("SELECT * FROM <http://nowhere.example/> { ?s ?p ?o }", ""),
        ("SELECT (STRLEN(STRUUID()) AS ?x) {}", ""),
        ("SELECT * { ?s ?p }", ""),
        ("SELECT (<http://example.org/f>(1) AS ?x) { }", ""),
        (SELECT, "text/turtle"),
        (SELECT, "text/html"),
    ],
)
def test_answer_is_that_of_the_route(
    client: FlaskClient, query: str, accept: str, coding: str
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding}
    asked = {"query": query}

    by_route = client.get("/sparql", query_string=asked | BY_ROUTE, headers=headers)
    first = client.get("/sparql", query_string=asked, headers=headers)
    then = client.get("/sparql", query_string=asked, headers=headers)
    posted = client.post("/sparql", data=asked, headers=headers)

    if by_route.mimetype != "text/html":
        assert told(first) == told(then) == told(posted) == told(by_route)
    assert by_route.headers["Vary"]


def test_head_and_conditions_are_answered_as_ever(client: FlaskClient) -> None:
    whole = client.get("/sparql", query_string={"query": SELECT})

    head = client.head("/sparql", query_string={"query": SELECT})
    same = client.get(
        "/sparql", query_string={"query": SELECT}, headers={"If-None-Match": whole.headers["ETag"]}
    )

    assert (head.status_code, head.data, same.status_code) == (200, b"", 304)
    assert sorted(head.headers) == sorted(whole.headers)


def test_plain_query_reaches_no_route_after_the_first(app: Flask, client: FlaskClient) -> None:
    client.get("/sparql", query_string={"query": "ASK {}"})
    routed = len(app.extensions["routed"])

    responses = [
        client.get("/sparql", query_string={"query": f"ASK {{ ?s ?p {i} }}"}) for i in "12"
    ]

    assert [response.status_code for response in responses] == [200, 200]
    assert len(app.extensions["routed"]) == routed


def test_elsewhere_nothing_is_asked(client: FlaskClient) -> None:
    assert client.get("/other/sparql", query_string={"query": SELECT}).status_code == 404
