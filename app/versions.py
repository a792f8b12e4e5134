"""Versions: editions that are kept, and what happened to each document.

/edition/{id}/          an edition, negotiated; 410 naming a later one if it is not kept
/edition/{id}.{suffix}  one variant of that
/history/{key}          the versions of a document and how each differs from the one before
"""

from typing import Final

from flask import Blueprint, Response, g, redirect, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirection

from app import headers, links
from app.editions import current_edition
from app.language import lazy_gettext
from app.links import Link
from app.pages.versions import edition_page as shown_edition
from app.pages.versions import history_page
from app.variants import (
    CACHE_CONTROL,
    HTML,
    VARIANTS,
    Body,
    Variant,
    address,
    page,
    require_html,
    respond,
    split_suffix,
    written_as,
)
from ld import kept, quality
from ld.describe.editions import edition_statements, neighbours, path_of
from ld.edition import Edition
from ld.errors import DocumentNotFoundError, EditionRemovedError
from ld.stored import DATASET, document_iri

blueprint: Final = Blueprint("versions", __name__)


def edition_named(identifier: str) -> Edition:
    """Give the edition with this identifier.

    Raises: NotFound if there never was one, EditionRemovedError if its files are no longer kept,
    EditionDamagedError.
    """
    edition = current_edition()
    try:
        found = kept.named(edition, identifier)
    except EditionRemovedError as error:
        successor = Link(edition.service_url + path_of(error.successor), "successor-version")
        latest = Link(edition.service_url + path_of(edition.id), "latest-version")
        g.version_links = links.header([successor, latest])
        raise
    if found is None:
        raise NotFound(
            lazy_gettext("There is no such edition. The page /changes lists those that there are.")
        )
    return found


@blueprint.get("/edition/<identifier>/")
def edition_page(identifier: str) -> Response:
    """Serve the description of an edition, negotiated."""
    return _edition(identifier, None)


@blueprint.get("/edition/<name>")
def edition_variant(name: str) -> Response | Redirection:
    """Serve one variant of the description of an edition."""
    identifier, variant = split_suffix(name)
    if variant is not None:
        return _edition(identifier, variant)
    edition_named(identifier)
    response: Redirection = redirect(address(path_of(identifier)), 301, Response)
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


@blueprint.get("/history/<path:key>")
def history(key: str) -> Response:
    """Show what happened to a document, and what each of its versions changed."""
    edition = current_edition()
    changes = edition.history_of(key)
    if not changes:
        raise DocumentNotFoundError(f"There is no document {key} in this corpus.")
    require_html()
    service_url = edition.service_url
    typed = [
        Link(document_iri(edition.base, key), "original"),
        Link(f"{service_url}timegate/{key}", "timegate"),
        Link(f"{service_url}timemap/{key}", "timemap", "application/link-format"),
    ]
    shown = history_page(edition, key, changes)
    content = render_template("history.html", history=shown)
    return page(content, edition.created, links.header(typed))


@blueprint.after_app_request
def _lead_on(response: Response) -> Response:
    """Link to a later edition from one that is gone."""
    if "version_links" in g:
        response.headers["Link"] = g.version_links
    return response


def _edition(identifier: str, variant: Variant | None) -> Response:
    edition = edition_named(identifier)
    response = respond(f"edition/{identifier}", variant, lambda chosen: _body(edition, chosen))
    # Whether an older edition is kept does not follow from the current one, so that the cache
    # may not answer for it.
    response.headers[headers.EDITION] = edition.id
    return response


def _body(edition: Edition, chosen: Variant) -> Body:
    current = current_edition()
    past = quality.past(current, edition.id)
    if past is None:
        raise NotFound(lazy_gettext("There is no such edition."))
    earlier, later = neighbours(current, past)
    start = f"{current.service_url}edition/"
    typed = [
        Link(current.base + DATASET, "collection"),
        Link(f"{start}{current.id}/", "latest-version"),
        Link(current.service_url + "changes", "version-history", HTML),
        Link(edition.manifest["licence"], "license"),
        *[
            Link(f"{start}{one.id}/", rel)
            for one, rel in ((earlier, "predecessor-version"), (later, "successor-version"))
            if one is not None
        ],
        *[
            Link(f"{start}{edition.id}.{v.suffix}", "alternate", v.media_type)
            for v in VARIANTS
            if v != chosen
        ],
    ]
    link = links.header(typed)
    # What is said of an older edition, as who replaced it, changes with later ones.
    if chosen.media_type != HTML:
        return Body(written_as(chosen, edition_statements(current, edition)), current.created, link)
    content = render_template(
        "edition_page.html",
        shown=shown_edition(current, edition, past),
        canonical=f"{start}{edition.id}/",
    )
    return Body(content, current.created, link)
