"""The query page: the same answers as the protocol, for people, whatever the query holds."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from conftest import BASE, Published
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.pages.answers import MOST_ROWS, graph, solutions
from app.pages.query import recipes
from app.pages.views import bars, timeline
from app.query_vocabulary import query_vocabulary
from ld.edition import Edition
from ld.query.broker import running
from ld.query.examples import examples
from ld.query.guard import MAX_BYTES, Form

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with running(published.data) as socket:
        yield create_app(Config(published.data, query_socket=socket)).test_client()


def show(client: FlaskClient, query: str, accept: str = BROWSER, **more: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query, **more}, headers={"Accept": accept})


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def results_of(response: TestResponse) -> str:
    return response.text.partition('<section class="results"')[2].partition("</section>")[0]


# Who gets the page


def test_the_page_comes_to_those_who_like_html_best(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER})

    assert page.mimetype == "text/html"
    assert "Accept" in page.vary
    assert page.headers["Pressmark-Edition"]
    assert page.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("ASK {}", BROWSER, "text/html"),
        ("ASK {}", "text/html", "text/html"),
        ("ASK {}", "", "application/sparql-results+json"),
        ("ASK {}", "*/*", "application/sparql-results+json"),
        ("ASK {}", "text/html;q=0.5, application/sparql-results+xml",
         "application/sparql-results+xml"),
        ("ASK {}", "text/turtle, text/html;q=0.1", "text/html"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle, text/html;q=0.1", "text/turtle"),
    ],
)  # fmt: skip
def test_queries_are_answered_in_what_the_client_likes_best(
    client: FlaskClient, query: str, accept: str, expected: str
) -> None:
    assert show(client, query, accept).mimetype == expected


def test_a_query_can_be_sent_in_the_body(client: FlaskClient) -> None:
    query = "SELECT * { VALUES ?long { '" + "x" * 20_000 + "' } }"

    response = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})

    assert response.status_code == 200
    assert "1 result" in results_of(response)


def test_updates_and_several_queries_are_left_to_the_protocol(client: FlaskClient) -> None:
    update = client.post("/sparql", data={"update": "CLEAR ALL"}, headers={"Accept": BROWSER})
    several = client.get("/sparql?query=ASK{}&query=ASK{}", headers={"Accept": BROWSER})

    assert (update.status_code, several.status_code) == (400, 400)


# Answers


def test_solutions_are_rows_with_names_links_and_languages(client: FlaskClient) -> None:
    page = show(client, "SELECT ?text ?title { ?text dcterms:title ?title } ORDER BY ?text")
    found = results_of(page)

    assert page.status_code == 200
    assert '<th scope="col"><bdi>title</bdi></th>' in found
    assert 'href="/doc/text/letter"' in found
    assert '<bdi lang="en" dir="ltr">A letter</bdi>' in found
    assert '<bdi lang="ar" dir="rtl">كتاب الحيوان</bdi>' in found


def test_things_of_the_corpus_have_their_names(client: FlaskClient) -> None:
    found = results_of(show(client, "SELECT DISTINCT ?who { ?text dcterms:creator ?who }"))

    assert (
        '<a href="/doc/agent/ada-lovelace"><bdi lang="en" dir="ltr">Ada Lovelace</bdi></a>' in found
    )
    assert "<bdi>agent/ada-lovelace</bdi>)" in found


def test_known_prefixes_are_declared_in_sight(client: FlaskClient) -> None:
    page = show(client, "SELECT ?s { ?s a schema:CreativeWork }")
    protocol = show(client, "SELECT ?s { ?s a schema:CreativeWork }", "*/*")

    assert "PREFIX schema: &lt;https://schema.org/&gt;\nSELECT" in page.text
    assert protocol.status_code == 400


@pytest.mark.parametrize(("query", "heading"), [("ASK {}", "Yes"), ("ASK { ?s ?s ?s }", "No")])
def test_truth_is_said_in_a_word(client: FlaskClient, query: str, heading: str) -> None:
    assert f">{heading}</h2>" in results_of(show(client, query))


def test_a_graph_is_shown_as_statements(client: FlaskClient) -> None:
    page = show(client, f"DESCRIBE <{BASE}text/letter>")
    found = results_of(page)

    assert re.search(r">\d+ statements</h2>", found)
    assert "<bdi>predicate</bdi></th>" in found
    assert "/sparql/answer.ttl?query=DESCRIBE" in found


def test_no_answer_says_so(client: FlaskClient) -> None:
    assert "No results" in results_of(show(client, "SELECT * { ?s ?s ?s }"))


def test_a_cut_answer_says_so_and_the_download_has_all(client: FlaskClient) -> None:
    digits = "VALUES ?{} {{ 0 1 2 3 4 5 6 7 8 9 }}"
    query = "SELECT * { " + " ".join(digits.format(name) for name in "abcd") + " }"

    found = results_of(show(client, query))
    download = client.get("/sparql/answer.csv", query_string={"query": query})

    assert "10,000 results" in found
    assert f"The first {MOST_ROWS:,} are shown here." in found
    assert found.count("<tr>") == MOST_ROWS + 1
    assert download.text.count("\r\n") == 10_001


def test_many_columns_make_few_rows(client: FlaskClient) -> None:
    names = " ".join(f"?c{number}" for number in range(2000))
    page = show(client, f"SELECT {names} {{ VALUES ?c0 {{ 1 2 3 4 5 6 7 8 }} }}")

    assert "The first 3 are shown here." in results_of(page)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_example_runs_from_its_link(client: FlaskClient, example: object) -> None:
    response = client.get(
        "/sparql",
        query_string={"example": example.name},  # type: ignore[attr-defined]
        headers={"Accept": BROWSER},
    )

    assert response.status_code == 200
    assert example.question in response.text  # type: ignore[attr-defined]
    assert results_of(response)


def test_there_is_no_page_of_an_unknown_example(client: FlaskClient) -> None:
    assert client.get("/sparql?example=x", headers={"Accept": BROWSER}).status_code == 404


# What is not answered


def test_an_error_has_its_place_and_the_text_stays(client: FlaskClient) -> None:
    page = show(client, "SELECT ?s\r\nWHERE ?s ?p\r\n")

    assert page.status_code == 400
    assert "This query could not be read" in text_of(page.text)
    assert re.search(r"Line 2, column \d+: ", text_of(page.text))
    assert re.search(r'line="2" column="\d+"', page.text)
    assert re.search(r'<textarea[^>]* aria-invalid="true" autofocus>\nSELECT \?s\nWHERE', page.text)
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", "SERVICE is not offered"),
        ("INSERT DATA { <a:a> <a:b> 1 }", "INSERT is not offered"),
        ("ASK {} #" + "x" * MAX_BYTES, f"at most {MAX_BYTES} are read"),
        ("SELECT * { ?s ?p ?o", "This query could not be read"),
    ],
)
def test_refusals_say_why(client: FlaskClient, query: str, words: str) -> None:
    page = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})

    assert page.status_code == 400
    assert words in text_of(page.text)


def test_without_a_query_service_the_page_is_there_and_says_when_to_ask(
    published: Published,
) -> None:
    client = create_app(Config(published.data)).test_client()

    assert client.get("/sparql", headers={"Accept": BROWSER}).status_code == 200
    answer = show(client, "ASK {}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Ask again in 60 seconds." in answer.text


# Hostile input

MARKUP = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_markup_in_a_query_and_its_answer_is_text(client: FlaskClient) -> None:
    page = show(client, f'SELECT ("{MARKUP}" AS ?x) {{}}')

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;/textarea&gt;" in page.text


def test_only_addresses_of_the_web_become_links(client: FlaskClient) -> None:
    page = show(
        client,
        "SELECT ?x { VALUES ?x { <javascript:alert(1)> <data:text/html,x> "
        f"<https://elsewhere.example/> <{BASE}text/nothing> <{BASE}javascript:x> }} }}",
    )
    links = re.findall(r'href="([^"]*)"', results_of(page))

    assert "https://elsewhere.example/" in links
    assert not [link for link in links if link.startswith(("javascript", "data"))]
    assert "javascript:alert(1)" in page.text


def test_long_and_bidirectional_texts_keep_to_their_cell(client: FlaskClient) -> None:
    page = show(client, 'SELECT ?x { VALUES ?x { "' + "a" * 10_000 + '" "\u202egnp.exe" } }')
    found = results_of(page)

    assert "10,000 characters; the downloads have them all" in found
    assert re.search('<bdi lang="" dir="auto">a{999}…</bdi>', found)
    assert '<bdi lang="" dir="auto">\u202egnp.exe</bdi>' in found


def test_one_row_longer_than_a_page_is_not_shown(edition: Edition) -> None:
    body = [b"?x\n", b'"' + b"a" * 5_000_000, b'"\n']

    answers = solutions(body, edition)

    assert (answers.rows, answers.total, answers.is_whole) == ([], 1, False)


def test_counting_rows_comes_to_an_end(edition: Edition) -> None:
    def body() -> Iterator[bytes]:
        yield b"?x\n"
        while True:
            yield b"1\n" * 2**15

    answers = solutions(body(), edition)

    assert (len(answers.rows), answers.total) == (MOST_ROWS, None)


# Views


def tsv(columns: str, *rows: str) -> list[bytes]:
    return ["\n".join([columns, *rows, ""]).encode()]


def test_a_column_of_numbers_becomes_bars(edition: Edition) -> None:
    drawn = bars(solutions(tsv("?decade\t?n", "1880\t4", "1890\t1", "1900\t0"), edition))

    assert drawn is not None
    assert (drawn.label, drawn.number) == ("decade", "n")
    assert [(bar.number, bar.share) for bar in drawn.bars] == [
        ("4", "100.0"), ("1", "25.0"), ("0", "0.0")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        tsv("?a\t?n", "1\t2"),
        tsv("?a\t?n", "1\t-2", "2\t3"),
        tsv("?a\t?n", "1\t0", "2\t0"),
        tsv("?a\t?n", '"x"\t"y"', '"x"\t"y"'),
        tsv("?a\t?n", '"x"\t', '"y"\t2'),
        tsv("?a\t?n", '"x"\t"no"^^<' + XSD + 'integer>', '"y"\t2'),
        tsv("?a\t?n", '"x"\t"INF"^^<' + XSD + 'double>', '"y"\t2'),
        tsv("?a\t?b\t?n", "1\t1\t2", "2\t1\t3"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_becomes_no_bars(edition: Edition, body: list[bytes]) -> None:
    assert bars(solutions(body, edition)) is None


def test_a_graph_becomes_no_chart(edition: Edition) -> None:
    answers = graph([b'<a:a> <a:b> "1" .\n<a:a> <a:c> "2" .\n'], edition)

    assert bars(answers) is None
    assert timeline(answers) is None


def test_a_year_makes_a_timeline(edition: Edition) -> None:
    year = '"{}"^^<' + XSD + "gYear>"
    rows = [f'"a"\t{year.format("1893")}', '"b"\t', f'"c"\t{year.format("-0043")}', '"d"\t']

    periods = timeline(solutions(tsv("?x\t?when", *rows), edition))

    assert periods is not None
    assert [(p.when, len(p.rows)) for p in periods] == [("44 BCE", 1), ("1893", 1), (None, 2)]


@pytest.mark.parametrize(
    ("column", "value", "when"),
    [
        ("year", "1893", "1893"),
        ("n", "1893", None),
        ("d", f'"1893-02-07"^^<{XSD}date>', "7 February 1893"),
        ("d", f'"1893-02-07T10:00:00Z"^^<{XSD}dateTime>', "7 February 1893"),
        ("d", f'"1893-99-99"^^<{XSD}date>', "1893-99-99"),
        ("d", f'"nonsense"^^<{XSD}date>', None),
        ("year", f'"nonsense"^^<{XSD}integer>', None),
        ("year", "99999999999999999999", None),
    ],
)
def test_dates_of_every_kind_make_a_timeline(
    edition: Edition, column: str, value: str, when: str | None
) -> None:
    periods = timeline(solutions(tsv(f"?x\t?{column}", f'"a"\t{value}', f'"b"\t{value}'), edition))

    assert [period.when for period in periods or []] == ([] if when is None else [when])


def test_a_view_can_be_asked_for(client: FlaskClient) -> None:
    query = "SELECT ?year ?n { VALUES (?year ?n) { (1880 1) (1890 2) } }"

    assert '<table class="bars">' in show(client, query).text
    assert '<table class="answers">' in show(client, query, view="table").text
    assert '<ol class="timeline">' in show(client, query, view="timeline").text
    assert '<table class="bars">' in show(client, query, view="nonsense").text


# Elsewhere


@pytest.mark.parametrize(
    ("suffix", "query", "media_type"),
    [
        ("csv", "SELECT * { ?s ?p ?o } LIMIT 1", "text/csv"),
        ("json", "ASK {}", "application/sparql-results+json"),
        ("xml", "ASK {}", "application/sparql-results+xml"),
        ("ttl", "CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle"),
        ("rdf", "CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml"),
    ],
)
def test_answers_are_downloaded_in_every_format(
    client: FlaskClient, suffix: str, query: str, media_type: str
) -> None:
    response = client.get(f"/sparql/answer.{suffix}", query_string={"query": query})

    assert response.status_code == 200
    assert response.mimetype == media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="answer.{suffix}"'


@pytest.mark.parametrize("path", ["answer.ttl?query=ASK{}", "answer.pdf?query=ASK{}"])
def test_other_formats_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/sparql/{path}").status_code == 404


HOSTILE_QUERIES = [
    'SELECT * { ?s ?p \'$(touch x) `touch x` """ \\\' }',
    'SELECT * { ?s ?p """a""" }\n"; import os #"""',
    "ASK {} #\u202e\x00\r",
]


@pytest.mark.parametrize("query", [examples()[0].query, *HOSTILE_QUERIES])
def test_recipes_carry_the_very_query(query: str) -> None:
    link, curl, python = [recipe.text for recipe in recipes(f"{BASE}sparql", query, Form.SELECT)]
    said = python.partition("query = ")[2].rpartition("request = ")[0]
    run = subprocess.run(
        [sys.executable, "-c", f"import json\nquery = {said}\nprint(json.dumps(query))"],
        capture_output=True, check=True,
    )  # fmt: skip

    assert parse_qs(urlsplit(link).query)["query"] == [query]
    assert shlex.split(curl.replace("\\\n", ""))[-1] == f"query={query}"
    assert orjson.loads(run.stdout) == query


# The editor's vocabulary and the examples as documents


def test_the_vocabulary_has_words_and_counts(client: FlaskClient, edition: Edition) -> None:
    response = client.get("/sparql/vocabulary.json")
    vocabulary = orjson.loads(response.data)
    properties = {term["name"]: term for term in vocabulary["properties"]}

    assert vocabulary["edition"] == edition.id
    assert properties["dcterms:license"]["label"] == "licence"
    assert properties["schema:isPartOf"]["label"] == "is part of"
    assert properties["vocab:earliestYear"]["count"] > 0
    assert "schema:CreativeWork" in {term["name"] for term in vocabulary["classes"]}
    assert response.headers["ETag"]


def test_counts_are_those_of_the_graph(client: FlaskClient, edition: Edition) -> None:
    counted = {term.name: term.count for term in query_vocabulary(edition)["classes"]}
    query = "SELECT (COUNT(*) AS ?n) { ?s a <https://schema.org/CreativeWork> }"
    response = show(client, query, "application/sparql-results+json")
    (row,) = orjson.loads(response.data)["results"]["bindings"]

    assert counted["schema:CreativeWork"] == int(row["n"]["value"])


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/.well-known/sparql-examples/", "text/turtle", "text/turtle"),
        ("/.well-known/sparql-examples", "application/ld+json", "application/ld+json"),
        ("/.well-known/sparql-examples", "*/*", "text/turtle"),
        ("/.well-known/sparql-examples.rdf", "*/*", "application/rdf+xml"),
        ("/.well-known/sparql-examples/", BROWSER, "text/html"),
        ("/.well-known/sparql-examples/licences", "text/turtle", "text/turtle"),
    ],
)
def test_examples_are_documents(
    client: FlaskClient, path: str, accept: str, media_type: str
) -> None:
    response = client.get(path, headers={"Accept": accept})

    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "licences" in response.text


def test_people_are_sent_from_an_example_to_its_page(client: FlaskClient) -> None:
    response = client.get("/.well-known/sparql-examples/licences", headers={"Accept": BROWSER})

    assert response.status_code == 303
    assert response.headers["Location"] == "/sparql?example=licences"


@pytest.mark.parametrize("path", ["nothing", "..%2Fprefixes"])
def test_an_example_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/.well-known/sparql-examples/{path}").status_code == 404
