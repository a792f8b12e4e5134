"""Feeds: what changed, and what there is, for those who keep a copy.

    /activity  /ldes  /atom                  the history; pages below, named by their first change
    /.well-known/resourcesync                ResourceSync: the source, its capabilities,
    /{capability,resource,change}list.xml    what there is and what changed; ?from= names one list
    /owned/{key}.nt                          the statements that a document owns
    /sitemap.xml                             the pages, for crawlers

A page of the history that another one follows never changes again.
"""

import re
import sqlite3
import zlib
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.editions import current_edition
from app.language import lazy_gettext
from app.variants import CACHE_CONTROL, moment
from ld import history
from ld.edition import Edition
from ld.errors import EditionDamagedError
from ld.harvest import FEEDS, resource_sync, sitemap

blueprint: Final = Blueprint("feeds", __name__)

# No longer, because a version that is purged leaves the pages that have it.
_IMMUTABLE: Final = "public, max-age=604800, immutable"
_POSITION: Final = re.compile(r"([0-9]{1,9})/(.+)")
_NO_PAGE: Final = lazy_gettext(
    "No page begins here. Follow the links from the first or the last one."
)
_FEEDS: Final = {feed.PATH: feed for feed in FEEDS}


@blueprint.get(f"/<any({', '.join(_FEEDS)}):name>")
def feed(name: str) -> Response:
    """Serve the entry point of a feed of the history."""
    return _answer(_FEEDS[name].entry_point, _FEEDS[name].MEDIA_TYPE)


# Longer numbers than SQLite can hold are no sequences.
@blueprint.get(f"/<any({', '.join(_FEEDS)}):name>/<int(max=999999999):sequence>/<path:key>")
def feed_page(name: str, sequence: int, key: str) -> Response:
    """Serve the page of a feed that begins with this change."""
    closed = False

    def write(edition: Edition) -> bytes | None:
        nonlocal closed
        page = history.page(edition, (sequence, key))
        closed = page is not None and page.is_closed
        return None if page is None else _FEEDS[name].page(edition, page)

    response = _answer(write, _FEEDS[name].MEDIA_TYPE)
    if closed:
        response.headers["Cache-Control"] = _IMMUTABLE
    return response


@blueprint.get(f"/{resource_sync.SOURCE}")
def source() -> Response:
    """Serve the source description of ResourceSync."""
    return _answer(resource_sync.source, resource_sync.MEDIA_TYPE)


@blueprint.get(f"/{resource_sync.CAPABILITY_LIST}")
def capability_list() -> Response:
    """Serve the capability list of ResourceSync."""
    return _answer(resource_sync.capability_list, resource_sync.MEDIA_TYPE)


@blueprint.get(f"/{resource_sync.RESOURCE_LIST}")
def resource_list() -> Response:
    """Serve the resource list, its index, or one list of that."""
    first = request.args.get("from")
    if first is None:
        return _answer(resource_sync.resource_list, resource_sync.MEDIA_TYPE)
    return _answer(lambda e: resource_sync.resource_list_part(e, first), resource_sync.MEDIA_TYPE)


@blueprint.get(f"/{resource_sync.CHANGE_LIST}")
def change_list() -> Response:
    """Serve the change list, its index, or one list of that."""
    if "from" not in request.args:
        return _answer(resource_sync.change_list, resource_sync.MEDIA_TYPE)
    named = _POSITION.fullmatch(request.args["from"])
    if named is None:
        raise NotFound(_NO_PAGE)
    first = int(named[1]), named[2]
    return _answer(lambda e: resource_sync.change_list_part(e, first), resource_sync.MEDIA_TYPE)


@blueprint.get("/owned/<path:key>.nt")
def owned(key: str) -> Response:
    """Serve the statements that a document owns, without those of others that it shows."""
    response = _answer(lambda e: resource_sync.owned(e, key), history.OWNED_MEDIA_TYPE)
    response.last_modified = moment(current_edition().document(key).datestamp)
    return response


@blueprint.get(f"/{sitemap.PATH}")
def pages() -> Response:
    """Serve the sitemap, its index, or one list of that."""
    first = request.args.get("from")
    if first is None:
        return _answer(sitemap.sitemap, sitemap.MEDIA_TYPE)
    return _answer(lambda e: sitemap.part(e, first), sitemap.MEDIA_TYPE)


def _answer(write: Callable[[Edition], bytes | None], media_type: str) -> Response:
    edition = current_edition()
    try:
        body = write(edition)
    except (sqlite3.DatabaseError, zlib.error) as error:
        # A list cut short would make its readers delete the rest of their copies.
        raise EditionDamagedError(f"{edition.id}: the records cannot be read: {error}") from error
    if body is None:
        raise NotFound(_NO_PAGE)
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response
