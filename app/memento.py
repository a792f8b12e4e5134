"""Memento: documents as they were, one memento for every change.

    /timegate/{key}             302 to the memento that was current at Accept-Datetime
    /timemap/{key}              all mementos of a document
    /doc/{key}@{datestamp}      a memento: what the document owned then, as a page or as data

A memento of a deletion answers 410 with its reason, and so does one that was purged.
See: https://www.rfc-editor.org/rfc/rfc7089
"""

from typing import Final

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.http import http_date, parse_date
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as Redirection

from app.editions import current_edition
from app.language import lazy_gettext
from app.pages.versions import memento_page
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    VARIANTS,
    Variant,
    address,
    moment,
    negotiated,
    written_as,
)
from ld import history
from ld.edition import Edition
from ld.errors import DocumentNotFoundError, DocumentWithdrawnError
from ld.iri import DOCUMENT
from ld.stored import Change, Tombstone, document_iri

blueprint: Final = Blueprint("memento", __name__)

_LINK_FORMAT: Final = "application/link-format"
_LONGEST_DATE: Final = 64
_MEMENTO: Final = f"/{DOCUMENT}<path:key>@<int(fixed_digits=14):digits>"


@blueprint.get("/timegate/<path:key>")
def timegate(key: str) -> Redirection:
    """Send on to the memento that was current at a time, by default the latest."""
    edition = current_edition()
    latest_first = _changes(edition, key)
    asked = request.headers.get("Accept-Datetime")
    until = None if asked is None else _instant(asked)
    # What is asked for from before the beginning is the beginning.
    chosen = next(
        (c for c in latest_first if until is None or moment(c.datestamp).timestamp() <= until),
        latest_first[-1],
    )
    response: Redirection = redirect(address(_path(edition, chosen)), 302, Response)
    response.headers["Vary"] = "Accept-Datetime"
    response.headers["Cache-Control"] = CACHE_CONTROL
    links = [_original(edition, key), _timemap(edition, key), *_around(edition, latest_first, None)]
    response.headers["Link"] = ", ".join(links)
    return response


@blueprint.get("/timemap/<path:key>")
def timemap(key: str) -> Response:
    """List all mementos of a document."""
    edition = current_edition()
    changes = _changes(edition, key)[::-1]
    links = [
        _original(edition, key),
        _timegate(edition, key),
        f'<{_timemap_address(edition, key)}>; rel="self"; type="{_LINK_FORMAT}"; '
        f'from="{_date(changes[0])}"; until="{_date(changes[-1])}"',
        *[_memento(edition, change, "memento") for change in changes],
    ]
    response = Response(",\n".join(links) + "\n", mimetype=_LINK_FORMAT)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


@blueprint.get(_MEMENTO)
def memento(key: str, digits: int) -> Response:
    """Serve a document as it was after a change, negotiated."""
    chosen = negotiated(request.headers.get("Accept", ""))
    response = _as_it_was(key, digits, chosen)
    response.headers["Vary"] = "Accept"
    path = f"{DOCUMENT}{key}@{digits:014}.{chosen.suffix}"
    response.headers["Content-Location"] = address(path)
    return response


@blueprint.get(f"{_MEMENTO}.<suffix>")
def memento_variant(key: str, digits: int, suffix: str) -> Response:
    """Serve one variant of a document as it was after a change."""
    if suffix not in SUFFIXES:
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(SUFFIXES)))
    return _as_it_was(key, digits, SUFFIXES[suffix])


@blueprint.after_request
def _describe(response: Response) -> Response:
    """Say of which document and time a memento is, whatever is left of it."""
    if "memento" in g:
        response.headers |= g.memento
    return response


def _as_it_was(key: str, digits: int, chosen: Variant) -> Response:
    edition = current_edition()
    changes = _changes(edition, key)
    stamped = f"@{digits:014}"
    change = next((c for c in changes if _path(edition, c).endswith(stamped)), None)
    if change is None:
        raise NotFound(
            lazy_gettext("Nothing changed in this document at that time. Its time map lists when.")
        )
    links = [_original(edition, key), _timegate(edition, key), _timemap(edition, key)]
    g.memento = {
        "Memento-Datetime": _date(change),
        "Link": ", ".join([*links, *_around(edition, changes, change)]),
    }
    if change.version is None:
        # A purged version went for the reason that its document went for.
        last = change if change.kind == "deleted" else changes[0]
        replaced_by = edition.manifest.get("moved", {}).get(key)
        raise DocumentWithdrawnError(
            Tombstone(key, last.datestamp, last.reason, last.edition, replaced_by)
        )
    said = history.statements(edition, change)
    is_page = chosen.media_type == HTML
    body: str | bytes
    if is_page:
        path = _path(edition, change)
        downloads = [
            (v.name, address(f"{path}.{v.suffix}"), v.media_type)
            for v in VARIANTS
            if v.media_type != HTML
        ]
        shown = memento_page(edition, changes, change, said, downloads)
        body = render_template("memento.html", memento=shown)
    else:
        body = written_as(chosen, said)
    response = Response(body, mimetype=chosen.media_type)
    response.headers["Cache-Control"] = CACHE_CONTROL
    # A page also says what came after.
    response.last_modified = moment(edition.created if is_page else change.datestamp)
    return response


def _changes(edition: Edition, key: str) -> list[Change]:
    changes = edition.history_of(key)
    if not changes:
        raise DocumentNotFoundError(f"There is no document {key} in this corpus.")
    return changes


def _instant(date: str) -> float:
    try:
        asked = parse_date(date) if len(date) <= _LONGEST_DATE else None
        if asked is not None:
            return asked.timestamp()
    except OverflowError:
        pass
    raise BadRequest(
        lazy_gettext("Accept-Datetime is no date, such as: Tue, 21 Apr 2026 12:00:00 GMT")
    )


def _path(edition: Edition, change: Change) -> str:
    return history.version_iri(edition, change).removeprefix(edition.base)


def _around(edition: Edition, latest_first: list[Change], change: Change | None) -> list[str]:
    """Link to the first and the last memento, and to those before and after this one."""
    rels: dict[Change, list[str]] = {}
    rels.setdefault(latest_first[-1], []).append("first")
    rels.setdefault(latest_first[0], []).append("last")
    if change is not None:
        place = latest_first.index(change)
        rels.setdefault(change, [])
        for rel, near in (("prev", place + 1), ("next", place - 1)):
            if 0 <= near < len(latest_first):
                rels.setdefault(latest_first[near], []).append(rel)
    return [_memento(edition, one, " ".join([*names, "memento"])) for one, names in rels.items()]


def _memento(edition: Edition, change: Change, rel: str) -> str:
    target = iri_to_uri(edition.service_url + _path(edition, change))
    return f'<{target}>; rel="{rel}"; datetime="{_date(change)}"'


def _original(edition: Edition, key: str) -> str:
    return f'<{iri_to_uri(document_iri(edition.base, key))}>; rel="original"'


def _timegate(edition: Edition, key: str) -> str:
    return f'<{iri_to_uri(edition.service_url)}timegate/{key}>; rel="timegate"'


def _timemap(edition: Edition, key: str) -> str:
    return f'<{_timemap_address(edition, key)}>; rel="timemap"; type="{_LINK_FORMAT}"'


def _timemap_address(edition: Edition, key: str) -> str:
    return f"{iri_to_uri(edition.service_url)}timemap/{key}"


def _date(change: Change) -> str:
    return http_date(moment(change.datestamp))
