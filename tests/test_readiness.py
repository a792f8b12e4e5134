"""Readiness: whole editions pass, planted faults are named by the right rule, and doors tell it."""

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph
import pytest
from click.testing import CliRunner
from conftest import BASE, SETTINGS, Published, seeds, write_seeds
from flask.testing import FlaskClient

from app import create_app
from app.checking import require_ready
from app.cli import main
from app.config import Config
from app.probing import check_addresses
from ld import records
from ld.describe import catalog_statements
from ld.edition import MANIFEST, Edition, sha256_of
from ld.errors import RefusedError
from ld.readiness import Consumer, Level, Readiness, all_rules, check, glance
from ld.readiness.json_ld import count_triples
from ld.readiness.report import as_object, statements
from ld.terms import Statement, is_iri_term, literal, literal_of
from ld.vocabulary import DCAT, SCHEMA, dcterms, schema

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "conformance" / "consumers"
DATASET = "dataset"


def checked(edition: Edition) -> Readiness:
    return check(edition, addresses=check_addresses)


def broken(readiness: Readiness, *levels: Level) -> set[str]:
    return {one.rule.id for one in readiness.findings if not levels or one.level in levels}


# The corpora as they are


@pytest.mark.parametrize("name", ["published_seeds", "published_kropotkin", "edition"])
def test_nothing_is_wrong_in_whole_editions(name: str, request: pytest.FixtureRequest) -> None:
    readiness = checked(request.getfixturevalue(name))

    assert broken(readiness, Level.FAULT) == set()
    assert readiness.is_ready
    assert all(one.looked_at > 0 for one in readiness.checks)


def test_a_corpus_that_states_everything_is_taken_by_all(published_kropotkin: Edition) -> None:
    readiness = checked(published_kropotkin)

    assert {one: readiness.refused_by(one) for one in Consumer} == {one: [] for one in Consumer}
    assert readiness.is_ready_for(Consumer)


def test_what_settings_leave_out_closes_registers_and_is_no_fault(
    published_seeds: Edition,
) -> None:
    readiness = checked(published_seeds)

    assert broken(readiness, Level.UNSTATED) == {
        "base-public", "nde-dataset-publisher", "dcat-catalog-publisher", "europeana-provider",
        "oai-admin-email",
    }  # fmt: skip
    assert readiness.is_ready
    assert not readiness.is_ready_for([Consumer.NDE])


# Faults, planted in copies


@pytest.fixture
def copied(published: Published, tmp_path: Path) -> Edition:
    """A copy of an edition that may be damaged."""
    shutil.copytree(published.edition.path, tmp_path / "edition")
    return Edition(tmp_path / "edition")


def restated(edition: Edition, change: Callable[[dict[str, Any]], None]) -> Edition:
    """Change the manifest, with the checksums of the files as they are now."""
    manifest = edition.manifest
    manifest["files"] = {
        name: {"size": path.stat().st_size, "sha256": sha256_of(path)}
        for name in manifest["files"]
        if (path := edition.path / name).exists()
    }
    change(manifest)
    (edition.path / MANIFEST).write_bytes(orjson.dumps(manifest))
    return Edition(edition.path)


def as_it_was(manifest: dict[str, Any]) -> None:
    """Change nothing else."""


def rewritten(edition: Edition, key: str, change: Callable[[Statement], Statement | None]) -> None:
    """Change or leave out statements of a document."""
    document = Edition(edition.path).document(key)
    reasons = document.derivations
    new = {now: reasons[one] for one in document.stated if (now := change(one)) is not None}
    reasons = new | {one: reasons[one] for one in document.volatile}
    stated = records.pack(sorted(new))
    derivations = records.pack_derivations(reasons)
    with sqlite3.connect(edition.path / records.FILE) as db:
        db.execute(
            "UPDATE version SET stated = ?, derivations = ? "
            "WHERE version = (SELECT version FROM document WHERE key = ?)",
            (stated, derivations, key),
        )
    db.close()


def without(predicate: str) -> Callable[[Statement], Statement | None]:
    return lambda one: None if one[1] == predicate else one


def untagged(one: Statement) -> Statement:
    if one[1] != schema("name") or is_iri_term(one[2]):
        return one
    return one[0], one[1], literal(literal_of(one[2])[0])


def executed(edition: Edition, *commands: str) -> None:
    with sqlite3.connect(edition.path / records.FILE) as db:
        for command in commands:
            db.execute(command)
    db.close()


def damaged_dump(edition: Edition) -> Edition:
    path = edition.path / "dumps" / "corpus.nt.gz"
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 0xFF
    path.write_bytes(octets)
    return edition


def wrong_checksum(edition: Edition) -> Edition:
    def change(manifest: dict[str, Any]) -> None:
        manifest["files"]["report.ttl"]["sha256"] = "0" * 64

    return restated(edition, change)


def wrong_size(edition: Edition) -> Edition:
    def change(manifest: dict[str, Any]) -> None:
        manifest["files"]["dumps/corpus.ttl.gz"]["size"] += 1

    return restated(edition, change)


def missing_dump(edition: Edition) -> Edition:
    (edition.path / "dumps" / "corpus.rdf.gz").unlink()
    return edition


def shorter_dump(edition: Edition) -> Edition:
    path = edition.path / "dumps" / "corpus.nt.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    return restated(edition, as_it_was)


def dump_of_another_syntax(edition: Edition) -> Edition:
    dumps = edition.path / "dumps"
    shutil.copyfile(dumps / "corpus.rdf.gz", dumps / "corpus.jsonld.gz")
    return restated(edition, as_it_was)


def missing_licence(edition: Edition) -> Edition:
    rewritten(edition, DATASET, without(schema("license")))
    return restated(edition, as_it_was)


def description_without_publisher(edition: Edition) -> Edition:
    rewritten(edition, DATASET, without(schema("publisher")))
    return restated(edition, as_it_was)


def no_admin_email(edition: Edition) -> Edition:
    return restated(edition, lambda manifest: manifest.update(contact=None))


def nonsense_as_admin_email(edition: Edition) -> Edition:
    contact = {"name": "Data desk", "email": "desk@archive"}
    return restated(edition, lambda manifest: manifest.update(contact=contact))


def wrong_triple_count(edition: Edition) -> Edition:
    def change(manifest: dict[str, Any]) -> None:
        manifest["counts"]["statements"] += 1

    return restated(edition, change)


def wrong_document_count(edition: Edition) -> Edition:
    def change(manifest: dict[str, Any]) -> None:
        manifest["counts"]["parts"] += 1

    return restated(edition, change)


def record_without_title(edition: Edition) -> Edition:
    rewritten(edition, "text/letter", without(schema("name")))
    return restated(edition, as_it_was)


def nameless_record(edition: Edition) -> Edition:
    for name in (schema("name"), dcterms("title")):
        rewritten(edition, "text/letter", without(name))
    return restated(edition, as_it_was)


def agent_without_language(edition: Edition) -> Edition:
    rewritten(edition, "agent/ada-lovelace", untagged)
    return restated(edition, as_it_was)


def unresolvable_iri(edition: Edition) -> Edition:
    executed(
        edition,
        "DELETE FROM document WHERE key = 'agent/ada-lovelace'",
        "DELETE FROM harvest WHERE key = 'agent/ada-lovelace'",
        "DELETE FROM change WHERE key = 'agent/ada-lovelace'",
    )
    return restated(edition, as_it_was)


def unlisted_record(edition: Edition) -> Edition:
    executed(edition, "DELETE FROM harvest WHERE key = 'text/letter'")
    return restated(edition, as_it_was)


def store_without_a_triple(edition: Edition) -> Edition:
    store = pyoxigraph.Store(edition.path / "graph")
    store.remove(next(iter(store)))
    store.flush()
    del store
    return restated(edition, as_it_was)


Plant = Callable[[Edition], Edition]
PLANTED: dict[Plant, str] = {
    damaged_dump: "dump-checksum",
    wrong_checksum: "file-intact",
    wrong_size: "dump-size",
    missing_dump: "dump-present",
    shorter_dump: "dump-triples",
    dump_of_another_syntax: "dump-content",
    missing_licence: "nde-dataset-licence",
    description_without_publisher: "nde-dataset-publisher",
    nonsense_as_admin_email: "oai-admin-email",
    wrong_triple_count: "count-statements",
    wrong_document_count: "count-documents",
    record_without_title: "record-name",
    agent_without_language: "record-agent-name",
    unresolvable_iri: "iri-resolves",
    nameless_record: "iri-named",
    unlisted_record: "count-harvest",
    store_without_a_triple: "count-store",
}
#: Rules that need the application.
SEEN_BY_ASKING = {"iri-resolves", "iri-named"}
#: Rules that see the same fault from another side.
ALSO: dict[Plant, set[str]] = {
    damaged_dump: {"file-intact", "dump-content"},
    wrong_size: {"file-intact"},
    missing_dump: {"file-intact"},
    shorter_dump: {"dump-content"},
    missing_licence: {"count-statements"},
    description_without_publisher: {"count-statements"},
    wrong_triple_count: {"count-store", "dump-triples"},
    record_without_title: {"count-statements"},
    nameless_record: {"record-name", "count-statements"},
    agent_without_language: {"nde-agent-name"},
    unresolvable_iri: {"count-documents", "count-statements", "record-creator", "count-harvest"},
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_named_by_its_rule(plant: Plant, copied: Edition) -> None:
    planted = plant(copied)

    readiness = checked(planted) if PLANTED[plant] in SEEN_BY_ASKING else check(planted)

    faults = broken(readiness, Level.FAULT)
    assert PLANTED[plant] in faults
    assert faults - {PLANTED[plant]} <= ALSO.get(plant, set())
    assert not readiness.is_ready


def test_a_finding_says_for_whom_where_what_and_what_to_do(copied: Edition) -> None:
    readiness = check(description_without_publisher(copied))

    (finding,) = (one for one in readiness.findings if one.rule.id == "nde-dataset-publisher")
    assert finding.rule.consumers == (Consumer.NDE,)
    assert finding.places[0].where == f"{BASE}dataset"
    assert "Write publisher in the settings." in finding.rule.message
    assert finding in readiness.refused_by(Consumer.NDE)


def test_a_missing_contact_closes_oai_pmh_and_is_no_fault(copied: Edition) -> None:
    readiness = check(no_admin_email(copied))

    assert "oai-admin-email" in broken(readiness, Level.UNSTATED)
    assert readiness.refused_by(Consumer.OAI)


def test_what_cannot_be_read_is_a_finding(copied: Edition) -> None:
    (copied.path / records.FILE).write_bytes(b"no database " * 100)

    readiness = checked(Edition(copied.path))

    assert {"checkable", "file-intact"} <= broken(readiness, Level.FAULT)


def test_places_are_counted_and_only_the_first_are_kept(copied: Edition) -> None:
    keys = [entry.key for entry in copied.entries("part")] + ["text/letter", "text/arabic"]
    keys += ["text/bare", "text/hostile", "text/kept", "text/treatise"]
    for key in keys:
        rewritten(copied, key, untagged)

    readiness = glance(restated(copied, as_it_was))

    (finding,) = (one for one in readiness.findings if one.rule.id == "record-name")
    assert finding.count >= len(keys)
    assert len(finding.places) == min(20, finding.count)


def test_json_ld_is_read_node_by_node_and_cut_off_files_are_errors() -> None:
    context = '{"@context":{"@vocab":"https://schema.org/"},"@graph":['
    nodes = ",\n".join(f'{{"@id":"http://x.example/{n}","name":"n {n} €"}}' for n in range(5000))

    whole = f"{context}{nodes}]}}\n".encode()
    slowly = BytesIO(whole)

    assert count_triples(BytesIO(whole).read) == 5000
    assert count_triples(lambda size: slowly.read(min(size, 700))) == 5000
    assert count_triples(BytesIO(f"{context}]}}".encode()).read) == 0
    assert count_triples(BytesIO(b'{"@id":"http://x.example/","@type":"http://x.example/T"}').read)
    for damaged in (whole[:-2], whole[: len(whole) // 2], whole + b"}", b"no JSON"):
        with pytest.raises((ValueError, SyntaxError)):
            count_triples(BytesIO(damaged).read)


# Publishing


def test_only_a_ready_edition_passes_the_gate(published: Published, copied: Edition) -> None:
    require_ready(published.edition)

    with pytest.raises(RefusedError, match="count-store"):
        require_ready(store_without_a_triple(copied))


# The original shapes


def profiles(tmp_path: Path) -> Path:
    names = (
        "nde/nde-requirements-datasets-1.14.0.pyshacl.ttl",
        "dcat-ap/3.0.1/html/shacl/shapes.ttl",
        "nde/nde-schema-profile-1.2.1.shacl.ttl",
    )
    folder = tmp_path / "profiles"
    folder.mkdir()
    for name in names:
        if not (SHARED / name).exists():
            pytest.skip("the registers' shapes lie beside the project and are not here")
        shutil.copyfile(SHARED / name, folder / Path(name).name)
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_original_shapes_are_added_and_named_by_their_file(copied: Edition, tmp_path: Path) -> None:
    rewritten(copied, "text/letter", without(schema("name")))
    folder = profiles(tmp_path)
    (folder / "no-shapes.ttl").write_text("this is no Turtle")

    readiness = check(restated(copied, as_it_was), profiles=folder)

    places = {
        one.rule.id: " ".join(f"{place.where} {place.what}" for place in one.places)
        for one in readiness.findings
    }
    assert (
        "nde-schema-profile-1.2.1.shacl.ttl: http://corpus.example/text/letter"
        in (places["profile"])
    )
    assert "no-shapes.ttl" in places["profile-usable"]
    assert "nde-requirements" not in places["profile"]


# The command


def test_the_command_says_who_would_take_the_edition(published: Published) -> None:
    answer = CliRunner().invoke(main, ["readiness", "--data", str(published.data)])

    assert answer.exit_code == 0, answer.output
    assert f"Edition {published.edition.id}: nothing in it is wrong." in answer.output
    assert "yes  Dataset register of the NDE" in answer.output


def test_the_command_fails_for_those_who_would_refuse(published_seeds: Edition) -> None:
    data = published_seeds.path.parents[1]

    alone = CliRunner().invoke(main, ["readiness", "--data", str(data)])
    required = CliRunner().invoke(main, ["readiness", "--data", str(data), "--for", "nde"])

    assert (alone.exit_code, required.exit_code) == (0, 1)
    assert "nde-dataset-publisher" in required.output


def test_the_command_checks_what_seeds_would_become_and_publishes_nothing(
    published: Published, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(published.data, data, symlinks=True)
    folder = write_seeds(tmp_path / "seeds", seeds(), SETTINGS.replace("Letters", "More letters"))
    before = sorted(path.name for path in data.rglob("*"))

    answer = CliRunner().invoke(
        main, ["readiness", str(folder), "--data", str(data), "--json"], catch_exceptions=False
    )

    told = orjson.loads(answer.stdout)
    assert answer.exit_code == 0
    assert told["ready"] is True
    assert told["edition"].startswith(f"{published.edition.sequence + 1}-")
    assert sorted(path.name for path in data.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments", [["--for", "nobody"], ["--profiles", "/nowhere"], ["--base", "https://x.example/"]]
)
def test_wrong_use_is_told_apart(arguments: list[str], published: Published) -> None:
    answer = CliRunner().invoke(main, ["readiness", "--data", str(published.data), *arguments])

    assert answer.exit_code == 2


def test_without_an_edition_the_command_says_what_to_do(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["readiness", "--data", str(tmp_path)])

    assert answer.exit_code == 1
    assert "pressmark publish" in answer.output


# The page


@pytest.fixture
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


def test_the_page_names_every_consumer(client: FlaskClient) -> None:
    answer = client.get("/readiness", headers={"Accept": "text/html"})

    assert answer.status_code == 200
    assert all(consumer.label in answer.text for consumer in Consumer)
    assert answer.headers["ETag"]


def test_the_report_is_the_same_as_json_and_as_rdf(
    client: FlaskClient, published: Published
) -> None:
    seen = glance(published.edition)

    as_json = client.get("/readiness.json")
    as_turtle = client.get("/readiness.ttl")

    assert as_json.mimetype == "application/json"
    assert orjson.loads(as_json.data) == as_object(seen)
    triples = {
        str(quad.triple)
        for quad in pyoxigraph.parse(as_turtle.data, format=pyoxigraph.RdfFormat.TURTLE)
    }
    assert len(triples) == len(statements(seen, published.edition))


def test_the_report_has_an_assertion_for_every_rule(edition: Edition) -> None:
    asserted = {o for _, p, o in statements(glance(edition), edition) if p.endswith("earl#test>")}

    assert asserted == {f"<{BASE}readiness#{rule}>" for rule in all_rules()}


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/readiness", "image/png", 406),
        ("/readiness.png", "*/*", 404),
        ("/readiness.json", "*/*", 200),
    ],
)
def test_what_is_not_there_is_told(
    path: str, accept: str, status: int, client: FlaskClient
) -> None:
    assert client.get(path, headers={"Accept": accept}).status_code == status
    assert client.post(path).status_code in {405, 404}


# The rules


def test_rules_are_worded_for_who_has_to_act() -> None:
    for rule in all_rules().values():
        assert rule.title and not rule.title.endswith("."), rule.id
        assert rule.message.endswith("."), rule.id
        assert rule.setting in {None, "title", "description", "publisher", "contact"}, rule.id


def test_rules_speak_of_what_descriptions_have(published_kropotkin: Edition) -> None:
    kinds = {o for _, p, o in catalog_statements(published_kropotkin) if p.endswith("#type>")}

    assert {f"<{DCAT}Catalog>", f"<{SCHEMA}Dataset>", f"<{DCAT}Distribution>"} <= kinds
