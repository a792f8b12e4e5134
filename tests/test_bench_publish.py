"""The benchmarks of publishing: that they measure, and compare what can be compared."""

import csv
import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("psutil")

from bench import changes, measure, morph, validators
from bench.publish import Published, growth, paths_of, published
from bench.targets import Target
from ld.edition import open_current
from ld.validate import authority, shapes
from ld.validate.authority import Outcome
from ld.validate.gate import Gate


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A publication of 60 synthetic seeds, measured."""
    folder = tmp_path_factory.mktemp("bench")
    measure.generate(60, folder / "60-seeds")
    return published(60, folder, 1, load=False)


def test_measures_a_publication_and_says_how_it_grows(one: Published) -> None:
    paths = paths_of(open_current(one.data), 5)

    assert one.run.told["state"] == "published"
    assert 0 < one.run.cpu < 60
    assert {"map", "graph"} <= one.run.told["steps"].keys()
    assert max(one.memory()) > 10
    assert growth(one, one) == 1
    assert all(path.startswith("/doc/text/") for path in paths["documents"])


def test_memory_of_children_is_counted_too() -> None:
    hold = "import time; held = b'x' * 40_000_000; time.sleep(0.6)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    watch_pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", child])
    watch = measure._Watch(watch_pid)
    os.waitpid(watch_pid, 0)
    watch.end()

    assert watch.by_step([])["start"] > 40


def test_a_change_and_a_whole_build_hold_the_same(one: Published, tmp_path: Path) -> None:
    change, whole, differing = changes.compared(tmp_path, one.data, 2, 1)

    assert (change.told["state"], whole.told["state"]) == ("published", "published")
    assert differing == []
    assert list(changes.differences(open_current(one.data), open_current(tmp_path / "whole")))


def test_planted_faults_are_reported_alike_by_gate_and_whole(one: Published) -> None:
    edition = open_current(one.data)
    loaded = shapes.load(edition.base)
    owned = [list(document.owned) for document in edition.documents()]
    faulty = [list(document) for document in validators.planted(owned, 6, 7)]

    judged = Gate(loaded).judge(faulty)
    whole = authority.validate([s for document in faulty for s in document], loaded)

    assert len(whole.results) > 5
    assert validators.forms([Outcome([], judged.reports)]) == validators.forms([whole])


def test_the_tables_for_the_peer_hold_every_text_and_its_authors(
    one: Published, tmp_path: Path
) -> None:
    morph.write(one.data.with_name("60-seeds"), tmp_path / "tables")

    with (tmp_path / "tables/files.csv").open(encoding="utf-8", newline="") as file:
        files = list(csv.DictReader(file))
    assert len(files) == 60
    assert all(row["file"].endswith("#file") for row in files)
    assert (tmp_path / "tables" / morph.MAPPING).read_text().count("a rr:TriplesMap") == 9


@pytest.mark.parametrize(
    ("figure", "at_least", "said"),
    [(2.0, False, "reached"), (3.0, False, "not reached"), (3.0, True, "reached")],
)
def test_says_whether_a_target_is_reached(figure: float, at_least: bool, said: str) -> None:
    told = str(Target("CPU", figure, 2.5, "s", at_least=at_least))

    assert told.startswith(f"{said}: CPU: {figure:.2f} s")
