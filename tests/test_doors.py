"""Every door tells the same story: what two of them state, they state alike.

What a door states is read from its answer alone and compared with the manifest of the edition.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import extruct
import pyoxigraph
import pytest
from conftest import BASE, Published, seed, write_seeds
from flask.testing import FlaskClient
from pyld import jsonld

from app import create_app
from app.config import Config
from ld.describe import dataset_statements, schema_org_statements
from ld.edition import Edition
from ld.publish import publish
from ld.terms import n_triples

CORPORA = ("published_seeds", "published_kropotkin", "edition")
BROWSER = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RESOURCE_SYNC = "{http://www.openarchives.org/rs/terms/}"
OAI = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"

#: What a door states: by name of the claim, its value.
Claims = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """A corpus, served, and a client that asks for paths below its address."""

    edition: Edition
    client: FlaskClient

    def text(self, path: str, **headers: str) -> str:
        answer = self.client.get(self.edition.service_url + path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def xml(self, path: str) -> ET.Element:
        return ET.fromstring(self.text(path))

    def graph(self, path: str) -> "Graph":
        return Graph(self.text(path, Accept="application/n-triples"), "application/n-triples")


class Graph:
    """Statements as read from an answer."""

    def __init__(self, data: str, media_type: str) -> None:
        syntax = pyoxigraph.RdfFormat.from_media_type(media_type)
        quads = pyoxigraph.parse(data.encode(), format=syntax)
        self.triples = {(q.subject, q.predicate.value, q.object) for q in quads}

    def all(self, subject: str, *path: str) -> set[str]:
        """Give the values at the end of a path of properties."""
        found = {subject}
        for predicate in path:
            found = {
                o.value for s, p, o in self.triples
                if p == predicate and s.value in found and not isinstance(o, pyoxigraph.Triple)
            }  # fmt: skip
        return found

    def one(self, subject: str, *path: str) -> str:
        (value,) = self.all(subject, *path)
        return value


@pytest.fixture(params=CORPORA)
def service(request: pytest.FixtureRequest) -> Service:
    edition: Edition = request.getfixturevalue(request.param)
    return Service(edition, create_app(Config(edition.path.parents[1])).test_client())


def the_manifest(edition: Edition) -> Claims:
    """Give every claim as the edition has it."""
    manifest, counts = edition.manifest, edition.counts
    files = {
        name.removeprefix("dumps/"): facts
        for name, facts in manifest["files"].items()
        if name.startswith("dumps/corpus.")
    }
    (first,) = edition.db.execute("SELECT min(created) FROM edition").fetchone()
    (changes,) = edition.db.execute("SELECT count(*) FROM change").fetchone()
    address = edition.service_url + "dump/"
    return {
        "title": manifest["title"] or edition.base,
        "description": manifest["description"],
        "licence": manifest["licence"],
        "publisher": (manifest["publisher"] or {}).get("name"),
        "edition": edition.id,
        "issued": first[:10],
        "first": first,
        "modified": edition.created[:10],
        "instant": edition.created,
        "statements": counts["statements"],
        "documents": counts["documents"],
        "texts": counts["texts"],
        "parts": counts["parts"],
        "agents": counts["agents"],
        "changes": changes,
        "sizes": {address + name: facts["size"] for name, facts in files.items()},
        "checksums": {address + name: facts["sha256"] for name, facts in files.items()},
        "addresses": {address + name for name in files},
        # Pages offer people the one kind that every machine can open.
        "gzip": {address + name for name in files if name.endswith(".gz")},
        "gzip checksums": {f["sha256"] for name, f in files.items() if name.endswith(".gz")},
    }


def void(service: Service) -> Claims:
    graph, dataset = service.graph(".well-known/void"), service.edition.base + "dataset"
    return {
        **_dublin_core(graph, dataset),
        "edition": graph.one(dataset, DCAT + "version"),
        "statements": int(graph.one(dataset, VOID + "triples")),
        "documents": int(graph.one(dataset, VOID + "documents")),
        "addresses": graph.all(dataset, VOID + "dataDump"),
    }


def dcat(service: Service) -> Claims:
    graph, base = service.graph("catalog"), service.edition.base
    catalog, dataset = base + "catalog", base + "dataset"
    assert graph.all(catalog, DCAT + "dataset") == {dataset}
    said = _dublin_core(graph, dataset)
    assert said == _dublin_core(graph, catalog)
    dumps = {
        graph.one(each, DCAT + "downloadURL"): each
        for each in graph.all(dataset, DCAT + "distribution")
        if graph.all(each, DCAT + "downloadURL")
    }
    sum_ = (SPDX + "checksum", SPDX + "checksumValue")
    assert {graph.one(each, DCTERMS + "license") for each in dumps.values()} == {said["licence"]}
    return {
        **said,
        "edition": graph.one(dataset, DCAT + "version"),
        "sizes": {a: int(graph.one(each, DCAT + "byteSize")) for a, each in dumps.items()},
        "checksums": {address: graph.one(each, *sum_) for address, each in dumps.items()},
    }


def schema_org(service: Service) -> Claims:
    """Read what search engines read in the home page."""
    (written,) = json_ld(service, "")
    graph = Graph(in_n_quads(written), "application/n-quads")
    dataset = service.edition.base + "dataset"
    dumps = {
        graph.one(each, SCHEMA + "contentUrl"): each
        for each in graph.all(dataset, SCHEMA + "distribution")
        if graph.all(each, SCHEMA + "sha256")
    }
    return {
        "title": graph.one(dataset, SCHEMA + "name"),
        "description": next(iter(graph.all(dataset, SCHEMA + "description")), None),
        "licence": graph.one(dataset, SCHEMA + "license"),
        "publisher": next(iter(graph.all(dataset, SCHEMA + "publisher", SCHEMA + "name")), None),
        "edition": graph.one(dataset, SCHEMA + "version"),
        "issued": graph.one(dataset, SCHEMA + "datePublished"),
        "modified": graph.one(dataset, SCHEMA + "dateModified"),
        "sizes": {a: int(graph.one(each, SCHEMA + "contentSize")) for a, each in dumps.items()},
        "checksums": {a: graph.one(each, SCHEMA + "sha256") for a, each in dumps.items()},
    }


def home(service: Service) -> Claims:
    """Read what people read in the home page."""
    page = service.text("", **BROWSER)
    figures = {
        unescape(label).rstrip("s"): int(re.sub(r"\D", "", unescape(number)))
        for label, number in re.findall(r"<dt>([^<]+)</dt><dd>([\d.,\s]+)</dd>", page)
    }
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    edition = re.search(r'Edition <b class="code">([^<]+)</b>', page)
    assert heading is not None
    assert edition is not None
    links = re.findall(r'href="([^"]+)"[^>]* download>', page)
    address = service.edition.service_url
    return {
        "title": unescape(re.sub("<[^>]+>", "", heading[1])).strip(),
        "edition": edition[1],
        "statements": figures["Statement"],
        "texts": figures["Text"],
        "parts": figures.get("Part", 0),
        "agents": figures["Agent"],
        "gzip": {urljoin(address, link) for link in links if "corpus." in link},
    }


def dataset_page(service: Service) -> Claims:
    page = service.text("dataset", **BROWSER)
    (written,) = json_ld(service, "dataset")
    graph = Graph(in_n_quads(written), "application/n-quads")
    said = _dublin_core(graph, service.edition.base + "dataset")
    checksums = re.findall(r"\b[0-9a-f]{64}\b", page.partition("<main")[2])
    return said | {"gzip checksums": set(checksums)}


def oai(service: Service) -> Claims:
    identify = service.xml("oai?verb=Identify")
    sets = service.xml("oai?verb=ListSets")
    counted = {
        of.findtext("oai:setSpec", "", OAI): of.findtext(".//dc:description", "", OAI)
        for of in sets.iterfind(".//oai:set", OAI)
    }

    def said(name: str) -> str | None:
        return identify.findtext(f".//dc:{name}", None, OAI)

    assert identify.findtext(".//oai:repositoryName", "", OAI) == (
        said("title") or service.edition.base
    )
    return {
        "title": identify.findtext(".//oai:repositoryName", "", OAI),
        "description": said("description"),
        "licence": said("rights"),
        "publisher": said("publisher"),
        "instant": said("date"),
        "first": identify.findtext(".//oai:earliestDatestamp", "", OAI),
        **{name: int(counted[name].split()[0]) for name in ("texts", "parts", "agents")},
    }


def resource_sync(service: Service) -> Claims:
    resources, changes = service.xml("resourcelist.xml"), service.xml("changelist.xml")
    md = resources.find(f"{RESOURCE_SYNC}md")
    start = service.edition.service_url
    found = [loc.text or "" for loc in resources.iterfind(f"{SITEMAP}url/{SITEMAP}loc")]
    addresses = [address.removeprefix(start) for address in found]
    assert md is not None
    return {
        "instant": md.attrib["at"],
        "documents": len(addresses),
        "changes": len(changes.findall(f"{SITEMAP}url")),
        "statements": sum(service.text(address).count("\n") for address in addresses),
    }


def sitemap(service: Service) -> Claims:
    pages = service.xml("sitemap.xml").findall(f"{SITEMAP}url")
    modified = {p.findtext(f"{SITEMAP}loc"): p.findtext(f"{SITEMAP}lastmod") for p in pages}
    home = service.edition.service_url
    assert modified[home] == modified[home + "dataset"]
    return {"instant": modified[home], "documents": len(pages) - 1}


def atom(service: Service) -> Claims:
    feed = service.xml("atom")
    latest = service.edition.history_of("dataset")
    assert latest
    return {
        "title": feed.findtext(f"{ATOM}title"),
        "licence": feed.findtext(f"{ATOM}rights"),
        "instant": feed.findtext(f"{ATOM}updated"),
    }


def activity_streams(service: Service) -> Claims:
    collection = json.loads(service.text("activity"))
    return {"licence": collection["rights"], "changes": collection["totalItems"]}


def ldes(service: Service) -> Claims:
    graph = Graph(service.text("ldes"), "application/trig")
    return {"licence": graph.one(service.edition.base + "ldes#stream", DCTERMS + "license")}


def linkset(service: Service) -> Claims:
    contexts = json.loads(service.text("linkset/dataset.json"))["linkset"]
    page = next(c for c in contexts if c["anchor"] == service.edition.service_url + "dataset")
    (licence,) = page["license"]
    return {"licence": licence["href"], "addresses": {item["href"] for item in page["item"]}}


def robots(service: Service) -> Claims:
    lines = service.text("robots.txt").splitlines()
    edition = re.fullmatch(r"# Edition (\S+) of (\S+), (\d+) statements, (\S+)", lines[1])
    assert edition is not None
    found = re.findall(r"# (\S+) \((\d+) bytes, SHA-256 ([0-9a-f]+)\)", "\n".join(lines))
    return {
        "title": lines[0].removeprefix("# "),
        "edition": edition[1],
        "instant": edition[2],
        "statements": int(edition[3]),
        "licence": edition[4],
        "sizes": {address: int(size) for address, size, _ in found},
        "checksums": {address: digest for address, _, digest in found},
    }


def dumps(service: Service) -> Claims:
    """Read the dumps themselves."""
    sizes, checksums, statements = {}, {}, 0
    for address in the_manifest(service.edition)["addresses"]:
        content = service.client.get(address).data
        sizes[address] = len(content)
        checksums[address] = hashlib.sha256(content).hexdigest()
        if address.endswith("corpus.nt.gz"):
            statements = len(gzip.decompress(content).splitlines())
    return {"sizes": sizes, "checksums": checksums, "statements": statements}


#: The doors, with what each must state at least.
DOORS: dict[Callable[[Service], Claims], set[str]] = {
    void: {"title", "licence", "issued", "modified", "statements", "documents", "addresses"},
    dcat: {"title", "licence", "issued", "modified", "sizes", "checksums", "edition"},
    schema_org: {"title", "licence", "issued", "modified", "sizes", "checksums", "edition"},
    home: {"title", "edition", "statements", "texts", "agents", "gzip"},
    dataset_page: {"title", "licence", "modified", "gzip checksums"},
    oai: {"title", "licence", "instant", "first", "texts", "parts", "agents"},
    resource_sync: {"instant", "documents", "changes", "statements"},
    sitemap: {"instant", "documents"},
    atom: {"title", "licence", "instant"},
    activity_streams: {"licence", "changes"},
    ldes: {"licence"},
    linkset: {"licence", "addresses"},
    robots: {"title", "licence", "instant", "statements", "sizes", "checksums"},
    dumps: {"sizes", "checksums", "statements"},
}


def test_every_door_tells_the_same_story(service: Service) -> None:
    told = the_manifest(service.edition)

    stories = {door.__name__: door(service) for door in DOORS}

    assert stories == {
        name: {claim: told[claim] for claim in story} for name, story in stories.items()
    }
    assert all(story.keys() >= DOORS[door] for door, story in zip(DOORS, stories.values(),
                                                                   strict=True))  # fmt: skip


def test_the_query_service_tells_it_too(published: Published, live_server: str) -> None:
    client = _live(live_server)

    graph = Graph(client("sparql", "application/n-triples"), "application/n-triples")
    counted = json.loads(
        client(
            "sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D",
            "application/sparql-results+json",
        )
    )

    dataset, told = BASE + "dataset", the_manifest(published.edition)
    said = _dublin_core(graph, dataset) | {
        "edition": graph.one(dataset, DCAT + "version"),
        "statements": int(graph.one(dataset, VOID + "triples")),
        "documents": int(graph.one(dataset, VOID + "documents")),
    }
    del said["publisher"]  # its name is the agent's to tell
    assert said == {claim: told[claim] for claim in said}
    assert int(counted["results"]["bindings"][0]["n"]["value"]) == told["statements"]


# JSON-LD in pages


def test_search_engines_read_in_the_home_page_what_schema_org_says(service: Service) -> None:
    (written,) = json_ld(service, "")

    assert lines(in_n_quads(written)) == lines(n_triples(schema_org_statements(service.edition)))


def test_the_page_of_the_dataset_says_what_its_turtle_says(service: Service) -> None:
    (written,) = json_ld(service, "dataset")
    turtle = Graph(service.text("dataset.ttl"), "text/turtle")

    assert Graph(in_n_quads(written), "application/n-quads").triples == turtle.triples
    assert lines(in_n_quads(written)) == lines(n_triples(dataset_statements(service.edition)))


def test_pages_of_records_say_what_their_turtle_says(service: Service) -> None:
    for kind in ("text", "part", "agent"):
        for entry in service.edition.entries(kind, limit=4):
            path = f"doc/{entry.key}"
            (written,) = json_ld(service, path)
            turtle = Graph(service.text(path, Accept="text/turtle"), "text/turtle")

            assert Graph(in_n_quads(written), "application/n-quads").triples == turtle.triples


# Where doors are told of


def test_the_home_page_leads_to_every_feed(service: Service) -> None:
    page, address = service.text("", **BROWSER), service.edition.service_url
    head = page.partition("</head>")[0]
    links = {
        (unescape(rel), unescape(href).removeprefix(address), unescape(media_type))
        for rel, href, media_type in re.findall(
            r'<link rel="([^"]+)" href="([^"]+)" type="([^"]+)" title="', head
        )
    }

    assert links == {
        ("alternate", "atom", "application/atom+xml"),
        ("alternate", "ldes", "application/trig"),
        (
            "alternate",
            "activity",
            'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json"',
        ),
        ("resourcesync", "capabilitylist.xml", "application/xml"),
        ("service-desc", "oai?verb=Identify", "text/xml"),
        ("sitemap", "sitemap.xml", "application/xml"),
    }
    for _, path, media_type in links:
        answer = service.client.get(address + path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].removesuffix("; charset=utf-8") == media_type


def test_the_home_page_leads_to_the_query_service_where_there_is_one(live_server: str) -> None:
    head = _live(live_server)("", "text/html").partition("</head>")[0]

    assert f'<link rel="service-desc" href="{BASE}sparql" type="text/turtle"' in head


def test_crawlers_are_led_to_the_dumps_and_the_sitemap(service: Service) -> None:
    edition = service.edition
    rules = service.text("robots.txt").splitlines()

    start = "/" + edition.service_url.split("/", 3)[3]
    assert f"Sitemap: {edition.service_url}sitemap.xml" in rules
    assert f"Disallow: {start}sparql" in rules
    assert rules.index("User-agent: *") < rules.index(f"Disallow: {start}sparql")
    assert not [rule for rule in rules if rule.startswith("Disallow") and "dump" in rule]
    assert service.client.get("/robots.txt").text.splitlines() == rules


def test_a_title_is_no_rule_for_crawlers(tmp_path: Path) -> None:
    settings = 'base = "http://corpus.example/"\ntitle = "Letters\u2028Disallow: /"\n'
    write_seeds(tmp_path / "seeds", {"a.txt": seed(SOURCE_ID="a", TITLE="A")}, settings)
    publish(tmp_path / "seeds", tmp_path / "data")

    rules = create_app(Config(tmp_path / "data")).test_client().get("/robots.txt").text

    assert rules.splitlines()[0] == "# Letters Disallow: /"
    assert "Disallow: /" not in rules.splitlines()


def test_registers_that_know_the_host_alone_are_led_to_the_corpus(
    published_kropotkin: Edition,
) -> None:
    client = create_app(Config(published_kropotkin.path.parents[1])).test_client()

    for name in ("void", "datacatalog", "resourcesync"):
        answer = client.get(f"/.well-known/{name}", headers={"Host": "evil.example"})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/kropotkin/.well-known/{name}"
        assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get("/.well-known/nothing").status_code == 404
    assert client.get("/catalog").status_code == 404


def _dublin_core(graph: Graph, thing: str) -> Claims:
    return {
        "title": graph.one(thing, DCTERMS + "title"),
        "description": next(iter(graph.all(thing, DCTERMS + "description")), None),
        "licence": graph.one(thing, DCTERMS + "license"),
        "publisher": next(iter(graph.all(thing, DCTERMS + "publisher", SCHEMA + "name")), None),
        "issued": graph.one(thing, DCTERMS + "issued"),
        "modified": graph.one(thing, DCTERMS + "modified"),
    }


def json_ld(service: Service, path: str) -> list[dict[str, Any]]:
    """Read the JSON-LD of a page with the tool that others read it with."""
    page = service.text(path, **BROWSER)
    read = extruct.extract(page, base_url=service.edition.service_url, syntaxes=["json-ld"])
    found: list[dict[str, Any]] = read["json-ld"]
    return found


def in_n_quads(document: dict[str, Any]) -> str:
    written: str = jsonld.to_rdf(document, {"format": "application/n-quads"})
    return written


def lines(text: str) -> set[str]:
    return set(text.splitlines())


def _live(address: str) -> Callable[[str, str], str]:
    def get(path: str, accept: str) -> str:
        with urlopen(Request(address + path, headers={"Accept": accept}), timeout=30) as answer:
            content: bytes = answer.read()
            return content.decode()

    return get
