"""Dumping: every statement of an edition in every syntax, in frames.

A dump is a row of frames of some thirty documents by key, each compressed on its own. Where one
begins depends on the keys alone, so an edition takes over, byte for byte, the frames of its parent
in which nothing changed. The frames of a `.gz` are one member of gzip, those of a `.zst` one frame
of Zstandard each.

See: https://www.rfc-editor.org/rfc/rfc1952 and https://www.rfc-editor.org/rfc/rfc8878
"""

import hashlib
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import zstandard
from isal import isal_zlib

from ld import records
from ld.formats import FORMATS
from ld.stored import record_keeping
from ld.terms import Statement

#: Documents per frame, on average.
FRAME: Final = 32
#: Frames that a worker makes at a time.
SHARD: Final = 16

_BOUNDARY: Final = (2**32 // FRAME).to_bytes(4, "big")
_GZIP_LEVEL: Final = 1  # within a tenth of what level 3 gives, and nine times as fast
_ZSTANDARD_LEVEL: Final = 3


class Span(NamedTuple):
    """The documents of one frame: those from `first` on, and before `end` (empty: to the last)."""

    first: str
    end: str


class Piece(NamedTuple):
    """Some text, compressed: deflated so that anything may follow, and as Zstandard.

    `crc` and `length` are those of the text, in bytes.
    """

    deflated: bytes
    zstandard: bytes
    crc: int
    length: int


class Frame(NamedTuple):
    """One frame: a piece for each format, in their order."""

    first: str
    statements: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Dumper:
    """Makes the frames of an edition from its records, which must not change meanwhile."""

    path: Path
    base: str

    def frames(self, spans: Sequence[Span]) -> list[Frame]:
        """Make these frames; a span without documents has none."""
        with closing(records.open_for_reading(self.path)) as db:
            return [frame for span in spans if (frame := self._frame(db, span)) is not None]

    def _frame(self, db: sqlite3.Connection, span: Span) -> Frame | None:
        rows = db.execute(
            "SELECT d.key, d.kind, v.datestamp, v.stated, v.volatile FROM document d "  # noqa: S608
            f"JOIN version v ON v.version = d.version WHERE {_WITHIN}",
            _bounds(span),
        ).fetchall()
        owned: list[Statement] = []
        for key, kind, datestamp, stated, volatile in rows:
            owned += records.unpack(stated)
            owned += records.unpack(volatile)
            owned += record_keeping(self.base, key, kind, datestamp)
        if not owned:
            return None
        owned.sort()
        if len(set(owned)) < len(owned):
            owned = list(dict.fromkeys(owned))
        pieces = tuple(compressed(fmt.block(owned)) for fmt in FORMATS)
        return Frame(span.first, len(owned), pieces)


def compressed(text: str) -> Piece:
    """Compress some text."""
    data = text.encode()
    deflater = isal_zlib.compressobj(_GZIP_LEVEL, isal_zlib.DEFLATED, -15)
    # After a full flush nothing refers back, so that a piece may stand anywhere.
    deflated = deflater.compress(data) + deflater.flush(isal_zlib.Z_FULL_FLUSH)
    packed = zstandard.ZstdCompressor(level=_ZSTANDARD_LEVEL, write_checksum=True).compress(data)
    return Piece(deflated, packed, isal_zlib.crc32(data), len(data))


# A bound that may be empty would keep the index from being used.
_WITHIN: Final = "d.key >= :first AND d.key < :end"
_AFTER_ALL: Final = "\U0010ffff"


def _bounds(span: Span) -> dict[str, str]:
    return {"first": span.first, "end": span.end or _AFTER_ALL}


def spans(db: sqlite3.Connection, within: Span) -> Iterator[Span]:
    """Part the documents of a span into frames."""
    first = within.first
    keys = db.execute(
        f"SELECT d.key FROM document d WHERE {_WITHIN} ORDER BY d.key",  # noqa: S608
        _bounds(within),
    )
    for number, (key,) in enumerate(keys):
        if number and is_boundary(key):
            yield Span(first, key)
            first = key
    yield Span(first, within.end)


def is_boundary(key: str) -> bool:
    """Say whether a frame begins with the document of this key."""
    return hashlib.blake2b(key.encode(), digest_size=4).digest() < _BOUNDARY


def changed_spans(firsts: Sequence[str], keys: Iterable[str]) -> Iterator[Span | range]:
    """Give, in order, which frames of the parent stay (a range of their numbers), and the spans
    that are to be made anew.

    `firsts` are the keys that the parent's frames begin with, `keys` those of the documents that
    were created, updated or deleted.
    """
    touched: set[int] = set()
    for key in keys:
        number = max(0, bisect_right(firsts, key) - 1)
        touched.add(number)
        if number and firsts[number] == key:
            touched.add(number - 1)  # what begins a frame may be gone, and the rest joins the last
    for is_touched, run in groupby(range(len(firsts)), touched.__contains__):
        numbers = list(run)
        if not is_touched:
            yield range(numbers[0], numbers[-1] + 1)
            continue
        end = numbers[-1] + 1
        yield Span(
            firsts[numbers[0]] if numbers[0] else "", firsts[end] if end < len(firsts) else ""
        )
