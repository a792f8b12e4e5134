"""Workers answer in every format, have no network, and die alone."""

import csv
import io
import itertools
import os
import socket
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import orjson
import pyoxigraph
import pytest
from pyoxigraph import RdfFormat
from query_editions import BASE, CREATOR, TITLE, build, n_triples
from query_processes import kill, started_with, wait_for_end

from ld.errors import (
    EditionError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    QueryPenaltyError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)
from ld.formats import FORMATS
from ld.query.guard import Form, check
from ld.query.pool import HungUpError, Job, Limits, Pool
from ld.query.results import GRAPHS, SOLUTIONS, media_types

JSON = "application/sparql-results+json"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS_COUNT = f"SELECT (COUNT(*) AS ?n) {ENDLESS_ROWS.removeprefix('SELECT *')}"
SELECT = f"SELECT ?t ?c {{ <{BASE}text/1> <{TITLE}> ?t ; <{CREATOR}> ?c }}"
ROW = ("Title, “1”", f"{BASE}agent/1")
MEMORY_BOMB = (
    'SELECT (STRLEN(?v34) AS ?n) { BIND("aaaaaaaaaa" AS ?v0) '
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(34))
    + " }"
)
#: Whoever asks is another client, so that nobody has to wait for what others did.
CLIENTS = itertools.count()
#: One place, where queries stay however long they take.
ONE_PLACE = Limits(
    deadline=60, queue=0.0, fast_places=1, slow_places=1, spare_workers=0, fast_seconds=60
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("data"), "1-x") / "graph"


@pytest.fixture(scope="module")
def pool(graph: Path) -> Iterator[Pool]:
    pool = Pool(graph, limits=Limits(deadline=20, memory=256 << 20))
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def hasty(graph: Path) -> Iterator[Pool]:
    pool = Pool(graph, limits=Limits(deadline=1, result_bytes=300_000))
    yield pool
    pool.close()


def ask(pool: Pool, query: str, media_type: str = JSON) -> bytes:
    return b"".join(pool.run(Job(query, media_type), client=str(next(CLIENTS))))


def works(pool: Pool) -> bool:
    return bool(orjson.loads(ask(pool, "ASK { ?s ?p ?o }"))["boolean"])


def rows(media_type: str, body: bytes) -> list[tuple[str, ...]]:
    if media_type.endswith("json"):
        found = orjson.loads(body)["results"]["bindings"]
        return [tuple(row[name]["value"] for name in ("t", "c")) for row in found]
    if media_type.endswith("xml"):
        name = "{http://www.w3.org/2005/sparql-results#}"
        results = ET.fromstring(body).iter(f"{name}result")
        return [tuple(b[0].text or "" for b in result) for result in results]
    if media_type == "text/csv":
        return [tuple(row) for row in csv.reader(io.StringIO(body.decode()))][1:]
    solutions = pyoxigraph.parse_query_results(body, format=pyoxigraph.QueryResultsFormat.TSV)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return [tuple(term.value for term in solution) for solution in solutions]


def dataset(body: bytes, syntax: object) -> pyoxigraph.Dataset:
    assert isinstance(syntax, RdfFormat)
    found = pyoxigraph.Dataset(pyoxigraph.parse(body, format=syntax))
    found.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return found


@pytest.mark.parametrize("media_type", media_types(Form.SELECT))
def test_select_is_right_in_every_format(pool: Pool, media_type: str) -> None:
    assert rows(media_type, ask(pool, SELECT, media_type)) == [ROW]


@pytest.mark.parametrize("media_type", media_types(Form.ASK))
@pytest.mark.parametrize(
    ("query", "truth"), [("ASK { ?s ?p ?o }", "true"), ("ASK { ?s ?s ?s }", "false")]
)
def test_ask_is_right_in_every_format(pool: Pool, query: str, truth: str, media_type: str) -> None:
    body = ask(pool, query, media_type).decode()

    if media_type.endswith("json"):
        assert orjson.loads(body)["boolean"] is (truth == "true")
    elif media_type.endswith("xml"):
        assert ET.fromstring(body)[-1].text == truth
    else:
        assert body == truth


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("form", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"])
def test_graphs_are_right_in_every_format(pool: Pool, form: str, fmt: object) -> None:
    media_type, syntax = fmt.media_type, fmt.syntax  # type: ignore[attr-defined]

    body = ask(pool, form, media_type)

    assert dataset(body, syntax) == dataset(n_triples().encode(), RdfFormat.N_TRIPLES)


def test_blank_nodes_are_written_in_every_graph_format(pool: Pool) -> None:
    query = f"CONSTRUCT {{ [] <{TITLE}> ?t }} {{ <{BASE}text/1> <{TITLE}> ?t }}"

    graphs = [dataset(ask(pool, query, fmt.media_type), fmt.syntax) for fmt in GRAPHS]

    assert all(found == graphs[0] and len(found) == 1 for found in graphs)


def test_every_syntax_of_documents_is_a_result_format() -> None:
    assert media_types(Form.CONSTRUCT) == tuple(fmt.MEDIA_TYPE for fmt in FORMATS)
    assert media_types(Form.SELECT)[: len(SOLUTIONS)] == tuple(f.media_type for f in SOLUTIONS)


def test_empty_result_is_one_empty_chunk(pool: Pool) -> None:
    job = Job("CONSTRUCT WHERE { ?s ?s ?s }", "application/n-triples")

    assert list(pool.run(job, client=str(next(CLIENTS)))) == [b""]


@pytest.mark.parametrize("name", ["1", "", "a%20", "a(b)", "²", "x²a"])
def test_predicate_that_gives_no_element_name_is_refused_in_rdf_xml(pool: Pool, name: str) -> None:
    query = f"CONSTRUCT {{ ?s <http://example.org/{name}> ?o }} WHERE {{ ?s ?p ?o }}"

    with pytest.raises(QueryRefusedError, match="RDF/XML cannot write"):
        ask(pool, query, "application/rdf+xml")


@pytest.mark.parametrize("name", ["a", "1a", "a-b.c", "a.", "é", "_", "a%20b", "-a"])
def test_predicate_comes_back_from_rdf_xml(pool: Pool, name: str) -> None:
    iri = f"http://example.org/{name}"

    body = ask(pool, f"CONSTRUCT {{ <urn:s> <{iri}> 1 }} {{ }}", "application/rdf+xml")

    found = pyoxigraph.parse(body, format=RdfFormat.RDF_XML)
    assert [quad.predicate.value for quad in found] == [iri]


def test_long_result_comes_in_chunks(pool: Pool) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"

    chunks = list(pool.run(Job(query, JSON), client=str(next(CLIENTS))))

    assert len(chunks) > 3
    assert len(orjson.loads(b"".join(chunks))["results"]["bindings"]) == 5000


def test_syntax_error_of_the_engine_says_where(pool: Pool) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        ask(pool, "SELECT * {\n ?s ?p }")

    assert caught.value.line == 2


def test_unknown_function_is_refused(pool: Pool) -> None:
    with pytest.raises(QueryRefusedError, match="custom function"):
        ask(pool, "SELECT (<http://example.org/f>(1) AS ?x) { }")


def test_dataset_of_the_job_overrides_that_of_the_query(pool: Pool) -> None:
    query = "ASK FROM <http://example.org/g> { ?s ?p ?o }"

    empty = orjson.loads(ask(pool, query))
    job = Job(query, JSON, default_graphs=(None,), named_graphs=())
    default = orjson.loads(b"".join(pool.run(job, client=str(next(CLIENTS)))))

    assert (empty["boolean"], default["boolean"]) == (False, True)


def test_relative_iris_are_resolved_against_the_base(pool: Pool) -> None:
    job = Job("ASK { <text/1> ?p ?o }", JSON, base_iri=BASE)

    assert orjson.loads(b"".join(pool.run(job, client=str(next(CLIENTS)))))["boolean"]


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_worker_reaches_no_network_even_without_the_guard(pool: Pool, silent: str) -> None:
    if pool.opened.network == "none":
        pytest.skip("this system lets us make no network namespace")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        query = f"SELECT * {{ SERVICE {silent} <{endpoint}> {{ ?s ?p ?o }} }}"

        if silent:
            assert orjson.loads(ask(pool, query))["results"]["bindings"] == [{}]
        else:
            with pytest.raises(QueryError, match="unreachable"):
                ask(pool, query)

        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("update", ["INSERT DATA { <a:a> <a:b> 1 }", "LOAD <http://127.0.0.1/>"])
def test_worker_takes_no_update_even_without_the_guard(pool: Pool, update: str) -> None:
    with pytest.raises(QuerySyntaxError):
        ask(pool, update)


def test_query_is_stopped_at_its_deadline_and_the_next_one_works(hasty: Pool) -> None:
    with pytest.raises(QueryTimeoutError) as caught:
        ask(hasty, ENDLESS_COUNT)

    assert caught.value.seconds == 1
    assert works(hasty)


def test_memory_bomb_is_stopped_and_the_next_query_works(pool: Pool) -> None:
    with pytest.raises(QueryLimitError, match="memory"):
        ask(pool, MEMORY_BOMB)

    assert works(pool)


def test_nesting_bomb_kills_no_more_than_its_worker(pool: Pool) -> None:
    bomb = "ASK { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }"
    with pytest.raises(QueryLimitError):
        check(bomb)

    with pytest.raises(QueryLimitError):
        ask(pool, bomb)

    assert works(pool)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { " + "UNION".join(["{}"] * 3000) + " }",
        "ASK { FILTER(" + "!" * 65_000 + "1) }",
        "ASK { " + "MINUS{?s?p?o}" * 2500 + " }",
    ],
    ids=["union", "not", "minus"],
)
def test_no_chain_that_the_guard_lets_through_overflows_the_stack(pool: Pool, query: str) -> None:
    checked = check(query)

    assert b"boolean" in ask(pool, checked.text)


def test_result_is_limited_in_bytes_and_never_looks_complete(hasty: Pool) -> None:
    chunks = hasty.run(Job(ENDLESS_ROWS, JSON), client=str(next(CLIENTS)))
    taken = [next(chunks)]

    with pytest.raises(QueryLimitError, match="300000 bytes"):
        taken.extend(chunks)

    assert 0 < sum(map(len, taken)) <= 300_000
    assert works(hasty)


def test_leaving_an_answer_frees_its_worker(graph: Path) -> None:
    pool = Pool(graph, ONE_PLACE)
    with ExitStack() as stack:
        stack.callback(pool.close)
        chunks = pool.run(Job(ENDLESS_ROWS, JSON), client=str(next(CLIENTS)))
        next(chunks)
        with pytest.raises(QueryBusyError):
            works(pool)

        chunks.close()

        assert works(pool)


def test_hang_up_stops_a_query_that_has_given_nothing_yet(graph: Path) -> None:
    pool = Pool(graph, Limits(deadline=60))
    ours, theirs = socket.socketpair()
    with ExitStack() as stack:
        stack.callback(pool.close)
        stack.enter_context(ours)
        chunks = pool.run(Job(ENDLESS_COUNT, JSON), client=str(next(CLIENTS)), hangup=ours)
        threading.Timer(0.05, theirs.close).start()

        with pytest.raises(HungUpError):
            next(chunks)

        assert works(pool)


def test_workers_answer_side_by_side(graph: Path) -> None:
    pool = Pool(graph, replace(ONE_PLACE, fast_places=2, queue=5))
    with ExitStack() as stack:
        stack.callback(pool.close)
        # The second place is for those who have asked before.
        list(pool.run(Job("ASK {}", JSON), client="known"))
        chunks = pool.run(Job(ENDLESS_ROWS, JSON), client="new")
        next(chunks)

        assert list(pool.run(Job("ASK {}", JSON), client="known"))
        chunks.close()


def test_long_query_goes_on_among_the_slow_ones_and_lets_short_ones_pass(graph: Path) -> None:
    limits = Limits(deadline=60, fast_places=1, slow_places=1, spare_workers=0, fast_seconds=0.05)
    pool = Pool(graph, limits)
    with ExitStack() as stack:
        stack.callback(pool.close)
        job = Job("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", JSON)
        counted: list[bytes] = []
        thread = threading.Thread(target=lambda: counted.extend(pool.run(job, client="patient")))
        thread.start()

        assert works(pool)
        thread.join()

        (row,) = orjson.loads(b"".join(counted))["results"]["bindings"]
        assert row["n"]["value"] == str(120**3)


def test_long_query_without_a_slow_place_is_turned_away(graph: Path) -> None:
    limits = Limits(deadline=60, queue=0.2, fast_places=1, slow_places=1, fast_seconds=0.05)
    pool = Pool(graph, limits)
    with ExitStack() as stack:
        stack.callback(pool.close)
        chunks = pool.run(Job(ENDLESS_ROWS, JSON), client="first")
        for _, _ in zip(chunks, range(40), strict=False):
            pass

        with pytest.raises(QueryBusyError, match="long queries"):
            ask(pool, ENDLESS_COUNT)

        chunks.close()
        assert works(pool)


def test_client_whose_queries_keep_being_stopped_has_to_wait(graph: Path) -> None:
    pool = Pool(graph, Limits(deadline=0.2))
    with ExitStack() as stack:
        stack.callback(pool.close)
        for number in range(2):
            with pytest.raises(QueryTimeoutError):
                list(pool.run(Job(f"{ENDLESS_COUNT} # {number}", JSON), client="hostile"))

        with pytest.raises(QueryPenaltyError):
            list(pool.run(Job("ASK {}", JSON), client="hostile"))

        assert works(pool)


def test_query_that_was_stopped_is_not_tried_again_soon(graph: Path) -> None:
    others = set(started_with(str(graph)))
    pool = Pool(graph, Limits(deadline=0.3, fast_places=1, spare_workers=0))
    with ExitStack() as stack:
        stack.callback(pool.close)
        _, worker = sorted(set(started_with(str(graph))) - others)
        pidfd = os.pidfd_open(worker)
        with pytest.raises(QueryTimeoutError):
            ask(pool, ENDLESS_COUNT)
        wait_for_end(pidfd)
        before = set(started_with(str(graph)))

        with pytest.raises(QueryTimeoutError):
            ask(pool, ENDLESS_COUNT)

        assert before <= set(started_with(str(graph)))


def test_largest_query_is_stopped_when_all_together_take_too_much(graph: Path) -> None:
    pool = Pool(graph, Limits(deadline=60, total_memory=150 << 20))
    with ExitStack() as stack:
        stack.callback(pool.close)

        with pytest.raises(QueryLimitError, match="150 MiB"):
            ask(pool, MEMORY_BOMB)

        assert works(pool)


def test_worker_that_died_idle_is_replaced(tmp_path: Path) -> None:
    graph = build(tmp_path, "1-x") / "graph"
    pool = Pool(graph)
    with ExitStack() as stack:
        stack.callback(pool.close)
        kill(started_with(str(graph)))

        assert works(pool)


def test_closed_pool_leaves_no_process(tmp_path: Path) -> None:
    graph = build(tmp_path, "1-x") / "graph"
    pool = Pool(graph, ONE_PLACE)
    pidfds = [os.pidfd_open(process) for process in started_with(str(graph))]

    pool.close()

    assert len(pidfds) == 2
    for pidfd in pidfds:
        wait_for_end(pidfd)


def test_store_that_does_not_open_is_an_edition_error(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="does not open"):
        Pool(tmp_path / "nothing")
