"""Readiness as people and programs see it: what registers would refuse of this edition.

/readiness             the page, or the report in RDF, negotiated
/readiness.<suffix>    one variant of it
/readiness.json        the same as JSON

What is shown can be seen in about a second, once per edition; `pressmark readiness` checks all.
"""

import threading
from pathlib import Path
from typing import Final

import orjson
from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from app.editions import current_edition
from app.pages.readiness import readiness_page
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    Body,
    Variant,
    moment,
    respond,
    written_as,
)
from ld.edition import Edition
from ld.readiness import Readiness, glance
from ld.readiness.report import PATH, as_object, statements

blueprint: Final = Blueprint("readiness", __name__)

_lock: Final = threading.Lock()
_seen: Final[dict[Path, Readiness]] = {}


@blueprint.get(f"/{PATH}")
def report() -> Response:
    """Serve the report, negotiated."""
    return _respond(None)


@blueprint.get(f"/{PATH}.<suffix>")
def report_variant(suffix: str) -> Response:
    """Serve one variant of the report."""
    if suffix not in SUFFIXES:
        raise NotFound(f"This comes as json, {', '.join(SUFFIXES)}.")
    return _respond(SUFFIXES[suffix])


@blueprint.get(f"/{PATH}.json")
def report_json() -> Response:
    """Serve the report as JSON."""
    edition = current_edition()
    response = Response(orjson.dumps(as_object(_of(edition))), mimetype="application/json")
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _respond(variant: Variant | None) -> Response:
    edition = current_edition()
    return respond(PATH, variant, lambda chosen: _body(edition, chosen))


def _body(edition: Edition, chosen: Variant) -> Body:
    readiness = _of(edition)
    if chosen.media_type != HTML:
        return Body(written_as(chosen, statements(readiness, edition)), edition.created)
    content = render_template("readiness.html", readiness=readiness_page(readiness))
    return Body(content, edition.created)


def _of(edition: Edition) -> Readiness:
    """Give what a glance at the edition sees; many who ask at once wait for one glance."""
    with _lock:
        if edition.path not in _seen:
            _seen.clear()
            _seen[edition.path] = glance(edition)
        return _seen[edition.path]
