"""The suites of the W3C for the SPARQL 1.1 Protocol and the Service Description, over HTTP.

Requests are sent as the manifest has them, but for the path. Tests of queries pass; those of
updates are refused, each update with a 4xx.
See: https://www.w3.org/TR/sparql11-protocol/
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from conftest import BASE as CORPUS
from conftest import Published, serving
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node
from w3c_sparql import MF, SUITE, SYNTAXES, copy_with_store, manifest_of, path_of, send

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SD = "http://www.w3.org/ns/sparql-service-description#"

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason=f"the suite is not at {SUITE}")


class Exchange(NamedTuple):
    """A request as the manifest has it, and what is expected of the response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None
    format: str | None


def exchanges() -> dict[str, list[Exchange]]:
    graph = manifest_of("protocol")
    tests = Collection(graph, next(graph.objects(None, MF.entries)))
    return {str(test).rpartition("#")[2]: list(exchanges_of(graph, test)) for test in tests}


def exchanges_of(graph: Graph, test: Node) -> Iterator[Exchange]:
    action = graph.value(test, MF.action)
    for request in Collection(graph, graph.value(action, HT.requests)):
        response, content = graph.value(request, HT.resp), graph.value(request, HT.body)
        headers = {"Content-Type": ""}
        for header in Collection(graph, graph.value(request, HT.headers)):
            name = str(graph.value(header, HT.fieldName)).title()
            headers[name] = str(graph.value(header, HT.fieldValue))
        body = None
        if content is not None:
            encoding = str(graph.value(content, CNT.characterEncoding) or "utf-8")
            body = str(graph.value(content, CNT.chars)).encode(encoding)
        boolean, form = (
            graph.value(response, MF[name]) for name in ("expectedBoolean", "expectedFormat")
        )
        yield Exchange(
            str(graph.value(request, HT.methodName)),
            str(graph.value(request, HT.absolutePath)),
            headers,
            body,
            frozenset(str(s)[-3] for s in graph.objects(response, MF.expectedStatus)),
            None if boolean is None else bool(boolean.toPython()),
            None if form is None else str(form),
        )


EXCHANGES = exchanges() if SUITE.is_dir() else {}
QUERIES = [name for name in EXCHANGES if name.startswith(("query_", "bad_query", "bad_multiple_q"))]
UPDATES = [name for name in EXCHANGES if name not in QUERIES]


@pytest.fixture(scope="module")
def address(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data, store = copy_with_store(published.data, tmp_path_factory.mktemp("protocol"))
    graph = manifest_of("protocol")
    files = {
        (str(graph.value(node, RDFS.label)), path_of(graph.value(node, UT.graph)))
        for node in graph.objects(None, UT.graphData)
    }
    for name, path in files:
        store.bulk_load(path=path, format=SYNTAXES[path.suffix], to_graph=ox.NamedNode(name))
    store.flush()
    del store
    with serving(data) as address:
        yield address


def is_as_expected(address: str, exchange: Exchange) -> bool:
    path = exchange.path.replace("/sparql/", "sparql", 1)
    reply = send(
        address + path, method=exchange.method, body=exchange.body, headers=exchange.headers
    )
    if str(reply.status)[0] not in exchange.statuses:
        return False
    if exchange.boolean is not None and json.loads(reply.body)["boolean"] is not exchange.boolean:
        return False
    formats = {
        "boolean": "application/sparql-results+json",
        "tabular": "application/sparql-results+json",
        "RDF": "text/turtle",
    }
    return exchange.format is None or reply.media_type == formats[exchange.format]


@pytest.mark.parametrize("name", QUERIES)
def test_every_request_of_a_query_test_is_answered_as_expected(address: str, name: str) -> None:
    assert all(is_as_expected(address, exchange) for exchange in EXCHANGES[name])


@pytest.mark.parametrize("name", UPDATES)
def test_every_update_is_refused(address: str, name: str) -> None:
    updates = [e for e in EXCHANGES[name] if "sparql-query" not in e.headers["Content-Type"]]

    replies = [
        send(
            address + e.path.replace("/sparql/", "sparql", 1),
            method=e.method,
            body=e.body,
            headers=e.headers,
        )
        for e in updates
    ]

    assert updates
    assert all(400 <= reply.status < 500 for reply in replies)


def test_the_suites_are_complete() -> None:
    assert (len(QUERIES), len(UPDATES)) == (20, 14)
    graph = manifest_of("service-description")
    assert len(set(graph.subjects(RDF.type, MF.ServiceDescriptionTest))) == 3


@pytest.fixture(scope="module")
def description(address: str) -> set[ox.Triple]:
    reply = send(f"{address}sparql", headers={"Accept": "text/turtle"})
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    return {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.TURTLE)}


def test_description_is_rdf_and_names_its_endpoint(description: set[ox.Triple]) -> None:
    endpoint = ox.NamedNode(f"{CORPUS}sparql")

    assert ox.Triple(endpoint, ox.NamedNode(f"{SD}endpoint"), endpoint) in description


#: Of the terms that we use: what they are said of, and what they say.
SCHEMA = {
    "endpoint": ("Service", None),
    "supportedLanguage": ("Service", None),
    "resultFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
}


def test_description_conforms_to_its_schema(description: set[ox.Triple]) -> None:
    types = {(t.subject, t.object.value) for t in description if t.predicate.value == str(RDF.type)}
    used = [t for t in description if t.predicate.value.startswith(SD)]

    for triple in used:
        domain, value = SCHEMA[triple.predicate.value.removeprefix(SD)]
        assert (triple.subject, SD + domain) in types
        assert isinstance(triple.object, ox.NamedNode)
        assert value is None or (triple.object, SD + value) in types
    assert {t.predicate.value.removeprefix(SD) for t in used} == SCHEMA.keys()
