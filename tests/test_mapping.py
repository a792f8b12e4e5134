"""The seed's statements against the ideal ones, and what becomes of fields one by one."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import rdflib

from ld import corpus
from ld.edition import open_current
from ld.mapping.documents import MappedText, agent_document, map_text
from ld.publish import publish
from ld.record import File, Origin, Record, Value
from ld.terms import Statement, literal

PROJECT = Path(__file__).parents[1]
DRAFT = PROJECT.parent / "shared" / "drafts" / "record.ttl"
NOW = datetime(2026, 2, 5, tzinfo=UTC)

BASE = "https://corpus.example.org/"
ID = "al_petr_kropotkin_small_communal_experiments_and_why_they_fail"
TEXT, FILE, DOCUMENT = f"<{BASE}text/{ID}>", f"<{BASE}text/{ID}#file>", f"<{BASE}doc/text/{ID}>"
DCT, SCHEMA, SPDX = "http://purl.org/dc/terms/", "https://schema.org/", "http://spdx.org/rdf/terms#"
FOAF = "http://xmlns.com/foaf/0.1/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
ARCHIVE = f"<{BASE}agent/example-archive>"
SHA256 = "d458cdf0fee207e14c6245a14ae40cac37c6c52df9bfe1f245b970b0aa1eb1e4"

#: What the draft assumes about the corpus and no seed says.
SETTINGS = f"""
base = "{BASE}"
title = "Anarchist texts corpus"
language = "en"
year_means = "issued"
access = "open"
[publisher]
name = "Example Archive"
type = "Organization"
[[authority]]
name = "Peter Kropotkin"
type = "Person"
[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"
"""

#: The draft names things otherwise; each IRI of the draft and the one that the design gives.
RENAMED = {
    f"<{BASE}text/{ID}.txt>": FILE,  # the file is a fragment of its text: no clash with an id
    f"<{BASE}doc/{ID}>": DOCUMENT,  # documents are named after the thing's own path
    f"<{BASE}dataset/anarchist-texts>": f"<{BASE}dataset>",  # one service, one dataset
}
#: In the draft alone, with the reason.
DRAFT_ALONE = {
    (TEXT, f"<{DCT}publisher>", ARCHIVE): "who publishes the corpus did not publish the text",
    (TEXT, f"<{SCHEMA}publisher>", ARCHIVE): "who publishes the corpus did not publish the text",
    (FILE, f"<{SCHEMA}contentUrl>", FILE): "the texts themselves are not served",
    (FILE, f"<{SCHEMA}contentSize>", '"12345"'): "a placeholder in the draft",
    (FILE, f"<{SCHEMA}sha256>",
     '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'):
        "a placeholder in the draft",
    (FILE, f"<{SPDX}checksum>", "_:checksum"): "a blank node cannot be addressed or compared",
    ("_:checksum", TYPE, f"<{SPDX}Checksum>"): "a blank node cannot be addressed or compared",
    ("_:checksum", f"<{SPDX}algorithm>", f"<{SPDX}checksumAlgorithm_sha256>"):
        "a blank node cannot be addressed or compared",
    ("_:checksum", f"<{SPDX}checksumValue>",
     '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'
     "^^<http://www.w3.org/2001/XMLSchema#hexBinary>"):
        "a placeholder, in a datatype that is not kept as it is written by every store",
}  # fmt: skip
#: In our statements about the text, its file and its document alone, with the reason.
OURS_ALONE = {
    (TEXT, f"<{BASE}vocab#earliestYear>",
     '"1893"^^<http://www.w3.org/2001/XMLSchema#integer>'): "not every engine compares gYear",
    (TEXT, f"<{BASE}vocab#latestYear>",
     '"1893"^^<http://www.w3.org/2001/XMLSchema#integer>'): "not every engine compares gYear",
    (FILE, f"<{SCHEMA}contentSize>", '"2429"'): "the true size",
    (FILE, f"<{SCHEMA}sha256>", f'"{SHA256}"'): "the true checksum",
    (FILE, f"<{SPDX}checksum>", f"<{BASE}text/{ID}#checksum>"): "a fragment, not a blank node",
    (f"<{BASE}text/{ID}#checksum>", TYPE, f"<{SPDX}Checksum>"): "a fragment, not a blank node",
    (f"<{BASE}text/{ID}#checksum>", f"<{SPDX}algorithm>",
     f"<{SPDX}checksumAlgorithm_sha256>"): "a fragment, not a blank node",
    (f"<{BASE}text/{ID}#checksum>", f"<{SPDX}checksumValue>",
     f'"{SHA256}"'): "the true checksum, as a plain string",
}  # fmt: skip
#: The agents and the dataset have documents of their own, which the draft puts into the text's.
OWN_DOCUMENTS = re.compile(f"<{BASE}(doc/)?(agent/|dataset>)")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> set[Statement]:
    folder = tmp_path_factory.mktemp("draft")
    settings = folder / "corpus.toml"
    settings.write_text(SETTINGS)
    publish(PROJECT / "seeds", folder / "data", settings_file=settings, now=lambda: NOW)
    edition = open_current(folder / "data")
    return {s for document in edition.documents() for s in document.owned}


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch) -> set[Statement]:
    if not DRAFT.exists():
        pytest.skip("the drafts beside the project are not here")
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Graph().parse(DRAFT)
    return {tuple(_term(node) for node in triple) for triple in graph}  # type: ignore[misc]


def _term(node: rdflib.term.Node) -> str:
    if isinstance(node, rdflib.BNode):
        return "_:checksum"
    return RENAMED.get(node.n3(), node.n3())


def test_the_seed_says_all_that_the_draft_says_but_for_known_reasons(
    ours: set[Statement], draft: set[Statement]
) -> None:
    assert draft - ours == set(DRAFT_ALONE)


def test_the_seed_says_nothing_beyond_the_draft_but_for_known_reasons(
    ours: set[Statement], draft: set[Statement]
) -> None:
    about_the_text = {s for s in ours if not OWN_DOCUMENTS.match(s[0])}

    assert about_the_text - draft == set(OURS_ALONE)


def test_agents_and_the_dataset_are_described_in_documents_of_their_own(
    ours: set[Statement], draft: set[Statement]
) -> None:
    alone = {s for s in ours - draft if OWN_DOCUMENTS.match(s[0])}

    # Of the agents themselves the draft says the same.
    assert {s[0] for s in alone} == {
        f"<{BASE}{key}>"
        for key in ("dataset", "doc/agent/example-archive", "doc/agent/peter-kropotkin")
    }


def record(path: str = "a.txt", heading: str | None = None, **fields: str) -> Record:
    fields = {"SOURCE_ID": "x", "TITLE": "A title"} | fields
    opening = None if heading is None else Value(heading, Origin(path, 9, "heading", heading))
    return Record(
        File(path, 10, 0, "0" * 64, "1" * 64, "2" * 64, opening),
        {
            name: Value(text, Origin(path, line, name, text))
            for line, (name, text) in enumerate(fields.items(), start=1)
        },
    )


def mapped(*records: Record, toml: str = f'base = "{BASE}"\nlanguage = "en"') -> MappedText:
    with TemporaryDirectory() as folder:
        Path(folder, "corpus.toml").write_text(toml)
        return map_text(records, corpus.load(Path(folder)), NOW)


def objects(text: MappedText, key: str, predicate: str) -> set[str]:
    (document,) = [d for d in text.documents if d.key == key]
    return {o for s, p, o in document.stated if s == f"<{BASE}{key}>" and p == f"<{predicate}>"}


def test_one_file_is_the_text_itself() -> None:
    text = mapped(record())

    assert [d.key for d in text.documents] == ["text/x"]
    assert objects(text, "text/x", DCT + "hasFormat") == {f"<{BASE}text/x#file>"}


def test_several_files_are_parts_and_the_facts_of_files_move_to_them() -> None:
    text = mapped(record("s1.txt", heading="One"), record("s2.txt"))

    assert [d.key for d in text.documents] == ["text/x", "text/x/s1", "text/x/s2"]
    assert objects(text, "text/x", DCT + "hasFormat") == set()
    assert objects(text, "text/x", DCT + "hasPart") == {f"<{BASE}text/x/s{n}>" for n in (1, 2)}
    assert objects(text, "text/x/s1", DCT + "title") == {literal("One", language="en")}
    assert objects(text, "text/x/s2", DCT + "title") == {literal("A title", language="en")}


def test_a_heading_is_a_title_and_never_a_key() -> None:
    text = mapped(record("s1.txt", heading="Same"), record("s2.txt", heading="Same"))

    assert text.files == {"s1.txt": "text/x/s1", "s2.txt": "text/x/s2"}


def test_the_manifests_unit_names_the_part() -> None:
    text = mapped(record("s1.txt", PART="unit_001"), record("s2.txt", PART="unit_002"))

    assert text.files == {"s1.txt": "text/x/unit_001", "s2.txt": "text/x/unit_002"}


def test_two_files_for_one_part_leave_the_second_out_and_say_so() -> None:
    text = mapped(record("a/s.txt"), record("b/s.txt"))

    assert text.files == {"a/s.txt": "text/x/s"}
    (finding,) = text.findings
    assert (finding.rule, finding.file) == ("duplicate_part", "b/s.txt")
    assert "a/s.txt" in finding.message


def test_where_the_files_of_a_text_differ_the_first_wins_and_both_are_named() -> None:
    text = mapped(record("s1.txt", YEAR="1893"), record("s2.txt", YEAR="1894"))

    assert {o.split('"')[1] for o in objects(text, "text/x", DCT + "date")} == {"1893"}
    (finding,) = text.findings
    assert (finding.rule, finding.file, finding.value) == ("files_differ", "s2.txt", "1894")
    assert "s1.txt:3 says '1893'" in finding.message


@pytest.mark.parametrize("name", ["Unknown", "NA", "n.d."])
def test_a_placeholder_is_never_published(name: str) -> None:
    text = mapped(record(AUTHOR=name, YEAR=name))

    assert objects(text, "text/x", DCT + "creator") == set()
    assert objects(text, "text/x", DCT + "date") == set()
    assert {f.rule for f in text.findings} == {"not_known"}


def test_every_name_becomes_an_agent_in_order() -> None:
    text = mapped(record(AUTHOR="Émile Pouget; Peter Kropotkin; Unknown"))

    assert [a.value.name for a in text.agents] == ["Émile Pouget", "Peter Kropotkin"]


def test_a_variant_in_the_authority_table_is_the_same_agent() -> None:
    toml = f'base = "{BASE}"\n[[authority]]\nname = "Peter Kropotkin"\nvariants = ["P. K."]'

    assert [a.value.key for a in mapped(record(AUTHOR="P. K."), toml=toml).agents] == [
        "agent/peter-kropotkin"
    ]


@pytest.mark.parametrize(
    ("known", "types"),
    [
        ("", set()),
        ('inverted = "Kropotkin, Peter"', set()),
        ('type = "Person"', {f"<{SCHEMA}Person>", f"<{FOAF}Person>"}),
        ('type = "Organization"', {f"<{SCHEMA}Organization>", f"<{FOAF}Organization>"}),
    ],
)
def test_an_agent_has_a_type_only_if_its_kind_is_known(known: str, types: set[str]) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "corpus.toml").write_text(f'[[authority]]\nname = "Peter Kropotkin"\n{known}')
        settings = corpus.load(Path(folder))
    (agent,) = map_text([record(AUTHOR="Peter Kropotkin")], settings, NOW).agents

    document = agent_document(agent, settings)

    thing = f"<{settings.base}{document.key}>"
    assert {o for s, p, o in document.stated if s == thing and p == TYPE} == types


@pytest.mark.parametrize(
    ("meaning", "predicates"),
    [
        ("date", {DCT + "date"}),
        ("issued", {DCT + "date", DCT + "issued", SCHEMA + "datePublished"}),
        ("created", {DCT + "date", DCT + "created", SCHEMA + "dateCreated"}),
    ],
)
def test_year_means_what_the_settings_say(meaning: str, predicates: set[str]) -> None:
    toml = f'base = "{BASE}"\nyear_means = "{meaning}"'
    (document,) = mapped(record(YEAR="1893"), toml=toml).documents

    assert {
        p[1:-1] for _, p, o in document.stated if o.startswith('"1893"^^<') and "gYear" in o
    } == (predicates)


def test_an_uncertain_date_stays_out_of_schema_org() -> None:
    text = mapped(record(YEAR="c. 1850"), toml=f'base = "{BASE}"\nyear_means = "issued"')

    assert objects(text, "text/x", SCHEMA + "datePublished") == set()
    assert {o.split('"')[1] for o in objects(text, "text/x", DCT + "issued")} == {"1850~"}


def test_a_licence_follows_from_a_rule_only() -> None:
    rule = '[[rights]]\npattern = "public domain"\nlicence = "http://creativecommons.org/publicdomain/mark/1.0/deed.de"'
    seed = record(LICENSE_NOTE="in the public domain")

    without = mapped(seed)
    by_rule = mapped(seed, toml=f'base = "{BASE}"\n{rule}')

    assert objects(without, "text/x", DCT + "license") == set()
    assert objects(by_rule, "text/x", DCT + "license") == {
        "<https://creativecommons.org/publicdomain/mark/1.0/>"
    }
    assert objects(by_rule, "text/x", DCT + "rights") == {
        literal("in the public domain", language="und")
    }


def test_every_statement_has_one_owner() -> None:
    text = mapped(record("s1.txt", AUTHOR="A B"), record("s2.txt", AUTHOR="A B"))
    owned = [s for d in text.documents for s in (*d.stated, *d.volatile)]

    assert len(owned) == len(set(owned))
    for document in text.documents:
        subjects = {s[1:-1].partition("#")[0] for s, _, _ in document.stated}
        assert subjects == {BASE + document.key, f"{BASE}doc/{document.key}"}


def test_the_moment_of_retrieval_and_what_it_changes_are_volatile_unless_the_settings_differ() -> (
    None
):
    seed = record(RETRIEVED_UTC="2026-02-04T16:55:10Z")

    (usual,) = mapped(seed).documents
    (strict,) = mapped(seed, toml=f'base = "{BASE}"\nlanguage = "en"\nvolatile = []').documents

    assert {p for _, p, _ in usual.volatile} == {
        "<http://purl.org/pav/retrievedOn>",
        "<http://www.w3.org/ns/prov#generatedAtTime>",
        f"<{SCHEMA}contentSize>",
        f"<{SCHEMA}sha256>",
        f"<{SPDX}checksumValue>",
    }
    assert strict.volatile == ()
    assert set(strict.stated) == {*usual.stated, *usual.volatile}


def test_another_body_is_a_change_though_nothing_that_is_stated_differs() -> None:
    first, second = record(), record()
    second = replace(second, file=replace(second.file, body_sha256="3" * 64))

    assert mapped(first).documents[0].stated == mapped(second).documents[0].stated
    assert mapped(first).documents[0].digest != mapped(second).documents[0].digest
