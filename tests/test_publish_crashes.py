"""Publications that are killed, starved of disk or raced: the current edition stands."""

import os
import pickle
import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from forking_publisher import ForkingPublisher
from seed_folders import SETTINGS, left_behind, letters, seed, write

from ld.edition import CURRENT, open_current
from ld.errors import NoEditionError, PublicationError
from ld.publish import STEPS, publish
from ld.report import Finding, Severity

#: Steps at which nothing is left to be written.
_LATE = ("sync", "check", "move", "current", "prune")
_MOMENTS = 50


@pytest.fixture(scope="module")
def publisher() -> Iterator[ForkingPublisher]:
    forking = ForkingPublisher()
    yield forking
    forking.close()


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return write(tmp_path / "seeds", letters(["a", "b"]))


def titles(data: Path) -> list[str]:
    """Give the titles of the current edition; every byte of it is checked."""
    edition = open_current(data)
    edition.verify()
    return [document.label for document in edition.documents("text")]


def assert_recovers(seeds: Path, data: Path, publisher: ForkingPublisher) -> None:
    ending = publisher.publish(seeds, data)
    assert ending.error is None, ending.message
    assert ending.state in {"published", "unchanged"}
    assert left_behind(data) == []
    assert {path.name for path in (data / "editions").iterdir()} >= {open_current(data).id}
    open_current(data).verify()


@pytest.mark.parametrize("step", STEPS)
def test_a_first_publication_killed_at_a_step_leaves_nothing_or_everything(
    step: str, seeds: Path, tmp_path: Path, publisher: ForkingPublisher
) -> None:
    data = tmp_path / "data"

    ending = publisher.publish(seeds, data, die_at=step)

    assert ending.signal == 9
    if step == "prune":
        assert titles(data) == ["Letter a", "Letter b"]
    else:
        with pytest.raises(NoEditionError):
            open_current(data)
    assert_recovers(seeds, data, publisher)
    assert titles(data) == ["Letter a", "Letter b"]


def test_what_a_killed_publication_judged_is_not_judged_again(
    tmp_path: Path, publisher: ForkingPublisher
) -> None:
    seeds = write(tmp_path / "seeds", letters([f"l{n:03}" for n in range(150)]))
    data = tmp_path / "data"
    publisher.publish(seeds, data, die_at="agents")
    (verdict,) = data.glob("unfinished-*/*")
    left = pickle.loads(verdict.read_bytes())
    left.findings.append(Finding(Severity.INFO, "left", "Judged before.", key="text/l007"))
    verdict.write_bytes(pickle.dumps(left))

    assert_recovers(seeds, data, publisher)

    assert "left" in {finding.rule for finding in open_current(data).findings()}
    assert len(titles(data)) == 150


@pytest.mark.parametrize("damage", [b"", b"no verdict", b"\x80\x05"])
def test_a_damaged_verdict_is_judged_again(
    damage: bytes, tmp_path: Path, publisher: ForkingPublisher
) -> None:
    seeds = write(tmp_path / "seeds", letters([f"l{n:03}" for n in range(120)]))
    data = tmp_path / "data"
    publisher.publish(seeds, data, die_at="agents")
    (verdict,) = data.glob("unfinished-*/*")
    verdict.write_bytes(damage)

    assert_recovers(seeds, data, publisher)

    assert len(titles(data)) == 120


@pytest.fixture(scope="module")
def two_editions(
    tmp_path_factory: pytest.TempPathFactory, publisher: ForkingPublisher
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    seeds = write(folder / "seeds", letters(["a", "b"]))
    publisher.publish(seeds, folder / "data")
    return seeds, folder / "data"


@pytest.mark.parametrize("step", STEPS)
def test_a_later_publication_killed_at_a_step_leaves_the_edition_before_it(
    step: str, two_editions: tuple[Path, Path], publisher: ForkingPublisher
) -> None:
    seeds, data = two_editions
    before = titles(data)
    (seeds / "a.txt").write_text(seed(SOURCE_ID="a", TITLE=f"Written before {step}"))

    ending = publisher.publish(seeds, data, die_at=step)

    assert ending.signal == 9
    after = [f"Written before {step}", "Letter b"]
    assert titles(data) == (after if step == "prune" else before)
    assert_recovers(seeds, data, publisher)
    assert titles(data) == after


def test_publications_killed_at_any_moment_leave_a_whole_edition(
    tmp_path: Path, publisher: ForkingPublisher
) -> None:
    number = int(os.environ.get("CRASH_SEED", random.randrange(2**32)))
    print(f"CRASH_SEED={number}")
    moments = random.Random(number)
    seeds = write(tmp_path / "seeds", letters(["a", "b"]))
    data = tmp_path / "data"
    publisher.publish(seeds, data)
    (seeds / "a.txt").write_text(seed(SOURCE_ID="a", TITLE="0"))
    lasting = publisher.publish(seeds, data).seconds
    standing, killed = "0", 0

    for count in range(1, _MOMENTS + 1):
        (seeds / "a.txt").write_text(seed(SOURCE_ID="a", TITLE=str(count)))
        ending = publisher.publish(seeds, data, die_after=moments.uniform(0.001, lasting))
        assert ending.error is None, ending.message
        killed += ending.signal is not None
        title = titles(data)[0]
        assert title in {standing, str(count)}
        if ending.signal is None:
            assert title == str(count)
        standing = title
        # Each attempt sweeps up after the one before; a whole one every time would say no more.
        if count % 5 == 0:
            assert_recovers(seeds, data, publisher)
            standing = str(count)
            assert titles(data)[0] == standing

    assert killed > _MOMENTS / 4


@pytest.mark.parametrize("step", [step for step in STEPS if step not in _LATE])
def test_a_publication_that_cannot_write_says_so_and_leaves_the_current_edition(
    step: str, two_editions: tuple[Path, Path], publisher: ForkingPublisher
) -> None:
    seeds, data = two_editions
    before = titles(data)
    (seeds / "b.txt").write_text(seed(SOURCE_ID="b", TITLE=f"Too much for {step}"))

    ending = publisher.publish(seeds, data, starve_at=step)

    assert ending.error == "PublicationError", ending
    assert "is full" in ending.message
    assert "Make room" in ending.message
    assert titles(data) == before
    assert left_behind(data) == []
    (seeds / "b.txt").write_text(seed(SOURCE_ID="b", TITLE="Letter b"))


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk with little room; where none can be mounted, a folder of the usual one."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=72m", "tmpfs", str(folder)]
    is_mounted = (
        os.geteuid() == 0
        and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    )
    yield folder
    if is_mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("step", ["stage", "read", "compare", "graph", "dumps", "manifest"])
def test_a_disk_that_fills_up_stops_the_publication_and_nothing_else(
    step: str, small_disk: Path, tmp_path: Path, publisher: ForkingPublisher
) -> None:
    seeds = write(tmp_path / "seeds", letters(["a"]))
    data = small_disk / f"data-{step}"
    publisher.publish(seeds, data)
    before = titles(data)
    (seeds / "a.txt").write_text(seed(SOURCE_ID="a", TITLE="Another"))
    filler = small_disk / "filler"
    full = {"fill_at": step, "fill": str(filler)}
    fate = full if small_disk.is_mount() else {"starve_at": step}

    ending = publisher.publish(seeds, data, **fate)

    filler.unlink(missing_ok=True)
    assert ending.error == "PublicationError", ending
    assert "Make room" in ending.message
    assert titles(data) == before
    assert left_behind(data) == []
    assert_recovers(seeds, data, publisher)
    assert titles(data) == ["Another"]


def test_a_second_publication_at_once_is_refused(
    seeds: Path, tmp_path: Path, publisher: ForkingPublisher
) -> None:
    data, waiting, gate = tmp_path / "data", tmp_path / "waiting", tmp_path / "gate"
    os.mkfifo(waiting)
    os.mkfifo(gate)
    held = publisher.start(seeds, data, wait_at="read", waiting=str(waiting), until=str(gate))
    with waiting.open("rb"):
        pass

    with pytest.raises(PublicationError, match="Another publication into"):
        publish(seeds, data)

    with gate.open("wb"):
        pass
    assert publisher.ended(held).state == "published"
    assert titles(data) == ["Letter a", "Letter b"]


def test_readers_see_whole_editions_only_while_others_are_published(
    tmp_path: Path, publisher: ForkingPublisher
) -> None:
    seeds = write(tmp_path / "seeds", letters("abc", TITLE="0"))
    data = tmp_path / "data"
    publisher.publish(seeds, data)
    finished = threading.Event()
    seen: list[set[str]] = []
    failures: list[Exception] = []

    def read() -> None:
        try:
            while not finished.is_set():
                edition = open_current(data)
                edition.verify()
                seen.append({document.label for document in edition.documents("text")})
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for count in range(1, 5):
        write(seeds, letters("abc", TITLE=str(count)))
        publisher.publish(seeds, data)
    finished.set()
    reader.join()

    assert failures == []
    assert all(len(labels) == 1 for labels in seen)
    order = [int(next(iter(labels))) for labels in seen]
    assert order == sorted(order)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_damaged_current_edition_is_replaced_by_publishing_the_same_seeds(
    seeds: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    write(seeds, letters(["c"]))
    second = publish(seeds, data)
    damage(data / CURRENT / "records.sqlite")

    outcome = publish(seeds, data)

    assert outcome.state == "published"
    assert str(second.edition_id) in outcome.remarks[0]
    assert open_current(data).sequence == 3
    assert titles(data) == ["Letter a", "Letter b", "Letter c"]


def test_a_damaged_current_edition_is_replaced_even_by_what_stood_before_it(
    seeds: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    write(seeds, letters(["c"]))
    publish(seeds, data)
    damage(data / CURRENT / "records.sqlite")
    (seeds / "c.txt").unlink()

    outcome = publish(seeds, data)

    assert outcome.state == "published"
    assert titles(data) == ["Letter a", "Letter b"]


def test_without_an_undamaged_edition_nothing_is_published(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    damage(data / CURRENT / "records.sqlite")

    with pytest.raises(PublicationError, match="Restore the directory from a backup"):
        publish(seeds, data)


def test_a_lost_link_never_costs_the_editions_that_it_does_not_name(
    seeds: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    write(seeds, letters(["c"]))
    publish(seeds, data)
    editions = sorted(path.name for path in (data / "editions").iterdir())
    (data / CURRENT).unlink()

    with pytest.raises(PublicationError, match=f"ln -s editions/{editions[-1]}"):
        publish(seeds, data)

    assert sorted(path.name for path in (data / "editions").iterdir()) == editions


def test_a_link_to_an_edition_that_is_gone_is_replaced_by_the_next(
    seeds: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    write(seeds, letters(["c"]))
    gone = publish(seeds, data).edition_id
    for path in sorted((data / "editions" / str(gone)).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (data / "editions" / str(gone)).rmdir()

    outcome = publish(seeds, data)

    assert any(str(gone) in remark for remark in outcome.remarks)
    assert titles(data) == ["Letter a", "Letter b", "Letter c"]


def test_an_unreadable_manifest_is_no_edition_to_build_upon(seeds: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    write(seeds, letters(["c"]))
    publish(seeds, data)
    (data / CURRENT / "edition.json").write_bytes(b"{")

    outcome = publish(seeds, data)

    assert outcome.state == "published"
    assert titles(data) == ["Letter a", "Letter b", "Letter c"]


def test_settings_that_break_between_two_publications_leave_the_edition(
    seeds: Path, tmp_path: Path, publisher: ForkingPublisher
) -> None:
    data = tmp_path / "data"
    publish(seeds, data)
    (seeds / "corpus.toml").write_text(SETTINGS + "[")

    ending = publisher.publish(seeds, data)

    assert ending.error == "SettingsError"
    assert titles(data) == ["Letter a", "Letter b"]
