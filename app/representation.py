"""A selected representation, and every answer that follows from it alone.

HEAD, 304, 412, 206 and 416 are functions of the 200 response and of the request's headers, so
the application never has to think of them. A header that cannot be read is ignored.
See: https://www.rfc-editor.org/rfc/rfc9110, sections 8.8, 13 and 14
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date
from werkzeug.wsgi import ClosingIterator, FileWrapper

from app.coding import CODINGS, decode, encode

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# What describes the content of the very response that carries it: not for a 304 or a 412.
_OF_THE_CONTENT: Final = frozenset(
    {"accept-ranges", "content-encoding", "content-language", "content-length", "content-type"}
)
_COMPRESSIBLE: Final = re.compile(
    r"text/.+|.+\+(?:json|xml)"
    r"|application/(?:javascript|json|n-quads|n-triples|sparql-query|trig|xml)"
)
# Below this size the gain does not reach one network packet.
_WORTH_COMPRESSING: Final = 1024
_BLOCK: Final = 256 * 1024
_ENTITY_TAG: Final = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,30})-([0-9]{0,30})[ \t]*", re.IGNORECASE)
# What Python needs beside the characters, in bytes, measured generously.
_PER_REPRESENTATION: Final = 600
_PER_HEADER: Final = 250
_LONGEST_TAGS: Final = 4096
_LONGEST_DATE: Final = 64


@dataclass(slots=True)
class Representation:
    """A whole response: kept bytes, or a file that is read once and closed.

    `headers` are those of the answer to a plain GET. Only a 200 has conditions and ranges.
    Units: `length` is the body's; `size` what keeping the representation takes, both in bytes.
    """

    status: str
    headers: list[tuple[str, str]]
    body: bytes | FileWrapper
    length: int
    size: int = field(init=False)
    _about: list[tuple[str, str]] = field(init=False)
    _etag: str | None = field(init=False, default=None)
    _last_modified: str | None = field(init=False, default=None)
    _is_ok: bool = field(init=False)

    def __post_init__(self) -> None:
        headers = sum(_PER_HEADER + len(name) + len(value) for name, value in self.headers)
        self.size = _PER_REPRESENTATION + headers + self.length
        self._is_ok = self.status.startswith("200")
        self._about = [pair for pair in self.headers if pair[0].lower() not in _OF_THE_CONTENT]
        for name, value in self.headers:
            if name.lower() == "etag":
                self._etag = value
            elif name.lower() == "last-modified":
                self._last_modified = value

    def answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a GET or HEAD request from this representation."""
        status, headers, span = self.status, self.headers, None
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if self._is_ok:
            if (refused := self._precondition(environ)) is not None:
                status, headers, span = refused, self._about, range(0)
            elif "HTTP_RANGE" in environ and not is_head:
                span = self._requested_range(environ)
                if span is not None:
                    status, headers = self._partial(span)
        start_response(status, headers.copy())
        if is_head or (span is not None and not span):
            self.close()
            return []
        return self._content(span)

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if isinstance(self.body, FileWrapper):
            self.body.close()

    def recoded(self, codings: tuple[str, ...]) -> "Representation | None":
        """Give the same for who accepts these codings; None if only the application can."""
        headers = Headers(self.headers)
        coding, tag = headers.get("Content-Encoding"), headers.get("ETag", "")
        if not self._is_ok or not isinstance(self.body, bytes):
            return None
        body = self.body
        if coding is not None:
            mark = f'-{coding}"'
            if coding not in CODINGS or not tag.endswith(mark):
                return None
            body = decode(coding, body)
            del headers["Content-Encoding"]
            headers["ETag"] = f'{tag.removesuffix(mark)}"'
        return represent(self.status, headers, body, codings)

    def _precondition(self, environ: "WSGIEnvironment") -> str | None:
        # The order of evaluation is that of section 13.2.2.
        if (tags := environ.get("HTTP_IF_MATCH")) is not None:
            if not self._has_tag(tags, weakly=False):
                return "412 Precondition Failed"
        elif self._is_newer_than(environ.get("HTTP_IF_UNMODIFIED_SINCE")) is True:
            return "412 Precondition Failed"
        if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
            if self._has_tag(tags, weakly=True):
                return "304 Not Modified"
        elif self._is_newer_than(environ.get("HTTP_IF_MODIFIED_SINCE")) is False:
            return "304 Not Modified"
        return None

    def _has_tag(self, tags: str, *, weakly: bool) -> bool:
        if tags == self._etag:
            return weakly or not tags.startswith("W/")
        if tags.strip() == "*":
            return True
        if self._etag is None:
            return False
        named = _ENTITY_TAG.findall(tags[:_LONGEST_TAGS])
        if weakly:
            return self._etag.removeprefix("W/") in {opaque for _, opaque in named}
        return ("", self._etag) in named

    def _is_newer_than(self, date: str | None) -> bool | None:
        if date is None or self._last_modified is None:
            return None
        if date == self._last_modified:
            return False
        then, modified = _seconds(date), _seconds(self._last_modified)
        return None if then is None or modified is None else modified > then

    def _requested_range(self, environ: "WSGIEnvironment") -> range | None:
        match = _RANGE.fullmatch(environ["HTTP_RANGE"])
        if match is None or not self._is_still(environ.get("HTTP_IF_RANGE")):
            return None
        first, last = match.groups()
        if not first:
            return range(max(0, self.length - int(last)), self.length) if last else None
        if last and int(last) < int(first):
            return None
        return range(int(first), min(int(last) + 1, self.length) if last else self.length)

    def _is_still(self, validator: str | None) -> bool:
        if validator is None:
            return True
        if validator.startswith("W/"):
            return False
        return validator in {self._etag, self._last_modified}

    def _partial(self, span: range) -> tuple[str, list[tuple[str, str]]]:
        if not span:
            total = ("Content-Range", f"bytes */{self.length}")
            return "416 Range Not Satisfiable", [*self._about, total, ("Content-Length", "0")]
        headers = [pair for pair in self.headers if pair[0].lower() != "content-length"]
        headers += [
            ("Content-Length", str(len(span))),
            ("Content-Range", f"bytes {span.start}-{span.stop - 1}/{self.length}"),
        ]
        return "206 Partial Content", headers

    def _content(self, span: range | None) -> Iterable[bytes]:
        if isinstance(self.body, FileWrapper):
            span = range(self.length) if span is None else span
            return ClosingIterator(_blocks(self.body, span), self.body.close)
        return [self.body if span is None else self.body[span.start : span.stop]]


def represent(
    status: str, headers: Headers, body: bytes, codings: tuple[str, ...]
) -> Representation:
    """Give the representation of a whole response, in the content coding that fits best.

    `codings` are those that the client accepts, best first. What has a coding already keeps it.
    The entity tag, of the application's own or made from the body, is marked with the coding.
    """
    if status.startswith("200"):
        headers.setdefault("ETag", _entity_tag(headers, body))
        body = _encode(headers, body, codings)
        headers["Accept-Ranges"] = "bytes"
    headers["Content-Length"] = str(len(body))
    return Representation(status, list(headers), body, len(body))


def _encode(headers: Headers, body: bytes, codings: tuple[str, ...]) -> bytes:
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if (
        "Content-Encoding" in headers
        or "no-transform" in headers.get("Cache-Control", "")
        or not _COMPRESSIBLE.fullmatch(media_type)
    ):
        return body
    if "accept-encoding" not in (varies := ", ".join(headers.getlist("Vary"))).lower():
        headers["Vary"] = f"{varies}, Accept-Encoding".removeprefix(", ")
    coding = next(iter(codings), "identity")
    if coding == "identity" or ("identity" in codings and len(body) < _WORTH_COMPRESSING):
        return body
    headers["Content-Encoding"] = coding
    headers["ETag"] = _marked(headers["ETag"], coding)
    return encode(coding, body)


def _marked(tag: str, coding: str) -> str:
    return f'{tag.removesuffix(chr(34))}-{coding}"'


def _entity_tag(headers: Headers, body: bytes) -> str:
    # The same bytes may be two representations, as an empty document in two syntaxes is.
    digest = hashlib.blake2b(body, digest_size=12)
    for name in ("Content-Type", "Content-Encoding", "Content-Language"):
        digest.update(f"\0{headers.get(name, '')}".encode())
    return f'"{digest.hexdigest()}"'


def _seconds(date: str) -> float | None:
    if len(date) > _LONGEST_DATE:
        return None
    try:
        moment = parse_date(date)
        return None if moment is None else moment.timestamp()
    except OverflowError:
        return None


def _blocks(file: FileWrapper, span: range) -> Iterator[bytes]:
    file.seek(span.start)
    left = len(span)
    while left and (block := file.file.read(min(_BLOCK, left))):
        left -= len(block)
        yield block
