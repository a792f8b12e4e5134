"""The HTTP contract as a table: documents × ways of asking × what clients accept.

Every cell is asked of the whole application, cache included, twice: what a cache answers must be
what was answered first. See RFC 9110 for each rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from conftest import Published
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config

TURTLE, JSON_LD, N_TRIPLES, RDF_XML, HTML = (
    "text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml",
    "text/html",
)  # fmt: skip
SUFFIX = {TURTLE: "ttl", JSON_LD: "jsonld", N_TRIPLES: "nt", RDF_XML: "rdf", HTML: "html"}

#: What clients accept, and what they get; None is 406.
ACCEPT: dict[str, tuple[str | None, str | None]] = {
    "no header": (None, TURTLE),
    "empty": ("", TURTLE),
    "anything": ("*/*", TURTLE),
    "Turtle": (TURTLE, TURTLE),
    "JSON-LD": (JSON_LD, JSON_LD),
    "N-Triples": (N_TRIPLES, N_TRIPLES),
    "RDF/XML": (RDF_XML, RDF_XML),
    "HTML": (HTML, HTML),
    "a browser": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    "Jena": (
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
        "application/rdf+xml;q=0.7,*/*;q=0.3",
        TURTLE,
    ),
    "q-values": (f"{TURTLE};q=0.4, {JSON_LD};q=0.9, */*;q=0.1", JSON_LD),
    "q-values against the order": (f"{HTML};q=0.2, {RDF_XML};q=0.3", RDF_XML),
    "anything but Turtle": (f"{TURTLE};q=0, */*;q=0.1", JSON_LD),
    "nothing at all": ("*/*;q=0", None),
    "charset": ("text/turtle;charset=utf-8", TURTLE),
    "a profile": ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
    "two profiles": (
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#flattened '
        'http://www.w3.org/ns/json-ld#compacted"',
        JSON_LD,
    ),
    "any text": ("text/*", TURTLE),
    "any text, least of all Turtle": ("text/*, text/turtle;q=0.1", HTML),
    "upper case": ("TEXT/TURTLE", TURTLE),
    "an image": ("image/png", None),
    "another RDF syntax": ("application/trig", None),
    "unknown first": (f"image/png, {N_TRIPLES};q=0.1", N_TRIPLES),
    "nonsense": ("((;;,,q=q", None),
}
PATHS = {
    "text": "doc/text/letter",
    "text with escapes": "doc/text/box~201~2Fletter~202",
    "text that ends like a suffix": "doc/text/letter.ttl",
    "text in parts": "doc/text/treatise",
    "part": "doc/text/treatise/treatise_1",
    "right-to-left": "doc/text/arabic",
    "hostile": "doc/text/hostile",
    "kept": "doc/text/kept",
    "agent": "doc/agent/ada-lovelace",
    "dataset": "dataset",
}


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with create_app(Config(published.data)).test_client() as client:
        yield client


@dataclass(frozen=True)
class Cell:
    """One document, asked for with one Accept."""

    client: FlaskClient
    path: str
    accept: str | None

    def ask(self, method: str = "GET", **headers: str) -> TestResponse:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.accept is not None:
            fields["Accept"] = self.accept
        first = self.client.open(self.path, method=method, headers=fields)
        again = self.client.open(self.path, method=method, headers=fields)
        assert (again.status, dict(again.headers), again.data) == (
            first.status, dict(first.headers), first.data
        )  # fmt: skip
        return first


cells = pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        pytest.param(path, accept, media_type, id=f"{what}, {who}")
        for what, path in PATHS.items()
        for who, (accept, media_type) in ACCEPT.items()
    ],
)


@cells
def test_contract(
    client: FlaskClient, path: str, accept: str | None, media_type: str | None
) -> None:
    cell = Cell(client, path, accept)
    got = cell.ask()
    if media_type is None:
        assert_not_acceptable(got, cell)
        return
    assert_answers(got, path, media_type)
    assert_head_is_get_without_body(got, cell)
    assert_not_modified_is_told(got, cell)
    assert_ranges_are_served(got, cell)


def assert_not_acceptable(got: TestResponse, cell: Cell) -> None:
    assert got.status_code == 406
    assert got.mimetype == "application/problem+json"
    assert all(name in got.text for name in SUFFIX)
    assert "Accept" in got.headers["Vary"]
    assert cell.ask(If_None_Match="*").status_code == 406


def assert_answers(got: TestResponse, path: str, media_type: str) -> None:
    assert got.status_code == 200
    assert got.mimetype == media_type
    assert {"Accept", "Accept-Encoding"} <= {v.strip() for v in got.headers["Vary"].split(",")}
    assert got.headers["ETag"].startswith('"')
    variant = f"{path}.{SUFFIX[media_type]}"
    # Where another document has the name of a variant, that variant has no address of its own.
    assert got.headers.get("Content-Location") == (
        None if variant in PATHS.values() else f"/{variant}"
    )
    assert got.last_modified is not None
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in got.headers
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Accept-Ranges"] == "bytes"
    assert int(got.headers["Content-Length"]) == len(got.data)
    link = got.headers["Link"]
    assert ('rel="describedby"' if media_type == HTML else 'rel="describes"') in link
    if media_type == HTML:
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]


def assert_head_is_get_without_body(got: TestResponse, cell: Cell) -> None:
    head = cell.ask("HEAD")
    assert head.status_code == 200
    assert dict(head.headers) == dict(got.headers)
    assert head.data == b""


def assert_not_modified_is_told(got: TestResponse, cell: Cell) -> None:
    tag, date = got.headers["ETag"], got.headers["Last-Modified"]
    for fields in (
        {"If_None_Match": tag},
        {"If_None_Match": f"W/{tag}"},
        {"If_None_Match": f'"other", {tag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": date},
        {"If_None_Match": tag, "If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        same = cell.ask(**fields)
        assert (same.status_code, same.data) == (304, b""), fields
        for name in ("ETag", "Vary", "Content-Location", "Cache-Control"):
            assert same.headers.get(name) == got.headers.get(name)
    for fields in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": date},
        {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert cell.ask(**fields).data == got.data, fields


def assert_ranges_are_served(got: TestResponse, cell: Cell) -> None:
    part = cell.ask(Range="bytes=2-11")
    assert (part.status_code, part.data) == (206, got.data[2:12])
    assert part.headers["Content-Range"] == f"bytes 2-11/{len(got.data)}"
    assert part.headers["ETag"] == got.headers["ETag"]
    assert cell.ask(Range="bytes=-5").data == got.data[-5:]
    assert cell.ask(Range=f"bytes={len(got.data)}-").status_code == 416
    assert cell.ask(Range="pages=1-2").status_code == 200
    assert cell.ask(Range="bytes=2-11", If_Range='"other"').status_code == 200
    assert cell.ask(Range="bytes=2-11", If_Range=got.headers["ETag"]).status_code == 206


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_variant_has_bytes_and_a_tag_of_its_own(client: FlaskClient, path: str) -> None:
    answers = [
        client.get(path, headers={"Accept": media_type, "Accept-Encoding": coding})
        for media_type in SUFFIX
        for coding in ("identity", "gzip")
    ]

    assert len({answer.headers["ETag"] for answer in answers}) == len(answers)


@pytest.mark.parametrize("media_type", SUFFIX, ids=SUFFIX.values())
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_an_address_with_a_suffix_gives_that_variant_whatever_is_accepted(
    client: FlaskClient, path: str, media_type: str
) -> None:
    if f"{path}.{SUFFIX[media_type]}" in PATHS.values():
        media_type = N_TRIPLES  # a document of exactly that name comes before a variant
    fixed = client.get(f"{path}.{SUFFIX[media_type]}", headers={"Accept": "image/png"})
    negotiated = client.get(path, headers={"Accept": media_type})

    assert (fixed.status_code, fixed.mimetype) == (200, media_type)
    assert fixed.data == negotiated.data
    assert "Accept" not in {v.strip() for v in fixed.headers["Vary"].split(",")}


THINGS = {
    "text": ("text/letter", 303, "/doc/text/letter"),
    "escapes": ("text/box~201~2Fletter~202", 303, "/doc/text/box~201~2Fletter~202"),
    "part": ("text/treatise/treatise_1", 303, "/doc/text/treatise/treatise_1"),
    "agent": ("agent/ada-lovelace", 303, "/doc/agent/ada-lovelace"),
    "moved": ("text/old-letter", 301, "/text/letter"),
    "document of the moved": ("doc/text/old-letter", 301, "/doc/text/letter"),
    "withdrawn": ("text/gone", 410, None),
    "document of the withdrawn": ("doc/text/gone", 410, None),
    "variant of the withdrawn": ("doc/text/gone.ttl", 410, None),
    "dropped": ("text/dropped", 410, None),
    "unknown text": ("text/nobody", 404, None),
    "unknown document": ("doc/text/nobody", 404, None),
    "unknown suffix": ("doc/text/letter.pdf", 404, None),
    "unknown path": ("nowhere", 404, None),
    "not escaped": ("text/box 1/letter 2", 404, None),
    "out of the tree": ("doc/../../etc/passwd", 404, None),
    "NUL": ("text/%00", 404, None),
    "not UTF-8": ("text/%ff", 404, None),
    "very long": ("text/" + "a" * 10_000, 404, None),
}


@pytest.mark.parametrize("accept", [TURTLE, JSON_LD, HTML, "image/png", None])
@pytest.mark.parametrize(("path", "status", "location"), THINGS.values(), ids=THINGS)
def test_things_and_what_is_not_there(
    client: FlaskClient, path: str, status: int, location: str | None, accept: str | None
) -> None:
    got = Cell(client, path, accept).ask()

    assert got.status_code == status
    assert got.headers.get("Location") == location
    if status >= 400:
        is_open = accept is None and path.endswith(".ttl")
        is_rdf = status == 410 and (is_open or accept in {TURTLE, JSON_LD})
        expected = accept or TURTLE if is_rdf or accept == HTML else "application/problem+json"
        assert got.mimetype == expected
        assert "Accept" in got.headers["Vary"]


def test_a_tombstone_says_why_and_since_when(client: FlaskClient) -> None:
    problem = client.get("text/gone").json

    assert problem["status"] == 410
    assert "At the request of the rights holder." in problem["detail"]
    assert "2026-05-01" in str(problem)


@pytest.mark.parametrize("path", [*PATHS.values(), "text/letter", "text/gone", "", "health"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:99", "a/b", "<script>", ""],
)
def test_the_host_of_the_request_is_never_echoed(client: FlaskClient, path: str, host: str) -> None:
    plain = client.get(path)

    got = client.get(path, headers={"Host": host, "X-Forwarded-Host": host or "evil.example"})

    assert (got.status_code, got.data) == (plain.status_code, plain.data)
    assert "evil.example" not in str(got.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["doc/text/letter", "text/letter", "dataset", "/"])
def test_documents_cannot_be_written(client: FlaskClient, path: str, method: str) -> None:
    got = client.open(path, method=method)

    assert got.status_code == 405
    assert "GET" in got.headers["Allow"]


@pytest.mark.parametrize("path", ["doc/text/letter", "dataset", "sparql"])
def test_a_preflight_is_answered(client: FlaskClient, path: str) -> None:
    got = client.options(
        path,
        headers={"Origin": "https://x.example", "Access-Control-Request-Method": "GET"},
    )

    assert got.status_code == 204
    assert got.headers["Access-Control-Allow-Origin"] == "*"
