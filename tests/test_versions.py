"""Versions: editions that are kept, histories, documents as they were, and what left no trace."""

import gzip
import html
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
import pytest
from conftest import BASE, Published
from flask.testing import FlaskClient
from mirrors import unpacked
from seed_folders import letters, seed, write

from app import create_app
from app.config import Config
from ld.edition import EDITIONS, Edition, open_current
from ld.publish import publish, rollback, withdraw

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DCAT, PROV = "http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/prov#"
DCTERMS, ACTIVITY = "http://purl.org/dc/terms/", "https://www.w3.org/ns/activitystreams#"
SYNTAXES = {
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}


def at(day: int) -> datetime:
    return datetime(2026, 7, day, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


def ids(edition: Edition) -> list[str]:
    return [row["id"] for row in edition.db.execute("SELECT id FROM edition ORDER BY sequence")]


def triples(data: bytes, suffix: str = "nt") -> set[tuple[str, str, str]]:
    found = set()
    for quad in pyoxigraph.parse(data, format=SYNTAXES[suffix]):
        obj = quad.object
        found.add((quad.subject.value, quad.predicate.value, obj.value))  # type: ignore[union-attr]
    return found


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


# Editions


def test_an_edition_says_what_it_is_in_every_format(client: FlaskClient, edition: Edition) -> None:
    first, second, third = ids(edition)
    node = {one: f"{BASE}edition/{one}/" for one in (first, second, third)}

    said = triples(client.get(f"/edition/{second}.nt").data)

    assert {
        (node[second], DCAT + "previousVersion", node[first]),
        (node[second], PROV + "wasRevisionOf", node[first]),
        (node[second], DCTERMS + "isReplacedBy", node[third]),
        (node[second], DCAT + "isVersionOf", BASE + "dataset"),
        (node[second], DCAT + "version", second),
        (node[second], DCTERMS + "issued", "2026-04-01T12:00:00Z"),
    } <= said
    for suffix in SYNTAXES:
        assert triples(client.get(f"/edition/{second}.{suffix}").data, suffix) == said
    current = triples(client.get(f"/edition/{third}.nt").data)
    assert (BASE + "dataset", DCAT + "hasCurrentVersion", node[third]) in current
    assert not any(p == DCTERMS + "isReplacedBy" for _, p, _ in current)


def test_an_edition_is_negotiated_and_linked(client: FlaskClient, edition: Edition) -> None:
    first, second, third = ids(edition)

    data = client.get(f"/edition/{second}/", headers={"Accept": "text/turtle"})
    without_slash = client.get(f"/edition/{second}")

    assert data.headers["Content-Location"] == f"/edition/{second}.ttl"
    assert "accept" in data.headers["Vary"].lower()
    links = {rel: target for target, rel in re.findall(r'<([^>]+)>; rel="([^"]+)"', links_of(data))}
    assert links["predecessor-version"] == f"{BASE}edition/{first}/"
    assert links["successor-version"] == links["latest-version"] == f"{BASE}edition/{third}/"
    assert (without_slash.status_code, without_slash.headers["Location"]) == (
        301,
        f"/edition/{second}/",
    )
    assert client.get(f"/edition/{second}/", headers={"Accept": "image/png"}).status_code == 406


def links_of(response: object) -> str:
    return str(response.headers["Link"])  # type: ignore[attr-defined]


def test_the_page_of_an_edition_leads_to_all_it_has(client: FlaskClient, edition: Edition) -> None:
    first, second, third = ids(edition)

    for one in (first, second, third):
        page = client.get(f"/edition/{one}/", headers=PAGE)
        addresses = set(re.findall(r'href="(/[^"#]+)"', page.text))

        assert page.status_code == 200
        assert one in plain(page.text)
        assert {f"/changes/{one}", f"/edition/{one}/report.ttl", "/dump"} <= addresses
        assert f"/edition/{one}/dump/corpus.ttl.zst" in addresses
        assert {client.get(path, headers=PAGE).status_code for path in addresses} == {200}
    assert "This is not the current edition." in plain(
        client.get(f"/edition/{first}/", headers=PAGE).text
    )


def test_the_report_of_an_older_edition_is_its_own(
    client: FlaskClient, published: Published
) -> None:
    for path in (published.data / EDITIONS).iterdir():
        answer = client.get(f"/edition/{path.name}/report.ttl")

        assert answer.data == (path / "report.ttl").read_bytes()
        assert answer.mimetype == "text/turtle"


# Histories


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Give a client of a corpus below a path, whose letter a changed, went and came back."""
    folder = tmp_path_factory.mktemp("changing")
    settings = 'base = "https://texts.example/corpora/k/"\nlanguage = "en"\n'
    seeds, data = folder / "seeds", folder / "data"
    write(seeds, {**letters("b"), "a.txt": seed(SOURCE_ID="a", TITLE="Old <b>")}, settings)
    first = publish(seeds, data, now=lambda: at(1)).edition_id
    write(seeds, {"a.txt": seed(SOURCE_ID="a", TITLE="New", YEAR="1844")})
    publish(seeds, data, now=lambda: at(2))
    withdraw(data, ["a"], reason="On request & <for> now.", now=lambda: at(3))
    assert first is not None
    rollback(data, first, now=lambda: at(4))
    with create_app(Config(data)).test_client() as client:
        yield client


def test_a_history_shows_what_each_version_changed(changing: FlaskClient) -> None:
    page = changing.get("/corpora/k/history/text/a", headers=PAGE)
    said = plain(page.text)
    leads = [
        path
        for path in re.findall(r'href="(/[^"#]+)"', page.text)
        if "@" in path or "timemap" in path or "/changes/" in path
    ]

    assert "Title Old <b> → New" in said
    assert "1843 → 1844" in said
    assert "No longer published: On request & <for> now." in said
    assert len([path for path in leads if "@" in path]) == 3
    assert {changing.get(path, headers=PAGE).status_code for path in leads} == {200}
    assert 'rel="timemap"' in page.headers["Link"]
    assert "https://texts.example/corpora/k/timegate/text/a" in page.headers["Link"]


@pytest.mark.parametrize("key", ["dataset", "text/gone", "agent/ada-lovelace", "text/letter.ttl"])
def test_every_document_that_was_has_a_history(client: FlaskClient, key: str) -> None:
    assert client.get(f"/history/{key}", headers=PAGE).status_code == 200
    assert client.get(f"/history/{key}", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("key", ["", "text/nobody", "text/%00", "text/letter/", "x" * 9000])
def test_what_never_was_has_no_history(client: FlaskClient, key: str) -> None:
    assert client.get(f"/history/{key}", headers=PAGE).status_code == 404


# Documents as they were


def test_a_memento_is_a_page_that_says_when(changing: FlaskClient) -> None:
    first = changing.get("/corpora/k/doc/text/a@20260701093000", headers=PAGE)
    last = changing.get("/corpora/k/doc/text/a@20260704093000.html")

    said = plain(first.text)
    assert first.mimetype == "text/html"
    assert first.headers["Memento-Datetime"] == "Wed, 01 Jul 2026 09:30:00 GMT"
    assert first.headers["Content-Location"] == "/corpora/k/doc/text/a@20260701093000.html"
    assert "This is how the record was on 1 July 2026" in said
    assert "It stood until 2 July 2026" in said
    assert "Old <b>" in said
    assert 'href="/corpora/k/doc/text/a"' in first.text
    assert 'rel="next"' in first.text
    assert "It has not changed since." in plain(last.text)
    addresses = set(re.findall(r'href="(/corpora/k/[^"#]+)"', first.text + last.text))
    gone = {path for path in addresses if changing.get(path, headers=PAGE).status_code != 200}
    assert gone == {"/corpora/k/doc/text/a@20260703093000"}


def test_a_memento_of_what_is_gone_does_not_lead_to_it(client: FlaskClient) -> None:
    page = client.get("/doc/text/gone@20260301120000", headers=PAGE)

    assert "It is no longer published." in plain(page.text)
    assert "See it as it is now" not in page.text


# Tombstones


@pytest.mark.parametrize("path", ["/doc/text/gone", "/doc/text/gone@20260501120000", "/text/gone"])
def test_a_tombstone_says_why_in_every_format(client: FlaskClient, path: str) -> None:
    reason = "At the request of the rights holder."
    media_types = {
        "nt": "application/n-triples",
        "ttl": "text/turtle",
        "rdf": "application/rdf+xml",
        "jsonld": "application/ld+json",
    }

    for suffix, media_type in media_types.items():
        answers = [client.get(path, headers={"Accept": media_type})]
        if path.startswith("/doc"):
            answers.append(client.get(f"{path}.{suffix}"))
        for answer in answers:
            assert (answer.status_code, answer.mimetype) == (410, media_type)
            said = triples(answer.data, suffix)
            assert (f"{BASE}doc/text/gone", DCTERMS + "description", reason) in said
            assert (f"{BASE}doc/text/gone", ACTIVITY + "deleted", "2026-05-01T12:00:00Z") in said
    assert reason in client.get(path, headers=PAGE).text
    assert client.get(path).get_json(force=True)["reason"] == reason


def test_a_tombstone_of_an_identifier_like_a_file_is_negotiated(tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(write(tmp_path / "seeds", letters(["a.ttl", "b"])), data, now=lambda: at(1))
    withdraw(data, ["a.ttl"], reason="Asked for.", now=lambda: at(2))
    client = create_app(Config(data)).test_client()

    assert client.get("/doc/text/a.ttl").mimetype == "application/problem+json"
    assert client.get("/doc/text/a.ttl.nt").mimetype == "application/n-triples"


# Moved identifiers


def test_the_new_document_says_what_it_replaces(client: FlaskClient, edition: Edition) -> None:
    replaced = DCTERMS + "isReplacedBy"
    moved = client.get("/text/old-letter", headers={"Accept": "text/turtle"})
    here = client.get("/doc/text/old-letter.nt", follow_redirects=True)
    part = client.get("/doc/text/treatise/treatise_3.nt")

    assert (moved.status_code, moved.headers["Location"]) == (301, "/text/letter")
    assert (BASE + "text/old-letter", replaced, BASE + "text/letter") in triples(here.data)
    assert (
        BASE + "text/old-treatise/treatise_3",
        replaced,
        BASE + "text/treatise/treatise_3",
    ) in triples(part.data)
    assert not any("isReplacedBy" in p for _, p, _ in edition.document("text/letter").owned)


def test_what_was_published_before_it_moved_leads_on(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    settings = 'base = "https://texts.example/"\nlanguage = "en"\n'
    publish(write(seeds, letters(["old"]), settings), data, now=lambda: at(1))
    (seeds / "old.txt").unlink()
    write(seeds, letters(["new"]), f'{settings}[moved]\nold = "new"\n')
    publish(seeds, data, now=lambda: at(2))
    client = create_app(Config(data)).test_client()

    answer = client.get("/doc/text/old")
    said = triples(client.get("/doc/text/new.nt").data)
    then = client.get("/doc/text/old@20260702093000.nt")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/doc/text/new")
    moved = (
        "https://texts.example/text/old",
        DCTERMS + "isReplacedBy",
        "https://texts.example/text/new",
    )
    assert moved in said
    assert (then.status_code, moved in triples(then.data)) == (410, True)


# What was purged


SECRET = "Confidential 8c1f"


def test_what_was_purged_is_nowhere(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    documents = letters(["kept"])
    for number in (1, 2):
        documents[f"s_{number}.txt"] = seed(
            f"## {SECRET} {number}\n\n{SECRET}.\n",
            SOURCE_ID="s",
            TITLE=SECRET,
            LANGUAGE="xx-" + "q" * 9,
        )
    publish(write(seeds, documents), data, now=lambda: at(1))
    write(seeds, {"s_1.txt": seed(SOURCE_ID="s", TITLE=f"{SECRET} again")})
    second = publish(seeds, data, now=lambda: at(2)).edition_id
    client = create_app(Config(data)).test_client()
    older = [f"/edition/{one}/dump/corpus.nt.gz" for one in ids(open_current(data))]
    before = addresses(open_current(data))
    assert all(SECRET in gzip.decompress(client.get(path).data).decode() for path in older)
    assert any(SECRET in content(client, path) for path in before)

    withdraw(data, ["s"], reason="Asked for.", purge=True, now=lambda: at(3))

    after = open_current(data)
    paths = {
        *before,
        *older,
        *addresses(after),
        f"/edition/{second}/",
        f"/edition/{after.id}/",
        "/dump",
    }
    said = {path for path in paths if SECRET in content(client, path)}
    assert said == set()
    assert {client.get(path).status_code for path in older} == {410}
    assert [path.name for path in (data / EDITIONS).iterdir()] == [after.id]
    assert not any(SECRET.encode() in path.read_bytes() for path in files_below(data))
    assert client.get("/doc/text/s@20260701093000").get_json(force=True)["reason"] == "Asked for."


def addresses(edition: Edition) -> set[str]:
    """Give addresses of every door that could tell of a document."""
    first = edition.db.execute("SELECT sequence, key FROM change ORDER BY 1, 2 LIMIT 1").fetchone()
    page = f"{first['sequence']}/{first['key']}"
    found = {
        "/", "/dataset", "/texts", f"/texts?q={SECRET.split()[0]}", "/texts.csv", "/texts.jsonl",
        "/agents", "/quality", "/quality.csv", "/quality/held.csv", "/quality/report.ttl",
        "/changes", "/dump", "/dump.nt", "/activity", "/ldes", "/atom", f"/activity/{page}",
        f"/ldes/{page}", f"/atom/{page}", "/resourcelist.xml", "/changelist.xml", "/sitemap.xml",
        "/oai?verb=ListRecords&metadataPrefix=rdf", "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/oai?verb=ListRecords&metadataPrefix=edm",
    }  # fmt: skip
    for one in ids(edition):
        found |= {f"/changes/{one}", f"/edition/{one}/report.ttl"}
        found |= {
            f"/edition/{one}/dump/{what}.{coding}"
            for what in ("corpus.nt", "corpus.ttl", "corpus.rdf", "corpus.jsonld",
                         "difference.added.nt", "difference.removed.nt")
            for coding in ("gz", "zst")
        }  # fmt: skip
    for key in ("text/s", "text/s/s_1", "text/s/s_2"):
        found |= {
            f"/{key}",
            f"/doc/{key}",
            f"/owned/{key}.nt",
            f"/timemap/{key}",
            f"/history/{key}",
        }
        for suffix in ("nt", "html"):
            found |= {f"/doc/{key}.{suffix}"}
            found |= {f"/doc/{key}@202607{day:02}093000.{suffix}" for day in (1, 2, 3)}
    return found


def content(client: FlaskClient, path: str) -> str:
    data = client.get(path, headers={"Accept": "*/*", "Accept-Encoding": "identity"}).data
    if path.endswith(".gz") and data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    elif path.endswith(".zst") and data[:4] == b"\x28\xb5\x2f\xfd":
        data = unpacked(data)
    return html.unescape(data.decode())


def files_below(data: Path) -> Iterator[Path]:
    return (path for path in data.rglob("*") if path.is_file())


def test_the_records_of_a_purged_text_hold_nothing_of_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(write(tmp_path / "seeds", letters("ab")), data, now=lambda: at(1))
    withdraw(data, ["a"], reason="Asked for.", purge=True, now=lambda: at(2))

    db: sqlite3.Connection = open_current(data).db
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    assert db.execute("SELECT count(*) FROM version WHERE key = 'text/a'").fetchone()[0] == 0
    for table in tables:
        rows = [tuple(row) for row in db.execute(f"SELECT * FROM {table}")]
        assert "Letter a" not in str(rows), table
