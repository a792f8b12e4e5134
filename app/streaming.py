"""Answers that are sent while they are made, and show it if they are cut short.

granian ends a body as if it were complete whatever its iterator raises, names no port from which
to find the connection, and so leaves no way to break it off. What is cut has to show it itself.
JSON and XML do, for they are closed by their last bytes alone; Turtle and N-Triples are made to,
by a line that no parser reads over. A table is read to its end whatever stands there, so CSV and
TSV are never streamed; nor is anything under HTTP/1.0, where the end of the connection is the end
of the body.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from ld.errors import PressmarkError
from ld.query.client import Answer

_TABLES: Final = frozenset({"text/csv", "text/tab-separated-values"})
_PROTOCOLS: Final = frozenset({"HTTP/1.1", "HTTP/2", "HTTP/3"})
_LEVEL: Final = 4
_GZIP: Final = 31


def can_stream(media_type: str, protocol: str) -> bool:
    """Say whether a cut answer would be seen to be cut."""
    return media_type not in _TABLES and protocol in _PROTOCOLS


def notice(error: PressmarkError) -> bytes:
    """Give what makes a cut answer unreadable for programs, and readable for people."""
    # A tag that closes what was never opened: some parsers do not miss the end of RDF/XML.
    reason = re.sub('["<>]', "'", str(error))
    return f"\n\n</cut-short> CUT SHORT: {reason}\n".encode()


def plain(answer: Answer) -> Iterator[bytes]:
    """Give an answer; if it is cut short, with the notice in place of its end."""
    try:
        for chunk in answer:
            if chunk:
                yield chunk
    except PressmarkError as error:
        yield notice(error)


def gzipped(answer: Answer) -> Iterator[bytes]:
    """Give an answer in gzip; if it is cut short, with the notice and no end of the gzip file."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    try:
        for chunk in answer:
            yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    except PressmarkError as error:
        yield packer.compress(notice(error)) + packer.flush(zlib.Z_SYNC_FLUSH)
    else:
        yield packer.flush()
