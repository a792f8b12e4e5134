"""The dumps of an edition as files: written frame by frame, or taken over from the parent's."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import orjson
from isal import isal_zlib

from ld.formats import FORMATS
from ld.publish.dumping import Frame, Piece, compressed

#: Lists the frames of the dumps: what each begins with, and where it stands in each file.
INDEX: Final = "frames.json"
NAME: Final = "corpus"
FOLDER: Final = "dumps"

# RFC 1952, section 2.3: no name and no time, so that the same statements give the same bytes.
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK: Final = b"\x03\x00"
_COPIED_AT_ONCE: Final = 1 << 20


class Place(NamedTuple):
    """Where a frame stands in the two files of a format, from a byte to before another."""

    gzip_start: int
    gzip_end: int
    zstandard_start: int
    zstandard_end: int
    crc: int
    length: int


class Placed(NamedTuple):
    """A frame in an edition's dumps: its place for each format, in their order."""

    first: str
    statements: int
    places: list[Place]


class _Pair:
    """The two files of one format, and what gzip wants to know at their end."""

    def __init__(self, folder: Path, suffix: str, stack: ExitStack) -> None:
        names = (f"{NAME}.{suffix}.gz", f"{NAME}.{suffix}.zst")
        self.gzip, self.zstandard = (stack.enter_context((folder / n).open("wb")) for n in names)
        self.gzip.write(_GZIP_HEADER)
        self.crc = self.length = 0

    def add(self, piece: Piece) -> Place:
        start = (self.gzip.tell(), self.zstandard.tell())
        self.gzip.write(piece.deflated)
        self.zstandard.write(piece.zstandard)
        return self._placed(start, piece.crc, piece.length)

    def take_over(self, place: Place, files: tuple[BinaryIO, BinaryIO]) -> Place:
        start = (self.gzip.tell(), self.zstandard.tell())
        _copy(files[0], self.gzip, place.gzip_start, place.gzip_end)
        _copy(files[1], self.zstandard, place.zstandard_start, place.zstandard_end)
        return self._placed(start, place.crc, place.length)

    def _placed(self, start: tuple[int, int], crc: int, length: int) -> Place:
        self.crc = isal_zlib.crc32_combine(self.crc, crc, length)
        self.length += length
        gzip_start, zstandard_start = start
        return Place(
            gzip_start, self.gzip.tell(), zstandard_start, self.zstandard.tell(), crc, length
        )

    def close(self) -> None:
        ending = (self.crc, self.length & 0xFFFFFFFF)
        self.gzip.write(_LAST_BLOCK + b"".join(n.to_bytes(4, "little") for n in ending))


class Dumps:
    """The dumps of an edition in the making."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        folder.mkdir(exist_ok=True)
        self._pairs = [_Pair(folder, fmt.SUFFIX, stack) for fmt in FORMATS]
        self._separators = [compressed(fmt.SEPARATOR) if fmt.SEPARATOR else None for fmt in FORMATS]
        self.frames: list[Placed] = []
        for pair, fmt in zip(self._pairs, FORMATS, strict=True):
            if fmt.OPENING:
                pair.add(compressed(fmt.OPENING))

    @property
    def statements(self) -> int:
        """How many statements there are in what was written so far."""
        return sum(frame.statements for frame in self.frames)

    def add(self, frame: Frame) -> None:
        """Write a frame."""
        self._separate()
        places = [pair.add(piece) for pair, piece in zip(self._pairs, frame.pieces, strict=True)]
        self.frames.append(Placed(frame.first, frame.statements, places))

    def take_over(self, parent: "ParentDumps", numbers: range) -> None:
        """Write frames of the parent again."""
        for number in numbers:
            self._separate()
            frame = parent.frames[number]
            places = [
                pair.take_over(place, files)
                for pair, place, files in zip(self._pairs, frame.places, parent.files, strict=True)
            ]
            self.frames.append(frame._replace(places=places))

    def _separate(self) -> None:
        if self.frames:
            for pair, separator in zip(self._pairs, self._separators, strict=True):
                if separator is not None:
                    pair.add(separator)

    def close(self, index: Path) -> None:
        """Write the ends of the files, and the index of their frames."""
        for pair, fmt in zip(self._pairs, FORMATS, strict=True):
            if fmt.CLOSING:
                pair.add(compressed(fmt.CLOSING))
            pair.close()
        index.write_bytes(
            orjson.dumps([[f.first, f.statements, *map(list, f.places)] for f in self.frames])
        )


class ParentDumps:
    """The dumps of the parent edition, to take frames over from."""

    def __init__(self, edition: Path, stack: ExitStack) -> None:
        listed = orjson.loads((edition / INDEX).read_bytes())
        self.frames = [
            Placed(first, statements, [Place(*place) for place in places])
            for first, statements, *places in listed
        ]
        dumps = edition / FOLDER
        self.files = [
            (
                stack.enter_context((dumps / f"{NAME}.{fmt.SUFFIX}.gz").open("rb")),
                stack.enter_context((dumps / f"{NAME}.{fmt.SUFFIX}.zst").open("rb")),
            )
            for fmt in FORMATS
        ]

    @property
    def firsts(self) -> list[str]:
        """The keys that the frames begin with."""
        return [frame.first for frame in self.frames]


def files_of_dumps() -> Iterator[str]:
    """Give the names of the files that the dumps and their index are, within an edition."""
    yield INDEX
    for fmt in FORMATS:
        yield f"{FOLDER}/{NAME}.{fmt.SUFFIX}.gz"
        yield f"{FOLDER}/{NAME}.{fmt.SUFFIX}.zst"


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    left = end - start
    while left and (some := source.read(min(left, _COPIED_AT_ONCE))):
        target.write(some)
        left -= len(some)
