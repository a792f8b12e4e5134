"""Bad seeds beside good ones, end to end: each is explained, none stops another."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from forking_publisher import ForkingPublisher
from seed_folders import BASE, SETTINGS, letters, seed, seeds_of, write

from ld.edition import Edition, open_current
from ld.publish import Publication, publish
from ld.report import Finding, Severity
from ld.stored import StoredDocument
from ld.terms import text_of
from ld.vocabulary import SCHEMA

DCTERMS = "http://purl.org/dc/terms/"
GOOD = ["good1", "good2", "good3"]


@dataclass(frozen=True)
class Bad:
    """A bad seed and what is to be said of it; `field` and `value` where they apply."""

    name: str
    content: str | bytes
    rule: str
    remedy: str
    line: int | None = None
    field: str | None = None
    value: str | None = None
    severity: Severity = Severity.WARNING
    state: str = "published"

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> str:
        return f"{self.name}.txt"


def unreadable(name: str, content: str | bytes, remedy: str, **known: Any) -> Bad:
    return Bad(
        name, content, "seed", remedy, severity=Severity.VIOLATION, state="withheld", **known
    )


def field(name: str, key: str, value: str, rule: str, remedy: str, **known: Any) -> Bad:
    """Give a seed with one bad field, which stands on the line where it always stands."""
    line = 1 + ["TITLE", "AUTHOR", "YEAR", "SOURCE_ID", "SOURCE_URL", "RETRIEVED_UTC"].index(key)
    content = seed(**{"SOURCE_ID": name, key: value})
    return Bad(name, content, rule, remedy, line, key, value, **known)


def header(name: str, *extra: str) -> str:
    return seed(SOURCE_ID=name).replace("----", "\n".join([*extra, "----"]), 1)


BAD = [
    unreadable("no_end", "TITLE: No end\nSOURCE_ID: no_end\n", "Write ----".lower()),
    unreadable("empty", "", "write a header and a text"),
    unreadable("blank", " \n\r\n\t\n", "write a header and a text"),
    unreadable("header_only", seed(SOURCE_ID="header_only").partition("----")[0], "write ----"),
    unreadable("zeros", bytes(4096), "write ----"),
    unreadable("utf16", seed(SOURCE_ID="utf16").encode("utf-16"), "write ----"),
    unreadable("no_id", seed(SOURCE_ID=None), "Write SOURCE_ID:", field="SOURCE_ID"),
    unreadable("no_header", "----\nText alone.\n", "Write SOURCE_ID:", field="SOURCE_ID"),
    unreadable(
        "placeholder_id",
        seed(SOURCE_ID="NA"),
        "an identifier that no other text has",
        line=4,
        field="SOURCE_ID",
        value="NA",
    ),
    Bad(
        "no_title",
        seed(SOURCE_ID="no_title", TITLE=None),
        "text#title",
        "Write TITLE:",
        severity=Severity.VIOLATION,
        state="withheld",
    ),
    Bad(
        "empty_title",
        seed(SOURCE_ID="empty_title", TITLE=""),
        "text#title",
        "Write TITLE:",
        severity=Severity.VIOLATION,
        state="withheld",
    ),
    Bad(
        "no_colon",
        header("no_colon", "A line of prose"),
        "header_line",
        "Write a key and a colon",
        line=8,
        value="A line of prose",
    ),
    Bad(
        "no_key",
        header("no_key", ": a value"),
        "header_line",
        "Write a key and a colon",
        line=8,
        value=": a value",
    ),
    Bad(
        "twice",
        header("twice", "TITLE: Another"),
        "duplicate_key",
        "line 1 was used. Keep one of them.",
        line=8,
        field="TITLE",
        value="Another",
    ),
    Bad(
        "unknown_key",
        header("unknown_key", "COLOUR: red"),
        "unknown_key",
        "Known are TITLE,",
        line=8,
        field="COLOUR",
        value="red",
    ),
    Bad(
        "lower_case",
        seed(SOURCE_ID="lower_case").replace("TITLE:", "title:"),
        "key_case",
        "write it in upper case",
        line=1,
        field="title",
        severity=Severity.INFO,
    ),
    Bad(
        "marked",
        seed(SOURCE_ID="marked").encode("utf-8-sig"),
        "byte_order_mark",
        "UTF-8 without one",
        line=1,
        severity=Severity.INFO,
    ),
    Bad(
        "crlf",
        seed(SOURCE_ID="crlf").replace("\n", "\r\n"),
        "line_ends",
        "Save it with LF",
        severity=Severity.INFO,
    ),
    Bad(
        "latin_1",
        seed(SOURCE_ID="latin_1", TITLE="Prière d’été".replace("’", "'")).encode("latin-1"),
        "encoding",
        "Save the file as UTF-8",
        line=1,
    ),
    field("nul", "TITLE", "A\0B", "control_character", "Delete them"),
    field("control", "TITLE", "A\x01\x7f\x85B", "control_character", "Delete them"),
    field("year_na", "YEAR", "NA", "not_known", "once it is known", severity=Severity.INFO),
    field("year_nd", "YEAR", "n.d.", "not_known", "once it is known", severity=Severity.INFO),
    field("year_long", "YEAR", "18930", "unreadable_value", "write"),
    field("year_to_come", "YEAR", "2999", "future_year", "Correct it"),
    field("author_no", "AUTHOR", "Unknown", "not_known", "once it is", severity=Severity.INFO),
    Bad(
        "author_empty",
        seed(SOURCE_ID="author_empty", AUTHOR=""),
        "text#creator_known",
        "Write AUTHOR:",
    ),
    field("url_ftp", "SOURCE_URL", "ftp://example.org/x", "unreadable_value", "https://"),
    field("url_blank", "SOURCE_URL", "https://example.org/a b", "unreadable_value", "%20"),
    field("url_quote", "SOURCE_URL", 'https://example.org/"x"', "unreadable_value", "encoded"),
    field("url_script", "SOURCE_URL", "javascript:alert(1)", "unreadable_value", "https://"),
    field("retrieved_odd", "RETRIEVED_UTC", "yesterday", "unreadable_value", "write it as"),
    field("retrieved_ahead", "RETRIEVED_UTC", "2999-01-01T00:00:00Z", "unreadable_value", "future"),
]
#: Seeds that look odd and are right: nothing is said of them.
ODD = {
    "year_about": {"YEAR": "c. 1850"},
    "year_unsure": {"YEAR": "1893?"},
    "year_bce": {"YEAR": "-50"},
    "year_month": {"YEAR": "1887-02"},
    "several": {"AUTHOR": "Ada Lovelace; Grace Hopper;Ada Lovelace"},
    "script": {"TITLE": '</script><script>alert("x")</script>'},
    "right_to_left": {"TITLE": "‮تاريخ الطبري‬ (abc)"},
    "long": {"TITLE": "Long " * 5000},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad")


@pytest.fixture(scope="module")
def published(folder: Path) -> Publication:
    files: dict[str, str | bytes] = {bad.file: bad.content for bad in BAD}
    files |= {f"{name}.txt": seed(SOURCE_ID=name, **fields) for name, fields in ODD.items()}
    seeds = write(folder / "seeds", {**letters(GOOD), **files})
    return publish(seeds, folder / "data")


@pytest.fixture(scope="module")
def edition(folder: Path, published: Publication) -> Edition:
    return open_current(folder / "data")


def about(edition: Edition, file: str) -> list[Finding]:
    return [finding for finding in edition.findings() if finding.file == file]


def values(document: StoredDocument, predicate: str) -> list[str]:
    """Give what a document says of its thing."""
    thing = f"<{document.iri}>"
    return [text_of(o) for s, p, o in document.owned if (s, p) == (thing, f"<{predicate}>")]


def test_bad_seeds_do_not_stop_good_ones(published: Publication, edition: Edition) -> None:
    states = seeds_of(edition)

    assert published.state == "published"
    assert {states[f"{name}.txt"] for name in (*GOOD, *ODD)} == {"published"}
    assert all(f"text/{name}" in edition for name in (*GOOD, *ODD))


def test_every_seed_is_published_kept_or_withheld(edition: Edition) -> None:
    counts = edition.counts

    assert counts["in"] == len(BAD) + len(GOOD) + len(ODD)
    assert counts["in"] == counts["published"] + counts["kept"] + counts["withheld"]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_seed_is_explained_with_its_place_and_a_remedy(bad: Bad, edition: Edition) -> None:
    findings = [finding for finding in about(edition, bad.file) if finding.rule == bad.rule]

    assert len(findings) == 1, about(edition, bad.file)
    (found,) = findings
    assert (found.severity, found.line, found.field) == (bad.severity, bad.line, bad.field)
    assert found.value == bad.value
    assert bad.remedy in found.message
    assert seeds_of(edition)[bad.file] == bad.state


@pytest.mark.parametrize("bad", [bad for bad in BAD if bad.state == "withheld"], ids=str)
def test_a_withheld_seed_is_no_document_and_its_reason_is_kept(bad: Bad, edition: Edition) -> None:
    row = edition.db.execute("SELECT * FROM seed WHERE path = ?", (bad.file,)).fetchone()

    assert f"text/{bad.name}" not in edition
    assert bad.remedy.casefold() in row["reason"].casefold()


@pytest.mark.parametrize("name", ODD)
def test_what_only_looks_odd_is_published_without_remark(name: str, edition: Edition) -> None:
    assert about(edition, f"{name}.txt") == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("year_about", ["1850~"]),
        ("year_unsure", ["1893?"]),
        ("year_bce", ["-0050"]),
        ("year_month", ["1887-02"]),
        ("year_na", []),
        ("year_nd", []),
        ("year_long", []),
    ],
)
def test_a_year_is_published_as_what_it_means(
    name: str, written: list[str], edition: Edition
) -> None:
    assert values(edition.document(f"text/{name}"), DCTERMS + "date") == written


@pytest.mark.parametrize("name", ["url_ftp", "url_blank", "url_quote", "url_script"])
def test_a_source_that_is_no_web_address_is_not_published(name: str, edition: Edition) -> None:
    document = edition.document(f"text/{name}")

    assert values(document, DCTERMS + "source") == []
    assert not any("javascript:" in obj or "ftp:" in obj for _, _, obj in document.owned)


@pytest.mark.parametrize("name", ["retrieved_odd", "retrieved_ahead"])
def test_an_unusable_moment_of_retrieval_is_not_published(name: str, edition: Edition) -> None:
    stated = {p for _, p, _ in edition.document(f"text/{name}").owned}

    assert not {p for p in stated if "retrievedOn" in p or "generatedAtTime" in p}


def test_several_authors_are_several_agents(edition: Edition) -> None:
    creators = values(edition.document("text/several"), DCTERMS + "creator")

    assert creators == [f"{BASE}agent/ada-lovelace", f"{BASE}agent/grace-hopper"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("script", ODD["script"]["TITLE"]),
        ("right_to_left", ODD["right_to_left"]["TITLE"]),
        ("long", ODD["long"]["TITLE"].strip()),
        ("nul", "AB"),
        ("control", "AB"),
        ("latin_1", "Prière d'été"),
        ("twice", "A Letter"),
        ("lower_case", "A Letter"),
        ("marked", "A Letter"),
        ("crlf", "A Letter"),
    ],
)
def test_a_title_arrives_as_it_is_but_for_control_characters(
    name: str, title: str, edition: Edition
) -> None:
    assert values(edition.document(f"text/{name}"), SCHEMA + "name") == [title]


# Identifiers


def identified(*identifiers: str) -> dict[str, str | bytes]:
    return {
        f"{number:02}.txt": seed(SOURCE_ID=identifier, TITLE=f"Letter {number}")
        for number, identifier in enumerate(identifiers)
    }


@pytest.fixture(scope="module")
def identifiers(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("identifiers")
    odd = ["../x", "a/b", "a b", "..", "%2F", "a%2Fb", "🏴", "~2F", "x#y?z", "A", "a"]
    files = identified(*odd)
    files |= {
        "nfc.txt": seed(SOURCE_ID=unicodedata.normalize("NFC", "naïve")),
        "nfd.txt": seed(SOURCE_ID=unicodedata.normalize("NFD", "naïve")),
        "plain.txt": seed(SOURCE_ID="plain"),
        "suffixed.txt": seed(SOURCE_ID="plain.ttl"),
        "html.txt": seed(SOURCE_ID="plain.html"),
        "alone.txt": seed(SOURCE_ID="alone.ttl"),
        "one/same.txt": seed(SOURCE_ID="same"),
        "two/same.txt": seed(SOURCE_ID="same"),
    }
    publish(write(folder / "seeds", files), folder / "data")
    return open_current(folder / "data")


@pytest.mark.parametrize(
    ("identifier", "key"),
    [
        ("../x", "text/..~2Fx"),
        ("a/b", "text/a~2Fb"),
        ("a b", "text/a~20b"),
        ("..", "text/~2E~2E"),
        ("%2F", "text/~252F"),
        ("a%2Fb", "text/a~252Fb"),
        ("🏴", "text/~F0~9F~8F~B4"),
        ("~2F", "text/~7E2F"),
        ("x#y?z", "text/x~23y~3Fz"),
        ("A", "text/A"),
        ("a", "text/a"),
    ],
)
def test_any_identifier_names_one_text(identifier: str, key: str, identifiers: Edition) -> None:
    assert values(identifiers.document(key), DCTERMS + "identifier") == [identifier]


def test_identifiers_that_unicode_takes_for_one_are_one_text_and_reported(
    identifiers: Edition,
) -> None:
    parts = [entry.key for entry in identifiers.parts_of("text/na~C3~AFve")]
    found = [f for f in identifiers.findings() if f.rule == "files_differ" and f.file == "nfd.txt"]

    assert parts == ["text/na~C3~AFve/nfc", "text/na~C3~AFve/nfd"]
    assert [(f.line, f.field) for f in found] == [(4, "SOURCE_ID")]


def test_two_files_for_one_part_are_one_document_and_a_finding(identifiers: Edition) -> None:
    found = [f for f in identifiers.findings() if f.rule == "duplicate_part"]

    assert [(f.file, f.line, f.field, f.value) for f in found] == [
        ("two/same.txt", 4, "SOURCE_ID", "same")
    ]
    assert "one/same.txt" in found[0].message
    assert seeds_of(identifiers)["one/same.txt"] == "published"
    assert seeds_of(identifiers)["two/same.txt"] == "withheld"
    assert [entry.key for entry in identifiers.parts_of("text/same")] == ["text/same/same"]


def test_an_identifier_that_looks_like_another_with_a_suffix_is_a_finding(
    identifiers: Edition,
) -> None:
    found = [f for f in identifiers.findings() if f.rule == "suffix_collision"]

    assert {(f.key, f.value, f.severity) for f in found} == {
        ("text/plain.ttl", "plain.ttl", Severity.WARNING),
        ("text/plain.html", "plain.html", Severity.WARNING),
    }
    assert all("Rename" in f.message and "text/plain" in f.message for f in found)
    assert {(f.file, f.line, f.field) for f in found} == {
        ("suffixed.txt", 4, "SOURCE_ID"),
        ("html.txt", 4, "SOURCE_ID"),
    }


# Files that are not what they seem


@pytest.fixture(scope="module")
def publisher() -> Iterator[ForkingPublisher]:
    forking = ForkingPublisher()
    yield forking
    forking.close()


def test_a_huge_file_is_read_in_little_memory(tmp_path: Path, publisher: ForkingPublisher) -> None:
    seeds = write(tmp_path / "seeds", letters([*GOOD, "huge"]))
    publisher.publish(seeds, tmp_path / "small")
    with (seeds / "huge.txt").open("r+b") as stream:
        stream.truncate(200_000_000)

    usual = publisher.publish(write(tmp_path / "few", letters([*GOOD, "huge"])), tmp_path / "usual")
    ending = publisher.publish(seeds, tmp_path / "data")

    assert ending.state == "published"
    assert ending.peak_bytes < usual.peak_bytes + 32_000_000
    size = f"{SCHEMA}contentSize"
    owned = open_current(tmp_path / "data").document("text/huge").owned
    assert [text_of(o) for _, p, o in owned if p == f"<{size}>"] == ["200000000"]


def test_a_flood_of_bad_header_lines_is_reported_briefly(tmp_path: Path) -> None:
    flood = seed(SOURCE_ID="flood").replace("----", "x\n" * 20_000 + "----", 1)
    seeds = write(tmp_path / "seeds", {**letters(GOOD), "flood.txt": flood})

    publish(seeds, tmp_path / "data")

    edition = open_current(tmp_path / "data")
    assert 10 < len(about(edition, "flood.txt")) < 200
    (more,) = (f.message for f in about(edition, "flood.txt") if f.rule == "more_remarks")
    assert more.startswith("19,900 more")
    assert "text/flood" in edition


def test_without_any_usable_seed_an_empty_edition_is_published(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", {"empty.txt": ""}, SETTINGS)

    outcome = publish(seeds, tmp_path / "data")

    assert (outcome.counts["in"], outcome.counts["withheld"]) == (1, 1)
    assert open_current(tmp_path / "data").counts["texts"] == 0
