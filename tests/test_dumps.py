"""Dumps: the files of every edition that is kept, and what differs from its parent's."""

import base64
import gzip
import hashlib
import itertools
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
import pytest
from conftest import BASE, Published, seeds, write_seeds
from flask.testing import FlaskClient
from mirrors import unpacked
from seed_folders import letters, write

from app import create_app
from app.config import Config
from ld import records
from ld.edition import EDITIONS, Edition, open_current
from ld.publish import publish, withdraw
from ld.publish.difference import ADDED, REMOVED, write_difference
from ld.terms import Statement, iri, literal, n_triples
from ld.vocabulary import dcterms

SYNTAXES = {
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}


def at(month: int) -> datetime:
    return datetime(2026, month, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(published: Published) -> FlaskClient:
    return create_app(Config(published.data)).test_client()


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data directory with four editions, of which the last two are kept."""
    folder = tmp_path_factory.mktemp("pruned")
    settings = 'base = "https://texts.example/corpora/k/"\nkeep_editions = 2\n'
    for month, names in enumerate(("a", "ab", "abc", "bc"), start=1):
        write_seeds(folder / "seeds", {}, settings)
        write(folder / "seeds", letters(names))
        publish(folder / "seeds", folder / "data", now=lambda month=month: at(month))
    return folder / "data"


@pytest.fixture(scope="module")
def below(pruned: Path) -> FlaskClient:
    return create_app(Config(pruned)).test_client()


def ids(edition: Edition) -> list[str]:
    return [row["id"] for row in edition.db.execute("SELECT id FROM edition ORDER BY sequence")]


def plain(data: bytes, name: str) -> bytes:
    return gzip.decompress(data) if name.endswith(".gz") else unpacked(data)


# The files


@pytest.mark.parametrize("coding", ["gz", "zst"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_dump_says_what_the_edition_says(
    client: FlaskClient, edition: Edition, syntax: str, coding: str
) -> None:
    name = f"corpus.{syntax}.{coding}"

    data = plain(client.get(f"/dump/{name}").data, name)
    said = {str(quad.triple) for quad in pyoxigraph.parse(data, format=SYNTAXES[syntax])}

    assert said == {f"{s} {p} {o}" for s, p, o in edition.statements()}


def test_a_dump_states_its_digest_and_what_it_is(client: FlaskClient, edition: Edition) -> None:
    for path in ("/dump", f"/edition/{edition.id}/dump"):
        for name, kind in (("corpus.nt.gz", "application/gzip"), (f"{ADDED}.zst", ZSTD)):
            answer = client.get(f"{path}/{name}", headers={"Accept-Encoding": "gzip"})
            digest = hashlib.sha256(answer.data).digest()

            assert answer.status_code == 200
            assert answer.mimetype == kind
            assert "Content-Encoding" not in answer.headers
            assert answer.headers["ETag"] == f'"{digest.hex()}"'
            assert answer.headers["Repr-Digest"] == (
                f"sha-256=:{base64.b64encode(digest).decode()}:"
            )
            assert answer.headers["Last-Modified"] == "Fri, 01 May 2026 12:00:00 GMT"


def test_a_dump_is_resumed_only_where_it_is_the_same(client: FlaskClient) -> None:
    whole = client.get("/dump/corpus.ttl.zst")
    rest = {"Range": "bytes=100-"}

    same = client.get("/dump/corpus.ttl.zst", headers={**rest, "If-Range": whole.headers["ETag"]})
    other = client.get("/dump/corpus.ttl.zst", headers={**rest, "If-Range": '"another"'})
    beyond = client.get("/dump/corpus.ttl.zst", headers={"Range": "bytes=99999999-"})

    assert (same.status_code, same.data) == (206, whole.data[100:])
    assert same.headers["Repr-Digest"] == whole.headers["Repr-Digest"]
    assert (other.status_code, other.data) == (200, whole.data)
    assert beyond.status_code == 416


def test_older_editions_keep_their_dumps(below: FlaskClient, pruned: Path) -> None:
    edition = open_current(pruned)
    *_, before, current = ids(edition)
    start = "/corpora/k/edition"

    old = gzip.decompress(below.get(f"{start}/{before}/dump/corpus.nt.gz").data)
    new = gzip.decompress(below.get(f"{start}/{current}/dump/corpus.nt.gz").data)

    assert b"text/a>" in old
    assert b"text/a>" not in new
    assert new == gzip.decompress(below.get("/corpora/k/dump/corpus.nt.gz").data)
    assert sorted(new.decode().splitlines(keepends=True)) == sorted(
        n_triples([statement]) for statement in edition.statements()
    )


def test_what_is_no_longer_kept_names_what_is(below: FlaskClient, pruned: Path) -> None:
    first, _, third, current = ids(open_current(pruned))

    for path in (f"edition/{first}/dump/corpus.nt.gz", f"edition/{first}/", f"edition/{first}.ttl"):
        answer = below.get(f"/corpora/k/{path}")
        problem = answer.get_json(force=True)

        assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
        assert (problem["edition"], problem["successor"]) == (first, third)
        assert problem["href"] == f"/corpora/k/edition/{third}/"
        assert answer.headers["Link"] == (
            f'<https://texts.example/corpora/k/edition/{third}/>; rel="successor-version", '
            f'<https://texts.example/corpora/k/edition/{current}/>; rel="latest-version"'
        )
        assert below.get(problem["href"]).status_code == 200
        page = below.get(f"/corpora/k/{path}", headers={"Accept": "text/html"})
        assert (page.status_code, page.mimetype) == (410, "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/dump/edition.json", "/dump/corpus.nt", "/dump/..%2Fedition.json", "/dump/difference.gz",
        "/edition/9-000000000000/", "/edition/9-000000000000/dump/corpus.nt.gz", "/edition/..%2F/",
        "/edition/../dump/corpus.nt.gz", "/edition/", "/edition/%00/", "/edition/9/report.ttl",
        "/dump.pdf", "/edition/" + "1" * 5000 + "-0/",
    ],
)  # fmt: skip
def test_what_never_was_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_answer_for_an_older_edition_is_not_kept_when_it_goes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(tmp_path / "seeds", letters("ab"))
    publish(tmp_path / "seeds", data, now=lambda: at(1))
    (tmp_path / "seeds" / "b.txt").unlink()
    publish(tmp_path / "seeds", data, now=lambda: at(2))
    client, (first, _) = create_app(Config(data)).test_client(), ids(open_current(data))
    paths = [f"/edition/{first}/{name}" for name in ("", "dump/corpus.nt.gz", "report.ttl")]
    assert {client.get(path).status_code for path in paths} == {200}

    old = data / EDITIONS / first
    old.rename(tmp_path / "gone")

    assert [client.get(path).status_code for path in paths] == [410, 410, 410]


def test_without_its_file_a_dump_is_not_served(tmp_path: Path) -> None:
    publish(write(tmp_path / "seeds", letters("a")), tmp_path / "data", now=lambda: at(1))
    (open_current(tmp_path / "data").path / "dumps" / "corpus.nt.gz").unlink()

    answer = create_app(Config(tmp_path / "data")).test_client().get("/dump/corpus.nt.gz")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


# The list


def test_the_list_states_every_file_in_every_format(below: FlaskClient, pruned: Path) -> None:
    edition = open_current(pruned)
    *_, before, current = ids(edition)
    page = below.get("/corpora/k/dump", headers={"Accept": "text/html"}).text
    read = {
        suffix: {
            str(quad.triple)
            for quad in pyoxigraph.parse(below.get(f"/corpora/k/dump.{suffix}").data, format=syntax)
        }
        for suffix, syntax in SYNTAXES.items()
    }

    assert all(found == read["nt"] for found in read.values())
    for one in (before, current):
        manifest = Edition(pruned / EDITIONS / one).manifest
        for path, facts in manifest["files"].items():
            if path.startswith("dumps/"):
                name = path.removeprefix("dumps/")
                address = f"{edition.service_url}edition/{one}/dump/{name}"
                assert f'href="/corpora/k/edition/{one}/dump/{name}"' in page
                assert facts["sha256"] in page
                assert any(address in triple for triple in read["nt"])
                assert any(facts["sha256"] in triple for triple in read["nt"])
                assert below.get(f"/corpora/k/edition/{one}/dump/{name}").status_code == 200
    for name in (REMOVED, ADDED):
        assert f"{name}.gz" in page
        assert f"{name}.zst" in page


def test_the_list_is_negotiated(client: FlaskClient) -> None:
    data = client.get("/dump", headers={"Accept": "text/turtle"})
    refused = client.get("/dump", headers={"Accept": "image/png"})

    assert (data.mimetype, data.headers["Content-Location"]) == ("text/turtle", "/dump.ttl")
    assert "accept" in data.headers["Vary"].lower()
    assert refused.status_code == 406
    assert client.post("/dump").status_code == 405


# The difference


def test_a_first_edition_has_no_difference(tmp_path: Path) -> None:
    publish(write(tmp_path / "seeds", letters("a")), tmp_path / "data", now=lambda: at(1))

    files = open_current(tmp_path / "data").manifest["files"]

    assert sorted(file for file in files if file.startswith("dumps/")) == sorted(
        f"dumps/corpus.{syntax}.{coding}" for syntax in SYNTAXES for coding in ("gz", "zst")
    )


def test_the_difference_leads_from_the_parent_to_the_edition(published: Published) -> None:
    editions = sorted((published.data / EDITIONS).iterdir())
    opened = [Edition(path) for path in editions]

    for parent, edition in itertools.pairwise(opened):
        held = set(n_triples(parent.statements()).splitlines(keepends=True))
        removed, added = (differing(edition.path / "dumps", name) for name in (REMOVED, ADDED))

        assert held - set(removed) | set(added) == set(
            n_triples(edition.statements()).splitlines(keepends=True)
        )
        assert removed == sorted(set(removed))
        assert added == sorted(set(added))
        assert set(removed) <= held
        assert not set(added) & held


def test_the_same_publication_writes_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        data = tmp_path / name
        documents = seeds()
        folder = write_seeds(tmp_path / "seeds", documents)
        publish(folder, data, now=lambda: at(1))
        del documents["letter.txt"]
        publish(write_seeds(folder, documents), data, now=lambda: at(2))
        found.append(open_current(data).manifest["files"])

    dumps = [name for name in found[0] if name.startswith("dumps/")]
    assert len(dumps) == 12
    assert all(found[0][name] == found[1][name] for name in dumps)


def test_what_was_purged_is_in_no_difference(tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(write(tmp_path / "seeds", letters("ab")), data, now=lambda: at(1))
    withdraw(data, ["a"], reason="Asked for.", purge=True, now=lambda: at(2))

    edition = open_current(data)
    page = create_app(Config(data)).test_client().get("/dump", headers={"Accept": "text/html"})

    assert not any("difference" in file for file in edition.manifest["files"])
    assert "There is no difference to the edition before." in page.text
    assert "Letter a" not in page.text


def test_after_a_purge_differences_are_written_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(write(tmp_path / "seeds", letters("ab")), data, now=lambda: at(1))
    withdraw(data, ["a"], reason="Asked for.", purge=True, now=lambda: at(2))
    publish(write(tmp_path / "seeds", letters("c")), data, now=lambda: at(3))

    later = differing(open_current(data).path / "dumps", ADDED)

    assert any("Letter c" in line for line in later)
    assert not any("Letter a" in line for line in later)


# Documents own statements about their own things; were it otherwise, the difference would hold.
SHARED: Statement = (iri("https://example.org/a-third-thing"), dcterms("title"), literal("Third"))


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ({"a": True, "b": True}, {"a": False, "b": True}, False, False),
        ({"a": True, "b": True}, {"a": False, "b": False}, True, False),
        ({"a": False, "b": True}, {"a": True, "b": True}, False, False),
        ({"a": False, "b": False}, {"a": True, "b": True}, False, True),
        ({"a": True, "b": False}, {"a": False, "b": True}, False, False),
        ({"a": True}, {"b": True}, False, False),
        ({"a": True, "b": True}, {"b": True}, False, False),
        ({"a": True}, {}, True, False),
    ],
)
def test_a_statement_that_two_documents_own_goes_with_the_last(
    tmp_path: Path, before: dict[str, bool], after: dict[str, bool], removed: bool, added: bool
) -> None:
    db = changed(before, after)

    write_difference(db, BASE, 2, 1, tmp_path)

    line = n_triples([SHARED])
    assert (line in differing(tmp_path, REMOVED), line in differing(tmp_path, ADDED)) == (
        removed,
        added,
    )


def changed(before: dict[str, bool], after: dict[str, bool]) -> sqlite3.Connection:
    """Give records of two editions; each document owns the shared statement or does not."""
    db = sqlite3.connect(":memory:")
    db.executescript(records.SCHEMA)
    versions: dict[str, int] = {}
    for sequence, (was, now) in enumerate((({}, before), (before, after)), start=1):
        for key, is_owner in now.items():
            if was.get(key) == is_owner:
                continue
            own = (iri(f"{BASE}text/{key}"), dcterms("title"), literal(f"{key}, {is_owner}"))
            stated = sorted([own, SHARED] if is_owner else [own])
            versions[key] = version(db, key, stated)
            kind = "updated" if key in was else "created"
            note(db, sequence, key, kind, versions[key])
        for key in was.keys() - now.keys():
            note(db, sequence, key, "deleted", None)
    for key in after:
        row = {"key": f"text/{key}", "kind": "text", "version": versions[key], "state": "published"}
        row |= {"label": key, "label_language": "", "context": b"", "seen": 2}
        insert(db, "document", row)
    return db


def version(db: sqlite3.Connection, key: str, stated: list[Statement]) -> int:
    row = {"key": f"text/{key}", "digest": "", "datestamp": "2026-01-01T12:00:00Z"}
    blobs = {"stated": records.pack(stated), "volatile": records.pack([]), "derivations": b""}
    return insert(db, "version", row | blobs)


def note(db: sqlite3.Connection, sequence: int, key: str, kind: str, number: int | None) -> None:
    row = {"sequence": sequence, "key": f"text/{key}", "kind": kind, "version": number}
    insert(db, "change", row | {"reason": ""})


def insert(db: sqlite3.Connection, table: str, row: dict[str, object]) -> int:
    columns = {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")}
    values = {name: value for name, value in row.items() if name in columns}
    places = ", ".join("?" * len(values))
    cursor = db.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", [*values.values()]
    )
    return int(cursor.lastrowid or 0)


def differing(folder: Path, name: str) -> list[str]:
    """Give the lines of a difference file, equal in both codings."""
    found = [
        plain((folder / f"{name}.{coding}").read_bytes(), f"{name}.{coding}")
        for coding in ("gz", "zst")
    ]
    assert found[0] == found[1]
    return found[0].decode().splitlines(keepends=True)


ZSTD = "application/zstd"
