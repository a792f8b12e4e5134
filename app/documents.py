"""Things and their documents.

    /text/{id}  /text/{id}/{part}  /agent/{slug}    303 to the document about the thing
    /doc/{key}                                      the document, negotiated
    /doc/{key}.{suffix}                             one variant of it: the page, a syntax of RDF,
                                                    or a form of reference

What was withdrawn answers 410, what was moved 301.
See: https://www.w3.org/TR/cooluris/#r303gendocument
"""

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirection

from app import citing, links
from app.editions import current_edition
from app.pages import asked, listing
from app.pages.facts import Facts
from app.pages.record import STATEMENTS, record_page
from app.pages.siblings import siblings
from app.service import service
from app.variants import (
    CACHE_CONTROL,
    HTML,
    VARIANTS,
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

_OFFERED: Final = (*VARIANTS, *citing.REFERENCES)
_MOST_DIGITS: Final = 9
# In the line below the title.
_MOST_AUTHORS: Final = 20


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
    key, variant = (name, None) if is_document(edition, name) else split_suffix(name, _OFFERED)
    suffix = f".{variant.suffix}" if variant else ""
    if key == "dataset":
        return _redirect(key + suffix, 301)
    if key not in edition and (successor := _successor(edition, key)):
        return _redirect(DOCUMENT + successor + suffix, 301)
    found = edition.document(key)
    path = DOCUMENT + key
    own = addressed(edition, path, _OFFERED)
    return respond(path, variant, lambda chosen: _body(edition, found, chosen), own, _OFFERED)


def last_change(edition: Edition, found: StoredDocument) -> str:
    """Give when anything in a document as data last changed: its own statements, or those about
    the things that it points to."""
    keys = [found.key, *references(found.key, found.stated, edition.base)]
    stamps = [changes[0].datestamp for key in keys if (changes := edition.history_of(key))]
    return max(stamps, default=edition.created)


def _body(edition: Edition, found: StoredDocument, chosen: Variant) -> Body:
    path = DOCUMENT + found.key
    if chosen in citing.REFERENCES:
        return _reference(edition, found, chosen)
    if chosen.media_type != HTML:
        link = links.header(links.of_data(edition, found, path, chosen.suffix))
        return Body(written_as(chosen, found.statements), last_change(edition, found), link)
    # Its frame names the edition, so a page is as new as that.
    return Body(
        _without_indentation(_page(edition, found, path)),
        edition.created,
        links.header(links.of_page(edition, found, path)),
    )


def _reference(edition: Edition, found: StoredDocument, form: Variant) -> Body:
    link = links.header(links.of_data(edition, found, DOCUMENT + found.key, form.suffix))
    content = citing.write(form, citing.item_of(edition, found))
    file_name = f"{found.key.rpartition('/')[2]}.{form.suffix}"
    # It names the corpus, and authors as their records have them, so it is as new as the edition.
    return Body(content, edition.created, link, file_name)


def _page(edition: Edition, found: StoredDocument, path: str) -> str:
    facts = Facts(edition, found)
    before = request.args.get(STATEMENTS, "")
    is_number = before.isascii() and before.isdigit() and len(before) <= _MOST_DIGITS
    record = record_page(edition, found, facts, path, int(before) if is_number else 0)
    typed = links.of_page(edition, found, path)
    after, limit = request.args.get("after", ""), service().config.page_size
    if found.kind == "agent":
        chosen = urlencode({"author": asked.written("author", found.key)})
        return render_template(
            "agent.html",
            record=record,
            links=typed,
            facts=facts.of_agent(),
            works=listing.works(edition, found, path, after, limit),
            catalogue=f"{address('texts')}?{chosen}",
            is_publisher=edition.count_referring(found.key, "dataset") > 0,
        )
    return render_template(
        "text.html",
        record=record,
        links=typed,
        authors=facts.authors().values[:_MOST_AUTHORS],
        has_more_authors=len(facts.authors().values) > _MOST_AUTHORS,
        whole=facts.whole().values,
        date=next(iter(facts.date().values), None),
        facts=facts.of_text(),
        rights=facts.rights(),
        siblings=siblings(edition, found.key),
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
