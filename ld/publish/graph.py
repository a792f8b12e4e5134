"""The triple store of an edition: loaded from its dump, or its parent's with the difference."""

import gzip
import os
import shutil
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph
import zstandard

from ld.publish import difference

FOLDER: Final = "graph"


def load(dump: Path, graph: Path) -> None:
    """Load a dump in N-Triples, compressed as Zstandard, into a new store."""
    store = pyoxigraph.Store(graph)
    with (
        dump.open("rb") as packed,
        zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as lines,
    ):
        store.bulk_load(input=lines, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    store.flush()


def continued(parent: Path, dumps: Path, graph: Path) -> None:
    """Make a store of the parent's with the difference that lies among the dumps.

    Its tables are linked where the disk can do that: nobody ever changes one.
    """
    graph.mkdir()
    for path in parent.iterdir():
        if path.suffix == ".sst":
            _linked(path, graph / path.name)
        else:
            shutil.copyfile(path, graph / path.name)
    store = pyoxigraph.Store(graph)
    for name, change in ((difference.REMOVED, store.remove), (difference.ADDED, store.add)):
        with gzip.open(dumps / f"{name}.gz") as lines:
            for quad in pyoxigraph.parse(
                input=cast("IO[bytes]", lines), format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True
            ):
                change(quad)
    store.flush()


def _linked(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # not every file system has links, nor any number of them
        shutil.copyfile(path, target)
