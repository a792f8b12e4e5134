"""What went wrong, as an answer: one table from the type of an error to its status and words.

The answer is `application/problem+json`, or a page for a client that likes HTML better. An error
that is not in the table is a fault of ours: Flask logs it and the client learns no more.
See: https://www.rfc-editor.org/rfc/rfc9457
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import zstandard
from flask import Flask, Response, current_app, render_template, request, url_for
from werkzeug import exceptions

from app.language import DEFAULT, lazy_gettext, speaking
from app.negotiation import negotiate, negotiate_coding
from app.pages import dates
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
        "no-edition",
        503,
        lazy_gettext("Nothing is published yet"),
        lazy_gettext("Come back once there is an edition."),
    ),
    errors.EditionDamagedError: Kind(
        "edition-damaged",
        503,
        lazy_gettext("The edition is damaged"),
        lazy_gettext("Come back later; the publisher has to restore the edition first."),
    ),
    errors.DocumentNotFoundError: Kind(
        "not-found",
        404,
        lazy_gettext("Not found"),
        lazy_gettext(
            "Check the identifier; it may be misspelt. Nothing was ever published under it."
        ),
    ),
    errors.DocumentWithdrawnError: Kind(
        "withdrawn",
        410,
        lazy_gettext("No longer published"),
        lazy_gettext("Remove links and copies, or follow the replacement if one is named."),
    ),
    errors.EditionRemovedError: Kind(
        "edition-removed",
        410,
        lazy_gettext("No longer kept"),
        lazy_gettext("Take the edition that is named, or the current one."),
    ),
    errors.QuerySyntaxError: Kind(
        "query-syntax",
        400,
        lazy_gettext("The query cannot be read"),
        lazy_gettext("Correct it at the place that is named."),
    ),
    errors.QueryRefusedError: Kind(
        "query-refused",
        400,
        lazy_gettext("The query asks for what is not offered"),
        lazy_gettext("Ask without updates, loading and federation."),
    ),
    # What one query may take is fixed and made known, so the same query would fail again: that
    # is the client's to change, and no client repeats a 400 unasked.
    errors.QueryLimitError: Kind(
        "query-limit",
        400,
        lazy_gettext("The query needs more than one query may have"),
        lazy_gettext("Ask for less at a time, with LIMIT or more exact patterns, or take a dump."),
    ),
    # A 503 invites a client to send the same query again, which would only burn a second
    # deadline. A 504 says what happened: this process asked another, and that one did not
    # answer in time.
    errors.QueryTimeoutError: Kind(
        "query-timeout",
        504,
        lazy_gettext("The query took too long"),
        lazy_gettext(
            "Start from a named resource, use LIMIT, avoid unbounded paths, or take a dump."
        ),
    ),
    errors.QueryBusyError: Kind(
        "query-busy",
        503,
        lazy_gettext("The query service is busy"),
        lazy_gettext("Ask again after the time that is named."),
    ),
    errors.QueryPenaltyError: Kind(
        "query-penalty",
        429,
        lazy_gettext("Your queries keep being stopped"),
        lazy_gettext(
            "Wait for the time that is named, then ask for less: with LIMIT, or more exact "
            "patterns."
        ),
    ),
    # The query service itself broke off, or an edition cannot be opened for a reason of its own.
    errors.QueryError: Kind(
        "query-failed",
        503,
        lazy_gettext("The query could not be answered"),
        lazy_gettext("Ask again later."),
    ),
    errors.EditionError: Kind(
        "edition-unusable",
        503,
        lazy_gettext("The edition cannot be used"),
        lazy_gettext("Come back later."),
    ),
}

#: What errors of HTTP are called, and what they say if nothing more is known.
_HTTP: Final[Mapping[int, tuple[str, str]]] = {
    400: (lazy_gettext("Bad request"), lazy_gettext("The request cannot be understood.")),
    404: (
        lazy_gettext("Not found"),
        lazy_gettext("Nothing is served at this address. Check its spelling."),
    ),
    405: (
        lazy_gettext("Method not allowed"),
        lazy_gettext("What is at this address does not take this method."),
    ),
    406: (lazy_gettext("Not acceptable"), lazy_gettext("There is none of what was asked for.")),
    413: (lazy_gettext("Too large"), lazy_gettext("The request is larger than what is read.")),
    415: (lazy_gettext("Unsupported media type"), lazy_gettext("This media type is not taken.")),
    500: (
        lazy_gettext("A fault of this service"),
        lazy_gettext("Something went wrong here; it is not your fault. It has been noted down."),
    ),
}
#: What the further members of a problem are called on its page.
_MEMBERS: Final[Mapping[str, str]] = {
    "line": lazy_gettext("Line"),
    "column": lazy_gettext("Column"),
    "seconds": lazy_gettext("Seconds"),
    "retry_after": lazy_gettext("Ask again after, in seconds"),
    "key": lazy_gettext("Identifier"),
    "datestamp": lazy_gettext("Since"),
    "reason": lazy_gettext("Reason"),
    "replaced_by": lazy_gettext("Replaced by"),
    "supported": lazy_gettext("Comes as"),
    "edition": lazy_gettext("Edition"),
    "successor": lazy_gettext("Edition after it"),
    "href": lazy_gettext("Address"),
}

# What is raised where the bytes of an edition are read, and what of it is a fault of ours.
_DAMAGE: Final = (sqlite3.DatabaseError, zstandard.ZstdError)
_OURS: Final = (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.NotSupportedError)
# Statuses that say how long to wait.
_WAIT: Final = frozenset({429, 503})
# How long a client should leave us alone, in seconds, where the error does not say.
_RETRY_AFTER: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, for the client: the members of RFC 9457, `remedy`, and further members.

    As JSON it is in English. `is_library` if the detail is what the library said, so that it is
    in English on a page too.
    """

    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    is_library: bool = False

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """The further members as a page shows them: what each is called, and what it is."""
        for name, member in self.members.items():
            is_list = isinstance(member, Sequence) and not isinstance(member, str)
            written = ", ".join(member) if is_list else str(member)
            if name == "datestamp":
                written = dates.minute(written)
            yield _MEMBERS.get(name, name), written


class NotAcceptable(exceptions.NotAcceptable):
    """The client accepts none of the representations that there are."""

    def __init__(self, offers: Sequence[str]) -> None:
        super().__init__(lazy_gettext("This comes as %(types)s.", types=", ".join(offers)))
        self.offers = tuple(offers)


def register(app: Flask) -> None:
    """Make the application answer every error with a problem, and explain each kind of them."""
    for error_type in KINDS:
        app.register_error_handler(error_type, answer_error)
    for damage in _DAMAGE:
        app.register_error_handler(damage, _answer_damage)
    app.register_error_handler(exceptions.HTTPException, _answer_http_exception)
    app.before_request(_refuse_unknown_codings)
    app.add_url_rule("/problem/<name>", "problem", _explain)


def answer_error(error: errors.PressmarkError) -> Response:
    """Answer with the problem that an error of the library is."""
    kind = next(KINDS[base] for base in type(error).__mro__ if base in KINDS)
    members = _members(error)
    if kind.status in _WAIT:
        members.setdefault("retry_after", _RETRY_AFTER)
    detail, is_library = _detail(error, kind)
    problem = Problem(
        url_for("problem", name=kind.name),
        kind.title,
        kind.status,
        detail,
        kind.remedy,
        {name: value for name, value in members.items() if value is not None},
        is_library=is_library,
    )
    if isinstance(error, errors.EditionError):
        current_app.logger.error("%s: %s", kind.name, error)
    response = _respond(problem)
    if kind.status in _WAIT:
        response.headers["Retry-After"] = str(members["retry_after"])
    return response


def _answer_damage(error: Exception) -> Response:
    """Answer what reads the records with what is wrong with them.

    A list that stopped short, or a page that says less, would make copies lose the rest.
    """
    if isinstance(error, _OURS):
        raise error
    return answer_error(errors.EditionDamagedError(f"the records cannot be read: {error}"))


def _detail(error: errors.PressmarkError, kind: Kind) -> tuple[str, bool]:
    """Give what is to be said of an error, and whether the library says it."""
    match error:
        case errors.EditionError():
            # Which bytes are damaged is for the publisher's log.
            return kind.title, False
        case errors.DocumentWithdrawnError(tombstone=stone):
            words = lazy_gettext(
                "%(key)s is no longer published: %(reason)s", key=stone.key, reason=stone.reason
            )
            return words, False
        case errors.QueryTimeoutError():
            return lazy_gettext(
                "Stopped after %(seconds)s seconds.", seconds=f"{error.seconds:g}"
            ), False
    return str(error), True


def _members(error: errors.PressmarkError) -> dict[str, Any]:
    match error:
        case errors.QuerySyntaxError():
            return {"line": error.line, "column": error.column}
        case errors.QueryTimeoutError():
            return {"seconds": error.seconds}
        case errors.QueryBusyError():
            return {"retry_after": error.retry_after}
        case errors.EditionRemovedError():
            successor = url_for("versions.edition_page", identifier=error.successor)
            return {"edition": error.edition, "successor": error.successor, "href": successor}
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
    title, usual = _HTTP.get(error.code, (error.name, error.description or ""))
    # Werkzeug's own words are about servers and URLs.
    is_usual = error.description == type(error).description
    detail = usual if is_usual else error.description or ""
    response = _respond(Problem("about:blank", title, error.code, detail, members=offers))
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
        with speaking(DEFAULT):
            members = {
                "type": problem.type,
                "title": str(problem.title),
                "status": problem.status,
                "detail": str(problem.detail),
                "remedy": str(problem.remedy),
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
    with speaking(DEFAULT):
        text = f"{kind.title}\n\n{kind.remedy}\n\nHTTP status: {kind.status}\n"
    return Response(text, mimetype="text/plain")
