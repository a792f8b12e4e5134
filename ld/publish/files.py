"""The files of an edition beside its records: dumps, triple store, report and manifest."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson
import pyoxigraph

from ld import terms
from ld.edition import MANIFEST, sha256_of
from ld.publish.staging import Staging
from ld.records import unpack
from ld.stored import record_keeping
from ld.vocabulary import PREFIXES, SH

GRAPH: Final = "graph"
DUMPS: Final = "dumps"
REPORT: Final = "report.ttl"
PLAIN_DUMP: Final = "corpus.nt"

# In bytes. The store holds the statements of one load in memory, in about ten times their size.
_LOADED_AT_ONCE: Final = 4 * 2**20
_SYNTAXES: Final = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}


def write_statements(staging: Staging, path: Path) -> int:
    """Write all owned statements as N-Triples, document by document; give their number."""
    count = 0
    rows = staging.db.execute(
        "SELECT d.key, d.kind, v.datestamp, v.stated, v.volatile FROM document d "
        "JOIN version v ON v.version = d.version ORDER BY d.key"
    )
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for key, kind, datestamp, stated, volatile in rows:
            kept = record_keeping(staging.base, key, kind, datestamp)
            owned = sorted({*unpack(stated), *unpack(volatile), *kept})
            count += len(owned)
            stream.write(terms.n_triples(owned))
    return count


def load_graph(statements: Path, graph: Path) -> None:
    """Load the statements into a new triple store."""
    store = pyoxigraph.Store(graph)
    with statements.open("rb") as lines:
        while some := b"".join(lines.readlines(_LOADED_AT_ONCE)):
            store.bulk_load(input=some, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    store.flush()


def write_dumps(statements: Path, dumps: Path) -> None:
    """Write the statements in every format, compressed once."""
    dumps.mkdir(exist_ok=True)
    with statements.open("rb") as plain, _compressed(dumps / f"{PLAIN_DUMP}.gz") as packed:
        shutil.copyfileobj(plain, packed, 1024 * 1024)
    for suffix, syntax in _SYNTAXES.items():
        triples = (
            quad.triple
            for quad in pyoxigraph.parse(
                path=statements, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True
            )
        )
        with _compressed(dumps / f"corpus.{suffix}.gz") as packed:
            pyoxigraph.serialize(triples, packed, format=syntax, prefixes=PREFIXES)


@contextmanager
def _compressed(path: Path) -> Iterator[IO[bytes]]:
    # Without name and time in its header the same statements give the same bytes.
    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=stream, mtime=0) as packed,
    ):
        yield cast("IO[bytes]", packed)


def write_report(results: Path, report: Path, *, conforms: bool) -> None:
    """Write the validation report as Turtle from the results' N-Triples lines.

    See: https://www.w3.org/TR/shacl/#validation-report
    """
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
