"""Answers that are sent while they are made, and show it if they are cut short.

granian ends a body as if it were complete whatever its iterator raises, names no port from which
to find the connection, and so leaves no way to break it off. What is cut has to show it itself.
In a content coding anything does: the coded body is broken where it is cut, and no decoder reads
over that. Without one JSON and XML do, for they are closed by their last bytes alone; Turtle and
N-Triples are made to, by a line that no parser reads over. A table is read to its end whatever
stands there, so without a coding CSV and TSV are never streamed; nor is anything under HTTP/1.0,
where the end of the connection is the end of the body.
"""

import re
from collections.abc import Iterator
from typing import Final

from app import coding
from ld.errors import PressmarkError
from ld.query.client import Answer

_TABLES: Final = frozenset({"text/csv", "text/tab-separated-values"})
_PROTOCOLS: Final = frozenset({"HTTP/1.1", "HTTP/2", "HTTP/3"})


def can_stream(media_type: str, protocol: str, content_coding: str | None) -> bool:
    """Say whether a cut answer would be seen to be cut."""
    is_coded = content_coding in coding.CODINGS
    return protocol in _PROTOCOLS and (is_coded or media_type not in _TABLES)


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


def coded(answer: Answer, content_coding: str) -> Iterator[bytes]:
    """Give an answer in a coding; if it is cut short, with the notice and broken behind it."""
    stream = coding.stream(content_coding)
    try:
        for chunk in answer:
            if chunk:
                yield stream.piece(chunk)
    except PressmarkError as error:
        yield stream.piece(notice(error)) + stream.breach()
    else:
        yield stream.end()
