"""One broker serves all clients, follows the current edition, and waits for nobody."""

import itertools
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import pytest
from query_editions import BASE, build, make_current
from query_processes import kill, started_with, wait_for_end

from ld.errors import (
    NoEditionError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)
from ld.query import frames, guard
from ld.query.broker import MAX_GRAPHS, running
from ld.query.client import Answer, BrokerClient
from ld.query.pool import Limits

JSON = "application/sparql-results+json"
ENDLESS_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
MANY_ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"
SLOW_COUNT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS_COUNT = f"SELECT (COUNT(*) AS ?n) {ENDLESS_ROWS.removeprefix('SELECT *')}"
#: Whoever asks is another client, so that nobody has to wait for what others did.
CLIENTS = itertools.count()
#: One place, where queries stay however long they take.
ONE_PLACE = Limits(fast_places=1, slow_places=1, spare_workers=0, fast_seconds=600)

Start = Callable[[Path, Limits], BrokerClient]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    build(data, "1-x")
    make_current(data, "1-x")
    return data


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[BrokerClient]:
    with running(data, limits=Limits(deadline=1, memory=256 << 20)) as path:
        yield BrokerClient(path)


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda data, limits: BrokerClient(stack.enter_context(running(data, limits=limits)))


def ask(client: BrokerClient, query: str, **dataset: list[str]) -> Answer:
    return client.query(guard.check(query), JSON, client=str(next(CLIENTS)), **dataset)  # type: ignore[arg-type]


def truth(answer: Answer) -> bool:
    return bool(orjson.loads(b"".join(answer))["boolean"])


def works(client: BrokerClient) -> bool:
    return truth(ask(client, "ASK { ?s ?p ?o }"))


@contextmanager
def occupied(client: BrokerClient, query: str = ENDLESS_COUNT) -> Iterator[socket.socket]:
    """Keep the one worker busy with a query, and give the connection that waits for its answer."""
    request = asdict(guard.check(query)) | {"media_type": JSON, "client": "occupant"}
    request["may_stream"] = False
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(client.socket_path))
        connection.sendall(frames.pack_json(frames.REQUEST, request))
        with suppress(QueryBusyError):
            while works(client):
                pass
        yield connection


def test_answer_names_its_edition_and_media_type(client: BrokerClient) -> None:
    answer = ask(client, "ASK { ?s ?p ?o }")

    assert (answer.edition, answer.media_type, answer.unknown_graphs) == ("1-x", JSON, ())
    assert truth(answer)


def test_connection_is_used_again_once_its_answer_was_read(client: BrokerClient) -> None:
    client.served()
    truth(ask(client, "ASK { ?s ?p ?o }"))
    (kept,) = client._kept

    assert [truth(ask(client, "ASK { ?s ?p ?o }")) for _ in range(3)] == [True] * 3
    assert client._kept == [kept]


def test_connection_with_an_unread_answer_is_not_used_again(client: BrokerClient) -> None:
    unread = [ask(client, "ASK { }"), ask(client, MANY_ROWS)]
    for answer in unread:
        answer.close()

    assert client._kept == []
    assert works(client)


def test_broker_says_what_it_serves(client: BrokerClient) -> None:
    served = client.served()

    assert (served.edition, served.base, served.service_url) == ("1-x", BASE, BASE)
    assert served.network in {"network namespace", "user and network namespace", "none"}


def test_socket_is_private(data: Path) -> None:
    with running(data) as path:
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_socket_goes_with_the_broker(data: Path) -> None:
    with running(data) as path:
        pass

    with pytest.raises(QueryBusyError):
        BrokerClient(path).served()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * { ?s ?p }", QuerySyntaxError),
        ("SELECT (<http://example.org/f>(1) AS ?x) { }", QueryRefusedError),
    ],
)
def test_errors_reach_the_client_and_the_next_query_works(
    client: BrokerClient, query: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(client, query)

    assert truth(ask(client, "ASK { ?s ?p ?o }"))


def test_error_carries_its_facts(client: BrokerClient) -> None:
    with pytest.raises(QuerySyntaxError) as syntax:
        ask(client, "SELECT * {\n ?s ?p }")
    with pytest.raises(QueryTimeoutError) as timeout:
        ask(client, ENDLESS_COUNT)

    assert syntax.value.line == 2
    assert timeout.value.seconds == 1


@pytest.mark.parametrize(
    ("query", "unknown", "expected"),
    [
        ("ASK FROM <http://x.example/g> { ?s ?p ?o }", ("http://x.example/g",), False),
        (f"ASK FROM <{BASE}dataset> {{ ?s ?p ?o }}", (), True),
        ("ASK FROM <dataset> { ?s ?p ?o }", (), True),
        (f"BASE <{BASE}a> ASK FROM <dataset> {{ ?s ?p ?o }}", (), True),
        (f"PREFIX c: <{BASE}> ASK FROM c:dataset FROM <a:b> {{ ?s ?p ?o }}", ("a:b",), True),
        ("ASK FROM NAMED <a:n> { ?s ?p ?o }", ("a:n",), False),
        (f"ASK FROM <{BASE}dataset> FROM NAMED <a:n> {{ GRAPH ?g {{ }} }}", ("a:n",), False),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", (), False),
        ('ASK { ?s ?p ?o FILTER(STR(?o) != "FROM <a:b>") }', (), True),
    ],
)
def test_graphs_of_the_query_that_are_not_there_are_empty_and_named(
    client: BrokerClient, query: str, unknown: tuple[str, ...], expected: bool
) -> None:
    answer = ask(client, query)

    assert answer.unknown_graphs == unknown
    assert truth(answer) is expected


@pytest.mark.parametrize(
    ("default", "named", "unknown", "expected"),
    [
        ([f"{BASE}dataset"], [], (), True),
        (["http://x.example/g", "http://x.example/g"], [], ("http://x.example/g",), False),
        ([f"{BASE}dataset", "a:b"], ["a:n"], ("a:b", "a:n"), True),
        ([], ["a:n"], ("a:n",), False),
    ],
)
def test_dataset_of_the_protocol_overrides_that_of_the_query(
    client: BrokerClient,
    default: list[str],
    named: list[str],
    unknown: tuple[str, ...],
    expected: bool,
) -> None:
    query = "ASK FROM <http://x.example/other> { ?s ?p ?o }"

    answer = ask(client, query, default_graph_uris=default, named_graph_uris=named)

    assert answer.unknown_graphs == unknown
    assert truth(answer) is expected


def test_graphs_are_absolute_iris_and_few(client: BrokerClient) -> None:
    with pytest.raises(QuerySyntaxError, match="not the IRI"):
        ask(client, "ASK { }", default_graph_uris=["a b\r\n"])
    with pytest.raises(QueryLimitError, match=str(MAX_GRAPHS)):
        ask(client, "ASK { }", named_graph_uris=["a:b"] * (MAX_GRAPHS + 1))


def test_hang_up_frees_the_worker(data: Path, start: Start) -> None:
    client = start(data, replace(ONE_PLACE, deadline=600, queue=60))
    assert works(client)
    impatient = BrokerClient(client.socket_path, patience=0.2)

    with pytest.raises(QueryError, match="broke off"):
        ask(impatient, ENDLESS_COUNT)

    assert works(client)


def test_result_over_the_limit_is_an_error_and_no_result(data: Path, start: Start) -> None:
    client = start(data, replace(ONE_PLACE, deadline=60, result_bytes=300_000))

    with pytest.raises(QueryLimitError, match="300000 bytes"):
        ask(client, ENDLESS_ROWS)

    assert works(client)


def test_slow_reader_holds_no_worker_and_gets_everything(client: BrokerClient) -> None:
    unread = ask(client, MANY_ROWS)

    assert works(client)

    body = b"".join(unread)
    assert unread.length is not None
    assert len(body) == unread.length > 1_000_000
    assert len(orjson.loads(body)["results"]["bindings"]) == 5000


def test_answer_that_the_broker_cannot_finish_breaks_off(data: Path, start: Start) -> None:
    client = start(data, ONE_PLACE)
    unread = ask(client, MANY_ROWS)
    served = iter(unread)
    next(served)

    kill(started_with(str(data), '"deadline":10.0', "ld.query.broker"))

    with pytest.raises(QueryError, match="broke off"):
        list(served)


def test_busy_worker_is_waited_for_so_long_and_no_longer(data: Path, start: Start) -> None:
    client = start(data, replace(ONE_PLACE, deadline=30, queue=0.05))
    with occupied(client), pytest.raises(QueryBusyError) as caught:
        ask(client, "ASK { }")

    assert caught.value.retry_after == 30


def test_many_clients_are_answered_by_one_worker(client: BrokerClient) -> None:
    answers: list[bool] = []

    def run() -> None:
        answers.extend(truth(ask(client, "ASK { ?s ?p ?o }")) for _ in range(10))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [True] * 80


def test_new_edition_is_taken_up_while_a_query_runs_on_the_old_one(
    tmp_path: Path, start: Start
) -> None:
    build(tmp_path, "1-x")
    build(tmp_path, "2-y", '<a:b> <a:b> "only here" .\n')
    make_current(tmp_path, "1-x")
    client = start(tmp_path, replace(ONE_PLACE, deadline=60, queue=0.05))
    with occupied(client, SLOW_COUNT) as connection:
        make_current(tmp_path, "2-y")

        answer = ask(client, 'ASK { ?s ?p "only here" }')

        assert (answer.edition, truth(answer)) == ("2-y", True)
        buffer = bytearray()
        kind, payload = frames.receive(connection, buffer)
        assert (kind, orjson.loads(payload)["served"]["edition"]) == (frames.HEAD, "1-x")


def test_edition_that_does_not_open_is_passed_over(tmp_path: Path, start: Start) -> None:
    build(tmp_path, "1-x")
    make_current(tmp_path, "1-x")
    client = start(tmp_path, ONE_PLACE)
    assert truth(ask(client, "ASK { ?s ?p ?o }"))
    (tmp_path / "editions" / "2-broken").mkdir()
    make_current(tmp_path, "2-broken")

    answer = ask(client, "ASK { ?s ?p ?o }")

    assert (answer.edition, truth(answer)) == ("1-x", True)


def test_before_the_first_edition_there_is_nothing_to_ask(tmp_path: Path, start: Start) -> None:
    client = start(tmp_path, ONE_PLACE)
    with pytest.raises(NoEditionError):
        ask(client, "ASK { }")
    build(tmp_path, "1-x")
    make_current(tmp_path, "1-x")

    assert truth(ask(client, "ASK { ?s ?p ?o }"))


def test_broker_that_died_is_replaced_and_leaves_no_process(tmp_path: Path, start: Start) -> None:
    build(tmp_path, "1-x")
    make_current(tmp_path, "1-x")
    client = start(tmp_path, ONE_PLACE)
    assert truth(ask(client, "ASK { ?s ?p ?o }"))
    workers = [os.pidfd_open(process) for process in started_with(str(tmp_path), "ld.query.worker")]

    kill(started_with(str(tmp_path), "ld.query.broker"))

    assert truth(ask(client, "ASK { ?s ?p ?o }"))
    assert len(workers) == 2
    for pidfd in workers:
        wait_for_end(pidfd)
