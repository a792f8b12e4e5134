"""A corpus in eight editions behind a real server, and small clients that keep copies of it."""

import gzip
import hashlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyoxigraph
import zstandard
from conftest import write_seeds
from seed_folders import seed
from werkzeug.serving import make_server

from app import create_app
from app.config import Config
from ld.edition import open_current
from ld.publish import publish, rollback
from ld.terms import n_triples

#: How many editions stay on disk.
KEPT = 8
#: What a mirror holds of each document, by its IRI: canonical N-Triples.
Copies = dict[str, str]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Serve whatever edition of a data directory is current; give the address of the host."""
    server = make_server("127.0.0.1", 0, create_app(Config(data)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(address: str) -> bytes:
    """Give what an address serves."""
    with urllib.request.urlopen(address, timeout=20) as response:
        return bytes(response.read())


@dataclass
class Corpus:
    """Seeds and settings, changed and published again and again."""

    folder: Path
    data: Path
    base: str
    editions: list[str] = field(default_factory=list)

    def publish_eight(self, after_each: Callable[[], None]) -> None:
        """Publish eight editions: additions, changes, deletions, and everything that comes with
        keeping a corpus for years."""
        texts = {name: seed(SOURCE_ID=name, TITLE=f"Text {name}") for name in "abc"}
        texts["saga_1"] = seed("## One\n\nIt began.\n", SOURCE_ID="saga", TITLE="A saga")
        inverted = "Lovelace, Ada"
        steps: list[Callable[[], None]] = [
            lambda: None,
            lambda: texts.update(
                d=seed(SOURCE_ID="d", TITLE="An addition", AUTHOR="Charles Babbage"),
                a=seed(SOURCE_ID="a", TITLE="Text a, revised"),
            ),
            lambda: texts.__delitem__("b"),
            lambda: texts.update(d=seed(SOURCE_ID="d", TITLE="An addition", AUTHOR="C. Babbage")),
            lambda: texts.update(b=seed(SOURCE_ID="b", TITLE="Text b")),
            lambda: texts.update(
                saga_2=seed("## Two\n\nIt ended.\n", SOURCE_ID="saga", TITLE="A saga")
            ),
            lambda: texts.update(
                c=seed(SOURCE_ID="c", TITLE=None), e=seed(SOURCE_ID="e", TITLE="Text e")
            ),
        ]
        for number, change in enumerate(steps, start=1):
            change()
            if number == 4:
                inverted = "Lovelace, Augusta Ada King"
            settings = (
                f'base = "{self.base}"\ntitle = "A corpus that changes"\nlanguage = "en"\n'
                f"keep_editions = {KEPT}\n"
                f'[[authority]]\nname = "Ada Lovelace"\ninverted = "{inverted}"\n'
            )
            files = {f"{name}.txt": text for name, text in texts.items()}
            write_seeds(self.folder, files, settings)
            published = publish(self.folder, self.data, now=self._now)
            self._note(published.edition_id, after_each)
        taken_back = rollback(self.data, self.editions[4], now=self._now)
        self._note(taken_back.edition_id, after_each)

    def copies(self) -> Copies:
        """Give what every mirror should hold: the owned statements of each document."""
        edition = open_current(self.data)
        return {d.document_iri: n_triples(d.owned) for d in edition.documents()}

    def deletions(self) -> set[str]:
        """Give the documents that there were and no longer are."""
        edition = open_current(self.data)
        rows = edition.db.execute("SELECT DISTINCT key FROM change")
        return {f"{self.base}doc/{row['key']}" for row in rows if row["key"] not in edition}

    def _note(self, edition_id: str | None, after_each: Callable[[], None]) -> None:
        assert edition_id is not None
        self.editions.append(edition_id)
        after_each()

    def _now(self) -> datetime:
        return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=len(self.editions))


@dataclass
class ActivityMirror:
    """A consumer of activities, which walks back until it meets what it knows."""

    base: str
    copies: Copies = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    _until: str = ""

    def synchronise(self) -> None:
        """Take over what happened since the last time."""
        page = json.loads(get(self.base + "activity"))["last"]
        seen: set[str] = set()
        newest = self._until
        while page is not None:
            found = json.loads(get(page["id"]))
            for activity in reversed(found["orderedItems"]):
                newest = max(newest, activity["endTime"])
                if activity["endTime"] <= self._until:
                    self._until = newest
                    return
                if activity["object"]["id"] not in seen:
                    seen.add(activity["object"]["id"])
                    self._take_over(activity)
            page = found.get("prev")
        self._until = newest

    def _take_over(self, activity: dict[str, Any]) -> None:
        document = activity["object"]["id"]
        if activity["type"] == "Delete":
            self.copies.pop(document, None)
            self.deleted.add(document)
        else:
            data = next(d for d in activity["object"]["seeAlso"])
            assert data["format"] == "application/n-triples"
            self.copies[document] = get(data["id"]).decode()
            self.deleted.discard(document)


@dataclass
class Member:
    """A member of an event stream."""

    version: str
    kind: str
    document: str
    instant: str
    statements: str


@dataclass
class StreamMirror:
    """What follows from the members of an event stream, in the order of time."""

    members: dict[str, Member] = field(default_factory=dict)

    def add(self, members: list[Member]) -> None:
        """Take members in; none may be new under a name that is known."""
        for member in members:
            assert self.members.get(member.version, member) == member
            self.members[member.version] = member

    @property
    def latest(self) -> dict[str, Member]:
        """The latest member of each document."""
        in_order = sorted(self.members.values(), key=lambda member: member.instant)
        return {member.document: member for member in in_order}

    @property
    def copies(self) -> Copies:
        """What each document owns, unless its latest member is a deletion."""
        return {d: m.statements for d, m in self.latest.items() if m.kind != "Delete"}

    @property
    def deleted(self) -> set[str]:
        """The documents whose latest member is a deletion."""
        return {d for d, m in self.latest.items() if m.kind == "Delete"}


@dataclass
class DumpMirror:
    """A set of statements that follows the dumps: the whole once, then the differences.

    From scratch it begins with the oldest edition of which there still are files.
    """

    base: str
    statements: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    wholes: int = 0
    _edition: str = ""

    def synchronise(self) -> None:
        """Take over what changed since the last time."""
        offered = Dumps(get(self.base + "dump.nt"))
        way = offered.way(self._edition)
        if way and way[0] != self._edition:
            whole = offered.file(way[0], "corpus.nt.zst")
            self.statements = set(whole.decode().splitlines(keepends=True))
            self.documents |= self._described()
            self.wholes += 1
        for edition in way[1:]:
            removed, added = (
                set(offered.file(edition, f"difference.{kind}.nt.gz").decode().splitlines(True))
                for kind in ("removed", "added")
            )
            assert removed <= self.statements
            assert not added & self.statements
            self.statements = self.statements - removed | added
            self.documents |= self._described()
        self._edition = offered.current

    @property
    def deleted(self) -> set[str]:
        """The documents that there were and no longer are."""
        return self.documents - self._described()

    def _described(self) -> set[str]:
        subjects = {line.split(" ", 1)[0][1:-1] for line in self.statements}
        return {one for one in subjects if one.startswith(self.base + "doc/")}


class Dumps:
    """What the list of dumps says of editions and their files."""

    def __init__(self, listed: bytes) -> None:
        self._said = pyoxigraph.Dataset(
            pyoxigraph.parse(listed, format=pyoxigraph.RdfFormat.N_TRIPLES)
        )

    @property
    def current(self) -> str:
        """The current edition."""
        (edition,) = {q.object for q in self._quads(None, DCAT + "hasCurrentVersion")}
        return str(edition.value)  # type: ignore[union-attr]

    def way(self, since: str) -> list[str]:
        """List the editions from one to the current one; from the oldest if that one is gone."""
        found = [self.current]
        while found[0] != since and self._names(found[0], "difference.added.nt.gz"):
            (before,) = self._objects(found[0], PROV + "wasRevisionOf")
            if not self._names(before, "corpus.nt.zst"):
                break
            found.insert(0, before)
        return found

    def file(self, edition: str, name: str) -> bytes:
        """Fetch a file, compare it with its checksum, and unpack it."""
        (node,) = self._names(edition, name)
        (address,) = self._objects(node, DCAT + "downloadURL")
        (size,) = self._objects(node, DCAT + "byteSize")
        (digest,) = self._objects(node, "https://schema.org/sha256")
        packed = get(address)
        assert (len(packed), hashlib.sha256(packed).hexdigest()) == (int(size), digest)
        if name.endswith(".gz"):
            return gzip.decompress(packed)
        return unpacked(packed)

    def _names(self, edition: str, name: str) -> list[str]:
        node = f"{edition}#{name}"
        return [node] if self._objects(node, DCAT + "downloadURL") else []

    def _objects(self, subject: str, predicate: str) -> list[str]:
        return [str(q.object.value) for q in self._quads(subject, predicate)]  # type: ignore[union-attr]

    def _quads(self, subject: str | None, predicate: str) -> Iterator[pyoxigraph.Quad]:
        for quad in self._said.quads_for_predicate(pyoxigraph.NamedNode(predicate)):
            if subject is None or quad.subject == pyoxigraph.NamedNode(subject):
                yield quad


def unpacked(packed: bytes) -> bytes:
    """Unpack what Zstandard packed, in however many frames."""
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return bytes(reader.read())


DCAT = "http://www.w3.org/ns/dcat#"
PROV = "http://www.w3.org/ns/prov#"
TREE = "https://w3id.org/tree#"
ACTIVITY = "https://www.w3.org/ns/activitystreams#"
DCTERMS = "http://purl.org/dc/terms/"
RDF_TYPE = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def members_of(root: str) -> Iterator[list[Member]]:
    """Follow the relations of an event stream, and give the members of every page."""
    to_visit, visited = [root], set()
    while to_visit:
        page = to_visit.pop()
        visited.add(page)
        store = pyoxigraph.Dataset(pyoxigraph.parse(get(page), format=pyoxigraph.RdfFormat.TRIG))
        yield members_in(store)
        for quad in store.quads_for_predicate(pyoxigraph.NamedNode(TREE + "node")):
            assert isinstance(quad.object, pyoxigraph.NamedNode)
            if quad.object.value not in visited:
                to_visit.append(quad.object.value)


def members_in(store: pyoxigraph.Dataset) -> list[Member]:
    """Give the members of one page."""
    found = store.quads_for_predicate(pyoxigraph.NamedNode(TREE + "member"))
    return [_member(store, quad.object) for quad in found]


def _member(store: pyoxigraph.Dataset, name: Any) -> Member:
    said = {
        quad.predicate.value: quad.object.value  # type: ignore[union-attr]
        for quad in store.quads_for_subject(name)
        if quad.graph_name == pyoxigraph.DefaultGraph()
    }
    lines = sorted(f"{quad.triple} .\n" for quad in store.quads_for_graph_name(name))
    return Member(
        name.value,
        said[RDF_TYPE.value].removeprefix(ACTIVITY),
        said[DCTERMS + "isVersionOf"],
        said[DCTERMS + "created"],
        "".join(lines),
    )
