"""Changes: what each edition changed.

/changes           the editions, latest first; ?before= names a sequence
/changes/{id}      one edition; ?kind= shows one kind of change, ?after= begins after a key
"""

import re
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from app.editions import current_edition
from app.language import lazy_gettext
from app.pages.changes import KINDS, edition_changes, editions_page
from app.service import service
from app.variants import page, require_html
from ld import kept, quality

blueprint: Final = Blueprint("changes", __name__)

# Longer numbers than SQLite can hold are no sequences.
_SEQUENCE: Final = re.compile("[0-9]{1,9}", re.ASCII)


@blueprint.get("/changes")
def editions() -> Response:
    """List the editions."""
    edition = current_edition()
    require_html()
    named = request.args.get("before", "")
    before = int(named) if _SEQUENCE.fullmatch(named) else None
    shown = editions_page(edition, before, service().config.page_size)
    return page(render_template("changes.html", changes=shown), edition.created)


@blueprint.get("/changes/<identifier>")
def changes(identifier: str) -> Response:
    """Show what one edition changed."""
    edition = current_edition()
    require_html()
    past = quality.past(edition, identifier)
    if past is None:
        raise NotFound(
            lazy_gettext("There is no such edition. The page /changes lists those that there are.")
        )
    kind = request.args.get("kind")
    shown = edition_changes(
        edition,
        past,
        kind if kind in KINDS else None,
        request.args.get("after", "") if kind in KINDS else "",
        service().config.page_size,
    )
    is_kept = identifier in kept.identifiers(edition)
    content = render_template("edition.html", changes=shown, is_kept=is_kept)
    return page(content, edition.created)
