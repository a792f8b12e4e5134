"""Whatever a query does: it is answered in time with a true status, and so is the next one."""

import time
from collections.abc import Iterator

import orjson
import pytest
from query_editions import build, make_current, n_triples

from bench.hostile import HOSTILE
from ld.errors import QueryLimitError, QueryTimeoutError
from ld.query import guard
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.pool import Limits

JSON = "application/sparql-results+json"
DEADLINE = 0.4


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerClient]:
    data = tmp_path_factory.mktemp("data")
    build(data, "1-x", n_triples(400))
    make_current(data, "1-x")
    with running(data, Limits(deadline=DEADLINE, memory=256 << 20)) as path:
        client = BrokerClient(path)
        assert client.served().edition == "1-x"
        yield client


def answer(client: BrokerClient, text: str, asker: str) -> bytes:
    query = guard.check(text)
    media_type = JSON if query.form in {"SELECT", "ASK"} else "text/turtle"
    return b"".join(client.query(query, media_type, client=asker))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_is_answered_within_its_deadline_and_the_next_one_too(
    client: BrokerClient, name: str
) -> None:
    begun = time.monotonic()
    with pytest.raises((QueryTimeoutError, QueryLimitError)):
        answer(client, HOSTILE[name], name)
    taken = time.monotonic() - begun

    assert orjson.loads(answer(client, "ASK { ?s ?p ?o }", "another"))["boolean"]
    # The deadline is the subject here, and the clock the only witness.
    assert taken < DEADLINE + 1
