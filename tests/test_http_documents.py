"""The HTTP contract of things, documents, lists and dumps."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyoxigraph
import pytest
from conftest import BASE, HOSTILE, SETTINGS, Published, seed, write_seeds
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from ld.edition import Edition
from ld.formats import FORMATS
from ld.publish import publish

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LETTER = "/doc/text/letter"
ARABIC = "/doc/text/arabic"


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data, page_size=5)).test_client()


def canonical(data: bytes, media_type: str) -> str:
    fmt = pyoxigraph.RdfFormat.from_media_type(media_type)
    assert fmt is not None
    graph = pyoxigraph.Dataset(pyoxigraph.parse(data, format=fmt))
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(map(str, graph)))


# Things


@pytest.mark.parametrize(
    "key", ["text/letter", "text/treatise/treatise_3", "agent/ada-lovelace", "text/letter.ttl"]
)
def test_a_thing_is_described_elsewhere(client: FlaskClient, key: str) -> None:
    response = client.get(f"/{key}")

    assert response.status_code == 303
    assert response.headers["Location"] == f"/doc/{key}"


def test_a_moved_thing_has_its_new_address(client: FlaskClient) -> None:
    thing = client.get("/text/old-arabic")
    document = client.get("/doc/text/old-arabic.ttl")
    part = client.get("/text/old-treatise/treatise_3")

    assert (thing.status_code, thing.headers["Location"]) == (301, "/text/arabic")
    assert (document.status_code, document.headers["Location"]) == (301, "/doc/text/arabic.ttl")
    assert (part.status_code, part.headers["Location"]) == (301, "/text/treatise/treatise_3")
    assert client.get("/text/old-treatise/never").status_code == 404


@pytest.mark.parametrize("path", ["/text/never", "/doc/text/never", "/doc/text/never.ttl"])
def test_what_never_was_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/text/gone", "/doc/text/gone"])
def test_what_was_withdrawn_is_gone_and_says_why(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 410
    assert orjson.loads(response.data)["reason"] == "At the request of the rights holder."


# Documents


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        (BROWSER, "text/html"),
        ("text/html, text/turtle", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples;charset=utf-8", "application/n-triples"),
    ],
)
def test_a_document_is_negotiated(client: FlaskClient, accept: str | None, media_type: str) -> None:
    response = client.get(ARABIC, headers={} if accept is None else {"Accept": accept})

    assert response.status_code == 200
    assert response.mimetype == media_type
    assert "Accept" in response.headers["Vary"].split(", ")
    variant = client.get(response.headers["Content-Location"])
    assert variant.data == response.data
    assert variant.mimetype == media_type
    assert "Accept" not in variant.headers["Vary"].split(", ")


@pytest.mark.parametrize("path", [LETTER, "/dataset", "/vocab", "/", "/texts"])
def test_what_is_not_there_in_a_syntax_is_not_acceptable(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "image/png"})

    assert response.status_code == 406
    assert "text/html" in orjson.loads(response.data)["supported"]


@pytest.mark.parametrize("path", [ARABIC, "/doc/text/hostile", "/dataset", "/vocab"])
def test_every_syntax_says_the_same(client: FlaskClient, path: str) -> None:
    graphs = {canonical(client.get(f"{path}.{fmt.SUFFIX}").data, fmt.MEDIA_TYPE) for fmt in FORMATS}

    assert len(graphs) == 1
    assert graphs != {""}


def test_a_document_carries_its_own_statements_and_the_names_of_others(
    client: FlaskClient, edition: Edition
) -> None:
    written = canonical(client.get(f"{LETTER}.nt").data, "application/n-triples")

    document = edition.document("text/letter")
    assert len(written.splitlines()) == len({*document.owned, *document.context})
    assert f'<{BASE}agent/ada-lovelace> <https://schema.org/name> "Ada Lovelace"@en' in written


def test_a_variant_whose_address_is_another_document_has_none(client: FlaskClient) -> None:
    turtle = client.get(LETTER, headers={"Accept": "text/turtle"})
    page = client.get(f"{LETTER}.html")

    assert turtle.mimetype == "text/turtle"
    assert "Content-Location" not in turtle.headers
    assert "letter.ttl" not in turtle.headers["Link"] + page.headers["Link"] + page.text


def test_an_exact_document_wins_over_a_suffix(client: FlaskClient) -> None:
    response = client.get(f"{LETTER}.ttl", headers={"Accept": "application/n-triples"})

    assert response.mimetype == "application/n-triples"
    assert "Not a suffix" in response.text
    assert client.get(f"{LETTER}.ttl.ttl").mimetype == "text/turtle"


def test_an_escaped_identifier_is_one_segment(client: FlaskClient) -> None:
    response = client.get("/doc/text/box~201~2Fletter~202.nt")

    assert '"box 1/letter 2"' in response.text


def test_the_dataset_is_its_own_document(client: FlaskClient) -> None:
    response = client.get("/doc/dataset.ttl")

    assert (response.status_code, response.headers["Location"]) == (301, "/dataset.ttl")
    assert client.get("/dataset.pdf").status_code == 404


def test_a_page_is_as_new_as_its_edition_and_data_as_new_as_what_it_says(
    client: FlaskClient, edition: Edition
) -> None:
    page, data = client.get(f"{LETTER}.html"), client.get(f"{LETTER}.ttl.ttl")

    assert page.last_modified == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert data.last_modified == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert page.headers["Pressmark-Edition"] == edition.id


def test_links_say_what_is_what(client: FlaskClient) -> None:
    link = client.get(f"{ARABIC}.html").headers["Link"]

    assert f'<{BASE}text/arabic>; rel="cite-as"' in link
    assert f'<{BASE}doc/text/arabic.ttl>; rel="describedby"; type="text/turtle"' in link
    assert f'<{BASE}agent/ada-lovelace>; rel="author"' in link
    assert f'<{BASE}dataset>; rel="collection"' in link
    assert '<https://schema.org/AboutPage>; rel="type"' in link
    assert '<https://schema.org/CreativeWork>; rel="type"' in link
    assert '<https://creativecommons.org/publicdomain/mark/1.0/>; rel="license"' in link


def test_data_link_to_the_page_and_carry_the_licence_of_the_metadata(client: FlaskClient) -> None:
    link = client.get("/doc/agent/ada-lovelace.ttl").headers["Link"]

    assert f'<{BASE}doc/agent/ada-lovelace>; rel="describes"; type="text/html"' in link
    assert '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"' in link


# Pages


def test_a_page_shows_a_date_as_understood_and_as_recorded(client: FlaskClient) -> None:
    page = client.get("/doc/text/treatise.html").text

    assert "c. 1850" in page.replace("\u00a0", " ")
    assert 'recorded as “<bdi dir="auto">1850~</bdi>”' in page


def test_a_page_says_where_every_statement_was_read(client: FlaskClient) -> None:
    page = client.get(f"{LETTER}.html").text

    assert "letter.txt, line 3" in page
    assert "rule dublin_core.date" in page


def test_a_page_names_the_edition_of_a_version_that_was_kept(client: FlaskClient) -> None:
    page = client.get("/doc/text/kept.html").text

    assert re.search(r"This record is that of edition 1-[0-9a-f]{12}", page)
    assert "A text must have exactly one title" in page


def test_a_part_leads_to_its_text(client: FlaskClient) -> None:
    page = client.get("/doc/text/treatise/treatise_3.html").text

    assert 'Part of <a href="/doc/text/treatise">' in page
    assert "recorded as" not in page


def test_what_is_not_known_is_said_to_be_unknown(client: FlaskClient) -> None:
    page = client.get("/doc/text/bare.html").text

    assert "Not stated – ask before reuse" in page
    assert "None" not in page


def test_a_text_has_its_language_and_direction(client: FlaskClient) -> None:
    page = client.get("/doc/text/arabic.html").text

    assert '<h1><bdi lang="ar" dir="rtl">كتاب الحيوان</bdi></h1>' in page


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    page = client.get("/doc/text/hostile.html").text

    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert [bool(script) for script in scripts] == [False, True]
    assert not set("<>&\u2028") & set(scripts[1])
    names = {node.get("name", {}).get("value") for node in orjson.loads(scripts[1])["@graph"]
             if isinstance(node.get("name"), dict)}  # fmt: skip
    assert HOSTILE in names


def test_parts_stand_in_their_order_page_by_page(client: FlaskClient) -> None:
    titles, path = [], "/doc/text/treatise.html"
    while path:
        page = client.get(path, headers={"Accept": BROWSER}).text
        titles += re.findall(r"/treatise_[0-9]+\"><bdi[^>]*>([^<]+)<", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1] if following else ""

    assert titles == [f"Chapter {number}" for number in range(1, 13)]


@pytest.mark.parametrize("path", ["/texts", "/agents", "/doc/agent/ada-lovelace.html"])
def test_lists_lead_to_every_line_once(client: FlaskClient, edition: Edition, path: str) -> None:
    kind = "agent" if path == "/agents" else "text"
    expected = [entry.key for entry in edition.entries(kind)]
    if path.startswith("/doc"):
        expected = [
            entry.key for entry in edition.entries("text", referring_to="agent/ada-lovelace")
        ]
    path_is_texts = path == "/texts"
    listed: list[str] = []
    while path:
        page = client.get(path, headers={"Accept": BROWSER}).text
        listed += re.findall(r'class="title"><a href="/doc/([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1] if following else ""

    # The texts come by title, all others by key.
    assert (sorted(listed) if path_is_texts else listed) == expected


def test_every_link_of_ours_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path, headers={"Accept": BROWSER}, follow_redirects=True)
        assert response.status_code == 200, path
        if response.mimetype == "text/html":
            # Filters can be combined without end, and say that they are not to be followed.
            followed = re.sub(r'<a [^>]*rel="nofollow[^>]*>', "", response.text)
            # Queries need their own service, which does not run here.
            waiting += re.findall(r'(?:href|src)="(/(?!sparql\?)[^"#]*)', followed)

    assert len(seen) > 50


# The corpus as a whole


def test_whoever_asks_the_home_for_data_gets_the_dataset(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept": "text/turtle"})

    assert (response.status_code, response.headers["Location"]) == (303, "/dataset")
    assert "Accept" in response.headers["Vary"]
    assert client.get("/").mimetype == "text/html"


def test_the_home_counts_what_there_is(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/").text

    assert f"<dt>Texts</dt><dd>{edition.counts['texts']}</dd>" in page
    assert "20 seed documents: 18 published, 1 kept from an earlier edition, 1 withheld." in page


def test_a_dump_is_the_file_of_the_edition(client: FlaskClient, edition: Edition) -> None:
    response = client.get("/dump/corpus.nt.gz")

    facts = edition.manifest["files"]["dumps/corpus.nt.gz"]
    assert hashlib.sha256(response.data).hexdigest() == facts["sha256"]
    assert response.headers["ETag"] == f'"{facts["sha256"]}"'
    assert len(gzip.decompress(response.data).splitlines()) == edition.counts["statements"]


def test_a_dump_comes_in_ranges(client: FlaskClient) -> None:
    whole = client.get("/dump/corpus.nt.gz").data
    part = client.get("/dump/corpus.nt.gz", headers={"Range": "bytes=10-19"})

    assert (part.status_code, part.data) == (206, whole[10:20])


@pytest.mark.parametrize("name", ["edition.json", "..%2Fedition.json", "corpus.pdf.gz"])
def test_nothing_else_of_the_edition_can_be_fetched(client: FlaskClient, name: str) -> None:
    assert client.get(f"/dump/{name}").status_code == 404


def test_the_vocabulary_defines_its_terms(client: FlaskClient) -> None:
    written = client.get("/vocab.nt").text

    for name in ("earliestYear", "latestYear"):
        assert f"<{BASE}vocab#{name}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in written


# The service


def test_health_names_the_edition(client: FlaskClient, edition: Edition) -> None:
    response = client.get("/health")

    assert orjson.loads(response.data) == {
        "status": "ok",
        "edition": edition.id,
        "since": edition.created,
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_our_files_are_immutable_under_their_version_only(client: FlaskClient) -> None:
    page = client.get("/").text
    versioned = re.search(r'href="(/static/pressmark\.css\?v=[0-9a-f]+)"', page)

    assert versioned is not None
    assert "immutable" in client.get(versioned[1]).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/pressmark.css").headers["Cache-Control"]
    assert client.get("/static/none.css").status_code == 404


def test_crawlers_are_kept_from_queries_and_searches_only(client: FlaskClient) -> None:
    rules = client.get("/robots.txt").text.splitlines()

    said = [rule for rule in rules if rule.startswith(("User-agent", "Allow", "Disallow"))]
    assert said == ["User-agent: *", "Allow: /sparql$", "Disallow: /sparql", "Disallow: /texts?"]


@pytest.mark.parametrize("path", ["/", "/text/letter", f"{LETTER}.html", "/dataset", "//dataset"])
def test_the_host_of_a_request_is_never_repeated(client: FlaskClient, path: str) -> None:
    response = client.get(
        path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )

    assert b"evil.example" not in response.data
    assert "evil.example" not in str(response.headers)


@pytest.mark.parametrize(
    "path", ["/text/%00", "/doc/text/%ff%fe.ttl", "/doc/.ttl", "/doc/text/" + "a" * 9000]
)
def test_hostile_paths_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/text/x", "/doc/text/x", "/dataset", "/sparql", "/nowhere"])
def test_before_the_first_edition_everything_is_unavailable(tmp_path: Path, path: str) -> None:
    client = create_app(Config(tmp_path)).test_client()

    response = client.get(path, headers={"Accept": BROWSER})

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Nothing is published yet" in response.text
    assert client.get("/health").status_code == 503
    assert client.get("/static/pressmark.css").status_code == 200


# A corpus below a path


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("below")
    base = "https://texts.example/corpora/k/"
    seeds = {"one.txt": seed(SOURCE_ID="one", TITLE="One")}
    write_seeds(folder / "seeds", seeds, SETTINGS.replace(BASE, base).split("[moved]")[0])
    publish(folder / "seeds", folder / "data")
    return create_app(Config(folder / "data")).test_client()


def test_a_corpus_below_a_path_is_served_below_it(below: FlaskClient) -> None:
    thing = below.get("/corpora/k/text/one")
    home = below.get("/corpora/k")

    assert thing.headers["Location"] == "/corpora/k/doc/text/one"
    assert below.get(thing.headers["Location"]).status_code == 200
    assert (home.status_code, home.headers["Location"]) == (308, "/corpora/k/")
    assert 'href="/corpora/k/static/' in below.get("/corpora/k/").text
    assert "\nDisallow: /corpora/k/sparql\n" in below.get("/robots.txt").text


@pytest.mark.parametrize("path", ["/", "/text/one", "/corpora/kk/text/one", "/corpora"])
def test_nothing_is_served_outside_of_the_path(below: FlaskClient, path: str) -> None:
    assert below.get(path).status_code == 404
    assert below.get("/health").status_code == 200


# A new edition


def test_a_new_edition_is_taken_up_without_a_restart(tmp_path: Path) -> None:
    documents = {"one.txt": seed(SOURCE_ID="one", TITLE="First title")}
    settings = SETTINGS.split("[moved]")[0]
    write_seeds(tmp_path / "seeds", documents, settings)
    publish(tmp_path / "seeds", tmp_path / "data")
    client = create_app(Config(tmp_path / "data")).test_client()
    before = client.get("/doc/text/one.html")
    documents["one.txt"] = seed(SOURCE_ID="one", TITLE="Second title")
    write_seeds(tmp_path / "seeds", documents, settings)
    publish(tmp_path / "seeds", tmp_path / "data")

    after = client.get("/doc/text/one.html", headers={"If-None-Match": before.headers["ETag"]})

    assert "First title" in before.text
    assert after.status_code == 200
    assert "Second title" in after.text
