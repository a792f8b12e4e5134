"""What holds for every feed: validators, errors, paging, and one story."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from conftest import Published, write_seeds
from flask.testing import FlaskClient
from long_history import grown
from mirrors import members_in
from seed_folders import SETTINGS, seed

from app import create_app
from app.config import Config
from ld import history, records
from ld.edition import CURRENT, EDITIONS, Edition, open_current
from ld.harvest import FEEDS, activity_streams, ldes
from ld.publish import publish, withdraw
from ld.stored import Change

#: Texts of the synthetic edition: enough for several pages.
MANY = 550
ENTRY_POINTS = {
    "/activity": activity_streams.MEDIA_TYPE,
    "/ldes": "application/trig",
    "/atom": "application/atom+xml",
    "/.well-known/resourcesync": "application/xml",
    "/capabilitylist.xml": "application/xml",
    "/resourcelist.xml": "application/xml",
    "/changelist.xml": "application/xml",
    "/sitemap.xml": "application/xml",
}
PAGES = {
    "/activity/1/agent/ada-lovelace": activity_streams.MEDIA_TYPE,
    "/ldes/1/agent/ada-lovelace": "application/trig",
    "/atom/1/agent/ada-lovelace": "application/atom+xml",
    "/resourcelist.xml?from=text/letter": "application/xml",
    "/changelist.xml?from=00000001/agent/ada-lovelace": "application/xml",
    "/sitemap.xml?from=text/letter": "application/xml",
    "/owned/text/letter.nt": "application/n-triples",
    "/owned/text/letter.ttl.nt": "application/n-triples",
}
NOT_THERE = [
    *[f"/{feed.PATH}/{end}" for feed in FEEDS for end in (
        "1/text/nothing", "9/text/letter", "0/text/letter", "-1/text/letter", "one/text/letter",
        "99999999999999999999/text/letter", "1/", "1", "1/text/letter/", "1/text/%00", "page/2",
    )],
    *[f"/changelist.xml?from={at}" for at in (
        "", "x", "1", "00000001", "00000009/text/letter", "00000001/none", "-1/text/letter",
        "99999999999999999999/text/letter", "%D9%A1/text/letter", "00000001/text/%00",
    )],
    *[f"/{name}.xml?from={key}" for name in ("resourcelist", "sitemap") for key in (
        "", "text/nothing", "text/dropped", "%00", "zzz",
    )],
    "/owned/text/nothing.nt", "/owned/text/letter", "/owned/.nt", "/owned/text/letter.rdf",
]  # fmt: skip


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.fixture(scope="module")
def long(edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return grown(edition, tmp_path_factory.mktemp("long"), MANY)


@pytest.mark.parametrize(("path", "media_type"), [*ENTRY_POINTS.items(), *PAGES.items()])
def test_an_answer_names_its_type_its_edition_and_its_validators(
    client: FlaskClient, edition: Edition, path: str, media_type: str
) -> None:
    first = client.get(path, headers={"Host": "evil.example"})
    again = client.get(path)
    head = client.head(path)
    unchanged = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert first.headers["Content-Type"].removesuffix("; charset=utf-8") == media_type
    assert first.headers["Pressmark-Edition"] == edition.id
    assert "Last-Modified" in first.headers
    assert "Cache-Control" in first.headers
    assert b"evil" not in first.data
    assert again.data == first.data
    assert head.headers["ETag"] == first.headers["ETag"]
    assert unchanged.status_code == 304


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_is_beyond_the_end_or_nonsense_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("key", ["text/dropped", "text/gone"])
def test_the_statements_of_what_was_withdrawn_are_gone(client: FlaskClient, key: str) -> None:
    assert client.get(f"/owned/{key}.nt").status_code == 410


@pytest.mark.parametrize("path", [*ENTRY_POINTS, *PAGES])
def test_before_the_first_edition_nobody_is_told_that_there_is_nothing(
    tmp_path: Path, path: str
) -> None:
    answer = create_app(Config(tmp_path)).test_client().get(path)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("fault", ["cut short", "overwritten"])
def test_damaged_records_are_never_a_shorter_list(
    published: Published, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / EDITIONS / published.edition.path.name
    shutil.copytree(published.edition.path, folder)
    (tmp_path / CURRENT).symlink_to(Path(EDITIONS) / folder.name)
    content = (folder / records.FILE).read_bytes()
    middle = content[:4096] + b"\x5a" * (len(content) - 4096)
    (folder / records.FILE).write_bytes(content[:4096] if fault == "cut short" else middle)
    client = create_app(Config(tmp_path)).test_client()

    answers = [client.get(path) for path in ENTRY_POINTS if "list.xml" in path or path == "/ldes"]

    told = {a.status_code for a in answers if a.request.path != "/capabilitylist.xml"}
    assert told == {503}
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 503)


@pytest.mark.parametrize("path", [feed.PATH for feed in FEEDS])
def test_a_page_that_another_follows_is_immutable_and_the_last_is_not(
    long: Edition, path: str
) -> None:
    client = create_app(Config(long.path.parents[1])).test_client()
    first, last = history.first(long), history.last_page(long)
    assert first is not None
    assert last is not None

    closed = client.get(f"/{path}/{first.sequence}/{first.key}")
    open_ = client.get(f"/{path}/{last.first.sequence}/{last.first.key}")

    assert "immutable" in closed.headers["Cache-Control"]
    assert "max-age=" in closed.headers["Cache-Control"]
    assert "immutable" not in open_.headers["Cache-Control"]


def test_a_closed_page_stays_as_it_is_in_every_later_edition(published: Published) -> None:
    editions = sorted((published.data / EDITIONS).iterdir(), key=lambda path: path.name)
    assert len(editions) == 3

    written = []
    for path in editions:
        edition = Edition(path)
        pages = [page for page in pages_of(edition, 4) if page.is_closed]
        written.append(
            {p.first: (ldes.page(edition, p), activity_streams.page(edition, p)) for p in pages}
        )

    for earlier, later in pairwise(written):
        assert earlier.items() <= later.items()
    assert written[0]


def test_pages_hold_every_change_once_in_order_both_ways(edition: Edition) -> None:
    for size in range(1, 8):
        pages = list(pages_of(edition, size))
        changes = [change for page in pages for change in page.changes]
        assert [(c.sequence, c.key) for c in changes] == all_changes(edition)
        assert all(len(page.changes) == size for page in pages[:-1])
        assert history.last_page(edition, size) == pages[-1]
        for earlier, later in pairwise(pages):
            assert later.previous == earlier.first


def test_a_page_costs_the_same_at_any_depth(long: Edition) -> None:
    first, last = history.first(long), history.last_page(long)
    assert first is not None
    assert last is not None
    second = history.page(long, (first.sequence, first.key))
    assert second is not None

    costs = [steps(long, page) for page in (second.following, last.previous)]

    assert costs[1] < 1.1 * costs[0]


def test_every_feed_tells_the_same_story(client: FlaskClient, edition: Edition) -> None:
    told = {
        (edition.base + ("" if c.key == "dataset" else "doc/") + c.key, c.kind, c.datestamp)
        for sequence in range(1, edition.sequence + 1)
        for c in edition.changes(sequence)
    }

    assert set(told_by_activities(client)) == told
    assert set(told_by_members(client)) == told
    assert set(told_by_entries(client)) == told
    assert set(told_by_change_list(client, edition)) == told


def test_what_was_purged_is_in_no_feed(tmp_path: Path) -> None:
    seeds = {name: seed(SOURCE_ID=name, TITLE=f"Title {name}") for name in ("open", "secret")}
    write_seeds(tmp_path / "seeds", {f"{n}.txt": t for n, t in seeds.items()}, SETTINGS)
    data = tmp_path / "data"
    publish(tmp_path / "seeds", data, now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    withdraw(data, ["secret"], reason="A court said so.", purge=True)
    edition = open_current(data)
    first = history.first(edition)
    assert first is not None
    client = create_app(Config(data)).test_client()

    paths = [*ENTRY_POINTS]
    paths += [f"/{feed.PATH}/{first.sequence}/{first.key}" for feed in FEEDS]
    answers = [client.get(path) for path in paths]

    assert {answer.status_code for answer in answers} == {200}
    assert not [a.request.path for a in answers if b"Title secret" in a.data]
    assert ("https://texts.example.org/doc/text/secret", "deleted", edition.created) in set(
        told_by_members(client)
    )


def test_a_base_beyond_ascii_is_written_as_each_protocol_has_it(tmp_path: Path) -> None:
    settings = 'base = "http://corpus.example/Ωδή/"\ntitle = "Odes"\nlanguage = "el"\n'
    write_seeds(tmp_path / "seeds", {"ode.txt": seed(SOURCE_ID="ode")}, settings)
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    client = create_app(Config(tmp_path / "data")).test_client()

    answers = {path: client.get("/Ωδή" + path) for path in ENTRY_POINTS}
    gate = client.get("/Ωδή/timegate/text/ode")

    assert {answer.status_code for answer in answers.values()} == {200}
    listed = re.findall(r"<loc>([^<]+)</loc>", answers["/resourcelist.xml"].text)
    assert "http://corpus.example/%CE%A9%CE%B4%CE%AE/owned/text/ode.nt" in listed
    assert {client.get(address).status_code for address in listed} == {200}
    collection = answers["/activity"].get_json(force=True)
    assert client.get(collection["first"]["id"]).status_code == 200
    assert client.get(gate.headers["Location"]).status_code == 200
    assert "%CE%A9" in gate.headers["Link"]


def pages_of(edition: Edition, size: int) -> Iterator[history.Page]:
    change = history.first(edition)
    while change is not None:
        page = history.page(edition, (change.sequence, change.key), size)
        assert page is not None
        yield page
        change = page.following


def all_changes(edition: Edition) -> list[tuple[int, str]]:
    rows = edition.db.execute("SELECT sequence, key FROM change ORDER BY sequence, key")
    return [(row["sequence"], row["key"]) for row in rows]


def steps(edition: Edition, beginning: Change | None) -> int:
    """Count what SQLite does for one page."""
    assert beginning is not None
    counted: Counter[str] = Counter()
    edition.db.set_progress_handler(lambda: counted.update("x"), 1)
    page = history.page(edition, (beginning.sequence, beginning.key))
    edition.db.set_progress_handler(None, 1)
    assert page is not None
    return counted["x"]


KINDS = {"Create": "created", "Update": "updated", "Delete": "deleted"}


def told_by_activities(client: FlaskClient) -> Iterator[tuple[str, str, str]]:
    address = client.get("/activity").get_json(force=True)["first"]["id"]
    while address:
        page = client.get(address).get_json(force=True)
        for item in page["orderedItems"]:
            yield item["object"]["id"], KINDS[item["type"]], item["endTime"]
        address = page.get("next", {}).get("id")


def told_by_members(client: FlaskClient) -> Iterator[tuple[str, str, str]]:
    address = "/ldes"
    while address:
        text = client.get(address).data
        store = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TRIG))
        for member in members_in(store):
            yield member.document, KINDS[member.kind], member.instant
        following = re.search(rb"tree#node> <([^>]+)>", text)
        address = following[1].decode() if following else ""


ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def told_by_entries(client: FlaskClient) -> Iterator[tuple[str, str, str]]:
    address: str | None = "/atom"
    while address:
        feed = ET.fromstring(client.get(address).text)
        for entry in feed.iter(f"{ATOM}entry"):
            category = entry.find(f"{ATOM}category")
            assert category is not None
            yield (
                entry.findtext(f"{ATOM}id", ""),
                category.attrib["term"],
                entry.findtext(f"{ATOM}updated", ""),
            )
        for gone in feed.iter(TOMBSTONE):
            yield gone.attrib["ref"], "deleted", gone.attrib["when"]
        links = {link.get("rel"): link.get("href") for link in feed.iter(f"{ATOM}link")}
        address = links.get("prev-archive")


def told_by_change_list(client: FlaskClient, edition: Edition) -> Iterator[tuple[str, str, str]]:
    found = re.findall(
        r'<loc>[^<]*/owned/([^<]+)\.nt</loc>.*?change="(\w+)" datetime="([^"]+)"',
        client.get("/changelist.xml").text,
    )
    for key, kind, instant in found:
        yield edition.base + ("" if key == "dataset" else "doc/") + key, kind, instant
