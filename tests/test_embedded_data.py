"""Data in pages: what programs read out of a page is what the record says as data."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import extruct
import orjson
import pyoxigraph
import pytest
from conftest import BASE, HOSTILE, Published, seed, write_seeds
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.pages.facts import Facts
from app.pages.origins import origins
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.publish import publish

PARTS = 600
LONG = "Of the long and the short of it. " * 300
OVERRIDE = "\u202eturned\u202c and \u2067not\u2069"
CROWD = [f"Author {number}" for number in range(700)]
# Nothing to remark, so that publishing is quick.
COMPLETE = {
    "AUTHOR": "A. Author",
    "YEAR": "1850",
    "SOURCE_URL": "https://library.example/many",
    "RETRIEVED_UTC": "2026-02-04T16:55:10Z",
    "LICENSE_NOTE": "Public domain",
}
LARGEST_PAGE = 1_000_000
SETTINGS = f"""
base = "{BASE}"
title = "Large things"
language = "en"

[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"
"""


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A corpus with a text in very many parts, a very long title, and marks of direction."""
    folder = tmp_path_factory.mktemp("large")
    parts = {
        f"p{number}.txt": seed(SOURCE_ID="many", TITLE="Many", **COMPLETE)
        for number in range(PARTS)
    }
    others = {
        "long.txt": seed(SOURCE_ID="long", TITLE=LONG, AUTHOR="A. Author"),
        "crowd.txt": seed(SOURCE_ID="crowd", TITLE="Of many", AUTHOR="; ".join(CROWD)),
        "turned.txt": seed(SOURCE_ID="turned", TITLE=OVERRIDE, AUTHOR=OVERRIDE),
    }
    write_seeds(folder / "seeds", parts | others, SETTINGS)
    publish(folder / "seeds", folder / "data", now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    return create_app(Config(folder / "data")).test_client()


def canonical(data: bytes, media_type: str) -> str:
    fmt = pyoxigraph.RdfFormat.from_media_type(media_type)
    assert fmt is not None
    graph = pyoxigraph.Dataset(pyoxigraph.parse(data, format=fmt))
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(map(str, graph)))


def embedded(page: str) -> list[Any]:
    found: list[Any] = extruct.extract(page, base_url=BASE, syntaxes=["json-ld"])["json-ld"]
    return found


def says_the_same(client: FlaskClient, path: str) -> bool:
    (script,) = embedded(client.get(f"{path}.html").text)
    turtle = canonical(client.get(f"{path}.ttl").data, "text/turtle")
    return canonical(orjson.dumps(script), "application/ld+json") == turtle != ""


# schema.org


def test_every_page_of_the_shared_corpus_carries_its_data(
    client: FlaskClient, edition: Edition
) -> None:
    paths = [
        f"/{DOCUMENT}{document.key}"
        for document in edition.documents()
        # The address of this one as Turtle is another document's.
        if document.kind != "dataset" and document.key != "text/letter"
    ]

    assert [path for path in paths if not says_the_same(client, path)] == []
    assert len(paths) > 15


def test_every_page_of_the_kropotkin_corpus_carries_its_data(
    published_kropotkin: Edition,
) -> None:
    client = create_app(Config(published_kropotkin.path.parents[1])).test_client()
    below = urlsplit(published_kropotkin.service_url).path
    paths = [
        f"{below}{DOCUMENT}{document.key}"
        for document in published_kropotkin.documents()
        if document.kind != "dataset"
    ]

    assert [path for path in paths if not says_the_same(client, path)] == []
    assert len(paths) > 50


def test_a_hostile_title_stays_a_title(client: FlaskClient) -> None:
    page = client.get("/doc/text/hostile.html").text

    (script,) = embedded(page)

    names = [node.get("name", {}) for node in script["@graph"]]
    assert HOSTILE.replace("\u2028", " ") in {
        name.get("value", "").replace("\u2028", " ") for name in names if isinstance(name, dict)
    }
    assert page.count("<script") == 2
    assert page.count("</script>") == 2


# Dublin Core


def dublin_core(page: str) -> list[tuple[str, str]]:
    (found,) = extruct.extract(page, base_url=BASE, syntaxes=["dublincore"])["dublincore"]
    return [
        (element["name"], element["content"])
        for element in found["elements"]
        if element.get("name", "").startswith("DC.")
    ]


def test_reference_managers_read_a_text(client: FlaskClient) -> None:
    assert dublin_core(client.get("/doc/text/kept.html").text) == [
        ("DC.title", "To be kept"),
        ("DC.creator", "Lovelace, Ada"),
        ("DC.date", "1790~"),
        ("DC.type", "document"),
        ("DC.type", "Text"),
        ("DC.language", "en"),
        (
            "DC.rights",
            "Public domain; see the list of sources; "
            "https://creativecommons.org/publicdomain/mark/1.0/",
        ),
        ("DC.identifier", f"{BASE}text/kept"),
    ]


def test_a_text_in_parts_is_a_book_and_each_part_in_it(client: FlaskClient) -> None:
    whole = dublin_core(client.get("/doc/text/treatise.html").text)
    part = dublin_core(client.get("/doc/text/treatise/treatise_3.html").text)

    assert [value for name, value in whole if name == "DC.type"] == ["book", "Text"]
    assert [value for name, value in part if name == "DC.creator"] == [
        "Lovelace, Ada",
        "Charles Babbage",
    ]


def test_an_agent_is_no_reference(client: FlaskClient) -> None:
    assert 'name="DC.' not in client.get("/doc/agent/ada-lovelace.html").text


def test_a_title_has_its_language(client: FlaskClient) -> None:
    page = client.get("/doc/text/arabic.html").text

    assert '<meta name="DC.title" lang="ar" content="كتاب الحيوان">' in page
    assert '<h1><bdi lang="ar" dir="rtl">كتاب الحيوان</bdi></h1>' in page


# Parts


def test_a_part_leads_to_those_around_it(client: FlaskClient) -> None:
    page = client.get("/doc/text/treatise/treatise_10.html").text

    assert "Part 10 of 12" in page
    assert '<link rel="prev" href="/doc/text/treatise/treatise_9">' in page
    assert '<link rel="next" href="/doc/text/treatise/treatise_11">' in page
    first = client.get("/doc/text/treatise/treatise_1.html").text
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first


def test_an_author_leads_to_the_list_of_what_is_theirs(client: FlaskClient) -> None:
    page = client.get("/doc/agent/ada-lovelace.html").text
    (listed,) = re.findall(r'href="(/texts\?author=[^"]*)"', page)

    texts = client.get(listed, headers={"Accept": "text/html"}).text
    assert "A treatise in parts" in texts
    assert "Nothing known" not in texts


# Why


def test_every_statement_says_why_it_stands(edition: Edition) -> None:
    for document in edition.documents():
        latest = edition.history_of(document.key)[0]
        shown = origins(document, edition.base, latest)
        rows = [row for group in shown.groups for row in group.rows]

        assert len(rows) == len(document.owned) == shown.total
        for row in rows:
            assert row.rule.startswith("rule ")
            assert row.reasons or row.rule.endswith("the same for every record")
            assert not any(Path(reason.place).is_absolute() for reason in row.reasons)


def test_record_keeping_names_its_edition(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/doc/text/letter.html").text
    first = edition.history_of("text/letter")[0].edition

    row = page.partition('title="https://schema.org/sdDatePublished"')[2].partition("</tr>")[0]
    assert f"edition {first}" in row
    assert "published 1 March 2026" in row
    assert "rule of the history of editions" in row


def test_a_date_says_where_it_comes_from(client: FlaskClient) -> None:
    page = client.get("/doc/text/kept.html").text

    row = page.partition('title="http://purl.org/dc/terms/date"')[2].partition("</tr>")[0]
    assert "kept.txt, line 3" in row
    assert "YEAR" in row
    assert "c. 1790" in row


def test_facts_are_as_understood_and_as_written(edition: Edition) -> None:
    document = edition.document("text/kept")
    (date,) = Facts(edition, document).date().values

    assert (date.text, date.recorded) == ("c.\u00a01790", None)


def test_history_leads_to_all_versions(client: FlaskClient) -> None:
    page = client.get("/doc/text/letter.html").text

    assert 'href="/history/text/letter"' in page
    assert client.get("/history/text/letter", headers={"Accept": "text/html"}).status_code == 200


# Bounds


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def test_a_text_in_hundreds_of_parts_has_a_page_of_a_bearable_size(large: FlaskClient) -> None:
    response = large.get("/doc/text/many.html")
    (script,) = embedded(response.text)
    links = Links()
    links.feed(response.text)

    assert len(response.data) < LARGEST_PAGE
    assert f"{PARTS} parts" in response.text
    # Each part's own page says what it is; this one says what all the rest is.
    nodes = {node["id"]: node for node in script["@graph"]}
    assert "hasPart" not in nodes[f"{BASE}text/many"]
    assert nodes[f"{BASE}text/many"]["name"]["value"] == "Many"
    further = [link for link in links.found if "statements=" in link]
    assert further == ["/doc/text/many?statements=500#origins"]
    assert any("after=" in link for link in links.found)


def test_statements_can_be_read_to_the_last(large: FlaskClient) -> None:
    seen, address = 0, "/doc/text/many"
    while address:
        page = large.get(address, headers={"Accept": "text/html"})
        assert len(page.data) < LARGEST_PAGE
        seen += page.text.count('<th scope="row">')
        following = re.findall(r'href="(/doc/text/many\?statements=[^"#]*)', page.text)
        address = following[0] if following else ""

    assert seen > 2 * PARTS


@pytest.mark.parametrize("statements", ["-1", "x", "9" * 30, "٣", "999999999", ""])
def test_absurd_places_are_the_beginning(client: FlaskClient, statements: str) -> None:
    page = client.get("/doc/text/kept.html", query_string={"statements": statements})

    assert page.status_code == 200
    assert "c. 1790" in page.text


def test_a_long_title_is_shown_and_its_page_is_bearable(large: FlaskClient) -> None:
    response = large.get("/doc/text/long.html")
    (title,) = re.findall("<title>(.*?)</title>", response.text)

    assert len(response.data) < 200_000
    assert len(title) < 250
    assert f"{LONG.strip()}</bdi></h1>" in response.text


def test_a_text_of_hundreds_of_authors_has_a_page_of_a_bearable_size(large: FlaskClient) -> None:
    response = large.get("/doc/text/crowd.html")
    reference = large.get("/doc/text/crowd.ris").text

    assert len(response.data) < LARGEST_PAGE
    assert "and others" in response.text
    assert f"and {len(CROWD) - 100} more, in the data" in response.text
    assert len(embedded(response.text)) == 1
    assert reference.count("\r\nAU  - ") == len(CROWD)


def test_marks_of_direction_end_where_they_began(large: FlaskClient) -> None:
    page = large.get("/doc/text/turned.html").text

    assert says_the_same(large, "/doc/text/turned")
    shown = re.sub(r"<(title|script|meta)\b.*?(</\1>|>)", "", page.replace("\n", " "))
    outside = re.sub(r"<bdi\b[^>]*>[^<]*</bdi>", "", shown)
    assert "\u202e" not in outside.partition("<h1>")[2]


def test_a_part_of_hundreds_is_found_in_its_place(large: FlaskClient) -> None:
    page = large.get("/doc/text/many/p300.html").text

    assert f"Part 301 of {PARTS}" in page
    assert len(page) < 100_000
