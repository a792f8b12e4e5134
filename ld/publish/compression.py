"""Compression: what is written once, as gzip and as Zstandard."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import zstandard

#: The suffixes of a file in each coding.
SUFFIXES: Final = (".gz", ".zst")

_GZIP_LEVEL: Final = 6
# As fast to write as gzip at its level, and a third smaller.
_ZSTANDARD_LEVEL: Final = 9


class Compressed:
    """A stream whose bytes go into both codings."""

    def __init__(self, gzipped: gzip.GzipFile, zipped: zstandard.ZstdCompressionWriter) -> None:
        self._gzipped = gzipped
        self._zipped = zipped

    def write(self, data: bytes) -> int:
        """Write some bytes; give how many, which is all of them."""
        self._gzipped.write(data)
        self._zipped.write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is held back makes the next bytes smaller."""


@contextmanager
def compressed(path: Path) -> Iterator[Compressed]:
    """Give a stream into `{path}.gz` and `{path}.zst`; the same bytes make the same files."""
    compressor = zstandard.ZstdCompressor(level=_ZSTANDARD_LEVEL, write_checksum=True)
    gzip_path, zstandard_path = (path.with_name(path.name + suffix) for suffix in SUFFIXES)
    with (
        gzip_path.open("wb") as for_gzip,
        zstandard_path.open("wb") as for_zstandard,
        # Without name and time in its header the same statements give the same bytes.
        gzip.GzipFile("", "wb", compresslevel=_GZIP_LEVEL, fileobj=for_gzip, mtime=0) as gzipped,
        compressor.stream_writer(for_zstandard, closefd=False) as zipped,
    ):
        yield Compressed(gzipped, zipped)
