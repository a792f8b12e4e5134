"""The interfaces: a page with commands to run, and the same for programs.

/api             the page
/openapi.json    the OpenAPI document
"""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, render_template
from orjson import dumps

from app import openapi
from app.editions import current_edition
from app.interfaces import things
from app.pages.api import api_page
from app.pages.corpus import dumps as dumps_of
from app.variants import CACHE_CONTROL, moment, page, require_html
from ld.edition import Edition

blueprint: Final = Blueprint("api", __name__)


@blueprint.get("/api")
def api() -> Response:
    """Show how programs get the data."""
    edition = current_edition()
    require_html()
    content = render_template("api.html", sections=api_page(edition, _things(edition)))
    return page(content, edition.created)


@blueprint.get("/openapi.json")
def described() -> Response:
    """Serve the OpenAPI document."""
    edition = current_edition()
    content = dumps(openapi.document(edition, _things(edition)))
    response = Response(content, mimetype=openapi.MEDIA_TYPE)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _things(edition: Edition) -> Mapping[str, str]:
    files = dumps_of(edition)
    return things(edition, files[0].name if files else None)
