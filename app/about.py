"""About the corpus and its licence: two pages for people.

/about      what it is, who publishes it, how it is made, what stays
/licence    what may be done with the metadata, and with the texts
"""

from typing import Final

from flask import Blueprint, Response, render_template

from app.editions import current_edition
from app.pages.about import about_page, licence_page
from app.variants import page, require_html

blueprint: Final = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> Response:
    """Show what the corpus is and how it is made."""
    edition = current_edition()
    require_html()
    return page(render_template("about.html", about=about_page(edition)), edition.created)


@blueprint.get("/licence")
def licence() -> Response:
    """Show what may be done with the metadata and with the texts."""
    edition = current_edition()
    require_html()
    return page(render_template("licence.html", licence=licence_page(edition)), edition.created)
