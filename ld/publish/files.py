"""The report and the manifest of an edition, and how all its files reach the disk."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import pyoxigraph

from ld.edition import MANIFEST, sha256_of
from ld.vocabulary import PREFIXES, SH

REPORT: Final = "report.ttl"


def write_report(results: Path, report: Path) -> None:
    """Write the validation report as Turtle from the results' N-Triples lines.

    See: https://www.w3.org/TR/shacl/#validation-report
    """
    conforms = results.stat().st_size == 0
    with results.open("a", encoding="utf-8") as stream:
        stream.write(
            "_:report <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            f"<{SH}ValidationReport> .\n_:report <{SH}conforms> "
            f'"{str(conforms).lower()}"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n'
        )
    triples = (
        quad.triple
        for quad in pyoxigraph.parse(path=results, format=pyoxigraph.RdfFormat.N_TRIPLES)
    )
    prefixes = PREFIXES | {"sh": SH}
    pyoxigraph.serialize(triples, report, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write edition.json: the manifest, with size and SHA-256 of every file in the folder."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            name = path.relative_to(folder).as_posix()
            files[name] = {"size": path.stat().st_size, "sha256": sha256_of(path)}
    (folder / MANIFEST).write_bytes(
        orjson.dumps(manifest | {"files": files}, option=orjson.OPT_INDENT_2)
    )


def sync(folder: Path, on_file: Callable[[], None] = lambda: None) -> None:
    """Bring every file and folder to the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync_one(path)
        on_file()


def sync_one(path: Path) -> None:
    """Bring one file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
