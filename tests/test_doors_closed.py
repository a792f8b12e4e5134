"""Doors that have nothing sound to tell say so; a corpus that was emptied says that, too.

Harvesters delete what is no longer there. So an answer that is empty, or shorter than it should
be, has to be true: otherwise the answer is 503, and when to come back.
"""

import json
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from conftest import Published, write_seeds
from flask import Flask
from flask.testing import FlaskClient
from mirrors import members_in
from seed_folders import SETTINGS, seed
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from ld import records
from ld.edition import CURRENT, EDITIONS, MANIFEST, Edition, open_current
from ld.errors import RefusedError
from ld.publish import publish

ACCEPTED = ("*/*", "text/html")
#: Routes that need no edition: our own files, and words on problems.
OPEN = {"operation.static", "operation.favicon", "operation.robots", "problem"}
#: Routes that are written from the manifest or sent as files, without a look into the records.
RECORDLESS = OPEN | {
    "catalog.terms",
    "catalog.terms_variant",
    "feeds.source",
    "feeds.capability_list",
    "operation.health",
    "query.all_examples",
    "query.all_examples_variant",
    "query.one_example",
    "readiness.report",
    "readiness.report_json",
    "readiness.report_variant",
}
#: Files, sent as they are; each says what its bytes must be.
FILES = {"dumps.dump", "dumps.dump_of_edition", "dumps.report_of_edition", "quality.shacl_report"}
VALUES: dict[str, object] = {
    "key": "text/letter",
    "sequence": 1,
    "digits": 20260301120000,
    "identifier": "1-x",
}
BY_ENDPOINT: dict[str, list[dict[str, object]]] = {
    "feeds.feed": [{"name": name} for name in ("activity", "ldes", "atom")],
    "feeds.feed_page": [
        {"name": name, "sequence": 1, "key": "agent/ada-lovelace"}
        for name in ("activity", "ldes", "atom")
    ],
    "documents.thing": [{"kind": "text", "name": "letter"}, {"kind": "agent", "name": "a"}],
    "documents.document": [{"name": "text/letter"}, {"name": "text/letter.rdf"}],
    "dumps.dump": [{"name": "corpus.nt.gz"}],
    "problem": [{"name": "no-edition"}],
    "operation.static": [{"name": "pressmark.css"}],
    "query.download": [{"suffix": "csv"}],
}
QUERIES: dict[str, tuple[str, ...]] = {
    "harvest.oai": ("verb=Identify", "verb=ListRecords&metadataPrefix=oai_dc"),
    "catalog.catalog": ("", "page=1"),
    "query.download": ("query=ASK%20%7B%7D",),
}


def addresses(app: Flask, identifier: str) -> Iterator[tuple[str, str]]:
    """Give an address for every route that answers GET, with the name of the route."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            for path in paths(app, rule, identifier):
                for query in QUERIES.get(rule.endpoint, ("",)):
                    yield rule.endpoint, f"{path}?{query}".rstrip("?")


def paths(app: Flask, rule: Rule, identifier: str) -> list[str]:
    sample = VALUES | {"identifier": identifier, "suffix": "ttl", "name": "corpus.nt.gz"}
    builder = app.url_map.bind("localhost")
    return [
        builder.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for values in BY_ENDPOINT.get(rule.endpoint, [sample])
        if rule.arguments <= values.keys()
    ]


@pytest.fixture
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1)


@pytest.mark.parametrize("accept", ACCEPTED)
def test_before_the_first_edition_every_door_says_when_to_come_back(
    tmp_path: Path, accept: str, _quiet: None
) -> None:
    app = create_app(Config(tmp_path))

    answers = asked(app, accept, "1-x")

    closed = {path: a for endpoint, path, a in answers if endpoint not in OPEN}
    assert len(closed) > 50
    assert {path: a.status_code for path, a in closed.items()} == dict.fromkeys(closed, 503)
    assert all(int(a.headers["Retry-After"]) > 0 for a in closed.values())
    assert all("no-store" in a.headers["Cache-Control"] for a in closed.values())


@pytest.mark.parametrize("accept", ACCEPTED)
def test_an_edition_without_a_sound_manifest_closes_every_door(
    published: Published, tmp_path: Path, accept: str, _quiet: None
) -> None:
    folder = damaged(published, tmp_path)
    (folder / MANIFEST).write_text('{"format": 1, "files": {')
    app = create_app(Config(tmp_path))

    answers = asked(app, accept, folder.name)

    closed = {path: a for endpoint, path, a in answers if endpoint not in OPEN}
    assert {path: a.status_code for path, a in closed.items()} == dict.fromkeys(closed, 503)
    assert all(int(a.headers["Retry-After"]) > 0 for a in closed.values())


@pytest.mark.parametrize("accept", ACCEPTED)
def test_an_edition_without_sound_records_closes_every_door_that_reads_them(
    published: Published, tmp_path: Path, accept: str, _quiet: None
) -> None:
    folder = damaged(published, tmp_path)
    content = (folder / records.FILE).read_bytes()
    (folder / records.FILE).write_bytes(content[:4096] + b"\x5a" * (len(content) - 4096))
    app = create_app(Config(tmp_path))

    answers = asked(app, accept, folder.name)

    told = {path: a for endpoint, path, a in answers if endpoint not in RECORDLESS | FILES}
    closed = {path: a for path, a in told.items() if a.status_code != 406}
    assert len(closed) > 40
    assert {path: a.status_code for path, a in closed.items()} == dict.fromkeys(closed, 503)
    assert all(int(a.headers["Retry-After"]) > 0 for a in closed.values())
    assert {a.status_code for _, _, a in answers} <= {200, 404, 406, 503}


def asked(app: Flask, accept: str, identifier: str) -> list[tuple[str, str, TestResponse]]:
    client = app.test_client()
    answers = []
    for endpoint, path in addresses(app, identifier):
        answer = client.get(path, headers={"Accept": accept})
        answer.get_data()
        answer.close()
        answers.append((endpoint, path, answer))
    return answers


def damaged(published: Published, data: Path) -> Path:
    folder = data / EDITIONS / published.edition.path.name
    shutil.copytree(published.edition.path, folder)
    (data / CURRENT).symlink_to(Path(EDITIONS) / folder.name)
    return folder


# A corpus emptied on purpose


@dataclass(frozen=True)
class Emptied:
    """A corpus all of whose texts were taken out, and its doors."""

    edition: Edition
    client: FlaskClient
    gone: frozenset[str]


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Emptied:
    folder = tmp_path_factory.mktemp("emptied")
    names = [f"text-{number}" for number in range(12)]
    documents = {f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, AUTHOR="Ada Lovelace") for n in names}
    data, seeds = folder / "data", folder / "seeds"
    publish(write_seeds(seeds, documents, SETTINGS), data, now=lambda: moment(3))
    gone = {d.key for d in open_current(data).documents() if d.kind in {"text", "part"}}
    with pytest.raises(RefusedError):
        publish(write_seeds(seeds, {}, SETTINGS), data, now=lambda: moment(4))
    publish(seeds, data, accept_loss=len(gone), now=lambda: moment(4))
    edition = open_current(data)
    gone |= {c.key for c in edition.changes() if c.kind == "deleted"}
    return Emptied(edition, create_app(Config(data)).test_client(), frozenset(gone))


def moment(month: int) -> datetime:
    return datetime(2026, month, 1, tzinfo=UTC)


def test_an_emptied_corpus_is_there_and_has_no_texts(emptied: Emptied) -> None:
    edition, client = emptied.edition, emptied.client
    app = client.application

    answers = asked(app, "text/html", edition.id)

    assert edition.counts["texts"] == edition.counts["parts"] == 0
    assert len([key for key in emptied.gone if key.startswith("text/")]) == 12
    faults = [(path, a.status_code) for _, path, a in answers if a.status_code >= 500]
    assert {path.partition("?")[0].partition("/answer")[0] for path, _ in faults} <= {
        "/sparql",
        "/sparql/vocabulary.json",
    }


def test_every_document_of_an_emptied_corpus_has_its_tombstone(emptied: Emptied) -> None:
    for key in emptied.gone:
        for path in (f"/{key}", f"/doc/{key}", f"/doc/{key}.ttl", f"/owned/{key}.nt"):
            assert emptied.client.get(path).status_code == 410, path


def test_every_feed_of_an_emptied_corpus_tells_what_is_gone(emptied: Emptied) -> None:
    client, base = emptied.client, emptied.edition.base
    gone = {f"{base}doc/{key}" for key in emptied.gone}

    assert {d for d, kind in activities(client) if kind == "Delete"} == gone
    assert {d for d, kind in stream(client) if kind == "Delete"} == gone
    feed = client.get("/atom").text
    assert set(re.findall(r'<at:deleted-entry ref="([^"]+)"', feed)) == gone
    changes = client.get("/changelist.xml").text
    deleted = re.findall(r"<loc>[^<]*/owned/([^<]+)\.nt</loc>[^\n]*change=\"deleted\"", changes)
    assert {f"{base}doc/{key}" for key in deleted} == gone


def test_harvesters_of_an_emptied_corpus_get_the_deletions(emptied: Emptied) -> None:
    client, base = emptied.client, emptied.edition.base
    oai = {"oai": "http://www.openarchives.org/OAI/2.0/"}

    for prefix in ("oai_dc", "rdf"):
        answer = client.get(f"/oai?verb=ListIdentifiers&metadataPrefix={prefix}")
        headers = ET.fromstring(answer.text).findall(".//oai:header", oai)
        deleted = {
            header.findtext("oai:identifier", "", oai)
            for header in headers
            if header.get("status") == "deleted"
        }
        expected = {f"{base}doc/{k}" for k in emptied.gone if prefix == "rdf" or "text/" in k}
        assert deleted == expected


def test_what_is_left_of_an_emptied_corpus_is_counted(emptied: Emptied) -> None:
    edition, client = emptied.edition, emptied.client

    described = client.get("/.well-known/void", headers={"Accept": "application/n-triples"}).text
    listed = client.get("/resourcelist.xml").text

    documents = edition.counts["documents"]
    assert f'<http://rdfs.org/ns/void#documents> "{documents}"' in described
    assert listed.count("<url>") == documents
    assert client.get("/sitemap.xml").text.count("<url>") == documents + 1


def activities(client: FlaskClient) -> Iterator[tuple[str, str]]:
    page = json.loads(client.get("/activity").text)["first"]["id"]
    for item in json.loads(client.get(page).text)["orderedItems"]:
        yield item["object"]["id"], item["type"]


def stream(client: FlaskClient) -> Iterator[tuple[str, str]]:
    found = re.search(rb"tree#node> <([^>]+)>", client.get("/ldes").data)
    assert found is not None
    text = client.get(found[1].decode()).data
    store = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TRIG))
    for member in members_in(store):
        yield member.document, member.kind
