"""The triple store of an edition, loaded and continued."""

from pathlib import Path

import pyoxigraph
import pytest
import zstandard

from ld.publish import difference, graph
from ld.publish.compression import compressed

LINES = [
    f'<https://c.example/{n}> <http://purl.org/dc/terms/title> "{n % 7}"@en .\n' for n in range(900)
]


def statements(store: Path) -> set[str]:
    opened = pyoxigraph.Store.read_only(str(store))
    return {f"{quad.triple} .\n" for quad in opened.quads_for_pattern(None, None, None, None)}


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    compressor = zstandard.ZstdCompressor()
    # As a dump is: many frames, one after the other.
    frames = [compressor.compress("".join(LINES[n : n + 50]).encode()) for n in range(0, 900, 50)]
    (tmp_path / "corpus.nt.zst").write_bytes(b"".join(frames))
    graph.load(tmp_path / "corpus.nt.zst", tmp_path / "graph")
    return tmp_path / "graph"


def test_loads_every_frame_of_a_dump(loaded: Path) -> None:
    assert statements(loaded) == set(LINES)


def test_continues_a_store_and_leaves_the_first_as_it_was(loaded: Path, tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    more = '<https://c.example/new> <http://purl.org/dc/terms/title> "new" .\n'
    with (
        compressed(dumps / difference.REMOVED) as removed,
        compressed(dumps / difference.ADDED) as added,
    ):
        removed.write("".join(LINES[:10]).encode())
        added.write(more.encode())

    graph.continued(loaded, dumps, tmp_path / "next")

    assert statements(tmp_path / "next") == {*LINES[10:], more}
    assert statements(loaded) == set(LINES)
