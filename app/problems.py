"""What went wrong, as an answer: one table from the type of an error to its status and words.

The answer is `application/problem+json`, or a page for a client that likes HTML better. An error
that is not in the table is a fault of ours: Flask logs it and the client learns no more.
See: https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from flask import Flask, Response, current_app, render_template, request, url_for
from werkzeug import exceptions

from app.negotiation import negotiate, negotiate_coding
from ld import errors

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in `/problem/{name}`, status, title, and what to do about it."""

    name: str
    status: int
    title: str
    remedy: str


#: Flask finds the entry along the MRO of the error that was raised.
KINDS: Final[Mapping[type[errors.PressmarkError], Kind]] = {
    errors.NoEditionError: Kind(
        "no-edition", 503, "Nothing is published yet", "Come back once there is an edition."
    ),
    errors.EditionDamagedError: Kind(
        "edition-damaged",
        503,
        "The edition is damaged",
        "Come back later; the publisher has to restore the edition first.",
    ),
    errors.DocumentNotFoundError: Kind(
        "not-found",
        404,
        "Not found",
        "Check the identifier; it may be misspelt. Nothing was ever published under it.",
    ),
    errors.DocumentWithdrawnError: Kind(
        "withdrawn",
        410,
        "No longer published",
        "Remove links and copies, or follow the replacement if one is named.",
    ),
    errors.QuerySyntaxError: Kind(
        "query-syntax", 400, "The query cannot be read", "Correct it at the place that is named."
    ),
    errors.QueryRefusedError: Kind(
        "query-refused",
        400,
        "The query asks for what is not offered",
        "Ask without updates, loading and federation.",
    ),
    # What one query may take is fixed and made known, so the same query would fail again: that
    # is the client's to change, and no client repeats a 400 unasked.
    errors.QueryLimitError: Kind(
        "query-limit",
        400,
        "The query needs more than one query may have",
        "Ask for less at a time, with LIMIT or more exact patterns, or take a dump.",
    ),
    # A 503 invites a client to send the same query again, which would only burn a second
    # deadline. A 504 says what happened: this process asked another, and that one did not
    # answer in time.
    errors.QueryTimeoutError: Kind(
        "query-timeout",
        504,
        "The query took too long",
        "Start from a named resource, use LIMIT, avoid unbounded paths, or take a dump.",
    ),
    errors.QueryBusyError: Kind(
        "query-busy", 503, "The query service is busy", "Ask again after the time that is named."
    ),
    errors.QueryPenaltyError: Kind(
        "query-penalty",
        429,
        "Your queries keep being stopped",
        "Wait for the time that is named, then ask for less: with LIMIT, or more exact patterns.",
    ),
    # The query service itself broke off, or an edition cannot be opened for a reason of its own.
    errors.QueryError: Kind(
        "query-failed", 503, "The query could not be answered", "Ask again later."
    ),
    errors.EditionError: Kind(
        "edition-unusable", 503, "The edition cannot be used", "Come back later."
    ),
}

# Statuses that say how long to wait.
_WAIT: Final = frozenset({429, 503})
# How long a client should leave us alone, in seconds, where the error does not say.
_RETRY_AFTER: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, for the client: the members of RFC 9457, `remedy`, and further members."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)


class NotAcceptable(exceptions.NotAcceptable):
    """The client accepts none of the representations that there are."""

    def __init__(self, offers: Sequence[str]) -> None:
        super().__init__(f"This comes as {', '.join(offers)}.")
        self.offers = tuple(offers)


def register(app: Flask) -> None:
    """Make the application answer every error with a problem, and explain each kind of them."""
    for error_type in KINDS:
        app.register_error_handler(error_type, _answer_error)
    app.register_error_handler(exceptions.HTTPException, _answer_http_exception)
    app.before_request(_refuse_unknown_codings)
    app.add_url_rule("/problem/<name>", "problem", _explain)


def _answer_error(error: errors.PressmarkError) -> Response:
    kind = next(KINDS[base] for base in type(error).__mro__ if base in KINDS)
    members = _members(error)
    if kind.status in _WAIT:
        members.setdefault("retry_after", _RETRY_AFTER)
    problem = Problem(
        url_for("problem", name=kind.name),
        kind.title,
        kind.status,
        # Which bytes are damaged is for the publisher's log.
        kind.title if isinstance(error, errors.EditionError) else str(error),
        kind.remedy,
        {name: value for name, value in members.items() if value is not None},
    )
    if isinstance(error, errors.EditionError):
        current_app.logger.error("%s: %s", kind.title, error)
    response = _respond(problem)
    if kind.status in _WAIT:
        response.headers["Retry-After"] = str(members["retry_after"])
    return response


def _members(error: errors.PressmarkError) -> dict[str, Any]:
    match error:
        case errors.QuerySyntaxError():
            return {"line": error.line, "column": error.column}
        case errors.QueryTimeoutError():
            return {"seconds": error.seconds}
        case errors.QueryBusyError():
            return {"retry_after": error.retry_after}
        case errors.DocumentWithdrawnError(tombstone=stone):
            return {
                "key": stone.key,
                "datestamp": stone.datestamp,
                "reason": stone.reason,
                "replaced_by": stone.replaced_by,
            }
    return {}


def _answer_http_exception(error: exceptions.HTTPException) -> exceptions.HTTPException | Response:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    offers = {"supported": error.offers} if isinstance(error, NotAcceptable) else {}
    response = _respond(
        Problem("about:blank", error.name, error.code, error.description or "", members=offers)
    )
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _respond(problem: Problem) -> Response:
    # Whoever asks for data alone, whatever the syntax, is a program and gets JSON.
    offers = (MEDIA_TYPE, "application/json", "text/html")
    page = None
    if negotiate(request.headers.get("Accept", ""), offers) == "text/html":
        page = _page(problem)
    if page is not None:
        response = Response(page, problem.status, mimetype="text/html")
    else:
        members = {
            "type": problem.type,
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "remedy": problem.remedy,
        }
        body = {name: value for name, value in members.items() if value} | dict(problem.members)
        response = Response(orjson.dumps(body), problem.status, mimetype=MEDIA_TYPE)
    response.vary.add("Accept")
    # What is missing now may be there in the next edition, so it is asked for each time.
    response.headers["Cache-Control"] = "no-cache" if problem.status in {404, 410} else "no-store"
    return response


def _page(problem: Problem) -> str | None:
    try:
        return render_template("error.html", problem=problem)
    except Exception:
        # The page may need what has just failed; the problem itself needs nothing.
        current_app.logger.exception("error.html could not be rendered")
        return None


def _refuse_unknown_codings() -> None:
    coding = negotiate_coding(request.headers.get("Accept-Encoding", ""))
    if coding is None and request.method in {"GET", "HEAD"}:
        raise NotAcceptable(("gzip", "identity"))


def _explain(name: str) -> Response:
    kind = next((kind for kind in KINDS.values() if kind.name == name), None)
    if kind is None:
        raise exceptions.NotFound
    text = f"{kind.title}\n\n{kind.remedy}\n\nHTTP status: {kind.status}\n"
    return Response(text, mimetype="text/plain")
