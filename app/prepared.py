"""Answers that are there before anybody asks: whole-corpus counts, and the example queries.

These take the engine longest, and these are what people ask first. They are asked for once when
an edition becomes current, one after the other, and stay in the cache as long as it does.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.editions import Editions
from app.mounting import prefix_of
from ld.edition import Edition
from ld.errors import EditionError
from ld.query import examples, guard, prefixes, results

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
        builder = EnvironBuilder(
            path="/sparql",
            base_url=f"http://localhost{prefix}/",
            query_string=urlencode({"query": text}),
            # The cache makes the other codings of it.
            headers=[("Accept", results.media_types(guard.check(text).form)[0])],
        )
        environ = builder.get_environ()
        # Requests come without SCRIPT_NAME, whatever the path of the service is.
        environ["PATH_INFO"] = environ.pop("SCRIPT_NAME") + environ["PATH_INFO"]
        run_wsgi_app(wsgi_app, environ, buffered=True)
        builder.close()


def known_queries(edition: Edition) -> list[str]:
    """Give the queries that are known to come: the statistics, and the examples as shown."""
    shown = [prefixes.declare(one.query, edition.base) for one in examples.examples()]
    return [*STATISTICS, *shown]


def keep_prepared(
    wsgi_app: "WSGIApplication",
    editions: Editions,
    queries: Callable[[Edition], Iterable[str]] = known_queries,
) -> None:
    """Prepare the answers now and whenever another edition is current; returns at once."""

    def follow() -> None:
        prepared = None
        while True:
            with suppress(EditionError):
                if (edition := editions.current()).id != prepared:
                    prepared = edition.id
                    prepare(wsgi_app, prefix_of(edition.service_url), queries(edition))
            pause.wait(_LOOK_SECONDS)

    pause = threading.Event()
    threading.Thread(target=follow, name="prepared answers", daemon=True).start()
