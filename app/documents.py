"""Things and their documents.

    /text/{id}  /text/{id}/{part}  /agent/{slug}    303 to the document about the thing
    /doc/{key}                                      the document, negotiated
    /doc/{key}.{suffix}                             one variant of it

What was withdrawn answers 410, what was moved 301.
See: https://www.w3.org/TR/cooluris/#r303gendocument
"""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirection

from app import links
from app.editions import current_edition
from app.pages import listing
from app.pages.facts import Facts
from app.pages.record import record_page
from app.service import service
from app.variants import (
    CACHE_CONTROL,
    HTML,
    Body,
    Variant,
    address,
    addressed,
    is_document,
    respond,
    split_suffix,
    written_as,
)
from ld.edition import Edition
from ld.iri import DOCUMENT, text_of_part
from ld.stored import StoredDocument, references

blueprint: Final = Blueprint("documents", __name__)


@blueprint.get("/<any(text, agent):kind>/<path:name>")
def thing(kind: str, name: str) -> Redirection:
    """Send on from a thing, which is not on the web, to the document about it."""
    edition = current_edition()
    key = f"{kind}/{name}"
    if key not in edition:
        if successor := _successor(edition, key):
            return _redirect(successor, 301)
        edition.document(key)  # raises what the history says of it
    return _redirect(DOCUMENT + key, 303)


@blueprint.get(f"/{DOCUMENT}<path:name>")
def document(name: str) -> Redirection:
    """Serve the document about a thing."""
    edition = current_edition()
    # A document whose own key looks as if it had a suffix comes first, even when withdrawn.
    key, variant = (name, None) if is_document(edition, name) else split_suffix(name)
    suffix = f".{variant.suffix}" if variant else ""
    if key == "dataset":
        return _redirect(key + suffix, 301)
    if key not in edition and (successor := _successor(edition, key)):
        return _redirect(DOCUMENT + successor + suffix, 301)
    found = edition.document(key)
    path = DOCUMENT + key
    own = addressed(edition, path)
    return respond(path, variant, lambda chosen: _body(edition, found, chosen), own)


def last_change(edition: Edition, found: StoredDocument) -> str:
    """Give when anything in a document as data last changed: its own statements, or those about
    the things that it points to."""
    keys = [found.key, *references(found.key, found.stated, edition.base)]
    stamps = [changes[0].datestamp for key in keys if (changes := edition.history_of(key))]
    return max(stamps, default=edition.created)


def _body(edition: Edition, found: StoredDocument, chosen: Variant) -> Body:
    path = DOCUMENT + found.key
    if chosen.media_type != HTML:
        link = links.header(links.of_data(edition, found, path, chosen.suffix))
        return Body(written_as(chosen, found.statements), last_change(edition, found), link)
    # Its frame names the edition, so a page is as new as that.
    return Body(
        _without_indentation(_page(edition, found, path)),
        edition.created,
        links.header(links.of_page(edition, found, path)),
    )


def _page(edition: Edition, found: StoredDocument, path: str) -> str:
    facts = Facts(edition, found)
    record = record_page(edition, found, facts, path)
    typed = links.of_page(edition, found, path)
    after, limit = request.args.get("after", ""), service().config.page_size
    if found.kind == "agent":
        return render_template(
            "agent.html",
            record=record,
            links=typed,
            facts=facts.of_agent(),
            works=listing.works(edition, found, path, after, limit),
            is_publisher=edition.count_referring(found.key, "dataset") > 0,
        )
    return render_template(
        "text.html",
        record=record,
        links=typed,
        authors=facts.authors().values,
        whole=facts.whole().values,
        date=next(iter(facts.date().values), None),
        facts=facts.of_text(),
        file=facts.of_file(),
        parts=listing.parts(edition, found, path, after, limit),
    )


def _successor(edition: Edition, key: str) -> str | None:
    moved: dict[str, str] = edition.manifest.get("moved", {})
    if key in moved:
        return moved[key]
    # A part moves with its text.
    text = text_of_part(key)
    if text not in moved:
        return None
    successor = moved[text] + key.removeprefix(text)
    return successor if successor in edition else None


def _redirect(path: str, status: int) -> Redirection:
    response: Redirection = redirect(address(path), status, Response)
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _without_indentation(page: str) -> str:
    """Leave out the indentation of the templates, a fifth of a page; nothing here is `<pre>`."""
    return "\n".join([line for indented in page.split("\n") if (line := indented.strip())])
