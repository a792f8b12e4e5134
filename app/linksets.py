"""Sets of links: everything that the links of a document say, in one place (level 2).

    /linkset/{key}.json    as JSON
    /linkset/{key}.txt     as `Link` headers are written, each with where it starts from

See: https://signposting.org/FAIR/#level2 and https://www.rfc-editor.org/rfc/rfc9264
"""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from flask import Blueprint, Response
from werkzeug.urls import iri_to_uri

from app.editions import current_edition
from app.links import LINKSET_JSON, LINKSET_SUFFIXES, LINKSET_TEXT, LINKSETS, Link, contexts
from app.links import written_out as written_link
from app.variants import CACHE_CONTROL, moment
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.stored import DATASET

blueprint: Final = Blueprint("linksets", __name__)


@blueprint.get(f"/{LINKSETS}<path:key>{LINKSET_SUFFIXES[LINKSET_JSON]}")
def as_json(key: str) -> Response:
    """Serve the links of a document as JSON."""
    edition = current_edition()
    found = [_context(anchor, links) for anchor, links in _contexts(edition, key)]
    return _answer(edition, orjson.dumps({"linkset": found}), LINKSET_JSON)


@blueprint.get(f"/{LINKSETS}<path:key>{LINKSET_SUFFIXES[LINKSET_TEXT]}")
def as_text(key: str) -> Response:
    """Serve the links of a document as they are in headers."""
    edition = current_edition()
    lines = [
        written_link(link, anchor) for anchor, links in _contexts(edition, key) for link in links
    ]
    return _answer(edition, (",\n".join(lines) + "\n").encode("ascii"), LINKSET_TEXT)


def _contexts(edition: Edition, key: str) -> Iterable[tuple[str, list[Link]]]:
    document = edition.document(key)
    return contexts(edition, document, key if key == DATASET else DOCUMENT + key)


def _context(anchor: str, links: Iterable[Link]) -> dict[str, Any]:
    context: dict[str, Any] = {"anchor": iri_to_uri(anchor)}
    for link in links:
        target: dict[str, Any] = {"href": iri_to_uri(link.target)}
        if link.media_type is not None:
            target["type"] = link.media_type
        if link.datetime is not None:
            target["datetime"] = [link.datetime]
        context.setdefault(link.rel, []).append(target)
    return context


def _answer(edition: Edition, body: bytes, media_type: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response
