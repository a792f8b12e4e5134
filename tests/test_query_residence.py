"""A graph that fits is read from memory: the same answers, within the same limits."""

import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyoxigraph
import pytest
from query_editions import BASE, TITLE, build, make_current, n_triples
from query_processes import kill, started_with

from ld.errors import EditionError, QueryLimitError, QueryTimeoutError
from ld.query import guard
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.footprint import Footprint, private_bytes
from ld.query.memory import MemoryWatch
from ld.query.pool import Job, Limits, Pool
from ld.query.residence import Residence, is_wanted, load, room_for_graph

JSON = "application/sparql-results+json"
QUERIES = (
    "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o",
    f"SELECT ?by (COUNT(*) AS ?n) {{ ?t <{TITLE}> ?title ; ?p ?by }} GROUP BY ?by ORDER BY ?by",
    f"ASK {{ <{BASE}text/1> <{TITLE}> ?t }}",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("data"), "1-x") / "graph"


@pytest.fixture(scope="module")
def loaded(graph: Path) -> Iterator[Pool]:
    pool = Pool(graph, Limits(deadline=5), in_memory=True)
    yield pool
    pool.close()


def ask(pool: Pool, query: str) -> bytes:
    return b"".join(pool.run(Job(query, JSON), client=query))


def await_memory(client: BrokerClient) -> str:
    """Ask what is served until it is in memory; the broker loads beside its work."""
    while not (served := client.served()).memory:
        threading.Event().wait(0.01)
    return served.edition


def test_answers_from_memory_are_those_from_disk(graph: Path, loaded: Pool) -> None:
    on_disk = Pool(graph, Limits(deadline=5))
    answers = {query: ask(on_disk, query) for query in QUERIES}
    on_disk.close()

    assert {query: ask(loaded, query) for query in QUERIES} == answers


def test_named_graphs_are_loaded_too(tmp_path: Path) -> None:
    store = pyoxigraph.Store(str(tmp_path))
    store.bulk_load(
        b"<a:s> <a:p> 1 <a:g> .".replace(b" 1 ", b' "1" '), pyoxigraph.RdfFormat.N_QUADS
    )
    store.flush()
    del store
    pool = Pool(tmp_path, in_memory=True)
    try:
        found = orjson.loads(ask(pool, QUERIES[-1]))["results"]["bindings"][0]["n"]["value"]

        assert (pool.opened.graphs, found) == (frozenset({"a:g"}), "1")
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
            QueryTimeoutError,
        ),
        (
            'SELECT (STRLEN(?v34) AS ?n) { BIND("aaaaaaaaaa" AS ?v0) '
            + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(34))
            + " }",
            QueryLimitError,
        ),
    ],
)
def test_limits_hold_in_memory(graph: Path, query: str, error: type[Exception]) -> None:
    pool = Pool(graph, Limits(deadline=1.5, memory=256 << 20), in_memory=True)
    try:
        with pytest.raises((error, QueryLimitError)):
            ask(pool, query)

        assert orjson.loads(ask(pool, QUERIES[2]))["boolean"]
    finally:
        pool.close()


def test_worker_that_shares_the_graph_is_measured_by_its_own_pages(loaded: Pool) -> None:
    ask(loaded, QUERIES[0])
    with loaded._nursery._lock:
        worker = loaded._nursery._ready.get()
    most, exact = worker.memory(), worker.memory(exactly=True)  # type: ignore[union-attr]
    loaded._nursery.give_back(worker)  # type: ignore[arg-type]

    assert 0 < exact <= most < loaded.opened.held


def test_footprint_of_a_process_that_is_gone_is_nothing() -> None:
    gone = Footprint(2**22 + 1, is_sharing=True)

    assert (gone.most(), gone.exact()) == (0, 0)
    assert private_bytes() > 0


def test_store_that_cannot_be_read_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="cannot be read"):
        load(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("residence", "triples", "wanted"),
    [
        (Residence.AUTO, 1_000, True),
        (Residence.AUTO, 100_000_000, False),
        (Residence.AUTO, None, False),
        (Residence.NEVER, 1, False),
        (Residence.ALWAYS, 100_000_000, True),
        (Residence.ALWAYS, None, True),
    ],
)
def test_graph_is_loaded_if_it_fits(
    residence: Residence, triples: int | None, wanted: bool
) -> None:
    assert is_wanted(residence, triples, 900 << 20) is wanted


def test_two_scans_have_room_beside_the_largest_graph() -> None:
    # A scan copies five sixths of what it reads.
    largest = room_for_graph(900 << 20)

    assert largest + 2 * largest * 5 / 6 <= 900 << 20


def test_edition_is_read_from_disk_until_it_is_loaded_and_so_is_the_next(tmp_path: Path) -> None:
    build(tmp_path, "1-x")
    make_current(tmp_path, "1-x")
    with running(tmp_path, residence=Residence.ALWAYS) as path:
        client = BrokerClient(path)
        assert await_memory(client) == "1-x"
        build(tmp_path, "2-x", n_triples(10))
        make_current(tmp_path, "2-x")
        query = guard.check("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        answer = client.query(query, JSON, client="a")

        found = orjson.loads(b"".join(answer))["results"]["bindings"][0]["n"]["value"]
        assert (answer.edition, found) == ("2-x", "20")
        assert await_memory(client) == "2-x"
        # Of the pools that were replaced no zygote is left.
        (zygote,) = started_with("ld.query.worker", str(tmp_path))[:1]
        kill([zygote])
        assert orjson.loads(b"".join(client.query(query, JSON, client="b")))


class Process:
    """A process that is as large as it is told."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ended = threading.Event()

    def memory(self, *, exactly: bool = False) -> int:
        return 0 if self.ended.is_set() else self.size

    def end_for_memory(self) -> None:
        self.ended.set()


def test_idle_process_goes_before_one_at_work_and_what_is_held_counts() -> None:
    watch = MemoryWatch(300 << 20)
    idle, small, busy = Process(90 << 20), Process(10 << 20), Process(150 << 20)
    watch.rest(idle)
    watch.rest(small)
    watch.hold(100 << 20)
    with watch.over(busy):
        assert idle.ended.wait(30)

    assert not busy.ended.is_set()
    assert not small.ended.is_set()
    watch.close()
