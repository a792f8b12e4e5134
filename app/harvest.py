"""Harvest protocols that are asked at one address, with GET or POST.

Every protocol that `ld.harvest` lists has its route; what its arguments mean is its own affair.
"""

import sqlite3
import zlib
from datetime import UTC, datetime
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from app.editions import current_edition
from ld.errors import EditionDamagedError
from ld.harvest import DOORS, Door

blueprint: Final = Blueprint("harvest", __name__)

# What answers a request is dated when it is sent, so no cache may keep it; as private it still
# is compressed.
_CACHE_CONTROL: Final = "private, no-cache"
# Arguments of the greatest length that a protocol reads, percent-encoded.
_MAX_BODY: Final = 64 * 1024


def _answer(door: Door) -> Response:
    edition = current_edition()
    request.max_content_length = _MAX_BODY
    arguments = [*request.args.items(multi=True), *request.form.items(multi=True)]
    try:
        content = door.answer(edition, arguments, datetime.now(UTC))
    except (sqlite3.DatabaseError, zlib.error) as error:
        # A list cut short would make its readers delete the rest of their copies.
        raise EditionDamagedError(f"{edition.id}: the records cannot be read: {error}") from error
    response = Response(content, content_type=f"{door.MEDIA_TYPE}; charset=utf-8")
    response.headers["Cache-Control"] = _CACHE_CONTROL
    return response


for _door in DOORS:
    blueprint.add_url_rule(
        f"/{_door.PATH}", _door.PATH, partial(_answer, _door), methods=["GET", "POST"]
    )
