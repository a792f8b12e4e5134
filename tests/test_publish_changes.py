"""Publishing what changed: the same edition as from all seeds, at the cost of the change."""

import os
import random
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from editions import content_of
from seed_folders import SETTINGS, changes_of, letters, seed, write

from ld.edition import open_current
from ld.publish import Progress, Publication, publish

#: Files are written now: later than that, none of them can have been changed unseen.
LATER = datetime(2040, 1, 1, tzinfo=UTC)


class Counting(Progress):
    """Counts the files that are read."""

    def __init__(self) -> None:
        self.files = 0
        self._step = ""

    def step(self, name: str) -> None:
        self._step = name

    def count(self, done: int, total: int | None) -> None:
        if self._step == "read":
            self.files = max(self.files, done)


def published(seeds: Path, data: Path, day: int = 0, *, whole: bool = False) -> Publication:
    return publish(seeds, data, now=lambda: LATER + timedelta(days=day), whole=whole, workers=1)


def files_read(seeds: Path, data: Path, day: int) -> int:
    counting = Counting()
    publish(seeds, data, now=lambda: LATER + timedelta(days=day), progress=counting)
    return counting.files


@pytest.fixture
def corpus(tmp_path: Path) -> tuple[Path, Path]:
    files = letters([f"l{n:02}" for n in range(30)])
    files |= {"p1.txt": seed(SOURCE_ID="p"), "p2.txt": seed(SOURCE_ID="p")}
    seeds = write(tmp_path / "seeds", files)
    published(seeds, tmp_path / "data")
    return seeds, tmp_path / "data"


def retitle(seeds: Path, name: str, title: str) -> None:
    (seeds / name).write_text(seed(SOURCE_ID=name.removesuffix(".txt"), TITLE=title))


def test_reads_only_what_changed_and_the_other_files_of_its_text(
    corpus: tuple[Path, Path],
) -> None:
    seeds, data = corpus

    assert files_read(seeds, data, 1) == 0
    retitle(seeds, "l07.txt", "Another title")
    assert files_read(seeds, data, 2) == 1
    assert changes_of(open_current(data)) == {("text/l07", "updated")}
    (seeds / "p2.txt").write_text(seed("More.\n", SOURCE_ID="p"))
    assert files_read(seeds, data, 3) == 2
    assert changes_of(open_current(data)) == {("text/p/p2", "updated")}


def test_other_settings_mean_that_all_is_read(corpus: tuple[Path, Path]) -> None:
    seeds, data = corpus

    (seeds / "corpus.toml").write_text(SETTINGS + 'access = "open"\n')

    assert files_read(seeds, data, 1) == 32


def test_a_file_changed_in_the_moment_of_publication_is_read_again(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", letters([f"l{n}" for n in range(8)]))
    data = tmp_path / "data"
    status = (seeds / "l3.txt").stat()
    moment = datetime.fromtimestamp(status.st_mtime, UTC)
    publish(seeds, data, now=lambda: moment)

    retitle(seeds, "l3.txt", "Retter l3")  # as long as "Letter l3", and of the same time
    os.utime(seeds / "l3.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    publish(seeds, data, now=lambda: moment)

    assert (seeds / "l3.txt").stat().st_size == status.st_size
    assert changes_of(open_current(data)) == {("text/l3", "updated")}


def test_a_clock_that_was_set_back_hides_no_change(corpus: tuple[Path, Path]) -> None:
    seeds, data = corpus
    retitle(seeds, "l07.txt", "Another title")

    outcome = publish(seeds, data, now=lambda: LATER - timedelta(days=3000))

    assert outcome.state == "published"
    assert open_current(data).created == "2040-01-01T00:00:01Z"
    assert changes_of(open_current(data)) == {("text/l07", "updated")}


@pytest.mark.parametrize("file", ["dumps/corpus.nt.gz", "frames.json", "graph"])
def test_a_damaged_parent_is_written_anew_and_that_is_said(
    file: str, corpus: tuple[Path, Path]
) -> None:
    seeds, data = corpus
    path = open_current(data).path / file
    if path.is_dir():
        path = max(path.glob("*.sst"), key=lambda table: table.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    retitle(seeds, "l07.txt", "Another title")

    outcome = published(seeds, data, 1)

    assert any("written anew" in remark for remark in outcome.remarks)
    edition = open_current(data)
    assert edition.manifest["continued"] == 0
    content = content_of(edition)
    assert all(dump == content["graph"] for dump in content["dumps"].values())


def test_a_file_that_changes_while_it_is_read_is_reported_and_read_again(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", {"long.txt": seed("word\n" * 4_000_000)})
    path, has_ended = seeds / "long.txt", threading.Event()

    def touch() -> None:
        time = path.stat().st_mtime_ns
        while not has_ended.is_set():
            time += 1
            os.utime(path, ns=(time, time))

    thread = threading.Thread(target=touch)
    thread.start()
    try:
        outcome = published(seeds, tmp_path / "data")
    finally:
        has_ended.set()
        thread.join()

    assert "changed_while_read" in {finding.rule for finding in outcome.findings}
    assert files_read(seeds, tmp_path / "data", 1) == 1


class Life:
    """A corpus to which things happen, at random but the same for the same number."""

    def __init__(self, seeds: Path, number: int) -> None:
        self.seeds = seeds
        self.random = random.Random(number)
        self.count = 0

    def _some(self) -> Path:
        return self.random.choice(sorted(self.seeds.rglob("*.txt")))

    def _replace(self, before: str, after: str) -> None:
        path = self._some()
        path.write_text(path.read_text().replace(before, after, 1))

    def retitled(self) -> None:
        self._replace("TITLE: ", f"TITLE: New {self.count} ")

    def joined_by_an_author(self) -> None:
        self._replace("AUTHOR: ", f"AUTHOR: Writer{self.random.randrange(3)} Newcomer; ")

    def without_author(self) -> None:
        self._replace("AUTHOR: ", "UNKNOWN: ")

    def gone(self) -> None:
        self._some().unlink()

    def added(self) -> None:
        name = f"new{self.count}"
        write(self.seeds, {f"more/{name}.txt": seed(SOURCE_ID=name, YEAR=str(1800 + self.count))})

    def given_a_part(self) -> None:
        path = self._some()
        path.with_name(f"{path.stem}-b.txt").write_text(path.read_text() + "And more.\n")

    def moved(self) -> None:
        path = self._some()
        path.rename(path.with_name(f"{path.stem}-moved.txt"))

    def without_title(self) -> None:
        self._replace("TITLE: ", "NOTITLE: ")

    def unreadable(self) -> None:
        self._replace("\n----\n", "\n---\n")

    def mended(self) -> None:
        for path in sorted(self.seeds.rglob("*.txt")):
            text = path.read_text()
            if "NOTITLE: " in text or "\n---\n" in text:
                path.write_text(text.replace("NOTITLE: ", "TITLE: ").replace("\n---\n", "\n----\n"))
                return

    def year(self, count: int) -> None:
        """Let things happen until the next publication."""
        ways: list[Callable[[], None]] = [
            self.retitled, self.joined_by_an_author, self.without_author, self.gone, self.added,
            self.given_a_part, self.moved, self.without_title, self.unreadable, self.mended,
        ]  # fmt: skip
        for _ in range(count):
            self.count += 1
            self.random.choice(ways)()


@pytest.mark.parametrize("number", [1, 2])
def test_gives_the_edition_that_all_seeds_would_give(number: int, tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", letters([f"l{n:02}" for n in range(40)]))
    life, data, other = Life(seeds, number), tmp_path / "data", tmp_path / "whole"
    published(seeds, data)

    for day in range(1, 7):
        life.year(3)
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(data, other, symlinks=True)
        published(seeds, data, day)
        published(seeds, other, day, whole=True)

        changed, whole = content_of(open_current(data)), content_of(open_current(other))
        for name, content in whole.items():
            assert changed[name] == content, name
        assert set(whole["dumps"]["nt"]) == whole["graph"]
