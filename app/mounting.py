"""Mounting: the application answers below the path of the service's address.

A corpus at https://example.org/corpora/k/ is served by the same routes as one at the root of a
host: its path moves to SCRIPT_NAME, from which links are built. The address is the edition's and
may change with it, so no route can spell the path.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Set in the environment of requests for paths that are not the service's.
OUTSIDE: Final = "pressmark.outside"


def prefix_of(service_url: str) -> str:
    """Give the path of an address as WSGI spells it: decoded, without its last slash."""
    return unquote_to_bytes(urlsplit(service_url).path).decode("latin-1").rstrip("/")


class Mount:
    """A WSGI application below a path that is asked for with every request."""

    def __init__(self, wsgi_app: "WSGIApplication", prefix: Callable[[], str]) -> None:
        self._wsgi_app = wsgi_app
        self._prefix = prefix

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        prefix = self._prefix()
        path = environ.get("PATH_INFO", "")
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            script = environ.get("SCRIPT_NAME", "") + prefix
            environ = {**environ, "SCRIPT_NAME": script, "PATH_INFO": path[len(prefix) :]}
        elif prefix:
            environ = {**environ, OUTSIDE: True}
        return self._wsgi_app(environ, start_response)
