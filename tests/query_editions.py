"""Editions as the query service reads them, small and real."""

import os
from pathlib import Path

import orjson
import pyoxigraph

BASE = "https://corpus.example/"
TITLE = "http://purl.org/dc/terms/title"
CREATOR = "http://purl.org/dc/terms/creator"


def n_triples(texts: int = 60) -> str:
    """Give the statements of so many texts: a title each, and one of three authors."""
    return "".join(
        f'<{BASE}text/{n}> <{TITLE}> "Title, “{n}”"@en .\n'
        f"<{BASE}text/{n}> <{CREATOR}> <{BASE}agent/{n % 3}> .\n"
        for n in range(texts)
    )


def build(data: Path, identifier: str, statements: str | None = None) -> Path:
    """Make the directory of an edition, not yet the current one."""
    directory = data / "editions" / identifier
    (directory / "graph").mkdir(parents=True)
    store = pyoxigraph.Store(str(directory / "graph"))
    store.bulk_load((statements or n_triples()).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.flush()
    del store
    (directory / "edition.json").write_bytes(orjson.dumps({"base": BASE}))
    return directory


def make_current(data: Path, identifier: str) -> None:
    """Let `current` lead to this edition, in one step."""
    link = data / "current.new"
    link.symlink_to(Path("editions", identifier))
    os.replace(link, data / "current")  # noqa: PTH105
