"""The one WSGI layer before the application: it keeps whole responses and answers from them.

Nothing is served that does not follow from an edition, so a response stays right as long as the
edition does. The application is asked for each representation once, with a plain GET: without
conditions, ranges or the client's Host, which is no part of the key and so must not matter.
See: https://www.rfc-editor.org/rfc/rfc9111 and `app.representation`
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from werkzeug.datastructures import Headers
from werkzeug.wsgi import FileWrapper

from app.headers import EDITION
from app.negotiation import acceptable_codings
from app.representation import Representation, represent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: In the environment: what stands for the query string where others of the same meaning exist.
QUERY_KEY: Final = "pressmark.query_key"
#: Bodies above this size, in bytes, are passed on and not kept.
MAX_BODY: Final = 8 * 2**20

# Tombstones and redirects exist only for what was published; anyone can make up a 404.
_KEPT: Final = frozenset({"200", "301", "303", "410"})
_SELECTING: Final = {
    "accept": "HTTP_ACCEPT",
    "accept-encoding": "HTTP_ACCEPT_ENCODING",
    "accept-language": "HTTP_ACCEPT_LANGUAGE",
}
_WITHHELD: Final = frozenset(
    {
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_RANGE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
        "HTTP_X_FORWARDED_HOST",
        # Without the server's own wrapper a file arrives as Werkzeug's, which can be sought.
        "wsgi.file_wrapper",
    }
)
# Of one resource, so that made-up headers push out each other and not other resources.
_MOST_SELECTIONS: Final = 64
_LONGEST_SELECTION: Final = 2048
# What Python needs beside the characters, in bytes, measured generously.
_PER_RESOURCE: Final = 900
_PER_SELECTION: Final = 400

_Key: TypeAlias = tuple[str, str]
_Selection: TypeAlias = tuple[Any, ...]


class ResponseCache:
    """A WSGI application that stands before another and answers what it can itself.

    `edition_of` gives the id of the current edition, None if there is none; it is asked once per
    request. A response is kept if it was made from that edition, as its own header says, or if
    it is immutable. A new edition empties the cache. `max_bytes` bounds what is kept.
    """

    def __init__(
        self,
        wsgi_app: "WSGIApplication",
        edition_of: Callable[[], str | None],
        max_bytes: int = 256 * 2**20,
    ) -> None:
        self._app = wsgi_app
        self._edition_of = edition_of
        self._max_bytes = max_bytes
        self._edition: str | None = None
        self._resources: OrderedDict[_Key, _Resource] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that are kept, with all that keeping them takes."""
        return self._size

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._app(environ | {"HTTP_HOST": "localhost"}, start_response)
        codings = acceptable_codings(environ.get("HTTP_ACCEPT_ENCODING", ""))
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        key = path, environ.get(QUERY_KEY) or _canonical(environ.get("QUERY_STRING", ""))
        answer = self._find(key, environ, codings) or self._ask(key, environ, codings)
        return answer.answer(environ, start_response)

    def _find(
        self, key: _Key, environ: "WSGIEnvironment", codings: tuple[str, ...]
    ) -> Representation | None:
        edition = self._edition_of()
        with self._lock:
            if edition != self._edition:
                self._edition = edition
                self._resources.clear()
                self._size = 0
            resource = self._resources.get(key)
            if resource is None:
                return None
            self._resources.move_to_end(key)
            selection = resource.selection(environ, codings)
            found = resource.representations.get(selection)
            other = None if found is not None else resource.otherwise_coded(selection)
        if other is None or (recoded := other.recoded(codings)) is None:
            return found
        with self._lock:
            if edition == self._edition:
                self._keep(key, resource.varying, environ, codings, recoded)
        return recoded

    def _ask(
        self, key: _Key, environ: "WSGIEnvironment", codings: tuple[str, ...]
    ) -> "Representation | _Passing":
        status, headers, body = self._get(environ)
        values = {name.lower(): value for name, value in headers}
        length = int(values["content-length"]) if "content-length" in values else None
        directives = values.get("cache-control", "").lower()
        if status[:3] not in _KEPT or "no-store" in directives or length is None:
            return _Passing(status, headers, body)
        if length > MAX_BODY:
            if isinstance(body, FileWrapper) and body.seekable():
                headers["Accept-Ranges"] = "bytes"
                return Representation(status, list(headers), body, length)
            return _Passing(status, headers, body)
        try:
            content = b"".join(body)
        finally:
            _close(body)
        edition, varying = values.get(EDITION.lower()), _varying(headers)
        representation = represent(status, headers, content, codings)
        if varying is not None and "private" not in directives and "set-cookie" not in values:
            with self._lock:
                if "immutable" in directives or (edition is not None and edition == self._edition):
                    self._keep(key, varying, environ, codings, representation)
        return representation

    def _get(self, environ: "WSGIEnvironment") -> tuple[str, Headers, Iterable[bytes]]:
        started: list[tuple[str, Headers]] = []

        def start(
            status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            started.append((status, Headers(headers)))
            return _refuse_writing

        plain = {name: value for name, value in environ.items() if name not in _WITHHELD}
        body = self._app(plain | {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost"}, start)
        status, headers = started[-1]
        # The server states the date of each answer; a kept one would grow old.
        headers.remove("Date")
        return status, headers, body

    def _keep(
        self,
        key: _Key,
        varying: frozenset[str],
        environ: "WSGIEnvironment",
        codings: tuple[str, ...],
        representation: Representation,
    ) -> None:
        resource = self._resources.pop(key, None)
        if resource is not None:
            self._size -= resource.size
            varying |= resource.varying
        if resource is None or resource.varying != varying:
            resource = _Resource(varying, _PER_RESOURCE + len(key[0]) + len(key[1]))
        selection = resource.selection(environ, codings)
        # One resource may not push out most others.
        resource.add(selection, representation, self._max_bytes // 4)
        if resource.representations:
            self._resources[key] = resource
            self._size += resource.size
        while self._size > self._max_bytes:
            self._size -= self._resources.popitem(last=False)[1].size


@dataclass(slots=True)
class _Resource:
    """What one path and query gave, by the request headers that it was selected by."""

    varying: frozenset[str]
    own_size: int
    representations: dict[_Selection, Representation] = field(default_factory=dict)
    size: int = 0
    _names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._names = tuple(_SELECTING[name] for name in sorted(self.varying))
        self.size = self.own_size

    def selection(self, environ: "WSGIEnvironment", codings: tuple[str, ...]) -> _Selection:
        """Give the request's values of what this resource varies by."""
        return codings, *[environ.get(name, "") for name in self._names]

    def otherwise_coded(self, selection: _Selection) -> Representation | None:
        """Give what was kept for who selects the same and accepts other codings."""
        return next(
            (
                kept
                for (_, *others), kept in self.representations.items()
                if others == [*selection[1:]]
            ),
            None,
        )

    def add(self, selection: _Selection, representation: Representation, most: int) -> None:
        """Keep a representation, once however many selections lead to it, within `most` bytes."""
        if sum(map(len, selection)) > _LONGEST_SELECTION:
            return
        for other in self.representations.values():
            if other == representation:
                representation = other
                break
        self.representations[selection] = representation
        self._measure()
        while len(self.representations) > _MOST_SELECTIONS or (
            self.representations and self.size > most
        ):
            del self.representations[next(iter(self.representations))]
            self._measure()

    def _measure(self) -> None:
        distinct = {id(kept): kept.size for kept in self.representations.values()}
        lengths = sum(sum(map(len, selection)) for selection in self.representations)
        self.size = self.own_size + sum(distinct.values())
        self.size += lengths + _PER_SELECTION * len(self.representations)


@dataclass(slots=True)
class _Passing:
    """A response that is passed on as it comes, and not read for HEAD."""

    status: str
    headers: Headers
    body: Iterable[bytes]

    def answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response(self.status, list(self.headers))
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(self.body)
            return []
        return self.body


def _canonical(query: str) -> str:
    # Only the order among pairs of one name can matter, and sorting by name keeps it. Names that
    # are equal once decoded would get past this.
    if "&" not in query:
        return query
    pairs = [pair.partition("=") for pair in query.split("&")]
    if any("%" in name for name, _, _ in pairs):
        return query
    return "&".join("".join(pair) for pair in sorted(pairs, key=lambda pair: pair[0]))


def _varying(headers: Headers) -> frozenset[str] | None:
    fields = ",".join(headers.getlist("Vary")).lower().split(",")
    names = frozenset(name for field in fields if (name := field.strip()))
    return names if names <= _SELECTING.keys() else None


def _close(body: Iterable[bytes]) -> None:
    if close := getattr(body, "close", None):
        close()


def _refuse_writing(_data: bytes) -> None:
    raise NotImplementedError("a response is returned, not written")
