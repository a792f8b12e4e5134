"""The query page and what belongs to it: downloads, the editor's vocabulary, example queries.

The page stands at the address of the endpoint, for those who like HTML best of what there is.
"""

import time
from contextlib import closing
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from orjson import dumps
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect

from app import problems
from app.clients import client_of
from app.editions import current_edition
from app.headers import EDITION
from app.language import DEFAULT, FIELD, lazy_gettext, named, speaking
from app.negotiation import negotiate
from app.pages.answers import Answers, graph, solutions, truth
from app.pages.query import DOWNLOADS, answered, examples_path, query_page, trouble_of
from app.query_vocabulary import query_vocabulary
from app.service import service
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    Body,
    Variant,
    address,
    moment,
    negotiated,
    respond,
    written_as,
)
from ld.edition import Edition
from ld.errors import PressmarkError, QueryBusyError, QueryError
from ld.formats import BY_MEDIA_TYPE, FORMATS
from ld.query import examples, guard, prefixes, results
from ld.query.client import Answer
from ld.query.guard import Form, Query

blueprint: Final = Blueprint("query", __name__)

# What is read of an answer, by the form of its query.
_READ_AS: Final = {
    Form.SELECT: results.SOLUTIONS[3],
    Form.ASK: results.SOLUTIONS[0],
    Form.CONSTRUCT: results.GRAPHS[2],
    Form.DESCRIBE: results.GRAPHS[2],
}
_ONE_USE: Final = "private, no-cache"


def answer_people() -> ResponseReturnValue | None:
    """Answer with the page, if that is what the client likes best; else the protocol goes on.

    For `before_request` of the endpoint.
    """
    if HTML not in request.headers.get("Accept", "").lower():
        return None
    if request.method == "POST":
        if request.mimetype != "application/x-www-form-urlencoded":
            return None
        request.max_content_length = 4 * guard.MAX_BYTES
        request.max_form_memory_size = 4 * guard.MAX_BYTES
    elif request.method != "GET":
        return None
    asked = request.form if request.method == "POST" else request.args
    queries = asked.getlist("query")
    if len(queries) > 1 or any(name not in {"query", "example", "view", FIELD} for name in asked):
        return None
    if not _is_page_liked_best(queries):
        return None
    if not queries or not queries[0].strip():
        return _example_page(asked.get("example"))
    # Forms send their lines with two characters at the end.
    return _page(queries[0].replace("\r\n", "\n"), None, asked.get("view", ""))


@blueprint.get("/sparql/answer.<suffix>")
def download(suffix: str) -> Response:
    """Serve the whole answer to a query as a file."""
    if suffix not in DOWNLOADS:
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(DOWNLOADS)))
    queries = request.args.getlist("query")
    if len(queries) != 1:
        raise BadRequest(
            lazy_gettext("Send exactly one query; these are %(count)s.", count=len(queries))
        )
    query = guard.check(queries[0])
    fmt = DOWNLOADS[suffix]
    if fmt.media_type not in results.media_types(query.form):
        raise NotFound(
            lazy_gettext(
                "The answer to %(form)s does not come as %(format)s.",
                form=query.form,
                format=fmt.name,
            )
        )
    answer = _ask(query, fmt)
    response = Response(iter(answer), mimetype=fmt.media_type)
    response.call_on_close(answer.close)
    if answer.length is not None:
        response.content_length = answer.length
    response.headers[EDITION] = answer.edition
    response.headers["Cache-Control"] = _ONE_USE
    response.headers["Content-Disposition"] = f'attachment; filename="answer.{suffix}"'
    return response


@blueprint.get("/sparql/vocabulary.json")
def vocabulary() -> Response:
    """Serve the terms in use, for completion."""
    edition = current_edition()
    # Data as it is, it is in another language only where the address says so.
    with speaking(named() or DEFAULT):
        content = dumps(query_vocabulary(edition))
    response = Response(content, mimetype="application/json")
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


@blueprint.get("/.well-known/sparql-examples/")
@blueprint.get("/.well-known/sparql-examples")
def all_examples() -> Response:
    """Serve the example queries, negotiated."""
    return _examples(None)


@blueprint.get("/.well-known/sparql-examples.<suffix>")
def all_examples_variant(suffix: str) -> Response:
    """Serve one variant of the example queries."""
    if suffix not in SUFFIXES:
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(SUFFIXES)))
    return _examples(SUFFIXES[suffix])


@blueprint.get("/.well-known/sparql-examples/<name>")
def one_example(name: str) -> ResponseReturnValue:
    """Serve one example query as data; people are sent to its page."""
    edition = current_edition()
    if name == "prefixes":
        return redirect(address(examples_path()), 303, Response)
    if name not in {example.name for example in examples.examples()}:
        raise NotFound(lazy_gettext("There is no such example query."))
    variant = negotiated(request.headers.get("Accept", ""))
    if variant.media_type == HTML:
        response = redirect(f"{address('sparql')}?example={name}", 303, Response)
        response.headers["Vary"] = "Accept"
        return response
    said = examples.statements_of(name, edition.base, edition.service_url + "sparql")
    return respond(
        examples_path(name), None, lambda v: Body(written_as(v, said), edition.created), own=()
    )


def _is_page_liked_best(queries: list[str]) -> bool:
    offers = tuple(BY_MEDIA_TYPE)
    if queries:
        try:
            offers = results.media_types(guard.check(queries[0]).form)
        except QueryError:
            offers = tuple(results.BY_MEDIA_TYPE)
    return negotiate(request.headers.get("Accept", ""), (*offers, HTML)) == HTML


def _examples(variant: Variant | None) -> Response:
    edition = current_edition()
    return respond(examples_path(), variant, lambda chosen: _examples_body(edition, chosen))


def _examples_body(edition: Edition, chosen: Variant) -> Body:
    if chosen.media_type != HTML:
        said = examples.statements(edition.base, edition.service_url + "sparql")
        return Body(written_as(chosen, said), edition.created)
    content = render_template(
        "examples.html",
        examples=[
            (example, prefixes.declare(example.query, edition.base).rstrip())
            for example in examples.examples()
        ],
        formats=[(fmt.NAME, fmt.MEDIA_TYPE, fmt.SUFFIX) for fmt in FORMATS],
        path=address(examples_path()),
        endpoint=address("sparql"),
    )
    return Body(content, edition.created)


def _example_page(name: str | None) -> Response:
    edition = current_edition()
    chosen = next((one for one in examples.examples() if one.name == name), None)
    if name is not None and chosen is None:
        raise NotFound(lazy_gettext("There is no such example query. All are on the query page."))
    example = chosen or examples.examples()[0]
    query = prefixes.declare(example.query, edition.base).rstrip()
    if chosen is not None:
        return _page(query, chosen, request.args.get("view", ""))
    page = query_page(edition, query, None, example, _limits(), is_start=True)
    response = _html(render_template("query.html", page=page, answered=None, trouble=None))
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _page(text: str, example: examples.Example | None, view: str) -> Response:
    edition = current_edition()
    text = prefixes.declare(text, edition.base)
    outcome = trouble = form = None
    status, headers = 200, {}
    try:
        query = guard.check(text)
        form = query.form
        started = time.monotonic()
        with closing(_ask(query, _READ_AS[form])) as answer:
            headers[EDITION] = answer.edition
            shown = _read(answer, form, edition)
        outcome = answered(text, form, shown, view, time.monotonic() - started, example)
    except QueryError as error:
        kind = next(problems.KINDS[base] for base in type(error).__mro__ if base in problems.KINDS)
        trouble, status = trouble_of(error, kind.title, kind.remedy), kind.status
        if isinstance(error, QueryBusyError):
            headers["Retry-After"] = str(error.retry_after)
    page = query_page(edition, text, form if outcome else None, example, _limits(), is_start=False)
    content = render_template("query.html", page=page, answered=outcome, trouble=trouble)
    response = _html(content, status)
    # The same query may mean another answer: NOW and RAND do.
    response.headers["Cache-Control"] = _ONE_USE if status == 200 else "no-store"
    response.headers.update(headers)
    return response


def _html(content: str, status: int = 200) -> Response:
    response = Response(content, status, mimetype=HTML)
    response.headers["Vary"] = "Accept"
    return response


def _read(answer: Answer, form: Form, edition: Edition) -> Answers | bool:
    if form is Form.ASK:
        return truth(answer)
    return solutions(answer, edition) if form is Form.SELECT else graph(answer, edition)


def _ask(query: Query, fmt: results.ResultFormat) -> Answer:
    broker = service().broker
    if broker is None:
        raise QueryBusyError("The query service is not running.", retry_after=60)
    client = client_of(request.environ, service().config.trusted_proxies)
    return broker.query(query, fmt.media_type, client=client)


def _limits() -> dict[str, float] | None:
    broker = service().broker
    if broker is None:
        return None
    try:
        return dict(broker.served().limits)
    except PressmarkError:
        return None
