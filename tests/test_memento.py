"""Documents as they were: time gate, time map and mementos (RFC 7089)."""

import re

import pyoxigraph
import pytest
from conftest import BASE, Published
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from ld import history
from ld.edition import Edition
from ld.terms import n_triples

FIRST, WITHDRAWN = "20260301120000", "20260501120000"


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.mark.parametrize(
    ("key", "asked", "stamp"),
    [
        ("text/letter", None, FIRST),
        ("text/letter", "Wed, 01 Jan 2020 00:00:00 GMT", FIRST),
        ("text/letter", "Sun, 01 Mar 2026 12:00:00 GMT", FIRST),
        ("text/gone", None, WITHDRAWN),
        ("text/gone", "Fri, 01 May 2026 11:59:59 GMT", FIRST),
        ("text/gone", "Fri, 01 May 2026 12:00:00 GMT", WITHDRAWN),
        ("dataset", "Sun, 01 Mar 2026 12:00:00 GMT", FIRST),
    ],
)
def test_the_time_gate_leads_to_what_was_current_then(
    client: FlaskClient, key: str, asked: str | None, stamp: str
) -> None:
    headers = {} if asked is None else {"Accept-Datetime": asked}

    answer = client.get(f"/timegate/{key}", headers=headers)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/doc/{key}@{stamp}"
    assert "accept-datetime" in answer.headers["Vary"].lower()
    assert {"original", "timemap"} <= links_of(answer.headers["Link"]).keys()


@pytest.mark.parametrize(
    "asked", ["", "nonsense", "2026-03-01", "Sun, 01 Mar 99999999 12:00:00 GMT", "9" * 100_000]
)
def test_a_date_that_is_none_is_a_bad_request(client: FlaskClient, asked: str) -> None:
    answer = client.get("/timegate/text/letter", headers={"Accept-Datetime": asked})

    assert answer.status_code == 400
    assert "Accept-Datetime" in answer.get_json(force=True)["detail"]


def test_the_time_map_lists_every_change(client: FlaskClient, edition: Edition) -> None:
    answer = client.get("/timemap/text/gone")
    targets = re.findall(r'<([^>]+)>; rel="memento"; datetime="([^"]+)"', answer.text)

    assert answer.mimetype == "application/link-format"
    assert targets == [
        (f"{BASE}doc/text/gone@{FIRST}", "Sun, 01 Mar 2026 12:00:00 GMT"),
        (f"{BASE}doc/text/gone@{WITHDRAWN}", "Fri, 01 May 2026 12:00:00 GMT"),
    ]
    for key in ("dataset", "text/letter", "agent/ada-lovelace"):
        listed = client.get(f"/timemap/{key}").text.count('rel="memento"')
        assert listed == len(edition.history_of(key))


def test_every_version_in_the_event_stream_can_be_fetched(
    client: FlaskClient, edition: Edition
) -> None:
    first = history.first(edition)
    assert first is not None
    page = history.page(edition, (first.sequence, first.key), 1000)
    assert page is not None

    for change in page.changes:
        address = history.version_iri(edition, change)
        answer = client.get(address, headers={"Accept": "application/n-triples"})
        if change.kind == "deleted":
            assert answer.status_code == 410
        else:
            assert answer.text == n_triples(history.statements(edition, change))
        assert answer.headers["Memento-Datetime"]


def test_a_memento_names_its_document_and_its_neighbours(client: FlaskClient) -> None:
    answer = client.get(f"/doc/text/gone@{FIRST}")

    links = links_of(answer.headers["Link"])
    assert answer.headers["Memento-Datetime"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert answer.headers["Content-Location"] == f"/doc/text/gone@{FIRST}.ttl"
    assert links["original"] == f"{BASE}doc/text/gone"
    assert links["timegate"] == f"{BASE}timegate/text/gone"
    assert links["first memento"] == f"{BASE}doc/text/gone@{FIRST}"
    assert links["last next memento"] == f"{BASE}doc/text/gone@{WITHDRAWN}"


def test_a_memento_of_a_deletion_says_why(client: FlaskClient) -> None:
    answer = client.get(f"/doc/text/gone@{WITHDRAWN}")

    assert answer.status_code == 410
    assert answer.get_json(force=True)["reason"] == "At the request of the rights holder."


def test_a_memento_comes_in_every_syntax(client: FlaskClient) -> None:
    path = f"/doc/text/letter@{FIRST}"
    expected = set(pyoxigraph.parse(client.get(f"{path}.nt").data, format=NT))

    for suffix, rdf in (("ttl", TTL), ("rdf", RDF_XML), ("jsonld", JSON_LD)):
        read = pyoxigraph.parse(client.get(f"{path}.{suffix}").data, format=rdf)
        assert {quad.triple for quad in read} == {quad.triple for quad in expected}


@pytest.mark.parametrize(
    "path",
    [
        "/doc/text/letter@20260301120001", "/doc/text/letter@1", "/doc/text/nothing@20260301120000",
        "/doc/text/letter@20260301120000.pdf", "/timegate/text/nothing", "/timemap/text/nothing",
        "/timegate/", "/timemap/text/letter/", "/doc/@20260301120000",
        "/doc/text/letter@99999999999999999999",
    ],
)  # fmt: skip
def test_what_never_was_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


NT, TTL, RDF_XML, JSON_LD = (
    pyoxigraph.RdfFormat.N_TRIPLES, pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.RDF_XML,
    pyoxigraph.RdfFormat.JSON_LD,
)  # fmt: skip


def links_of(header: str) -> dict[str, str]:
    return {rel: target for target, rel in re.findall(r'<([^>]+)>; rel="([^"]+)"', header)}
