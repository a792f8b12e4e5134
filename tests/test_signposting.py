"""FAIR Signposting, as its own client reads it: every relation, in headers, pages and link sets.

A live server says what a client finds; it names addresses below its base, which is not where it
listens, so that what is found there is asked of the server under its own address.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import BASE, SETTINGS, Published, seed, write_seeds
from flask.testing import FlaskClient
from signposting import find_signposting_html, find_signposting_http
from signposting.htmllinks import HTML, _parse_html
from signposting.linkheader import find_signposting_http_link
from signposting.linkset import Linkset, LinksetJSON, _parse_linkset, _parse_linkset_json
from signposting.signpost import AbsoluteURI, Signpost, Signposting

from app import create_app
from app.config import Config
from ld.edition import Edition, open_current
from ld.publish import publish

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/mark/1.0/"
ABOUT_PAGE = "https://schema.org/AboutPage"
SYNTAXES = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
REFERENCES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
LINKSETS = {"json": "application/linkset+json", "txt": "application/linkset"}
#: A front server with its default settings takes no more, in bytes.
MOST_HEADERS = 4096

#: What links lead to: relation, target, and media type if stated.
Found = set[tuple[str, str, str | None]]


@dataclass(frozen=True)
class Described:
    """A page below the service's address, and what must be found from it."""

    path: str
    thing: str
    kinds: tuple[str, ...]
    authors: tuple[str, ...]
    licences: tuple[str, ...]
    collection: str

    @property
    def key(self) -> str:
        return self.path.removeprefix("doc/")

    def expected(self, edition: Edition) -> Found:
        address = BASE + self.path
        found: Found = {("cite-as", self.thing, None), ("type", ABOUT_PAGE, None)}
        found |= {("type", f"https://schema.org/{kind}", None) for kind in self.kinds}
        found |= {("author", BASE + author, None) for author in self.authors}
        found |= {("license", licence, None) for licence in self.licences}
        forms = SYNTAXES | ({} if self.path == "dataset" else REFERENCES)
        found |= {("describedby", f"{address}.{s}", kind) for s, kind in forms.items()}
        found |= linksets(self.key)
        found.add(("collection", BASE + self.collection, None))
        if self.path == "dataset":
            found |= {("item", dump, kind) for dump, kind in dumps(edition).items()}
        return found


DESCRIBED = (
    Described(
        "doc/text/arabic",
        BASE + "text/arabic",
        ("CreativeWork",),
        ("agent/ada-lovelace",),
        (PUBLIC_DOMAIN,),
        "dataset",
    ),
    Described(
        "doc/agent/ada-lovelace", BASE + "agent/ada-lovelace", ("Person",), (), (), "dataset"
    ),
    Described(
        "dataset",
        BASE + "dataset",
        ("Dataset",),
        ("agent/example-archive",),
        (CC0,),
        "catalog",
    ),
)


def linksets(key: str) -> Found:
    return {("linkset", f"{BASE}linkset/{key}.{s}", kind) for s, kind in LINKSETS.items()}


def dumps(edition: Edition) -> dict[str, str]:
    kinds = {"gz": "application/gzip", "zst": "application/zstd"}
    names = [n.removeprefix("dumps/") for n in edition.manifest["files"] if "corpus." in n]
    return {f"{BASE}dump/{name}": kinds[name.rpartition(".")[2]] for name in names}


def found(signposts: Signposting) -> Found:
    return {_told(signpost) for signpost in signposts.signposts}


def found_from(signposts: Signposting, context: str) -> Found:
    return {_told(s) for s in signposts.signposts if s.context == context}


def _told(signpost: Signpost) -> tuple[str, str, str | None]:
    kind = None if signpost.type is None else str(signpost.type)
    return str(signpost.rel), str(signpost.target), kind


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.fixture(params=DESCRIBED, ids=lambda described: described.path)
def described(request: pytest.FixtureRequest) -> Described:
    one: Described = request.param
    return one


# What a client finds over the wire


def test_a_client_finds_every_relation_in_the_headers(
    described: Described, live_server: str, edition: Edition
) -> None:
    signposts = find_signposting_http(f"{live_server}{described.path}.html")

    assert found(signposts) == described.expected(edition)


def test_a_client_finds_every_relation_in_the_page(
    described: Described, live_server: str, edition: Edition
) -> None:
    signposts = find_signposting_html(f"{live_server}{described.path}")

    assert found(signposts) == described.expected(edition)


def test_a_client_finds_every_relation_in_the_home_page(live_server: str, edition: Edition) -> None:
    dataset = DESCRIBED[-1]

    signposts = find_signposting_html(live_server)

    assert found(signposts) == dataset.expected(edition)


@pytest.mark.parametrize("suffix", LINKSETS)
def test_a_client_finds_everything_in_the_set_of_links(
    described: Described, suffix: str, live_server: str, edition: Edition
) -> None:
    address = f"linkset/{described.key}.{suffix}"
    with urlopen(live_server + address, timeout=30) as answer:
        media_type, content = answer.headers["Content-Type"], answer.read().decode()

    signposts = parsed(content, suffix, BASE + address)

    assert media_type == LINKSETS[suffix]
    page = BASE + described.path
    assert found_from(signposts, page) == described.expected(edition)
    for syntax in SYNTAXES:
        from_data = found_from(signposts, f"{page}.{syntax}")
        assert ("describes", page, "text/html") in from_data
        assert ("license", CC0, None) in from_data
        assert linksets(described.key) < from_data
    if described.path == "dataset":
        for dump in dumps(edition):
            from_dump = found_from(signposts, dump)
            assert ("collection", page, "text/html") in from_dump
            assert ("type", "https://schema.org/DataDownload", None) in from_dump


def parsed(content: str, suffix: str, address: str) -> Signposting:
    # The client would fetch the set itself, from the base's host.
    uri = AbsoluteURI(address)
    if suffix == "json":
        signposts: Signposting = _parse_linkset_json(LinksetJSON(content, "", uri, uri))
    else:
        signposts = _parse_linkset(Linkset(content, "", uri, uri))
    return signposts


# What links say, whoever reads them


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_data_lead_back_to_their_page(
    described: Described, syntax: str, client: FlaskClient
) -> None:
    path = f"{described.path}.{syntax}"

    headers = client.get(f"/{path}").headers

    told = found(find_signposting_http_link([headers["Link"]], BASE + path))
    assert told == {
        ("cite-as", described.thing, None),
        ("describes", BASE + described.path, "text/html"),
        ("license", CC0, None),
        ("collection", BASE + described.collection, None),
        *linksets(described.key),
    }


def test_dumps_lead_back_to_the_dataset(client: FlaskClient, edition: Edition) -> None:
    for dump in dumps(edition):
        headers = client.get(dump).headers

        assert found(find_signposting_http_link([headers["Link"]], dump)) == {
            ("collection", BASE + "dataset", "text/html"),
            ("type", "https://schema.org/DataDownload", None),
            ("license", CC0, None),
            *linksets("dataset"),
        }


def test_header_and_set_of_links_agree(described: Described, client: FlaskClient) -> None:
    contexts = json.loads(client.get(f"/linkset/{described.key}.json").text)["linkset"]

    for context in contexts:
        anchor = context.pop("anchor")
        header = client.get(anchor, headers={"Accept": "text/html"}).headers["Link"]
        told = found(find_signposting_http_link([header], anchor))
        assert told <= {
            (rel, target["href"], target.get("type"))
            for rel, targets in context.items()
            for target in targets
        }


def test_a_document_leads_to_its_earlier_versions(
    described: Described, client: FlaskClient
) -> None:
    key = described.key

    for path in (f"/{described.path}.html", f"/{described.path}.ttl"):
        link = client.get(path).headers["Link"]

        assert f'<{BASE}timegate/{key}>; rel="timegate"' in link
        assert f'<{BASE}timemap/{key}>; rel="timemap"; type="application/link-format"' in link
        assert f'<{BASE}doc/{key}@20260301120000>; rel="memento"; datetime="' in link
    memento = client.get(f"/doc/{key}@20260301120000")
    assert memento.status_code == 200
    assert f'<{BASE}{described.path}>; rel="original"' in memento.headers["Link"]


def test_the_home_page_is_not_what_is_remembered(client: FlaskClient) -> None:
    link = client.get("/", headers={"Accept": "text/html"}).headers["Link"]

    assert "timegate" not in link
    assert "memento" not in link


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("linkset/text/never.json", 404),
        ("linkset/text/gone.json", 410),
        ("linkset/text/dropped.txt", 410),
        ("linkset/text/letter", 404),
        ("linkset/.json", 404),
        ("linkset/text/letter.ttl.json", 200),
    ],
)
def test_there_is_a_set_of_links_where_there_is_a_document(
    path: str, status: int, client: FlaskClient
) -> None:
    assert client.get(f"/{path}").status_code == status


# Size


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Edition]]:
    """A text with many authors and a long identifier."""
    folder: Path = tmp_path_factory.mktemp("crowded")
    names = "; ".join(f"Author Number {'Again' * 8} {number}" for number in range(300))
    documents = {"a.txt": seed(SOURCE_ID="x" * 180, TITLE="Crowded", AUTHOR=names)}
    write_seeds(folder / "seeds", documents, SETTINGS.split("[moved]")[0])
    publish(folder / "seeds", folder / "data")
    edition = open_current(folder / "data")
    yield create_app(Config(folder / "data")).test_client(), edition


def test_headers_stay_small_and_the_set_of_links_has_them_all(
    crowded: tuple[FlaskClient, Edition],
) -> None:
    client, edition = crowded
    (text,) = edition.entries("text")

    answer = client.get(f"/doc/{text.key}.html")
    contexts = json.loads(client.get(f"/linkset/{text.key}.json").text)["linkset"]

    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < MOST_HEADERS
    told = found(find_signposting_http_link([answer.headers["Link"]], f"{BASE}doc/{text.key}"))
    assert {"cite-as", "linkset", "describedby", "type", "collection"} <= {rel for rel, *_ in told}
    assert len(contexts[0]["author"]) == 300


def test_headers_of_real_records_have_room(published_kropotkin: Edition) -> None:
    client = create_app(Config(published_kropotkin.path.parents[1])).test_client()

    for kind in ("text", "part", "agent", "dataset"):
        for entry in published_kropotkin.entries(kind, limit=20):
            path = entry.key if kind == "dataset" else f"doc/{entry.key}"
            address = published_kropotkin.service_url + path
            answer = client.get(address, headers={"Accept": "text/html"})
            page = AbsoluteURI(address)
            in_page = _parse_html(HTML(answer.text, "text/html", page, page))
            in_header = find_signposting_http_link([answer.headers["Link"]], address)

            headers = sum(len(name) + len(value) + 4 for name, value in answer.headers)
            assert headers < MOST_HEADERS
            assert found(in_header) <= found(in_page)
            assert {rel for rel, *_ in found(in_header)} == {rel for rel, *_ in found(in_page)}
