"""The cache knows a query again, however it is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from query_editions import BASE, TITLE, build, make_current
from test_http_sparql import application
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from app.asking import Asking
from app.caching import ResponseCache
from ld.query import guard
from ld.query.broker import running
from ld.query.client import BrokerClient

SELECT = f"SELECT ?t {{ <{BASE}text/1> <{TITLE}> ?t }}"


class Endpoint:
    """Answers every query with its text, from one edition, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        request.get_data(cache=True)
        self.asked.append(request)
        response = Response(request.values.get("query", ""), mimetype="text/plain")
        response.headers["Pressmark-Edition"] = "1-x"
        response.vary.add("Accept")
        return response(environ, start_response)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def client(endpoint: Endpoint) -> Client:
    return Client(Asking(ResponseCache(endpoint, lambda: "1-x")))


@pytest.mark.parametrize(
    "again",
    [
        lambda c: c.get("/sparql", query_string={"query": SELECT}),
        lambda c: c.post("/sparql", data={"query": SELECT}),
        lambda c: c.post("/sparql", data=SELECT, content_type="application/sparql-query"),
        lambda c: c.get("/sparql", query_string={"query": SELECT.replace(" ", "\n\t ")}),
        lambda c: c.get("/sparql", query_string={"query": f"# why\n{SELECT} # so"}),
        lambda c: c.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "*/*"}),
        lambda c: c.get(
            "/sparql",
            query_string={"query": SELECT},
            headers={"Accept": "text/turtle;q=0.3, application/sparql-results+json;q=0.9"},
        ),
        lambda c: c.post("/sparql", data={"query": SELECT}, headers={"If-None-Match": "*"}),
    ],
)
def test_same_query_is_answered_once(
    client: Client, endpoint: Endpoint, again: Callable[[Client], TestResponse]
) -> None:
    first = client.get("/sparql", query_string={"query": SELECT})

    second = again(client)

    assert (second.status_code, second.text) == (200, SELECT)
    assert first.headers["ETag"] == second.headers["ETag"]
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ASK { ?s ?p 'a b' }", "ASK { ?s ?p 'a  b' }"),
        ("ASK { ?s ?p 'a#b' }", "ASK { ?s ?p 'a#c' }"),
        ("ASK { ?s ?p <a:b#c> }", "ASK { ?s ?p <a:b#d> }"),
        ("ASK { ?s ?p 1 }", "ASK { ?s ?p 2 }"),
        ("ASK { ?s a:b ?o }", "ASK { ?s a :b ?o }"),
        ("ASK { ?s ?p 1-1 }", "ASK { ?s ?p 1 -1 }"),
    ],
)
def test_other_queries_are_other_queries(
    client: Client, endpoint: Endpoint, one: str, other: str
) -> None:
    assert client.post("/sparql", data={"query": one}).text == one
    assert client.post("/sparql", data={"query": other}).text == other
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_dataset_makes_another_query(client: Client, endpoint: Endpoint, name: str) -> None:
    for graphs in (["a:b", "a:c"], ["a:c", "a:b"], []):
        client.post("/sparql", data={"query": SELECT, name: graphs})

    assert len(endpoint.asked) == 3


def test_format_makes_another_answer(client: Client, endpoint: Endpoint) -> None:
    for accept in ("text/csv", "text/csv;q=0.5, image/png", "application/sparql-results+xml"):
        client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})

    assert [request.headers["Accept"] for request in endpoint.asked] == [
        "text/csv",
        "application/sparql-results+xml",
    ]


def test_people_are_asked_what_they_like(client: Client, endpoint: Endpoint) -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"
    client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})

    assert endpoint.asked[0].headers["Accept"] == accept


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"query=ASK{}&query=ASK{}", "application/x-www-form-urlencoded"),
        (b"update=CLEAR+ALL", "application/x-www-form-urlencoded"),
        (b"query=nonsense", "application/x-www-form-urlencoded"),
        (b"x=y", "application/x-www-form-urlencoded"),
        (b"ASK { ?s ?p '\xff' }", "application/sparql-query"),
        (b"ASK {}", "application/sparql-query; charset=utf-16"),
        (b"ASK {}", "text/plain"),
        (b"CLEAR ALL", "application/sparql-update"),
    ],
)
def test_what_is_no_query_goes_on_as_it_came(
    client: Client, endpoint: Endpoint, body: bytes, content_type: str
) -> None:
    client.post("/sparql", data=body, content_type=content_type)

    (request,) = endpoint.asked
    assert (request.method, request.get_data()) == ("POST", body)


@pytest.mark.parametrize("text", ["ASK { ?s ?p 'é' }", "ASK { ?s ?p '本' }"])
@pytest.mark.parametrize("content_type", ["application/sparql-query", None])
def test_posted_text_arrives_as_it_is(client: Client, text: str, content_type: str | None) -> None:
    if content_type is None:
        raw = f"query={text}".replace(" ", "+").encode()
        response = client.post(
            "/sparql", data=raw, content_type="application/x-www-form-urlencoded"
        )
    else:
        response = client.post("/sparql", data=text.encode(), content_type=content_type)

    assert response.text == text


@pytest.mark.parametrize(
    ("query", "normal"),
    [
        ("  SELECT\n\t*  { ?s ?p ?o }\n", "SELECT * { ?s ?p ?o }"),
        ("SELECT*{?s?p?o}", "SELECT*{?s?p?o}"),
        ("ASK#a\n{}", "ASK {}"),
        ("ASK {} # end", "ASK {}"),
        ('ASK { ?s ?p "a  #b" }', 'ASK { ?s ?p "a  #b" }'),
        ("ASK { ?s ?p <a:b#c> }", "ASK { ?s ?p <a:b#c> }"),
        ("ASK { ?s ?p '''a\n\n#b''' }", "ASK { ?s ?p '''a\n\n#b''' }"),
    ],
)
def test_only_space_and_comments_are_normalised(query: str, normal: str) -> None:
    assert guard.normalise(query) == normal


@pytest.mark.parametrize(
    "call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()", "bNode('x')"]
)
def test_query_that_may_answer_otherwise_each_time_is_known(call: str) -> None:
    assert guard.check(f"SELECT ({call} AS ?x) {{}}").is_volatile


@pytest.mark.parametrize("text", ["?now", "ex:now", "'NOW()'", "<a:UUID>", "1 # NOW()\n"])
def test_names_and_texts_make_no_query_volatile(text: str) -> None:
    assert not guard.check(f"ASK {{ ?s ?p {text} }}").is_volatile


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("data")
    build(data, "1-x")
    make_current(data, "1-x")
    with running(data) as path:
        yield path


def test_volatile_query_is_asked_each_time(service: Path) -> None:
    response = application(BrokerClient(service)).get("/sparql?query=SELECT(UUID()AS?x){}")

    assert response.headers["Cache-Control"] == "no-store"
    assert orjson.loads(response.data)["results"]["bindings"]
