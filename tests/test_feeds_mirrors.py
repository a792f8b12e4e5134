"""Whoever keeps a copy by any of the feeds has, after every edition, what the edition says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from mirrors import (
    ActivityMirror,
    Copies,
    Corpus,
    DumpMirror,
    Member,
    StreamMirror,
    get,
    members_of,
    served,
)  # fmt: skip

from ld.edition import Edition, open_current

CLIENTS = Path(__file__).parent / "clients"


class Mirror(Protocol):
    """A copy of a corpus that follows one of its feeds."""

    @property
    def copies(self) -> Copies: ...

    @property
    def deleted(self) -> set[str]: ...

    def synchronise(self) -> None: ...


@pytest.fixture(params=["", "corpora/k/"], ids=["at the root", "below a path"])
def corpus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Corpus]:
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as host:
        yield Corpus(tmp_path / "seeds", data, host + request.param)


def test_small_clients_hold_what_the_edition_has(corpus: Corpus) -> None:
    incremental: list[Mirror] = [ActivityMirror(corpus.base), PageMirror(corpus.base)]

    def check() -> None:
        from_scratch: list[Mirror] = [ActivityMirror(corpus.base), PageMirror(corpus.base)]
        for mirror in [*incremental, *from_scratch]:
            mirror.synchronise()
            assert mirror.copies == corpus.copies()
            assert mirror.deleted == corpus.deletions()

    corpus.publish_eight(check)

    assert len(corpus.editions) == 8
    assert len(corpus.deletions()) >= 2


def test_a_dump_and_its_differences_hold_what_the_edition_has(corpus: Corpus) -> None:
    incremental = DumpMirror(corpus.base)

    def check() -> None:
        from_scratch = DumpMirror(corpus.base)
        for mirror in (incremental, from_scratch):
            mirror.synchronise()
            assert "".join(sorted(mirror.statements)) == united(corpus.copies())
            assert mirror.deleted == corpus.deletions()

    corpus.publish_eight(check)

    assert incremental.wholes == 1


def test_the_eight_editions_have_what_happens_to_a_corpus(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path / "seeds", tmp_path / "data", "http://corpus.example/")
    happened: list[Edition] = []

    corpus.publish_eight(lambda: happened.append(open_current(corpus.data)))

    kinds = [{(change.key, change.kind) for change in edition.changes()} for edition in happened]
    assert {("text/d", "created"), ("text/a", "updated")} <= kinds[1]
    assert ("text/b", "deleted") in kinds[2]
    assert {("agent/ada-lovelace", "updated"), ("agent/charles-babbage", "deleted")} <= kinds[3]
    assert ("text/b", "created") in kinds[4]
    assert {("text/saga", "updated"), ("text/saga/saga_2", "created")} <= kinds[5]
    assert happened[6].document("text/c").state == "kept"
    assert happened[7].manifest["kind"] == "rollback"
    assert {("text/saga", "updated"), ("text/saga/saga_2", "deleted")} <= kinds[7]


def united(copies: Copies) -> str:
    """Give what all documents own, in one list."""
    return "".join(sorted({line for copy in copies.values() for line in copy.splitlines(True)}))


@pytest.mark.clients
def test_published_clients_hold_what_the_edition_has(corpus: Corpus, tmp_path: Path) -> None:
    incremental: list[Mirror] = [
        LdesClient(corpus.base, tmp_path / "state"),
        ResyncClient(corpus.base, tmp_path / "mirror"),
    ]

    def check() -> None:
        for mirror in incremental:
            mirror.synchronise()
            assert mirror.copies == corpus.copies()
            assert mirror.deleted == corpus.deletions()

    corpus.publish_eight(check)
    from_scratch: list[Mirror] = [
        LdesClient(corpus.base, tmp_path / "other_state"),
        ResyncClient(corpus.base, tmp_path / "other_mirror"),
    ]

    for mirror in from_scratch:
        mirror.synchronise()
        assert mirror.copies == corpus.copies()
        assert mirror.deleted == corpus.deletions()


class PageMirror(StreamMirror):
    """What the pages of the event stream say to a reader of RDF."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def synchronise(self) -> None:
        for members in members_of(self.base + "ldes"):
            self.add(members)


class LdesClient(StreamMirror):
    """What the client of the LDES authors takes over, which remembers what it has seen."""

    def __init__(self, base: str, state: Path) -> None:
        super().__init__()
        self.base = base
        self.state = state

    def synchronise(self) -> None:
        node = shutil.which("node")
        if node is None or not (CLIENTS / "node_modules" / "ldes-client").is_dir():
            pytest.skip("needs node, and `npm ci --ignore-scripts` in tests/clients")
        done = subprocess.run(
            [node, "replicate.mjs", f"{self.base}ldes", str(self.state)], cwd=CLIENTS, text=True,
            capture_output=True, check=True, timeout=120,
        )  # fmt: skip
        fresh = [Member(**json.loads(line)) for line in done.stdout.splitlines()]
        assert not self.members.keys() & {member.version for member in fresh}
        self.add(fresh)


class ResyncClient:
    """A folder that the client of the ResourceSync authors keeps, checked by its audit."""

    def __init__(self, base: str, folder: Path) -> None:
        self.base = base
        self.folder = folder
        self.since: str | None = None
        folder.mkdir()

    def synchronise(self) -> None:
        if self.since is None:
            self._run("--baseline", "--hash", "sha-256")
        else:
            self._run("--incremental", "--delete", "--from", self.since)
        listed = get(f"{self.base}resourcelist.xml").decode()
        at = datetime.fromisoformat(re.findall(r'at="([^"]+)"', listed)[0])
        self.since = (at + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert "IN SYNC" in self._run("--audit", "--hash", "sha-256")

    @property
    def copies(self) -> Copies:
        found = {}
        for path in (self.folder / "owned").rglob("*.nt"):
            key = path.relative_to(self.folder / "owned").as_posix().removesuffix(".nt")
            found[self._document(key)] = path.read_text(encoding="utf-8")
        return found

    @property
    def deleted(self) -> set[str]:
        changes = re.findall(
            r'<loc>[^<]*/owned/([^<]+)\.nt</loc>.*?change="(\w+)"',
            get(f"{self.base}changelist.xml").decode(),
        )
        return {self._document(key) for key, kind in dict(changes).items() if kind == "deleted"}

    def _document(self, key: str) -> str:
        return self.base + ("" if key == "dataset" else "doc/") + key

    def _run(self, *arguments: str) -> str:
        script = shutil.which("resync-sync", path=Path(sys.executable).parent)
        if script is None:
            pytest.skip("needs resync, from the test extra")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", script, "--verbose", *arguments,
             f"{self.base}owned={self.folder}/owned", "--sitemap", f"{self.base}resourcelist.xml",
             "--changelist-uri", f"{self.base}changelist.xml"],
            cwd=self.folder, text=True, capture_output=True, timeout=60,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == 0, told
        assert not re.search("mismatch|does not match|Failed", told), told
        return told
