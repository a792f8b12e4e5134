"""What each protocol asks of its documents beyond what all feeds have in common."""

import hashlib
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from conftest import HOSTILE, Published
from flask.testing import FlaskClient
from long_history import grown
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from ld.edition import Edition
from ld.harvest import resource_sync, sitemap

MANY = 26_000
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS = "{http://www.openarchives.org/rs/terms/}"
LDES, TREE, AS, DCTERMS = (
    "https://w3id.org/ldes#", "https://w3id.org/tree#", "https://www.w3.org/ns/activitystreams#",
    "http://purl.org/dc/terms/",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.fixture(scope="module")
def long(edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(edition, tmp_path_factory.mktemp("long"), MANY).path.parents[1]


@pytest.fixture(scope="module")
def long_client(long: Path) -> FlaskClient:
    return create_app(Config(long)).test_client()


# ActivityStreams


def test_the_collection_leads_to_its_first_and_last_page(
    client: FlaskClient, edition: Edition
) -> None:
    collection = client.get("/activity").get_json(force=True)

    assert next(iter(collection)) == "@context"
    assert collection["type"] == "OrderedCollection"
    assert collection["id"] == edition.service_url + "activity"
    (changes,) = edition.db.execute("SELECT count(*) FROM change").fetchone()
    assert collection["totalItems"] == changes
    for name in ("first", "last"):
        page = client.get(collection[name]["id"]).get_json(force=True)
        assert page["id"] == collection[name]["id"]
        assert page["type"] == collection[name]["type"] == "OrderedCollectionPage"
        assert page["partOf"]["id"] == collection["id"]
    assert "prev" not in client.get(collection["first"]["id"]).get_json(force=True)
    assert "next" not in client.get(collection["last"]["id"]).get_json(force=True)


def test_an_activity_names_the_document_its_time_and_its_data(
    client: FlaskClient, edition: Edition
) -> None:
    page = client.get("/activity/1/agent/ada-lovelace").get_json(force=True)
    items = {(i["type"], i["object"]["id"]): i for i in page["orderedItems"]}

    created = items["Create", f"{edition.base}doc/text/letter"]
    assert created["object"]["canonical"] == f"{edition.base}text/letter"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created["endTime"])
    (data,) = created["object"]["seeAlso"]
    assert client.get(data["id"]).mimetype == data["format"]
    gone = items["Delete", f"{edition.base}doc/text/gone"]
    assert gone["summary"] == "At the request of the rights holder."
    assert "seeAlso" not in gone["object"]
    instants = [item["endTime"] for item in page["orderedItems"]]
    assert instants == sorted(instants)


# LDES


def test_the_root_node_says_how_to_read_the_stream(client: FlaskClient, edition: Edition) -> None:
    store = trig(client.get("/ldes"))

    stream = one(store, None, "tree:view").subject
    assert one(store, None, "tree:view").object.value == edition.service_url + "ldes"
    assert one(store, stream, "ldes:timestampPath").object.value == DCTERMS + "created"
    assert one(store, stream, "ldes:versionOfPath").object.value == DCTERMS + "isVersionOf"
    assert one(store, stream, "ldes:versionDeleteObject").object.value == AS + "Delete"
    assert client.get(one(store, None, "tree:node").object.value).status_code == 200


def test_a_relation_says_since_when_the_next_page_is(long_client: FlaskClient) -> None:
    page = trig(long_client.get("/ldes/1/agent/ada-lovelace"))
    following = trig(long_client.get(one(page, None, "tree:node").object.value))

    value = one(page, None, "tree:value").object
    instants = [q.object.value for q in quads(following, None, "dcterms:created")]

    assert value.datatype.value.endswith("#dateTime")
    assert min(instants) >= value.value
    assert one(page, None, "ldes:immutable").object.value == "true"


def test_a_member_has_a_graph_of_its_own_and_a_deletion_has_none(
    client: FlaskClient, edition: Edition
) -> None:
    store = trig(client.get("/ldes/1/agent/ada-lovelace"))
    versions = {
        q.object.value: q.subject for q in quads(store, None, "dcterms:isVersionOf")
        if q.subject.value.endswith("@20260501120000")
    }  # fmt: skip
    gone = versions[f"{edition.base}doc/text/gone"]
    held = {quad.graph_name for quad in store}

    members = [q.object for q in quads(store, None, "tree:member")]

    assert set(members) - held == {
        q.subject for q in quads(store, None, "rdf:type") if q.object.value == AS + "Delete"
    }
    assert gone not in held
    assert one(store, gone, "dcterms:description").object.value.startswith("At the request")


# Atom


def test_the_feed_has_what_readers_ask_for(client: FlaskClient, edition: Edition) -> None:
    feed = xml(client.get("/atom"))

    assert feed.findtext(f"{ATOM}id") == edition.base + "atom"
    assert feed.findtext(f"{ATOM}title") == "Letters and leaflets"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Example Archive"
    assert feed.findtext(f"{ATOM}updated") == edition.created
    for entry in feed.iter(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert entry.findtext(ATOM + name)
        links = {link.attrib["rel"]: link.attrib["href"] for link in entry.iter(f"{ATOM}link")}
        key = links["describedby"].removesuffix(".nt").partition("/owned/")[2]
        assert client.get(links["alternate"]).status_code == (200 if key in edition else 410)
    assert HOSTILE in [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    (gone,) = [
        e for e in feed.iter(f"{TOMBSTONES}deleted-entry") if e.attrib["ref"].endswith("/gone")
    ]
    assert gone.attrib["when"] == edition.created
    assert gone.findtext(f"{TOMBSTONES}comment") == "At the request of the rights holder."


def test_the_archive_is_whole_and_its_pages_know_each_other(long_client: FlaskClient) -> None:
    feed = xml(long_client.get("/atom"))
    latest = xml(long_client.get(link(feed, "prev-archive")))
    earlier = xml(long_client.get(link(latest, "prev-archive")))

    assert feed.find(f"{HISTORY}archive") is None
    assert latest.find(f"{HISTORY}archive") is not None
    assert link(earlier, "next-archive") == link(feed, "prev-archive")
    assert link(latest, "current") == link(feed, "self")
    # Nothing falls between the latest changes and the archive.
    assert ids(feed) & ids(latest)


def test_what_xml_cannot_write_is_replaced(long_client: FlaskClient) -> None:
    feed = xml(long_client.get("/atom"))

    comment = feed.findtext(f"{TOMBSTONES}deleted-entry/{TOMBSTONES}comment")

    assert comment == "Form feed \ufffd, NUL \ufffd, ]]> & <b>"


# ResourceSync


def test_every_digest_is_that_of_the_bytes_served(client: FlaskClient, edition: Edition) -> None:
    listed = {entry[0]: entry for entry in entries(client.get("/resourcelist.xml"))}
    changed = {entry[0]: entry for entry in entries(client.get("/changelist.xml"))}

    assert len(listed) == edition.counts["documents"]
    for address, (_, modified, md) in listed.items():
        answer = client.get(address)
        assert md["hash"] == "sha-256:" + hashlib.sha256(answer.data).hexdigest()
        assert int(md["length"]) == len(answer.data)
        assert md["type"] == answer.mimetype
        assert changed[address][2]["hash"] == md["hash"]
        assert changed[address][2]["datetime"] == modified
    for address in changed.keys() - listed.keys():
        assert changed[address][2]["change"] == "deleted"
        assert "hash" not in changed[address][2]
        assert client.get(address).status_code == 410


def test_one_comes_from_the_well_known_address_to_both_lists(
    client: FlaskClient, edition: Edition
) -> None:
    source = xml(client.get("/.well-known/resourcesync"))
    (capabilities,) = entries(client.get("/.well-known/resourcesync"))
    lists = entries(client.get(capabilities[0]))

    assert md_of(source)["capability"] == "description"
    assert capabilities[2]["capability"] == "capabilitylist"
    assert [entry[2]["capability"] for entry in lists] == ["resourcelist", "changelist"]
    for address, _, md in lists:
        root = xml(client.get(address))
        assert md_of(root)["capability"] == md["capability"]
        assert up_of(root) == edition.service_url + "capabilitylist.xml"
    assert md_of(xml(client.get("/resourcelist.xml")))["at"] == edition.created
    assert md_of(xml(client.get("/changelist.xml")))["from"] == "2026-03-01T12:00:00Z"


def test_long_lists_are_split_under_an_index(long_client: FlaskClient) -> None:
    for path, total in (("resourcelist.xml", MANY), ("changelist.xml", MANY + 1)):
        index = xml(long_client.get(f"/{path}"))
        addresses = [loc.text or "" for loc in index.iter(f"{SITEMAP}loc")]

        assert index.tag == f"{SITEMAP}sitemapindex"
        assert md_of(index)["capability"] + ".xml" == path
        assert len(addresses) == -(-total // resource_sync.SIZE)
        # Clients read them in the order of their addresses.
        assert addresses == sorted(addresses)
        first, last = (entries(long_client.get(a)) for a in (addresses[0], addresses[-1]))
        assert len(first) == resource_sync.SIZE
        assert 0 < len(last) <= resource_sync.SIZE
        assert not {entry[0] for entry in first} & {entry[0] for entry in last}


# Sitemaps


def test_the_sitemap_has_every_page(client: FlaskClient, edition: Edition) -> None:
    listed = [entry[0] for entry in entries(client.get("/sitemap.xml"))]

    assert len(listed) == len(set(listed)) == edition.counts["documents"] + 1
    assert listed[0] == edition.service_url
    for address in listed:
        assert client.get(address, headers={"Accept": "text/html"}).mimetype == "text/html"


def test_a_long_sitemap_is_split(long_client: FlaskClient) -> None:
    index = xml(long_client.get("/sitemap.xml"))
    lists = [
        [entry[0] for entry in entries(long_client.get(loc.text or ""))]
        for loc in index.iter(f"{SITEMAP}loc")
    ]

    assert index.tag == f"{SITEMAP}sitemapindex"
    assert all(len(pages) <= sitemap.SIZE + 1 <= 50_000 for pages in lists)
    together = [page for pages in lists for page in pages]
    assert len(together) == len(set(together)) >= MANY


def trig(answer: TestResponse) -> pyoxigraph.Dataset:
    return pyoxigraph.Dataset(pyoxigraph.parse(answer.data, format=pyoxigraph.RdfFormat.TRIG))


def quads(store: pyoxigraph.Dataset, subject: object, name: str) -> list[Any]:
    prefix, _, local = name.partition(":")
    namespaces = {
        "ldes": LDES, "tree": TREE, "dcterms": DCTERMS,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }  # fmt: skip
    found = store.quads_for_graph_name(pyoxigraph.DefaultGraph())
    return [
        quad for quad in found
        if quad.predicate.value == namespaces[prefix] + local
        and (subject is None or quad.subject == subject)
    ]  # fmt: skip


def one(store: pyoxigraph.Dataset, subject: object, name: str) -> Any:
    (quad,) = quads(store, subject, name)
    return quad


def xml(answer: TestResponse) -> ET.Element:
    assert answer.status_code == 200
    return ET.fromstring(answer.data)


def link(feed: ET.Element, rel: str) -> str:
    (found,) = [e.attrib["href"] for e in feed.findall(f"{ATOM}link") if e.attrib["rel"] == rel]
    return found


def ids(feed: ET.Element) -> set[str]:
    return {entry.findtext(f"{ATOM}id", "") for entry in feed.iter(f"{ATOM}entry")}


def entries(answer: TestResponse) -> list[tuple[str, str, dict[str, str]]]:
    """Give the address, the last modification and the metadata of each entry of a list."""
    return [
        (url.findtext(f"{SITEMAP}loc", ""), url.findtext(f"{SITEMAP}lastmod", ""), md_of(url))
        for url in xml(answer).iter(f"{SITEMAP}url")
    ]


def md_of(element: ET.Element) -> dict[str, str]:
    found = element.find(f"{RS}md")
    return {} if found is None else found.attrib


def up_of(root: ET.Element) -> str:
    (found,) = [ln.attrib["href"] for ln in root.findall(f"{RS}ln") if ln.attrib["rel"] == "up"]
    return found
