"""A streamed answer comes as it is made, and one that is cut short is readable for no program."""

import gzip
import json
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pyoxigraph
import pytest
import rdflib
import zstandard
from query_editions import BASE, TITLE, build, make_current
from test_http_sparql import application

from app import streaming
from ld.errors import QueryTimeoutError
from ld.query import guard
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.pool import Job, Limits, Pool

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
GRAPHS = {
    "text/turtle": ("turtle", pyoxigraph.RdfFormat.TURTLE),
    "application/n-triples": ("nt", pyoxigraph.RdfFormat.N_TRIPLES),
    "application/rdf+xml": ("xml", pyoxigraph.RdfFormat.RDF_XML),
    "application/ld+json": ("json-ld", pyoxigraph.RdfFormat.JSON_LD),
}
#: By coding: those that want an end, and last one that reads as far as it gets.
DECODERS: dict[str, list[Callable[[bytes], bytes]]] = {
    "gzip": [gzip.decompress, lambda body: zlib.decompressobj(31).decompress(body)],
    "zstd": [lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body)],
}
#: What no decoder reads over, at the end of what is cut.
BREACHES = {"gzip": b"\x06", "zstd": b"\x06\x00\x00"}
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
TRIPLES = (
    "CONSTRUCT { ?a ?b ?i . ?d <http://purl.org/dc/terms/relation> ?g } { ?a ?b ?c . ?d ?e ?f . "
    "?g ?h ?i }"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    build(data, "1-x")
    make_current(data, "1-x")
    return data


#: Long enough for the first rows on a busy machine, and never long enough for the last.
DEADLINE = 2.5


@pytest.fixture(scope="module")
def hasty(data: Path) -> Iterator[BrokerClient]:
    with running(data, Limits(deadline=DEADLINE)) as path:
        yield BrokerClient(path)


@pytest.fixture(scope="module")
def patient(data: Path) -> Iterator[BrokerClient]:
    with running(data, Limits(deadline=60)) as path:
        yield BrokerClient(path)


def readers(media_type: str) -> list[Callable[[bytes], object]]:
    if media_type == JSON:
        return [json.loads, orjson.loads]
    if media_type == XML:
        return [ET.fromstring]
    name, syntax = GRAPHS[media_type]
    return [
        lambda body: list(pyoxigraph.parse(body, format=syntax)),
        json.loads
        if name == "json-ld"
        else lambda body: rdflib.Graph().parse(data=body, format=name),
    ]


@pytest.fixture(scope="module")
def results(data: Path) -> Iterator[dict[str, bytes]]:
    pool = Pool((data / "current").resolve() / "graph")
    query = f"CONSTRUCT {{ ?s ?p ?o ; <{TITLE}> [] }} {{ ?s ?p ?o FILTER(?s = <{BASE}text/1>) }}"
    graphs = {kind: Job(query, kind) for kind in GRAPHS}
    rows = {kind: Job("SELECT * { ?s ?p ?o } LIMIT 3", kind) for kind in (JSON, XML)}
    yield {kind: b"".join(pool.run(job, client="test")) for kind, job in (graphs | rows).items()}
    pool.close()


@pytest.mark.parametrize("media_type", [JSON, XML, *GRAPHS])
def test_no_parser_reads_what_was_cut_wherever_that_was(
    results: dict[str, bytes], media_type: str
) -> None:
    whole = results[media_type]
    notice = streaming.notice(QueryTimeoutError(10))
    for step, read in zip((1, 17), readers(media_type), strict=False):
        read(whole)

        for cut in range(0, len(whole) + 1, step):
            with pytest.raises(Exception):  # noqa: B017
                read(whole[:cut] + notice)


@pytest.mark.parametrize("media_type", ["text/csv", "text/tab-separated-values"])
def test_tables_are_streamed_in_a_coding_only(media_type: str) -> None:
    assert not streaming.can_stream(media_type, "HTTP/1.1", "identity")
    assert streaming.can_stream(media_type, "HTTP/1.1", "gzip")
    assert streaming.can_stream(media_type, "HTTP/1.1", "zstd")


def test_nothing_is_streamed_under_http_1_0(hasty: BrokerClient) -> None:
    response = application(hasty).get(
        "/sparql", query_string={"query": ROWS}, environ_overrides={"SERVER_PROTOCOL": "HTTP/1"}
    )

    assert (response.status_code, response.mimetype) == (504, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "media_type", "coding"),
    [
        (ROWS, JSON, "identity"),
        (ROWS, XML, "gzip"),
        (ROWS, "text/csv", "zstd"),
        (ROWS, "text/tab-separated-values", "gzip"),
        (TRIPLES, "text/turtle", "zstd"),
        (TRIPLES, "application/n-triples", "identity"),
    ],
)
def test_answer_that_fails_late_is_cut_so_that_it_shows(
    hasty: BrokerClient, query: str, media_type: str, coding: str
) -> None:
    headers = {"Accept": media_type, "Accept-Encoding": coding}

    # A comment makes it another query, which is not remembered as one that was stopped.
    response = application(hasty).get(
        "/sparql", query_string={"query": f"{query} # {media_type}"}, headers=headers
    )

    body = response.data
    assert response.status_code == 200
    assert response.content_length is None
    assert "Accept-Encoding" in response.vary
    if coding != "identity":
        assert response.headers["Content-Encoding"] == coding
        for read in DECODERS[coding]:
            with pytest.raises((zlib.error, zstandard.ZstdError)):
                read(body)
        body = DECODERS[coding][-1](body[: -len(BREACHES[coding])])
    assert f"Stopped after {DEADLINE} seconds".encode() in body[-200:]
    if media_type not in {"text/csv", "text/tab-separated-values"}:
        with pytest.raises(Exception):  # noqa: B017
            readers(media_type)[0](body)


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_streamed_answer_is_whole(patient: BrokerClient, coding: str) -> None:
    query = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 14000"

    response = application(patient).get(
        "/sparql", query_string={"query": query}, headers={"Accept-Encoding": coding}
    )

    # A worker that is quicker than its reader may be done before the head is sent.
    assert response.content_length in {None, len(response.data)}
    coded = response.headers.get("Content-Encoding", "identity")
    assert coded in {coding, "identity"}
    body = response.data if coded == "identity" else DECODERS[coded][-1](response.data)
    assert len(orjson.loads(body)["results"]["bindings"]) == 14_000


def test_first_bytes_come_before_the_answer_is_made(hasty: BrokerClient) -> None:
    answer = hasty.query(guard.check(f"{ROWS} # first"), JSON, client="reader", may_stream=True)

    chunks = iter(answer)
    assert answer.length is None
    assert next(chunks)
    answer.close()
