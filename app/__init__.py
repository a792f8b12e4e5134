"""The Flask application: an edition, served.

config, service, editions   what a process is told; what its requests share; what one sees
documents, catalog, browse  documents of things; the corpus as a whole; its lists
sparql, query_page          queries: of programs, of people
asking, streaming, clients, prepared    how queries come, go on, from whom, and before anybody asks
feeds, harvest, memento     what changed, for those who keep a copy; documents as they were
quality, changes, tables    whether the data can be trusted; what each edition changed
operation                   health, rules for crawlers, our own files
variants, links             one document in each syntax; typed links between them
pages, templates, static    what people see
negotiation, headers, problems, caching, representation, mounting    HTTP
"""

from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirection

from app import (
    browse,
    catalog,
    changes,
    documents,
    feeds,
    harvest,
    headers,
    memento,
    operation,
    problems,
    quality,
    query_page,
    sparql,
)
from app.asking import Asking
from app.caching import ResponseCache
from app.config import Config
from app.editions import Editions, current_edition
from app.mounting import OUTSIDE, Mount, prefix_of
from app.pages.frame import frame
from app.service import EXTENSION, Service
from ld.errors import EditionError, NoEditionError
from ld.query.client import BrokerClient


def create_app(config: Config) -> Flask:
    """Give the application that serves the current edition of a data directory.

    There need not be one yet: until then every answer says so.
    """
    app = Flask(__name__, static_folder=None)
    editions = Editions(config.data)
    broker = BrokerClient(config.query_socket) if config.query_socket else None
    app.extensions[EXTENSION] = Service(config, broker, editions)
    app.extensions["pressmark.assets"] = operation.read_assets()
    # Each of these would answer with a redirect to an address made from the request's Host.
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    for blueprint in (
        operation.blueprint,
        browse.blueprint,
        catalog.blueprint,
        changes.blueprint,
        quality.blueprint,
        documents.blueprint,
        feeds.blueprint,
        memento.blueprint,
        query_page.blueprint,
        harvest.blueprint,
    ):
        app.register_blueprint(blueprint)
    endpoint = sparql.blueprint()
    endpoint.before_request(query_page.answer_people)
    app.register_blueprint(endpoint)
    app.before_request(_enter)
    app.after_request(_name_edition)
    app.after_request(headers.secure)
    problems.register(app)
    app.context_processor(lambda: {"frame": frame()})
    app.jinja_env.globals["asset"] = operation.asset_address
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    mounted = Mount(app.wsgi_app, lambda: _prefix(editions))
    cached = ResponseCache(mounted, lambda: _current_id(editions), config.cache_bytes)
    app.wsgi_app = Asking(cached)  # type: ignore[method-assign]
    return app


def _enter() -> Redirection | None:
    """Turn away what is outside of the service's path, and all while there is no edition."""
    if request.blueprint == "operation":
        return None
    current_edition()
    if OUTSIDE in request.environ:
        raise NotFound("Nothing is served here; the corpus has its own path on this host.")
    if isinstance(request.routing_exception, NotFound):
        raise NotFound("Nothing is served at this address. Check its spelling.")
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
