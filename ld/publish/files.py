"""The report and the manifest of an edition, and how all its files reach the disk."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
import pyoxigraph

from ld.edition import MANIFEST, Edition, sha256_of
from ld.vocabulary import PREFIXES, SH

REPORT: Final = "report.ttl"


def linked_files(folder: Path, parent: Edition | None) -> dict[str, Any]:
    """Give what the parent's manifest states of the files that are linked here, by their names."""
    if parent is None:
        return {}
    return {
        name: facts
        for name, facts in parent.manifest["files"].items()
        if _is_linked(folder / name, parent.path / name)
    }


def _is_linked(here: Path, there: Path) -> bool:
    try:
        return here.samefile(there)
    except OSError:
        return False


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


def write_manifest(folder: Path, manifest: dict[str, Any], linked: Mapping[str, Any]) -> None:
    """Write edition.json: the manifest, with size and SHA-256 of every file in the folder.

    `linked` are these facts of the files that are also the parent's, and were just checked.
    """
    files = dict(linked)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST and name not in linked:
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
