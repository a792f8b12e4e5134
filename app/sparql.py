"""The SPARQL endpoint: HTTP in front of the query broker.

See: https://www.w3.org/TR/sparql11-protocol/ and
https://www.w3.org/TR/sparql11-service-description/
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.urls import iri_to_uri

from app import answering, asking, links, streaming
from app.caching import MAX_BODY
from app.clients import client_of
from app.coding import CODINGS
from app.headers import EDITION
from app.language import lazy_gettext
from app.negotiation import negotiate, negotiate_coding
from app.problems import NotAcceptable
from app.service import service
from ld.errors import PressmarkError, QueryBusyError, QueryRefusedError, QuerySyntaxError
from ld.formats import BY_MEDIA_TYPE
from ld.query import guard, results
from ld.query.client import Answer, BrokerClient, Served
from ld.terms import Statement, iri
from ld.vocabulary import RDF_TYPE, VOID

#: The graphs that a query names and that are not there, as IRIs in angle brackets.
UNKNOWN_GRAPH: Final = "Pressmark-Unknown-Graph"
#: What one query may use.
LIMITS: Final = "Pressmark-Query-Limits"

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
# A query of the greatest length, percent-encoded, and the graphs it names.
_MAX_BODY: Final = 4 * guard.MAX_BYTES
# Clients and proxies refuse headers of more than some kilobytes.
_MAX_GRAPHS_SAID: Final = 10
_MAX_HEADER: Final = 2048


def blueprint(
    page: Callable[[], ResponseReturnValue] | None = None,
    about: Callable[[str], Iterable[Statement]] = lambda _edition: (),
) -> Blueprint:
    """Give the routes of the endpoint.

    `page` is what a person gets who asks no query; `about` says of the edition with an id what
    its dataset is, for the description of the service.
    """
    routes = Blueprint("sparql", __name__)

    @routes.get("/sparql")
    def get() -> ResponseReturnValue:
        if "update" in request.args:
            raise _update_refused()
        if "query" not in request.args:
            return _describe(page, about)
        return _answer(
            request.args.getlist("query"),
            request.args.getlist("default-graph-uri"),
            request.args.getlist("named-graph-uri"),
        )

    @routes.post("/sparql")
    def post() -> ResponseReturnValue:
        request.max_content_length = _MAX_BODY
        request.max_form_memory_size = _MAX_BODY
        match request.mimetype:
            case "application/x-www-form-urlencoded":
                parameters: MultiDict[str, str] = request.form
                queries = parameters.getlist("query")
                if "update" in parameters:
                    raise _update_refused()
            case "application/sparql-query":
                parameters = request.args
                queries = [_body()]
            case "application/sparql-update":
                raise _update_refused()
            case _:
                raise UnsupportedMediaType(
                    "Send a query as application/sparql-query, or in the field `query` of "
                    "application/x-www-form-urlencoded."
                )
        return _answer(
            queries,
            parameters.getlist("default-graph-uri"),
            parameters.getlist("named-graph-uri"),
        )

    return routes


def _body() -> str:
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise QuerySyntaxError(f"The query is not UTF-8: byte {error.start}.") from error


def _update_refused() -> QueryRefusedError:
    return QueryRefusedError("Updates are not offered: the data is read-only.")


def _broker() -> BrokerClient:
    broker = service().broker
    if broker is None:
        raise QueryBusyError("The query service is not running.", retry_after=60)
    return broker


def _answer(
    queries: Sequence[str], default_graphs: Sequence[str], named_graphs: Sequence[str]
) -> Response:
    if len(queries) != 1:
        raise BadRequest(
            lazy_gettext("Send exactly one query; these are %(count)s.", count=len(queries))
        )
    outcome = request.environ.get(answering.OUTCOME)
    if isinstance(outcome, PressmarkError):
        raise outcome
    query = request.environ.get(asking.QUERY) or guard.check(queries[0])
    media_type = _chosen(results.media_types(query.form))
    coding = negotiate_coding(request.headers.get("Accept-Encoding", ""))
    answer = outcome or _broker().query(
        query,
        media_type,
        client=client_of(request.environ, service().config.trusted_proxies),
        default_graph_uris=default_graphs,
        named_graph_uris=named_graphs,
        may_stream=streaming.can_stream(media_type, request.environ["SERVER_PROTOCOL"], coding),
    )
    response = _response(answer, coding)
    response.mimetype = media_type
    response.call_on_close(answer.close)
    response.headers[EDITION] = answer.edition
    response.headers[LIMITS] = _limits(answer.served)
    response.headers["Link"] = _links(answer.served)
    if answer.unknown_graphs:
        response.headers[UNKNOWN_GRAPH] = _listed(answer.unknown_graphs)
    if query.is_volatile:
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _response(answer: Answer, coding: str | None) -> Response:
    if answer.length is not None and answer.length <= MAX_BODY:
        # The cache codes it, and keeps it.
        return _whole(answer, answer.length)
    if coding in CODINGS and streaming.can_stream(
        answer.media_type, request.environ["SERVER_PROTOCOL"], coding
    ):
        response = Response(streaming.coded(answer, coding))
        response.headers["Content-Encoding"] = coding
    elif answer.length is not None:
        response = _whole(answer, answer.length)
    else:
        response = Response(streaming.plain(answer))
    response.vary.add("Accept-Encoding")
    return response


def _whole(answer: Answer, length: int) -> Response:
    response = Response(iter(answer))
    # With its length stated, a body that breaks off is no complete response to anyone.
    response.content_length = length
    return response


def _limits(served: Served) -> str:
    return ", ".join(
        [
            f"query-bytes={guard.MAX_BYTES}",
            f"seconds={served.limits['deadline']:g}",
            f"result-bytes={served.limits['result_bytes']:.0f}",
        ]
    )


def _links(served: Served) -> str:
    found = [
        links.Link(f"{served.service_url}sparql", "service-desc", "text/turtle"),
        links.Link(f"{served.base}dataset", "collection"),
    ]
    if served.licence is not None:
        found.append(links.Link(served.licence, "license"))
    return links.header(found)


def _listed(graphs: Sequence[str]) -> str:
    listed = ""
    for graph in graphs[:_MAX_GRAPHS_SAID]:
        item = f"<{iri_to_uri(graph)}>"
        if len(listed) + len(item) > _MAX_HEADER:
            break
        listed = f"{listed}, {item}" if listed else item
    return listed or "?"


def _chosen(offers: Sequence[str]) -> str:
    media_type = negotiate(request.headers.get("Accept", ""), offers)
    if media_type is None:
        raise NotAcceptable(offers)
    return media_type


def _describe(
    page: Callable[[], ResponseReturnValue] | None, about: Callable[[str], Iterable[Statement]]
) -> ResponseReturnValue:
    media_type = _chosen((*BY_MEDIA_TYPE, *(["text/html"] if page else [])))
    if page is not None and media_type == "text/html":
        return page()
    served = _broker().served()
    described = [*_description(served), *about(served.edition)]
    response = Response(BY_MEDIA_TYPE[media_type].write(described), mimetype=media_type)
    response.headers[EDITION] = served.edition
    response.headers[LIMITS] = _limits(served)
    response.headers["Link"] = _links(served)
    response.vary.add("Accept")
    return response


def _description(served: Served) -> Iterator[Statement]:
    endpoint = iri(f"{served.service_url}sparql")
    graph = iri(f"{served.service_url}sparql#default-graph")
    dataset = iri(f"{served.base}dataset")
    yield endpoint, RDF_TYPE, iri(_SD + "Service")
    yield endpoint, iri(_SD + "endpoint"), endpoint
    yield endpoint, iri(_SD + "supportedLanguage"), iri(_SD + "SPARQL11Query")
    for fmt in (*results.SOLUTIONS, *results.GRAPHS):
        yield endpoint, iri(_SD + "resultFormat"), iri(fmt.iri)
    yield endpoint, iri(_SD + "defaultDataset"), dataset
    yield dataset, RDF_TYPE, iri(_SD + "Dataset")
    # At its own address the dataset gives its statistics.
    yield dataset, RDF_TYPE, iri(VOID + "Dataset")
    yield dataset, iri(VOID + "sparqlEndpoint"), endpoint
    yield dataset, iri(_SD + "defaultGraph"), graph
    yield graph, RDF_TYPE, iri(_SD + "Graph")
