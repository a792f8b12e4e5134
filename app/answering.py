"""Plain queries, answered before Flask.

What Flask does for each request takes longer than the engine takes for a small query. Here the
query is asked, and its answer sent with the headers that the route gave the first answer of its
kind: the same edition, the same format. All else goes on to the route with what was asked
already, an answer or an error, so that there is one place that says what a response is like.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeAlias

from app import streaming
from app.asking import MEDIA_TYPE, QUERY
from app.caching import MAX_BODY
from app.clients import client_of
from app.mounting import OUTSIDE
from app.negotiation import negotiate_coding
from app.service import Service
from ld.errors import PressmarkError
from ld.query.client import Answer, BrokerClient
from ld.query.guard import Query

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: In the environment: the answer of the broker, or its error.
OUTCOME: Final = "pressmark.outcome"

_OK: Final = "200 OK"
_MOST_KINDS: Final = 256

# The edition, the format, and whether the answer may be another each time.
_Kind: TypeAlias = tuple[str, str, bool]
_Head: TypeAlias = list[tuple[str, str]]


class Answering:
    """A WSGI application that stands before the routes of a service and asks its broker."""

    def __init__(self, wsgi_app: "WSGIApplication", service: Service) -> None:
        self._app = wsgi_app
        self._service = service
        self._heads: dict[_Kind, _Head] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        query, media_type = environ.get(QUERY), environ.get(MEDIA_TYPE)
        broker = self._service.broker
        if media_type is None or query is None or broker is None or not self._is_for_us(environ):
            return self._app(environ, start_response)
        try:
            answer = self._ask(broker, environ, query, media_type)
        except PressmarkError as error:
            return self._app(environ | {OUTCOME: error}, start_response)
        kind = answer.edition, media_type, query.is_volatile
        is_whole = answer.length is not None and answer.length <= MAX_BODY
        if not is_whole or answer.unknown_graphs:
            return self._app(environ | {OUTCOME: answer}, start_response)
        if (head := self._heads.get(kind)) is None:
            learning = self._learning(kind, start_response)
            return self._app(environ | {OUTCOME: answer}, learning)
        start_response(_OK, [*head, ("Content-Length", str(answer.length))])
        return answer

    def _is_for_us(self, environ: "WSGIEnvironment") -> bool:
        # Whatever is wrong with the edition, the application says.
        if environ.get("PATH_INFO") != "/sparql" or OUTSIDE in environ:
            return False
        try:
            self._service.editions.current()
        except PressmarkError:
            return False
        return True

    def _ask(
        self, broker: BrokerClient, environ: "WSGIEnvironment", query: Query, media_type: str
    ) -> Answer:
        coding = negotiate_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        protocol = environ["SERVER_PROTOCOL"]
        return broker.query(
            query,
            media_type,
            client=client_of(environ, self._service.config.trusted_proxies),
            may_stream=streaming.can_stream(media_type, protocol, coding),
        )

    def _learning(self, kind: _Kind, start_response: "StartResponse") -> "StartResponse":
        def start(
            status: str, headers: _Head, exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            if status == _OK:
                if len(self._heads) >= _MOST_KINDS:
                    self._heads.clear()
                self._heads[kind] = [
                    pair for pair in headers if pair[0].lower() != "content-length"
                ]
            return start_response(status, headers)

        return start
