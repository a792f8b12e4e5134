"""The files of an edition: are they as they were written, and what their description says?"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph
import zstandard

from ld.describe import dataset_statements
from ld.edition import Edition, sha256_of
from ld.readiness import rules
from ld.readiness.described import Description
from ld.readiness.findings import Check, Findings, Progress
from ld.readiness.json_ld import count_triples
from ld.stored import DATASET
from ld.terms import Term, iri, iri_of
from ld.vocabulary import DCAT, SPDX, schema

_DUMPS: Final = "dumps/"
_MEDIA_TYPES: Final = "/media-types/"
_DOWNLOAD, _SIZE, _CHECKSUM, _VALUE, _MEDIA_TYPE, _CODING = (
    iri(DCAT + "downloadURL"),
    iri(DCAT + "byteSize"),
    iri(SPDX + "checksum"),
    iri(SPDX + "checksumValue"),
    iri(DCAT + "mediaType"),
    iri(DCAT + "compressFormat"),
)
_UNREADABLE: Final = (
    OSError, EOFError, SyntaxError, ValueError, zlib.error, zstandard.ZstdError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump as its description has it; `size` in bytes, what is not said is empty."""

    url: str
    file: str
    size: str
    checksum: str
    media_type: str
    coding: str
    encoding_format: str


def check_files(edition: Edition, findings: Findings, progress: Progress) -> Check:
    """Compare every file with its checksum."""
    files = edition.manifest["files"]
    for done, (name, facts) in enumerate(files.items(), start=1):
        try:
            if sha256_of(edition.path / name) != facts["sha256"]:
                findings.add(rules.FILE_INTACT, name, "does not have its checksum")
        except OSError as error:
            findings.add(rules.FILE_INTACT, name, f"cannot be read: {error.strerror}")
        progress.count(done, len(files))
    return Check("Files as they were written", len(files), "files")


def check_dumps(edition: Edition, findings: Findings, progress: Progress) -> Check:
    """Compare every dump with its description: size, checksum, media type and triples."""
    dumps = list(described_dumps(edition))
    content: dict[str, tuple[str, str]] = {}
    for done, dump in enumerate(dumps, start=1):
        path = edition.path / _DUMPS / dump.file
        if not path.is_file():
            findings.add(rules.DUMP_PRESENT, dump.url, f"{_DUMPS}{dump.file} is not there")
            continue
        if str(path.stat().st_size) != dump.size:
            findings.add(rules.DUMP_SIZE, dump.url, f"{path.stat().st_size}, not {dump.size} bytes")
        if sha256_of(path) != dump.checksum:
            findings.add(rules.DUMP_CHECKSUM, dump.url, f"not {dump.checksum}")
        _check_content(edition, dump, path, content, findings)
        progress.count(done, len(dumps))
    if not dumps:
        findings.add(rules.DUMP_PRESENT, edition.base + DATASET, "no dump is described")
    return Check("Dumps as they are described", len(dumps), "dumps")


def described_dumps(edition: Edition) -> Iterator[Dump]:
    """Give the dumps that the description of the dataset names."""
    said = Description(dataset_statements(edition))
    for distribution in said.objects(iri(edition.base + DATASET), iri(DCAT + "distribution")):
        for address in said.objects(distribution, _DOWNLOAD):
            checksum = said.one(distribution, _CHECKSUM)
            yield Dump(
                url=iri_of(address),
                file=iri_of(address).rpartition("/")[2],
                size=said.text(distribution, _SIZE),
                checksum="" if checksum is None else said.text(checksum, _VALUE),
                media_type=_media_type(said, distribution, _MEDIA_TYPE),
                coding=_media_type(said, distribution, _CODING),
                encoding_format=said.text(distribution, schema("encodingFormat")),
            )


def _media_type(said: Description, distribution: Term, predicate: Term) -> str:
    return said.text(distribution, predicate).rpartition(_MEDIA_TYPES)[2]


def _check_content(
    edition: Edition,
    dump: Dump,
    path: Path,
    content: dict[str, tuple[str, str]],
    findings: Findings,
) -> None:
    if not dump.encoding_format.startswith(dump.media_type):
        findings.add(
            rules.DUMP_CONTENT, dump.url, f"{dump.media_type}, and also {dump.encoding_format}"
        )
    try:
        with _unpacked(path, dump.coding) as stream:
            hashed = _Hashed(stream)
            # What is the same, byte by byte, as what was parsed need not be parsed again.
            triples = None if dump.media_type in content else _triples(hashed, dump.media_type)
            digest = hashed.digest()
    except _UNREADABLE as error:
        findings.add(rules.DUMP_CONTENT, dump.url, str(error))
        return
    first, other = content.setdefault(dump.media_type, (digest, dump.file))
    if first != digest:
        findings.add(rules.DUMP_CONTENT, dump.url, f"does not hold what {other} holds")
    if triples is not None and triples != edition.counts["statements"]:
        counted = edition.counts["statements"]
        findings.add(rules.DUMP_TRIPLES, dump.url, f"{triples:,}, not {counted:,} triples")


def _triples(stream: "_Hashed", media_type: str) -> int:
    syntax = pyoxigraph.RdfFormat.from_media_type(media_type)
    if syntax is None:
        raise ValueError(f"{media_type or 'no media type'} is no syntax of RDF")
    if syntax == pyoxigraph.RdfFormat.JSON_LD:
        return count_triples(stream.read)
    quads = pyoxigraph.parse(cast("IO[bytes]", stream), format=syntax, lenient=True)
    return sum(1 for _ in quads)


@contextmanager
def _unpacked(path: Path, coding: str) -> Iterator[IO[bytes]]:
    with path.open("rb") as packed:
        if coding == "application/gzip":
            with gzip.open(packed) as stream:
                yield cast("IO[bytes]", stream)
        elif coding == "application/zstd":
            decompressor = zstandard.ZstdDecompressor()
            with decompressor.stream_reader(packed, read_across_frames=True) as stream:
                yield cast("IO[bytes]", stream)
        else:
            yield packed


class _Hashed:
    """A stream that knows the digest of all that it holds."""

    _BLOCK: Final = 1024 * 1024

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        while self.read(self._BLOCK):
            pass
        return self._hash.hexdigest()
