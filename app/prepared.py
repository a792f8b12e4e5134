"""Answers that are there before anybody asks: whole-corpus counts, which take the engine longest.

They are asked for once when an edition becomes current, one after the other, and stay in the
cache as long as the edition does.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.editions import Editions
from app.mounting import prefix_of
from ld.errors import EditionError
from ld.query import guard, results

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: What VoID counts, as those who describe endpoints ask for it.
STATISTICS: Final = (
    "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?s) AS ?subjects) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?p) AS ?properties) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?o) AS ?objects) { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?triples) { ?s ?p ?o } GROUP BY ?p",
    "SELECT DISTINCT ?p { ?s ?p ?o }",
    "SELECT DISTINCT ?class { ?s a ?class }",
)
_LOOK_SECONDS: Final = 2.0


def prepare(wsgi_app: "WSGIApplication", prefix: str, queries: Iterable[str]) -> None:
    """Ask an application each of these queries, in the formats that clients take by default."""
    for text in queries:
        media_type = results.media_types(guard.check(text).form)[0]
        for coding in ("gzip", "identity"):
            builder = EnvironBuilder(
                path="/sparql",
                base_url=f"http://localhost{prefix}/",
                query_string=urlencode({"query": text}),
                headers=[("Accept", media_type), ("Accept-Encoding", coding)],
            )
            environ = builder.get_environ()
            # Requests come without SCRIPT_NAME, whatever the path of the service is.
            environ["PATH_INFO"] = environ.pop("SCRIPT_NAME") + environ["PATH_INFO"]
            run_wsgi_app(wsgi_app, environ, buffered=True)
            builder.close()


def keep_prepared(
    wsgi_app: "WSGIApplication",
    editions: Editions,
    queries: Callable[[], Iterable[str]] = lambda: STATISTICS,
) -> None:
    """Prepare the answers now and whenever another edition is current; returns at once."""

    def follow() -> None:
        prepared = None
        while True:
            with suppress(EditionError):
                if (edition := editions.current()).id != prepared:
                    prepared = edition.id
                    prepare(wsgi_app, prefix_of(edition.service_url), queries())
            pause.wait(_LOOK_SECONDS)

    pause = threading.Event()
    threading.Thread(target=follow, name="prepared answers", daemon=True).start()
