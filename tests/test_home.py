"""The home, the pages about the corpus, and what an address that leads nowhere gives instead."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Published
from flask.testing import FlaskClient
from seed_folders import SETTINGS, letters, seed, write

from app import create_app
from app.config import Config
from app.pages.charts import bars
from app.pages.values import Value
from ld import browse
from ld.browse import Choice
from ld.edition import Edition, open_current
from ld.publish import publish

BROWSER = {"Accept": "text/html"}
# A base with a path, as of one corpus among others on a host.
BASE = "https://host.example/corpora/letters/"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("home")
    files = {
        **letters(["a", "b", "c"], YEAR="1843"),
        **letters(["d"], YEAR="1885", AUTHOR="Émile Zola"),
        **letters(["e"], YEAR="1867~", AUTHOR=None),
        "untitled.txt": seed(SOURCE_ID="untitled", TITLE=None),
    }
    settings = SETTINGS.replace("https://texts.example.org/", BASE)
    write(folder / "seeds", dict(files), settings)
    publish(folder / "seeds", folder / "data")
    return open_current(folder / "data")


@pytest.fixture(scope="module")
def client(corpus: Edition) -> Iterator[FlaskClient]:
    with create_app(Config(corpus.path.parents[1])).test_client() as client:
        yield client


def page_at(client: FlaskClient, path: str) -> str:
    response = client.get(f"/corpora/letters/{path}", headers=BROWSER)
    assert response.status_code == 200
    return response.text


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.partition("<main")[2]).split())


def test_the_home_counts_the_corpus(client: FlaskClient) -> None:
    home = plain(page_at(client, ""))

    assert "Texts 5" in home
    assert "Years 1843–1885" in home
    assert "Language 1" in home


def test_the_bars_of_the_home_lead_to_lists_of_as_many(
    client: FlaskClient, corpus: Edition
) -> None:
    home = page_at(client, "")
    decades = re.findall(
        r'<a href="([^"]+decade=(\d+)s)" rel="nofollow" aria-label="\d+s: (\d+)"', home
    )
    authors = re.findall(r'href="([^"]+author=[^"]+)".*?<td class="number">(\d+)</td>', home, re.S)

    assert [(decade, count) for _, decade, count in decades] == [
        ("1840", "3"),
        ("1860", "1"),
        ("1880", "1"),
    ]
    assert [count for _, count in authors] == ["3", "1"]
    for address, decade, count in decades:
        counted = browse.counts(corpus, Choice(facets={"decade": int(decade)})).total("text")
        assert counted == int(count)
        assert f">{count} text" in client.get(address, headers=BROWSER).text


def test_the_home_says_what_is_missing_and_where(client: FlaskClient) -> None:
    home = page_at(client, "")
    gap = re.search(r'href="([^"]+)">1 text without an author<', home)

    assert gap is not None
    assert "Letter e" in client.get(gap[1], headers=BROWSER).text
    assert "1 withheld" in plain(home)
    assert 'href="/corpora/letters/quality"' in home


def test_the_home_searches_and_leads_to_every_interface(client: FlaskClient) -> None:
    home = page_at(client, "")

    assert 'role="search" action="/corpora/letters/texts"' in home
    assert f"{BASE}oai<" in home
    for place in ("api", "model", "about", "licence", "dataset", "sparql", "changes", "quality"):
        assert f'href="/corpora/letters/{place}"' in home


def test_the_home_cites_the_corpus(client: FlaskClient) -> None:
    home = page_at(client, "")

    assert re.search(r'<pre class="code" id="bibtex">@\w+\{', home)
    assert f"url = {{{BASE}dataset}}" in home


def test_an_edition_without_texts_has_a_home(tmp_path: Path) -> None:
    write(tmp_path / "seeds", {"untitled.txt": seed(TITLE=None)})
    publish(tmp_path / "seeds", tmp_path / "data")

    with create_app(Config(tmp_path / "data")).test_client() as client:
        for path in ("/", "/about", "/licence", "/model", "/api"):
            assert client.get(path, headers=BROWSER).status_code == 200
        assert "This edition has no texts." in client.get("/", headers=BROWSER).text


def test_every_bar_can_be_seen() -> None:
    drawn = bars([(Value("much"), 100_000), (Value("little"), 1), (Value("none"), 0)])

    assert [(bar.count, bar.share) for bar in drawn] == [
        ("100,000", "100.0"),
        ("1", "1.0"),
        ("0", "0.0"),
    ]


# About and licence


def test_the_page_about_the_corpus_says_whose_it_is(published: Published) -> None:
    with create_app(Config(published.data)).test_client() as client:
        about = plain(client.get("/about", headers=BROWSER).text)

    assert "Publisher Example Archive" in about
    assert published.edition.id in about
    assert "Editions so far 3" in about


def test_the_licences_of_metadata_and_texts_are_told_apart(published: Published) -> None:
    with create_app(Config(published.data)).test_client() as client:
        licence = client.get("/licence", headers=BROWSER).text
    stated = browse.values(published.edition, "licence")

    assert "CC0 1.0" in licence.partition('id="texts"')[0]
    assert "Public Domain Mark 1.0" in licence.partition('id="texts"')[2]
    assert f"Texts without a licence: {stated.not_stated}" in licence


@pytest.mark.parametrize("path", ["", "about", "licence", "model", "api", "openapi.json"])
def test_the_pages_belong_to_the_edition(client: FlaskClient, corpus: Edition, path: str) -> None:
    first = client.get(f"/corpora/letters/{path}", headers=BROWSER)
    again = client.get(
        f"/corpora/letters/{path}", headers={**BROWSER, "If-None-Match": first.headers["ETag"]}
    )

    assert first.headers["Pressmark-Edition"] == corpus.id
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["about", "licence", "model", "api"])
def test_what_is_a_page_only_is_refused_to_whoever_takes_none(
    client: FlaskClient, path: str
) -> None:
    response = client.get(f"/corpora/letters/{path}", headers={"Accept": "text/turtle"})

    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"


# Addresses that lead nowhere


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("doc/text/lettr-to-ada", "text/letter-to-ada"),
        ("text/letter-to-adda", "text/letter-to-ada"),
        ("doc/agent/ada-lovelice", "agent/ada-lovelace"),
        ("doc/text/letter-to-adda.ttl", "text/letter-to-ada"),
    ],
)
def test_a_misspelt_address_gives_what_may_have_been_meant(
    tmp_path: Path, path: str, meant: str
) -> None:
    write(tmp_path / "seeds", letters(["letter-to-ada", "memoir", "zebra"]))
    publish(tmp_path / "seeds", tmp_path / "data")

    with create_app(Config(tmp_path / "data")).test_client() as client:
        response = client.get(f"/{path}", headers=BROWSER)

    assert response.status_code == 404
    assert f'href="/doc/{meant}"' in response.text
    assert "zebra" not in response.text
    assert 'role="search"' in response.text


@pytest.mark.parametrize(
    "path", ["nowhere", "doc/text/%00", "doc/text/" + "x" * 3000, "doc/text/%E2%80%AE", "text/<b>"]
)
def test_an_absurd_address_gives_a_page_all_the_same(client: FlaskClient, path: str) -> None:
    response = client.get(f"/corpora/letters/{path}", headers=BROWSER)

    assert response.status_code == 404
    assert "Did you mean" not in response.text
    assert "<b>" not in response.text.partition("<main")[2].partition("</main")[0]
