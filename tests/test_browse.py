"""Browse and search: what is found, sorted, counted and paged, and what an address may hold."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from conftest import Published
from flask.testing import FlaskClient
from seed_folders import SETTINGS, letters, seed, write

from app import create_app
from app.config import Config
from app.pages.asked import asked
from app.pages.list_query import list_query
from ld import browse
from ld.browse import Choice
from ld.edition import Edition, open_current
from ld.publish import publish, rollback, withdraw
from ld.terms import n_triples

BROWSER = {"Accept": "text/html"}
BIDI = "\u202e\u2066txet\u2069"
LONG = "Endless " * 1250


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("browse")
    files = {
        "zola.txt": seed(SOURCE_ID="zola", TITLE="Germinal", AUTHOR="Émile Zola", YEAR="1885"),
        "emile.txt": seed(SOURCE_ID="emile", TITLE="Émile", AUTHOR="Jean Rousseau", YEAR="1762"),
        "emile_song.txt": seed(SOURCE_ID="song", TITLE="Song of Emile and Emilia", YEAR="1880~"),
        "both.txt": seed(SOURCE_ID="both", TITLE="“The” both", AUTHOR="Ada Lovelace; Émile Zola"),
        "bare.txt": seed(
            SOURCE_ID="bare", TITLE="Bare", AUTHOR=None, YEAR=None, SOURCE_URL=None,
            LICENSE_NOTE=None,
        ),
        "long.txt": seed(SOURCE_ID="long", TITLE=LONG, YEAR="1888"),
        "bidi.txt": seed(SOURCE_ID="bidi", TITLE=BIDI, YEAR="-0043"),
        "hebrew.txt": seed(SOURCE_ID="hebrew", TITLE="שלום עולם", LANGUAGE="he", YEAR="1999"),
        "p1.txt": seed("## One\n\nx", SOURCE_ID="parted", TITLE="Parted", SECTION="One"),
        "p2.txt": seed("## Two\n\nx", SOURCE_ID="parted", TITLE="Parted", SECTION="Two"),
    }  # fmt: skip
    licence = "https://creativecommons.org/publicdomain/mark/1.0/"
    rule = f'\n[[rights]]\npattern = "^Public"\nlicence = "{licence}"\n'
    write(folder / "seeds", dict(files), SETTINGS + rule)
    publish(folder / "seeds", folder / "data")
    return open_current(folder / "data")


def found(edition: Edition, choice: Choice, limit: int = 100) -> list[str]:
    numbers = browse.page(edition, choice, limit).numbers
    return [line.entry.key.removeprefix("text/") for line in browse.listed(edition, numbers)]


# What is found


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("germinal", {"zola"}),
        ("GERMINAL", {"zola"}),
        ("germ", {"zola"}),
        ("germ zola", set()),
        ("germinal zol", {"zola"}),
        ("emile", {"zola", "emile", "song", "both"}),
        ("Émile", {"zola", "emile", "song", "both"}),
        ("emili", {"song"}),
        ("zola lovelace", {"both"}),
        ("parted", {"parted"}),
        ("שלום", {"hebrew"}),
        ("שלו", {"hebrew"}),
        ("nothing such", set()),
        ("the", {"both"}),
        ("endless", {"long"}),
        ("public domain germinal", {"zola"}),
    ],
)
def test_words_are_found_without_marks_and_the_last_by_its_beginning(
    corpus: Edition, words: str, keys: set[str]
) -> None:
    assert set(found(corpus, Choice(words))) == keys


@pytest.mark.parametrize(
    "words",
    [
        '"', '"germinal', "germinal*", "NOT germinal", "title:germinal", "germinal OR bare",
        "germinal AND NOT zola", "NEAR(germinal zola)", "(", "germinal)", "^germinal", "-germinal",
        "{title} : germinal", "a" * 10_000, "'; DROP TABLE listing; --", "%00", "\\", "🙃",
        "\u202e",
        "germinal + zola", "*", "germinal\0zola", "words MATCH 'x'", " ".join("x" * 1000),
    ],
)  # fmt: skip
def test_words_are_never_read_as_syntax(corpus: Edition, words: str) -> None:
    keys = set(found(corpus, Choice(words)))

    nothing_to_look_for = not any(map(str.isalnum, words))
    assert keys <= {"zola"} or nothing_to_look_for


def test_a_match_in_the_title_comes_before_one_in_an_authors_name(corpus: Edition) -> None:
    assert found(corpus, Choice("emile", order="relevance"))[0] in {"emile", "song"}
    assert set(found(corpus, Choice("emile", order="relevance"))[2:]) == {"zola", "both"}


# Facets


def test_facets_narrow_together(corpus: Edition) -> None:
    zola = "agent/" + next(
        entry.key for entry in corpus.entries("agent") if entry.label == "Émile Zola"
    ).removeprefix("agent/")

    assert set(found(corpus, Choice(facets={"author": zola}))) == {"zola", "both"}
    assert found(corpus, Choice(facets={"author": zola, "decade": 1880})) == ["zola"]
    assert found(corpus, Choice("both", facets={"author": zola, "decade": 1880})) == []
    assert set(found(corpus, Choice(facets={"language": "he"}))) == {"hebrew"}
    assert set(found(corpus, Choice(facets={"host": "archive.example.org"}))) >= {"zola", "emile"}


@pytest.mark.parametrize("name", browse.FACETS)
def test_not_stated_is_a_value(corpus: Edition, name: str) -> None:
    keys = found(corpus, Choice(facets={name: None}))

    assert ("bare" in keys) == (name != "language")
    assert browse.counts(corpus, Choice()).facets[name].not_stated == len(keys)


def test_years_before_our_era_have_decades(corpus: Edition) -> None:
    assert found(corpus, Choice(facets={"decade": -50})) == ["bidi"]


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(kind="part"),
        Choice(kind=None),
        Choice("emile"),
        Choice("emile", kind=None, order="relevance"),
        Choice(facets={"decade": 1880}),
        Choice("e", facets={"decade": 1880, "language": "en"}),
        Choice(facets={"author": None}),
        Choice(facets={"language": "xx"}),
    ],
)
def test_every_count_is_the_length_of_its_list(corpus: Edition, choice: Choice) -> None:
    counts = browse.counts(corpus, choice)

    assert counts.total(choice.kind) == len(found(corpus, choice))
    for name, values in counts.facets.items():
        if name in choice.facets:
            continue
        for value, count in [*values.counted, (None, values.not_stated)]:
            narrowed = Choice(choice.words, choice.kind, {**choice.facets, name: value})
            assert len(found(corpus, narrowed)) == count, (name, value)


def test_the_counts_of_a_whole_edition_are_those_of_its_lists(published: Published) -> None:
    for name in browse.FACETS:
        for value, count in browse.values(published.edition, name).counted:
            assert len(found(published.edition, Choice(facets={name: value}))) == count


# Order and pages


def test_lists_are_sorted_by_title_year_and_author(corpus: Edition) -> None:
    by_title = found(corpus, Choice())
    by_year = found(corpus, Choice(order="year"))
    by_author = found(corpus, Choice(order="author"))

    assert by_title[:3] == ["bare", "emile", "long"]
    assert by_title[-1] == "hebrew"
    assert by_title.index("parted") < by_title.index("song") < by_title.index("both")
    assert by_year[:2] == ["bidi", "emile"]
    assert by_year[-1] == "bare"
    assert by_author[-1] == "bare"
    assert by_author.index("zola") < by_author.index("emile")


@pytest.mark.parametrize("choice", [Choice(), Choice("e", order="relevance"), Choice(order="year")])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_join_up_in_both_directions(corpus: Edition, choice: Choice, size: int) -> None:
    everything = list(browse.page(corpus, choice, 100).numbers)

    forwards = [browse.page(corpus, choice, size)]
    while forwards[-1].has_following:
        last = browse.listed(corpus, forwards[-1].numbers[-1:])[0].entry.key
        forwards.append(browse.page(corpus, choice, size, after=last))
    backwards = [browse.page(corpus, choice, size, before="")]
    while backwards[-1].has_previous:
        first = browse.listed(corpus, backwards[-1].numbers[:1])[0].entry.key
        backwards.append(browse.page(corpus, choice, size, before=first))

    assert [number for page in forwards for number in page.numbers] == everything
    assert [number for page in reversed(backwards) for number in page.numbers] == everything
    assert not forwards[0].has_previous
    assert all(page.has_previous for page in forwards[1:])


# Publications keep the index right


def later(day: int) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC)


def test_the_index_follows_every_publication(tmp_path: Path) -> None:
    data, seeds = tmp_path / "data", tmp_path / "seeds"

    def after_publishing(files: dict[str, str | bytes], day: int) -> Edition:
        write(seeds, files)
        publish(seeds, data, now=lambda: later(day))
        return open_current(data)

    one = after_publishing({**letters(["a", "b", "c", "d"])}, 1)
    assert found(one, Choice("letter")) == ["a", "b", "c", "d"]

    renamed = seed(SOURCE_ID="b", TITLE="Renamed", AUTHOR="Grace Hopper", YEAR="1944")
    (seeds / "d.txt").unlink()
    broken = seed(SOURCE_ID="c", TITLE=None)
    two = after_publishing({"b.txt": renamed, "c.txt": broken}, 2)
    assert found(two, Choice("letter")) == ["a", "c"]
    assert found(two, Choice("hopper")) == ["b"]
    assert found(two, Choice(facets={"decade": 1940})) == ["b"]
    assert found(two, Choice(facets={"author": "agent/ada-lovelace"})) == ["a", "c"]
    assert browse.counts(two, Choice()).total("text") == 3

    withdraw(data, ["a"], reason="Asked for.", now=lambda: later(3))
    three = open_current(data)
    assert found(three, Choice()) == ["c", "b"]
    assert browse.values(three, "author").counted == [
        ("agent/ada-lovelace", 1),
        ("agent/grace-hopper", 1),
    ]

    rollback(data, one.id, now=lambda: later(4))
    four = open_current(data)
    assert found(four, Choice("letter")) == ["a", "b", "c", "d"]
    assert found(four, Choice("renamed")) == []
    assert browse.values(four, "decade").counted == [(1840, 4)]


def test_a_new_name_of_an_author_is_found_although_the_text_did_not_change(tmp_path: Path) -> None:
    write(tmp_path / "seeds", letters(["a"]))
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: later(1))
    text = letters(["a"], AUTHOR="Ada King")
    write(tmp_path / "seeds", text)
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: later(2))
    edition = open_current(tmp_path / "data")

    assert found(edition, Choice("king")) == ["a"]
    assert found(edition, Choice("lovelace")) == []


def test_what_is_purged_leaves_no_words_behind(tmp_path: Path) -> None:
    secret = seed(SOURCE_ID="secret", TITLE="Xylophonic confession")
    write(tmp_path / "seeds", {**letters(["a"]), "secret.txt": secret})
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: later(1))
    withdraw(
        tmp_path / "data", ["secret"], reason="A mistake.", purge=True, now=lambda: later(2)
    )  # fmt: skip
    edition = open_current(tmp_path / "data")

    assert b"xylophon" not in (edition.path / "records.sqlite").read_bytes().lower()


# Addresses


def test_an_address_says_what_was_asked_and_nothing_that_goes_without_saying() -> None:
    usual = asked({"q": " a  b ", "kind": "text", "sort": "relevance", "page": "9", "author": ""})
    chosen = asked(
        {"sort": "year", "decade": "1880s", "kind": "any", "language": "-", "after": "k"}
    )

    assert usual.address() == "texts?q=a+b"
    assert chosen.address() == "texts?kind=any&decade=1880s&language=-&sort=year&after=k"
    assert chosen.choice.facets == {"decade": 1880, "language": None}


@pytest.fixture(scope="module")
def client(corpus: Edition) -> Iterator[FlaskClient]:
    with create_app(Config(corpus.path.parents[1], page_size=3)).test_client() as client:
        yield client


@pytest.mark.parametrize(
    "query",
    [
        "decade=1885s", "decade=zz", "decade=-99999999999990s", "decade=" + "9" * 5000,
        "language=%3Cscript%3E", "language=" + "x" * 5000, "author=../../etc", "author=%00",
        "licence=javascript:alert(1)", "host=%E2%80%AE", "kind=nonsense", "sort=nonsense",
        "q=%F0%9F%99%83%00%FF", "q=" + "%22" * 300, "q=a&q=b", "after=", "before=", "limit=-1",
        "page=999999", "author=-&decade=-&language=-&licence=-&host=-",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/texts", "/texts.csv", "/texts.ttl", "/texts.jsonld", "/texts.atom"]
)
def test_nothing_in_an_address_is_an_error(client: FlaskClient, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}", headers={} if "." in path else BROWSER)

    assert response.status_code == 200
    assert "<script>" not in response.text


def test_a_page_that_begins_nowhere_is_not_found(client: FlaskClient) -> None:
    response = client.get("/texts?after=text/nowhere&q=e", headers=BROWSER)

    assert response.status_code == 404
    assert "/texts?q=e" in response.text


def test_a_page_beyond_the_end_leads_back(client: FlaskClient, corpus: Edition) -> None:
    last = found(corpus, Choice())[-1]
    response = client.get(f"/texts?after=text/{last}", headers=BROWSER)

    assert response.status_code == 200
    assert "There is nothing on this page." in response.text
    assert "First page" in response.text


def test_titles_keep_their_language_and_cannot_break_out(client: FlaskClient) -> None:
    page = client.get("/texts?decade=1990s", headers=BROWSER).text
    bidi = client.get("/texts?decade=-50s", headers=BROWSER).text
    long = client.get("/texts?q=endless", headers=BROWSER).text

    assert '<bdi lang="he" dir="rtl">שלום עולם</bdi>' in page
    assert f">{BIDI}</bdi>" in bidi
    assert len(long) < 20_000


def test_links_that_narrow_are_not_for_crawlers(client: FlaskClient) -> None:
    page = client.get("/texts", headers=BROWSER).text
    narrowing = re.findall(
        "<a ([^>]*[?&](?:decade|language|author|licence|sort|kind)=[^>]*)>", page
    )

    assert len(narrowing) > 10
    assert all('rel="nofollow"' in link for link in narrowing)


def test_an_empty_list_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/texts?q=one&kind=text", headers=BROWSER).text

    assert "Nothing matches all these filters. Remove one of them above" in page
    assert "The same filters match 1" in page


# The same list as data


@pytest.fixture(scope="module")
def store(corpus: Edition) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    lines = n_triples(corpus.statements())
    store.bulk_load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_is_the_whole_list_in_its_order(client: FlaskClient, corpus: Edition) -> None:
    response = client.get("/texts.csv?sort=year")

    assert response.mimetype == "text/csv"
    table = rows(response.text)
    expected = found(corpus, Choice(order="year"))
    assert [row["identifier"] for row in table] == [f"{corpus.base}text/{key}" for key in expected]
    assert table[expected.index("both")]["authors"] == "Ada Lovelace; Émile Zola"
    assert table[expected.index("long")]["title"] == LONG.strip()
    assert table[expected.index("bidi")]["date"] == "-0043"


@pytest.mark.parametrize(
    ("path", "accept", "syntax"),
    [
        ("/texts.ttl", None, pyoxigraph.RdfFormat.TURTLE),
        ("/texts", "text/turtle", pyoxigraph.RdfFormat.TURTLE),
        ("/texts.jsonld", None, pyoxigraph.RdfFormat.JSON_LD),
        ("/texts.rdf", None, pyoxigraph.RdfFormat.RDF_XML),
    ],
)
def test_the_list_as_rdf_has_its_records(
    client: FlaskClient,
    corpus: Edition,
    path: str,
    accept: str | None,
    syntax: pyoxigraph.RdfFormat,
) -> None:
    response = client.get(f"{path}?q=emile", headers={"Accept": accept} if accept else {})
    store = pyoxigraph.Store()
    store.load(response.data, format=syntax)
    items = store.query(
        "PREFIX schema: <https://schema.org/> SELECT ?x "
        "{ ?list a schema:ItemList ; schema:itemListElement ?x . ?x schema:name ?name }"
    )

    expected = {f"{corpus.base}text/{key}" for key in found(corpus, Choice("emile"))}
    assert {row["x"].value for row in items} == expected


ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    ("path", "accept"), [("/texts.atom", None), ("/texts", "application/atom+xml")]
)
def test_the_list_as_a_feed_has_its_entries_in_order(
    client: FlaskClient, corpus: Edition, path: str, accept: str | None
) -> None:
    headers = {"Accept": accept} if accept else {}
    response = client.get(f"{path}?q=emile&sort=year", headers=headers)
    feed = ET.fromstring(response.data)
    entries = feed.findall(f"{ATOM}entry")

    assert response.mimetype == "application/atom+xml"
    expected = found(corpus, Choice("emile", order="year"))
    assert [one.findtext(f"{ATOM}id") for one in entries] == [
        f"{corpus.base}text/{key}" for key in expected
    ]
    for one in [feed, *entries]:
        assert one.findtext(f"{ATOM}title")
        assert one.findtext(f"{ATOM}updated") == corpus.created
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A small corpus"
    names = [one.findtext(f"{ATOM}author/{ATOM}name") for one in entries]
    assert names[expected.index("emile")] == "Jean Rousseau"


def test_a_long_feed_goes_on_in_the_next_document(
    client: FlaskClient, corpus: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.browse.MOST_ENTRIES", 4)
    keys: list[str] = []
    address: str | None = "/texts.atom"
    while address:
        feed = ET.fromstring(client.get(address.removeprefix(corpus.base[:-1])).data)
        keys += [str(one.findtext(f"{ATOM}id")) for one in feed.findall(f"{ATOM}entry")]
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        address = links.get("next")

    assert keys == [f"{corpus.base}text/{key}" for key in found(corpus, Choice())]


def test_a_feed_can_be_read_whatever_its_titles_are(tmp_path: Path) -> None:
    write(tmp_path / "seeds", {"odd.txt": seed(SOURCE_ID="odd", TITLE="<b>&\ufffe\u202e]]>")})
    publish(tmp_path / "seeds", tmp_path / "data")

    with create_app(Config(tmp_path / "data")).test_client() as client:
        feed = ET.fromstring(client.get("/texts.atom").data)

    title = str(feed.findtext(f"{ATOM}entry/{ATOM}title"))
    assert title.replace("\ufffd", "") == "<b>&\u202e]]>"


def test_a_title_that_looks_like_a_formula_is_none_in_the_table(tmp_path: Path) -> None:
    titles = {"a": "=HYPERLINK(1)", "b": "-1+1", "c": "'Tis", "d": "@x"}
    files = {f"{key}.txt": seed(SOURCE_ID=key, TITLE=title) for key, title in titles.items()}
    write(tmp_path / "seeds", dict(files))
    publish(tmp_path / "seeds", tmp_path / "data")

    with create_app(Config(tmp_path / "data")).test_client() as client:
        table = rows(client.get("/texts.csv").text)

    told = {row["identifier"].rpartition("/")[2]: row["title"] for row in table}
    assert told == {"a": "'=HYPERLINK(1)", "b": "'-1+1", "c": "'Tis", "d": "'@x"}


def test_the_pages_of_an_author_of_very_much_have_an_end(tmp_path: Path) -> None:
    write(tmp_path / "seeds", letters([f"l{number:04}" for number in range(300)]))
    publish(tmp_path / "seeds", tmp_path / "data")
    edition = open_current(tmp_path / "data")

    with create_app(Config(tmp_path / "data", page_size=7)).test_client() as client:
        last = client.get("/texts?author=ada-lovelace&before=", headers=BROWSER).text
        agent = client.get("/doc/agent/ada-lovelace", headers=BROWSER).text

    assert "300 texts" in last
    assert "Letter l0299" in last
    assert "Letter l0000" not in last
    assert len(agent) < 60_000
    assert (
        browse.counts(edition, Choice(facets={"author": "agent/ada-lovelace"})).total("text") == 300
    )


def test_long_lists_come_in_pieces_that_say_so(
    client: FlaskClient, corpus: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.browse.MOST_ROWS", 4)
    keys: list[str] = []
    path = "/texts.csv"
    while path:
        response = client.get(path)
        keys += [row["identifier"].rpartition("/")[2] for row in rows(response.text)]
        following = re.search(r'<([^>]+)>; rel="next"', response.headers["Link"])
        path = "/" + following[1].removeprefix(corpus.service_url) if following else ""

    assert keys == found(corpus, Choice())


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(kind="part"),
        Choice(kind=None, order="author"),
        Choice("Émile"),
        Choice("germinal zol"),
        Choice("emili", order="relevance"),
        Choice("a.b(c["),
        Choice(facets={"decade": 1880}, order="year"),
        Choice(facets={"decade": None}),
        Choice(facets={"decade": "nonsense"}),
        Choice(facets={"language": "he"}),
        Choice(facets={"language": '"} DROP'}),
        Choice(facets={"author": "agent/ada-lovelace"}),
        Choice(facets={"author": "agent/> <"}),
        Choice(facets={"author": None}),
        Choice(facets={"licence": "https://creativecommons.org/publicdomain/mark/1.0/"}),
        Choice(facets={"licence": None}),
        Choice(facets={"host": "archive.example.org"}),
        Choice(facets={"host": ".*"}),
        Choice(facets={"host": None}),
    ],
)
def test_the_query_of_a_list_has_the_same_results(
    corpus: Edition, store: pyoxigraph.Store, choice: Choice
) -> None:
    results = store.query(list_query(choice, corpus.base))

    # Without folding, the query finds what is written with the same marks.
    expected = set(found(corpus, choice)) - ({"song"} if choice.words == "Émile" else set())
    assert {row["text"].value.removeprefix(f"{corpus.base}text/") for row in results} == expected


def test_the_page_leads_to_the_query(client: FlaskClient, live_server: str) -> None:
    with urlopen(Request(f"{live_server}texts?q=letter", headers=BROWSER)) as response:
        page = response.read().decode()
    link = re.search(r'href="([^"]+)">See this list as a SPARQL query', page)

    assert link is not None
    query = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)["query"][0]
    assert query == list_query(Choice("letter"), "http://corpus.example/")
