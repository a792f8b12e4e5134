"""The data model: the classes and properties of this corpus, for people who want to query it."""

from typing import Final

from flask import Blueprint, Response, render_template

from app.editions import current_edition
from app.pages.model import model_page
from app.variants import page, require_html

blueprint: Final = Blueprint("model", __name__)


@blueprint.get("/model")
def model() -> Response:
    """Show what kinds of things there are, and what is said of them."""
    edition = current_edition()
    require_html()
    return page(render_template("model.html", model=model_page(edition)), edition.created)
