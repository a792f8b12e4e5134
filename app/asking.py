"""Queries on their way to the cache: one key for all the ways to ask the same.

A layer before `app.caching`. A query that was posted goes on as the GET that the protocol has for
it; spacing and comments make no difference, nor does the way a client spells the format that it
gets. What cannot be read here goes on as it came, to be refused with its reason.
"""

import io
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

from werkzeug.http import parse_options_header

from app.caching import QUERY_KEY
from app.negotiation import negotiate
from ld.errors import QueryError
from ld.query import guard, results

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: In the environment: the query of the request, checked.
QUERY: Final = "pressmark.query"
#: In the environment: the format of the answer, where the request has nothing but the query.
MEDIA_TYPE: Final = "pressmark.media_type"

_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_MOST_FIELDS: Final = 256
_MOST_BYTES: Final = 4 * guard.MAX_BYTES
# Of a POST: they make no sense for it, or describe a body that is gone.
_WITHHELD: Final = frozenset(
    {
        *("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH"),
        *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
    }
)
# Reading a query again costs more than answering it from the cache.
_REMEMBERED: Final = 1024
_LONGEST_REMEMBERED: Final = 4096


class Asking:
    """A WSGI application that stands before the cache and names the query of each request."""

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._app = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        if not environ.get("PATH_INFO", "").endswith("/sparql"):
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            environ = _as_get(environ)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._app(environ, start_response)
        read = _read(environ.get("QUERY_STRING", ""))
        if read is not None:
            key, query, is_plain = read
            environ = environ | {QUERY_KEY: key, QUERY: query}
            accept = environ.get("HTTP_ACCEPT", "")
            # People may get a page, of which nothing is known here.
            if "html" not in accept.lower() and (chosen := _chosen(accept, query.form)) is not None:
                environ["HTTP_ACCEPT"] = chosen
                if is_plain:
                    environ[MEDIA_TYPE] = chosen
        return self._app(environ, start_response)


def _as_get(environ: "WSGIEnvironment") -> "WSGIEnvironment":
    size = environ.get("CONTENT_LENGTH") or ""
    media_type, parameters = parse_options_header(environ.get("CONTENT_TYPE", ""))
    if (
        media_type not in {_FORM, _DIRECT}
        or parameters.get("charset", "utf-8").lower() != "utf-8"
        or not size.isdigit()
        or int(size) > _MOST_BYTES
    ):
        return environ
    body = environ["wsgi.input"].read(int(size))
    given = environ.get("QUERY_STRING", "")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return environ | {"wsgi.input": io.BytesIO(body)}
    # Whatever is not ASCII is percent-encoded, as a query string has it.
    query_string = text if text.isascii() else quote(body, safe=_PRINTABLE)
    if media_type == _DIRECT:
        query_string = "&".join(filter(None, [urlencode({"query": text}), given]))
    if _read(query_string) is None:
        return environ | {"wsgi.input": io.BytesIO(body)}
    plain = {name: value for name, value in environ.items() if name not in _WITHHELD}
    return plain | {
        "REQUEST_METHOD": "GET", "QUERY_STRING": query_string, "wsgi.input": io.BytesIO()
    }  # fmt: skip


def _read(query_string: str) -> tuple[str, guard.Query, bool] | None:
    if len(query_string) > _LONGEST_REMEMBERED:
        return _read_anew(query_string)
    return _read_remembered(query_string)


def _read_anew(query_string: str) -> tuple[str, guard.Query, bool] | None:
    """Give the key of a query, the query, and whether there is nothing else.

    None if it is not one query that can be read.
    """
    try:
        if query_string.startswith("query=") and "&" not in query_string:
            query, normal = guard.read(unquote_plus(query_string.removeprefix("query=")))
            # No query string has a line break, so that no other key is like this.
            return f"\n{normal}", query, True
        fields = parse_qsl(query_string, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        texts = [value for name, value in fields if name == "query"]
        if len(texts) != 1 or any(name == "update" for name, _ in fields):
            return None
        query, normal = guard.read(texts[0])
    except (ValueError, QueryError):
        return None
    others = sorted((pair for pair in fields if pair[0] != "query"), key=lambda pair: pair[0])
    if not others:
        return f"\n{normal}", query, True
    return urlencode([("query", normal), *others]), query, False


_read_remembered = lru_cache(_REMEMBERED)(_read_anew)


@lru_cache(_REMEMBERED)
def _chosen(accept: str, form: guard.Form) -> str | None:
    return negotiate(accept, results.media_types(form))
