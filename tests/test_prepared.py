"""What takes the engine longest is answered before anybody asks."""

import pytest
from conftest import BASE, Published
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.prepared import STATISTICS, known_queries, prepare
from ld.query import examples, guard, isolation, prefixes
from ld.query.broker import running


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    """A client of an application whose broker has ended since the answers were prepared."""
    with running(published.data) as path:
        app = create_app(Config(published.data, path))
        prepare(app.wsgi_app, "", known_queries(published.edition))
    return app.test_client()


@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
@pytest.mark.parametrize("query", STATISTICS)
def test_statistics_are_answered_without_the_broker(
    client: FlaskClient, query: str, coding: str
) -> None:
    response = client.post("/sparql", data={"query": query}, headers={"Accept-Encoding": coding})

    assert response.status_code == 200
    assert response.headers["ETag"]


@pytest.mark.parametrize("example", examples.examples(), ids=lambda example: example.name)
def test_examples_are_answered_without_the_broker(
    client: FlaskClient, example: examples.Example
) -> None:
    shown = prefixes.declare(example.query, BASE).rstrip()

    response = client.get("/sparql", query_string={"query": shown})

    assert response.status_code == 200


def test_other_queries_need_the_broker(client: FlaskClient) -> None:
    assert client.post("/sparql", data={"query": "ASK {}"}).status_code == 503


def test_statistics_are_queries_that_can_be_kept() -> None:
    assert not any(guard.check(query).is_volatile for query in STATISTICS)


def test_no_example_is_volatile() -> None:
    assert not any(guard.check(example.query).is_volatile for example in examples.examples())


def test_trying_the_way_off_the_network_leaves_this_process_on_it() -> None:
    assert isolation.available() in {
        "network namespace",
        "user and network namespace",
        isolation.NONE,
    }
