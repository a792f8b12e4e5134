"""Hostile queries against a running service: each has a true status, and the next one an answer."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyoxigraph
import pytest
from conftest import Published
from query_editions import build
from query_service import JSON, Reply, Service, killers, service
from test_query_guard import DISGUISED, PREFIXES, SERVICES

from bench.hostile import HOSTILE
from ld.errors import QueryError
from ld.query.pool import Job, Limits, Pool

PROTOTYPES = Path(__file__).parents[1].parent / "shared/prototypes/query_pool/killers.py"
#: Refused, too large, too many, out of time or of room: what a query may get instead of an answer.
TRUE = {400, 413, 429, 503, 504, 507}
CUT = b"CUT SHORT"


@pytest.fixture(scope="module")
def hasty(published: Published) -> Iterator[Service]:
    limits = Limits(deadline=0.5, memory=256 << 20, slow_places=4, fast_places=4)
    with service(published.data, limits) as running:
        yield running


@pytest.fixture(scope="module")
def patient(published: Published) -> Iterator[Service]:
    with service(published.data, Limits(deadline=60)) as running:
        yield running


def is_true(reply: Reply) -> bool:
    """Say whether an answer is whole, or says that it is not."""
    if reply.status != 200:
        problem = orjson.loads(reply.body)
        return (
            reply.status in TRUE
            and reply.media_type == "application/problem+json"
            and problem["status"] == reply.status
        )
    if CUT in reply.body[-300:]:
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(reply.body)
        return True
    return bool(orjson.loads(reply.body))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_has_a_true_status_and_the_next_one_an_answer(
    hasty: Service, name: str
) -> None:
    reply = hasty.ask(
        HOSTILE[name], f"192.0.2.{list(HOSTILE).index(name) + 1}", f"{JSON}, */*;q=0.1"
    )

    assert reply.status != 200 or CUT in reply.body[-300:]
    assert is_true(reply) or reply.media_type == "text/turtle"
    assert hasty.works()


@pytest.mark.skipif(not PROTOTYPES.is_file(), reason=f"the queries are not at {PROTOTYPES}")
def test_queries_that_killed_others_have_true_statuses(hasty: Service) -> None:
    queries = killers(PROTOTYPES)
    for number, query in enumerate(queries.values()):
        assert is_true(hasty.ask(query, f"203.0.113.{number + 1}", JSON))
        assert hasty.works()

    assert len(queries) == 13


# Federation


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_federation_is_refused_over_http(hasty: Service, query: str) -> None:
    reply = hasty.ask(PREFIXES + query)

    assert (reply.status, b"query-refused" in reply.body) == (400, True)


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Workers that are asked whatever the guard would refuse."""
    folder = tmp_path_factory.mktemp("data")
    pool = Pool(build(folder, "1-x") / "graph", Limits(deadline=5))
    if pool.opened.network == "none":
        pool.close()
        pytest.skip("this system lets us make no network namespace")
    yield pool
    pool.close()


def test_no_spelling_reaches_the_network_without_the_guard(unguarded: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for name, query in (SERVICES | DISGUISED).items():
            text = PREFIXES.replace("http://example.org/", address) + query.replace(
                "http://x.example/", address
            ).replace("http://x.\\u0065xample/", address.replace("1:", "\\u0031:"))
            try:
                body = b"".join(unguarded.run(Job(text, JSON), client=name))
            except QueryError:
                continue
            assert orjson.loads(body)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_process_with_network_would_have_been_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        query = f"ASK {{ SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}"

        def ask() -> None:
            with pytest.raises(OSError):
                pyoxigraph.Store().query(query)

        asking = threading.Thread(target=ask)
        asking.start()
        connection, _ = listener.accept()
        connection.close()
        asking.join()


# Long results

ROWS = 100_000
LONG = f"SELECT ?a ?d ?f ?g {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {ROWS}"
MOST_GROWTH = 150_000_000


def test_long_result_begins_before_it_ends_and_is_whole(patient: Service) -> None:
    before = patient.memory()
    connection, response = patient.begin(LONG, accept=JSON)
    begun = response.read(1000)
    # Nobody could know the length of what is still being made.
    is_streamed = response.headers["Content-Length"] is None
    growth = patient.memory() - before
    body = begun + response.read()
    growth = max(growth, patient.memory() - before)
    connection.close()

    assert is_streamed
    assert growth < MOST_GROWTH
    assert len(orjson.loads(body)["results"]["bindings"]) == ROWS


def test_slow_and_vanishing_readers_harm_nobody(patient: Service) -> None:
    before = patient.memory()
    slow = [patient.begin(f"{LONG} # {n}", f"192.0.2.{n + 1}", JSON) for n in range(4)]
    for _, response in slow:
        assert response.read(1000)
    for number in range(8):
        connection, response = patient.begin(f"{LONG} # v{number}", f"192.0.2.{number + 9}", JSON)
        assert response.status in {200, 503}
        connection.close()
        assert patient.works()
    growth = patient.memory() - before
    for connection, _ in slow:
        connection.close()

    assert growth < MOST_GROWTH
    assert patient.works()
