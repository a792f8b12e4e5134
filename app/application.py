"""The application: what answers, what stands before it, and in which order."""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.urls import iri_to_uri
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirection

from app import (
    about,
    api,
    browse,
    catalog,
    changes,
    documents,
    dumps,
    feeds,
    harvest,
    headers,
    language,
    linksets,
    memento,
    model,
    operation,
    problems,
    quality,
    query_page,
    readiness,
    sparql,
    tombstones,
    versions,
)
from app.answering import Answering
from app.asking import Asking
from app.caching import ResponseCache
from app.config import Config
from app.editions import Editions, current_edition
from app.language import lazy_gettext
from app.mounting import OUTSIDE, Mount, prefix_of
from app.pages.frame import frame
from app.pages.nearby import nearby
from app.service import EXTENSION, Service
from ld.errors import DocumentWithdrawnError, EditionError, NoEditionError
from ld.query.client import BrokerClient

_WELL_KNOWN: Final = "/.well-known/"


def create_app(config: Config) -> Flask:
    """Give the application that serves the current edition of a data directory.

    There need not be one yet: until then every answer says so.
    """
    app = Flask(__name__, static_folder=None)
    editions = Editions(config.data)
    broker = BrokerClient(config.query_socket) if config.query_socket else None
    service = Service(config, broker, editions)
    app.extensions[EXTENSION] = service
    app.extensions["pressmark.assets"] = operation.read_assets()
    # Each of these would answer with a redirect to an address made from the request's Host.
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    for blueprint in (
        operation.blueprint,
        browse.blueprint,
        catalog.blueprint,
        about.blueprint,
        model.blueprint,
        api.blueprint,
        changes.blueprint,
        quality.blueprint,
        readiness.blueprint,
        documents.blueprint,
        feeds.blueprint,
        memento.blueprint,
        linksets.blueprint,
        dumps.blueprint,
        versions.blueprint,
        query_page.blueprint,
        harvest.blueprint,
    ):
        app.register_blueprint(blueprint)
    endpoint = sparql.blueprint(about=catalog.about)
    endpoint.before_request(query_page.answer_people)
    app.register_blueprint(endpoint)
    app.before_request(_enter)
    app.after_request(_name_edition)
    app.after_request(headers.secure)
    problems.register(app)
    app.register_error_handler(DocumentWithdrawnError, tombstones.answer)
    language.install(app)
    app.context_processor(lambda: {"frame": frame()})
    app.jinja_env.globals["asset"] = operation.asset_address
    app.jinja_env.globals["nearby"] = nearby
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    mounted = Mount(Answering(app.wsgi_app, service), lambda: _prefix(editions))
    cached = ResponseCache(mounted, lambda: _current_id(editions), config.cache_bytes)
    app.wsgi_app = Asking(language.OneOfOurs(cached))  # type: ignore[method-assign]
    return app


def _enter() -> Redirection | None:
    """Turn away what is outside of the service's path, and all while there is no edition."""
    if request.blueprint == "operation":
        return None
    current_edition()
    if OUTSIDE in request.environ:
        if request.path.startswith(_WELL_KNOWN) and request.routing_exception is None:
            # Those who look there know the host alone (RFC 8615).
            start = urlsplit(iri_to_uri(current_edition().service_url)).path
            return redirect(start + request.path.removeprefix("/"), 302, Response)
        raise NotFound(
            lazy_gettext("Nothing is served here; the corpus has its own path on this host.")
        )
    if isinstance(request.routing_exception, NotFound):
        raise NotFound(lazy_gettext("Nothing is served at this address. Check its spelling."))
    if request.environ.get("PATH_INFO") == "":
        return redirect(url_for("catalog.home"), 308, Response)
    return None


def _name_edition(response: Response) -> Response:
    if "edition" in g:
        response.headers.setdefault(headers.EDITION, g.edition.id)
    return response


def _prefix(editions: Editions) -> str:
    try:
        return prefix_of(editions.current().service_url)
    except EditionError:
        return ""


def _current_id(editions: Editions) -> str | None:
    try:
        return editions.recent_id()
    except NoEditionError:
        return None
