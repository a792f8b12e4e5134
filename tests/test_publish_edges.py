"""Publishing only what changed where it is hard: what is kept, what comes true, what must go."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from editions import content_of
from seed_folders import letters, seed, write

from ld.edition import Edition, open_current
from ld.errors import PublicationError
from ld.publish import publish, withdraw
from ld.publish.building import sample_of
from ld.publish.directory import locked
from ld.publish.judging import TextSeeds
from ld.publish.scratch import Scratch
from ld.publish.workers import Workers
from ld.validate.gate import SAMPLE_LEAST

#: Files are written now: later than that, none of them can have been changed unseen.
LATER = datetime(2040, 1, 1, tzinfo=UTC)
OTHERS = letters([f"l{n:02}" for n in range(30)])
# Of a worker: publications that begin, say so, and wait to be killed.
WAITING = """
import os, signal, sys
from pathlib import Path
from ld.publish.directory import locked
from ld.publish.workers import Workers
with locked(Path(sys.argv[1])):
    for _ in Workers(2).each(os.getpid, [(), (), (), ()]):
        pass
    print("ready", flush=True)
    signal.pause()
"""


class StubbornError(Exception):
    """Cannot be read back from another process."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def stubborn(number: int) -> int:
    raise StubbornError("this", "that")


def published(seeds: Path, data: Path, day: int = 0, *, whole: bool = False) -> Edition:
    publish(seeds, data, now=lambda: LATER + timedelta(days=day), whole=whole, workers=1)
    return open_current(data)


def both_ways(seeds: Path, data: Path, day: int) -> tuple[Edition, Edition]:
    """Publish what changed, and all into a copy of the data directory."""
    other = data.with_name("whole")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(data, other, symlinks=True)
    return published(seeds, data, day), published(seeds, other, day, whole=True)


def state_of(edition: Edition, key: str) -> str:
    (state,) = edition.db.execute("SELECT state FROM document WHERE key = ?", (key,)).fetchone()
    return str(state)


def test_an_agent_that_only_kept_texts_name_is_kept(tmp_path: Path) -> None:
    own = {"SOURCE_ID": "x", "AUTHOR": "Only One"}
    seeds, data = write(tmp_path / "seeds", OTHERS | {"x.txt": seed(**own)}), tmp_path / "data"
    published(seeds, data)

    write(seeds, {"x.txt": seed(**own, TITLE=None)})
    changed, whole = both_ways(seeds, data, 1)

    assert state_of(changed, "text/x") == state_of(changed, "agent/only-one") == "kept"
    assert content_of(changed) == content_of(whole)


def test_a_moment_that_is_no_longer_in_the_future_is_no_longer_remarked_upon(
    tmp_path: Path,
) -> None:
    early = {"x.txt": seed(SOURCE_ID="x", RETRIEVED_UTC="2040-01-10T00:00:00Z")}
    seeds, data = write(tmp_path / "seeds", OTHERS | early), tmp_path / "data"
    before = published(seeds, data)

    write(seeds, {"l01.txt": seed(SOURCE_ID="l01", TITLE="Another title")})
    changed, whole = both_ways(seeds, data, 20)

    rule = "SELECT count(*) FROM finding WHERE rule = 'unreadable_value'"
    assert before.db.execute(rule).fetchone()[0] == 1
    assert changed.db.execute(rule).fetchone()[0] == 0
    assert content_of(changed) == content_of(whole)


def test_a_file_read_for_its_text_that_turns_out_to_be_of_another_brings_that_one_along(
    tmp_path: Path,
) -> None:
    names = ("t1.txt", "t2.txt", "u1.txt", "u2.txt")
    parts = {name: seed(name, SOURCE_ID=name[0]) for name in names}
    seeds, data = write(tmp_path / "seeds", OTHERS | parts), tmp_path / "data"
    published(seeds, data)
    status = (seeds / "t2.txt").stat()

    write(seeds, {"t1.txt": seed("new", SOURCE_ID="t"), "t2.txt": seed("t2.txt", SOURCE_ID="u")})
    os.utime(seeds / "t2.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    changed, whole = both_ways(seeds, data, 1)

    assert changed.counts["parts"] == 3
    assert content_of(changed) == content_of(whole)


def test_what_is_purged_is_nowhere_in_the_bytes_of_the_records(tmp_path: Path) -> None:
    own = {"SOURCE_ID": "x", "TITLE": "Quuxbar", "SOURCE_URL": "https://purged.example.net/x"}
    seeds, data = write(tmp_path / "seeds", OTHERS | {"x.txt": seed(**own)}), tmp_path / "data"
    records = published(seeds, data).path / "records.sqlite"
    words = (b"quuxbar", b"purged.example.net")

    assert all(word in records.read_bytes() for word in words)
    withdraw(data, ["x"], reason="On request.", purge=True)
    records = open_current(data).path / "records.sqlite"
    assert not any(word in records.read_bytes().lower() for word in words)


def test_a_withdrawn_seed_that_became_unreadable_is_not_remarked_upon(tmp_path: Path) -> None:
    seeds, data = write(tmp_path / "seeds", OTHERS), tmp_path / "data"
    published(seeds, data)
    withdraw(data, ["l01"], reason="On request.", now=lambda: LATER + timedelta(days=1))

    write(seeds, {"l01.txt": "A line that nobody may read\n"})
    edition = published(seeds, data, 2)

    found = edition.db.execute("SELECT * FROM finding WHERE file = 'l01.txt'").fetchall()
    (reason,) = edition.db.execute("SELECT reason FROM seed WHERE path = 'l01.txt'").fetchone()
    assert (found, reason) == ([], "Withdrawn: On request.")


def test_tables_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(_from: Path, _to: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    seeds, data = write(tmp_path / "seeds", OTHERS), tmp_path / "data"
    published(seeds, data)
    monkeypatch.setattr(os, "link", link)

    write(seeds, {"l01.txt": seed(SOURCE_ID="l01", TITLE="Another title")})
    changed, whole = both_ways(seeds, data, 1)

    assert changed.manifest["continued"] == 1
    assert content_of(changed) == content_of(whole)


def test_pyshacl_sees_no_fewer_documents_where_texts_have_many_parts(tmp_path: Path) -> None:
    shards = [[TextSeeds(f"text/{n}", [b""] * 100)] for n in range(10)]
    scratch = Scratch(tmp_path / "scratch.sqlite")
    scratch.note_records(
        (text.key, str(n), str(n), b"") for (text,) in shards for n, _ in enumerate(text.records)
    )

    total = scratch.count_documents()
    scratch.close()

    assert total == 1010
    assert sum(sample_of(shard, total) for shard in shards) >= SAMPLE_LEAST


def test_workers_end_with_a_publication_that_is_killed_and_free_its_lock(tmp_path: Path) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-c", WAITING, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "ready\n"

    waiting.send_signal(signal.SIGKILL)
    waiting.wait()

    with locked(tmp_path):
        pass
    waiting.communicate(timeout=60)  # ends once nobody holds the pipe: the workers did


def test_what_cannot_be_raised_across_processes_is_told_all_the_same() -> None:
    workers = Workers(2)

    with pytest.raises(PublicationError, match="StubbornError: this and that"):
        list(workers.each(stubborn, ((n,) for n in range(3))))
    workers.close()
