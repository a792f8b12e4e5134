"""Citations: references by style, and in forms that other programs read right."""

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import bibtexparser
import orjson
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from citeproc.source.json import CiteProcJSON
from conftest import HOSTILE, Published
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from app import create_app
from app.citing import BIBTEX, CSL_JSON, REFERENCES, RIS, Item, bibtex, item_of, write
from app.citing.dates import csl_date, edtf
from app.citing.item import clean
from app.citing.styles import references
from app.config import Config
from app.description import Description
from ld.edition import Edition
from ld.fields import dates
from ld.iri import text_of_part
from ld.stored import StoredDocument
from ld.terms import iri, literal_of
from ld.vocabulary import dcterms, schema

LETTER = "/doc/text/letter"
URL = "https://texts.example/text/x"
TYPES = {  # of an item, as the others call it
    "book": ("book", "BOOK"),
    "chapter": ("incollection", "CHAP"),
    "document": ("misc", "GEN"),
    "dataset": ("misc", "DATA"),
}
NAUGHTY = [
    "Braces { that } do not } match {{{",
    "Marks: 100 % of $5 & #1_a ~ ^ \\ \\textbf{x}",
    "@misc{other, title = {Another}}",
    "A line\r\nER  - \r\nTY  - BOOK\r\nTI  - Another",
    "TY  - BOOK",
    "Dashes -- and --- and ``quotes'' and ''quotes''",
    "</script><!--<script>alert(1)</script>",
    "\"Quoted\" 'and' not",
    "\u202eturned round\u202c",
    "كتاب الحيوان",
    "Zwölf Bücher — naïveté, Kúrbiskíy, 物語",
    "\x00\x08nothing\x1f",
    "L\u2028S\u2029P\u0085N",
    "a" * 10_000,
]


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


def item(**variables: Any) -> Item:
    return {"id": "text/x", "type": "document", "title": "A title"} | variables | {"URL": URL}


def dated(expression: str) -> dict[str, Any]:
    date = dates.read(expression)
    written = csl_date(date.term, date.earliest, date.latest)
    assert written is not None
    return written


# Read back


def from_bibtex(text: str) -> dict[str, Any]:
    library = bibtexparser.parse_string(
        text, append_middleware=[SeparateCoAuthors(), LatexDecodingMiddleware()]
    )
    assert library.failed_blocks == []
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    to_text = LatexNodes2Text(keep_braced_groups=False).latex_to_text
    fields["author"] = [to_text(name) for name in fields.get("author", [])]
    return {"type": entry.entry_type, "key": entry.key, **fields}


def from_ris(text: str) -> dict[str, Any]:
    (record,) = rispy.loads(text)
    return dict(record)


def from_csl_json(text: str) -> Item:
    items = orjson.loads(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of variables that CSL does not have
        assert len(CiteProcJSON(items)) == 1
    (only,) = items
    return dict(only)


class Expected:
    """What a record states, read from its statements without the code under test."""

    def __init__(self, edition: Edition, document: StoredDocument) -> None:
        said, thing = Description(document.statements), iri(document.iri)
        (title,) = said.objects(thing, schema("name"))[:1] or [None]
        self.title = (
            " ".join(re.sub("[\x00-\x1f\u2028]", " ", literal_of(title)[0]).split())
            if title
            else document.key.rpartition("/")[2]
        )
        creators = said.iris(thing, schema("creator"))
        names = [said.name(creator) for creator in creators]
        self.names = [" ".join(literal_of(name)[0].split()) for name in names if name]
        whole = text_of_part(document.key)
        dated_as = edition.document(whole) if whole else document
        found = Description(dated_as.statements).objects(iri(dated_as.iri), dcterms("date"))
        self.year = literal_of(found[0])[0][:4] if found else None
        self.type = "document"
        if whole:
            self.type = "chapter"
        elif said.objects(thing, schema("hasPart")):
            self.type = "book"
        self.iri = document.iri


def displayed(name: str) -> str:
    family, comma, given_name = name.partition(", ")
    return f"{given_name} {family}" if comma else name


def check(edition: Edition, document: StoredDocument) -> None:
    expected, written = Expected(edition, document), item_of(edition, document)
    bib = from_bibtex(write(BIBTEX, written))
    ris = from_ris(write(RIS, written))
    csl = from_csl_json(write(CSL_JSON, written))

    assert bib["title"] == ris["title"] == csl["title"] == expected.title
    # Readers take this field of BibTeX as it is.
    assert f"\n  url = {{{expected.iri}}},\n" in write(BIBTEX, written)
    assert ris["urls"][0] == csl["URL"] == expected.iri
    assert (bib["type"], ris["type_of_reference"]) == TYPES[csl["type"]]
    assert csl["type"] == expected.type
    assert [displayed(name) for name in bib["author"]] == expected.names
    assert [displayed(name) for name in ris.get("authors", [])] == expected.names
    named = [n.get("literal") or f"{n['given']} {n['family']}" for n in csl.get("author", [])]
    assert named == expected.names
    assert re.findall("[0-9]{4}", bib.get("year", ""))[:1] == [expected.year] * bool(expected.year)
    assert ris.get("year") == expected.year
    parts = csl.get("issued", {}).get("date-parts", [[None]])
    assert parts[0][0] == (int(expected.year) if expected.year else None)
    assert "accessed" not in csl


def documents(edition: Edition) -> Iterator[StoredDocument]:
    for document in edition.documents():
        if document.kind != "dataset":
            yield document


def test_every_record_of_the_shared_corpus_is_read_right(edition: Edition) -> None:
    for document in documents(edition):
        check(edition, document)


def test_every_record_of_the_seeds_is_read_right(published_seeds: Edition) -> None:
    for document in documents(published_seeds):
        check(published_seeds, document)


def test_every_record_of_the_kropotkin_corpus_is_read_right(published_kropotkin: Edition) -> None:
    checked = 0
    for document in documents(published_kropotkin):
        check(published_kropotkin, document)
        checked += 1
        if document.kind != "agent":
            written = item_of(published_kropotkin, document)
            assert written["author"] == [{"family": "Kropotkin", "given": "Peter"}]
            assert from_bibtex(write(BIBTEX, written))["author"] == ["Kropotkin, Peter"]

    assert checked > 50


def test_the_dataset_is_cited_as_one(edition: Edition) -> None:
    written = item_of(edition, edition.document("dataset"))

    assert written["type"] == "dataset"
    assert written["author"] == [{"literal": "Example Archive"}]
    assert written["version"] == edition.id
    assert written["issued"] == {"date-parts": [[2026, 5, 1]]}
    assert from_bibtex(write(BIBTEX, written))["title"] == "Letters and leaflets"
    assert from_ris(write(RIS, written))["type_of_reference"] == "DATA"


def test_a_part_is_in_its_text(edition: Edition) -> None:
    written = item_of(edition, edition.document("text/treatise/treatise_3"))

    assert written["type"] == "chapter"
    assert written["container-title"] == "A treatise in parts"
    assert written["issued"] == {"date-parts": [[1850]], "circa": True}
    assert written["author"] == [
        {"family": "Lovelace", "given": "Ada"},
        {"literal": "Charles Babbage"},
    ]
    assert from_bibtex(write(BIBTEX, written))["booktitle"] == "A treatise in parts"
    assert from_ris(write(RIS, written))["secondary_title"] == "A treatise in parts"


# Hostile values


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_no_title_changes_the_rest(text: str) -> None:
    title = clean(text)
    written = item(title=title, author=[{"literal": title}], note=title)

    bib, ris = from_bibtex(write(BIBTEX, written)), from_ris(write(RIS, written))

    # What stands for the mark in TeX is read back as another one.
    assert bib["title"] == title.replace("^", "ˆ")
    assert len(bib["author"]) == 1
    assert (ris["title"], ris["authors"], ris["notes"]) == (title, [title], [title])
    assert bib["url"] == ris["urls"][0] == from_csl_json(write(CSL_JSON, written))["URL"] == URL


@given(st.text())
def test_no_text_ends_its_field(text: str) -> None:
    title = clean(text) or "x"
    written = item(title=title, author=[{"family": title, "given": title}])

    (entry,) = bibtexparser.parse_string(write(BIBTEX, written)).entries
    (record,) = rispy.loads(write(RIS, written))

    assert [field.key for field in entry.fields] == ["author", "title", "url"]
    assert record["title"] == title
    assert record["urls"] == [URL]


@pytest.mark.parametrize("key", ["text/a/b", "text/~D9~83", "text/a{b", "text/100%", "text/é,f"])
def test_a_key_is_plain(key: str) -> None:
    assert re.fullmatch("[A-Za-z0-9_.:-]+", bibtex.key_of(item() | {"id": key}))


# Dates


@pytest.mark.parametrize(
    ("expression", "csl", "year", "ris"),
    [
        ("1893", {"date-parts": [[1893]]}, "1893", ("1893", None)),
        ("1893-02", {"date-parts": [[1893, 2]]}, "1893", ("1893", "1893/02//")),
        ("1893-02-07", {"date-parts": [[1893, 2, 7]]}, "1893", ("1893", "1893/02/07/")),
        ("0988", {"date-parts": [[988]]}, "988", ("0988", None)),
        ("1850~", {"date-parts": [[1850]], "circa": True}, "c. 1850", ("1850", "1850///c. 1850")),
        ("1850?", {"date-parts": [[1850]], "circa": True}, "c. 1850", ("1850", "1850///c. 1850")),
        (
            "1850/1855",
            {"date-parts": [[1850], [1855]]},
            "1850–1855",
            ("1850", "1850///1850–1855"),
        ),
        (
            "1850-01/1850-03~",
            {"date-parts": [[1850, 1], [1850, 3]], "circa": True},
            "c. 1850",
            ("1850", "1850/01//c. 1850"),
        ),
        (
            "1893-21",
            {"date-parts": [[1893]], "season": 1},
            "1893",
            ("1893", "1893///spring"),
        ),
        (
            "185X",
            {"date-parts": [[1850], [1859]], "circa": True, "literal": "1850s"},
            "1850s",
            ("1850", "1850///1850s"),
        ),
        (
            "1850/..",
            {"date-parts": [[1850]], "circa": True, "literal": "1850 and later"},
            "1850 and later",
            ("1850", "1850///1850 and later"),
        ),
        (
            "[1850,1852]",
            {"date-parts": [[1850], [1852]], "circa": True, "literal": "1850 or 1852"},
            "1850 or 1852",
            ("1850", "1850///1850 or 1852"),
        ),
        ("-0043", {"date-parts": [[-44]]}, "44 BCE", (None, "///44 BCE")),
        ("0000", {"date-parts": [[-1]]}, "1 BCE", (None, "///1 BCE")),
    ],
)
def test_dates_keep_their_doubts(
    expression: str, csl: dict[str, Any], year: str, ris: tuple[str | None, str | None]
) -> None:
    written = item(issued=dated(expression))

    assert written["issued"] == csl
    assert from_bibtex(write(BIBTEX, written))["year"] == year
    record = from_ris(write(RIS, written))
    assert (record.get("year"), record.get("date")) == ris


@pytest.mark.parametrize(
    "expression", ["1893", "1893-02-07", "1850~", "1850/1855", "1893-21", "-0043", "0000"]
)
def test_a_date_of_csl_is_one_of_edtf(expression: str) -> None:
    written = item(issued=dated(expression))

    assert edtf(written["issued"]) == expression
    assert f"\n  date = {{{expression}}},\n" in write(BIBTEX, written)


# Styles


def set_in_type(written: Item) -> dict[str, str]:
    return {reference.style: str(reference.text) for reference in references(written)}


def test_a_text_has_a_reference_in_each_style() -> None:
    text = item(
        author=[{"family": "Kropotkin", "given": "Peter"}],
        title="Law and authority",
        issued=dated("1886"),
        language="en",
    )

    assert set_in_type(text) == {
        "Chicago": f"Kropotkin, Peter. 1886. “Law and Authority.” {URL}.",
        "MLA": f"Kropotkin, Peter. “Law and Authority.” 1886, {URL}.",
        "APA": f"Kropotkin, P. (1886). <i>Law and authority</i>. {URL}",
        "Harvard": f"Kropotkin, P. (1886) ‘Law and authority’. Available at: {URL}.",
    }


def test_a_part_has_a_reference_in_its_text() -> None:
    part = item(
        type="chapter",
        author=[{"family": "Lovelace", "given": "Ada"}, {"literal": "Charles Babbage"}],
        title="On engines",
        issued=dated("1850~"),
        language="en",
        **{"container-title": "A treatise"},
    )

    assert set_in_type(part) == {
        "Chicago": "Lovelace, Ada, and Charles Babbage. [1850?]. “On Engines.” "
        f"In <i>A Treatise</i>. {URL}.",
        "MLA": "Lovelace, Ada, and Charles Babbage. “On Engines.” <i>A Treatise</i>, "
        f"[1850?], {URL}.",
        "APA": "Lovelace, A., &amp; Charles Babbage. (ca. 1850). On engines. "
        f"In <i>A treatise</i>. {URL}",
        "Harvard": "Lovelace, A. and Charles Babbage (1850) ‘On engines’, in <i>A treatise</i>. "
        f"Available at: {URL}.",
    }


def test_without_an_author_the_title_comes_first_and_once() -> None:
    for text in set_in_type(item(title="Nothing known")).values():
        assert text.lower().count("nothing known") == 1
        assert "Retrieved" not in text


def test_a_title_that_is_not_english_keeps_its_capitals() -> None:
    text = set_in_type(item(title="De la démocratie en amérique", language="fr"))

    assert "De la démocratie en amérique" in text["Chicago"]


@pytest.mark.parametrize("expression", ["185X", "1850/..", "1893-21", "1893-02-07/1893-03-09"])
def test_a_year_is_never_lost(expression: str) -> None:
    written = item(author=[{"literal": "A"}], issued=dated(expression))

    for text in set_in_type(written).values():
        assert len(re.findall("18[0-9]{2}", text)) in {1, 2}


@pytest.mark.parametrize("text", [*NAUGHTY, '<span class="nocase">x</span>', "\x02<i>\x04"])
def test_a_reference_has_no_markup_but_italics(text: str) -> None:
    title = clean(text)
    for written in set_in_type(item(title=title, author=[{"literal": title}])).values():
        assert set(re.findall("<[^>]*>?", written)) <= {"<i>", "</i>"}
        assert not re.search("[\x00-\x1f\u202a-\u202e]", written)
        assert len(written) < 20_000
        assert URL in written


def test_a_text_from_right_to_left_is_kept_apart() -> None:
    for text in set_in_type(item(title="كتاب الحيوان", language="ar")).values():
        assert "\u2068كتاب الحيوان\u2069" in text


def test_references_are_set_in_type_for_many_at_once() -> None:
    items = [item(title=f"Title {number}", author=[{"literal": "A"}]) for number in range(40)]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(set_in_type, items))

    for number, by_style in enumerate(found):
        assert all(f"itle {number}" in text for text in by_style.values())


def test_styles_are_read_when_they_are_needed() -> None:
    code = "import app, sys; print([name for name in sys.modules if name.startswith('citeproc')])"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout == "[]\n"


# Over HTTP


@pytest.mark.parametrize("form", REFERENCES, ids=lambda form: form.suffix)
def test_references_are_representations_of_a_document(client: FlaskClient, form: Any) -> None:
    negotiated = client.get(LETTER, headers={"Accept": form.media_type})
    variant = client.get(f"{LETTER}.{form.suffix}")

    assert negotiated.status_code == variant.status_code == 200
    assert negotiated.mimetype == variant.mimetype == form.media_type
    assert negotiated.headers["Content-Location"] == f"{LETTER}.{form.suffix}"
    assert "Accept" in negotiated.headers["Vary"].split(", ")
    assert negotiated.data == variant.data
    assert variant.headers["Content-Disposition"] == f"attachment; filename=letter.{form.suffix}"
    again = client.get(
        f"{LETTER}.{form.suffix}", headers={"If-None-Match": variant.headers["ETag"]}
    )
    assert again.status_code == 304


def test_references_are_offered_and_linked(client: FlaskClient) -> None:
    refused = client.get(LETTER, headers={"Accept": "image/png"})
    page = client.get(f"{LETTER}.html")

    assert {form.media_type for form in REFERENCES} <= set(orjson.loads(refused.data)["supported"])
    for form in REFERENCES:
        assert f'href="{LETTER}.{form.suffix}" type="{form.media_type}"' in page.text
        assert (
            f'letter.{form.suffix}>; rel="describedby"; type="{form.media_type}"'
            in (page.headers["Link"])
        )


def test_programs_that_take_anything_still_get_turtle(client: FlaskClient) -> None:
    assert client.get(LETTER).mimetype == "text/turtle"
    assert client.get(LETTER, headers={"Accept": "application/*"}).mimetype == "application/ld+json"


def test_an_agent_has_references_and_the_dataset_none(client: FlaskClient) -> None:
    agent = client.get("/doc/agent/ada-lovelace.ris")

    assert from_ris(agent.text)["title"] == "Ada Lovelace"
    assert client.get("/dataset.ris").status_code == 404


def test_a_page_has_references_without_scripts(client: FlaskClient) -> None:
    page = client.get("/doc/text/hostile.html").text

    assert re.findall(r'<p class="citation" id="(cite-[0-9])"', page) == [
        "cite-1", "cite-2", "cite-3", "cite-4",
    ]  # fmt: skip
    assert "<script>alert" not in page
    assert HOSTILE[:20] not in page
