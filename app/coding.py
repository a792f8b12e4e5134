"""Content codings: bodies compressed at once, and while they are made.

See: https://www.rfc-editor.org/rfc/rfc9110#section-8.4 and
https://www.rfc-editor.org/rfc/rfc8878 (zstd)
"""

import gzip
import zlib
from collections.abc import Callable
from typing import Final, Protocol

import zstandard

#: What there is, in order of preference.
CODINGS: Final = ("zstd", "gzip")

_GZIP: Final = 31
_GZIP_LEVEL: Final = 6
_GZIP_QUICK: Final = 4
_ZSTD_LEVEL: Final = 6
_ZSTD_QUICK: Final = 3
# Whoever decodes has to allow this much memory; section 3.1.1.1.2 wants 8 MiB allowed.
_ZSTD_WINDOW_LOG: Final = 20


def encode(coding: str, body: bytes) -> bytes:
    """Give a body in a coding: the same bytes for the same body."""
    if coding == "gzip":
        return gzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)


def decode(coding: str, body: bytes) -> bytes:
    """Give the body that `encode` was given."""
    if coding == "gzip":
        return gzip.decompress(body)
    return zstandard.ZstdDecompressor().decompress(body)


class Stream(Protocol):
    """A body that is coded piece by piece; each piece can be read as soon as it is there."""

    def piece(self, data: bytes) -> bytes:
        """Give the coded form of the next piece."""
        ...

    def end(self) -> bytes:
        """Give what completes the body."""
        ...

    def breach(self) -> bytes:
        """Give what makes every decoder fail, instead of an end."""
        ...


class _Gzip:
    # A block of the type that RFC 1951 reserves. Many decoders pass over a body without its end.
    _BREACH: Final = b"\x06"

    def __init__(self) -> None:
        self._packer = zlib.compressobj(_GZIP_QUICK, wbits=_GZIP)

    def piece(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._packer.flush()

    def breach(self) -> bytes:
        return self._packer.flush(zlib.Z_SYNC_FLUSH) + self._BREACH


class _Zstd:
    # The header of a block of the type that section 3.1.1.2.2 reserves.
    _BREACH: Final = b"\x06\x00\x00"

    def __init__(self) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            _ZSTD_QUICK, window_log=_ZSTD_WINDOW_LOG, write_checksum=True
        )
        packer = zstandard.ZstdCompressor(compression_params=parameters)
        self._packer = packer.compressobj()

    def piece(self, data: bytes) -> bytes:
        coded = self._packer.compress(data)
        return coded + self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)

    def breach(self) -> bytes:
        return self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) + self._BREACH


_STREAMS: Final[dict[str, Callable[[], Stream]]] = {"gzip": _Gzip, "zstd": _Zstd}


def stream(coding: str) -> Stream:
    """Give a new stream in a coding."""
    return _STREAMS[coding]()
