"""The corpus as a whole: its home, its dataset, its vocabulary and its dumps."""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirection

from app import links, vocabulary
from app.editions import current_edition
from app.negotiation import negotiate
from app.pages import listing
from app.pages.corpus import dumps, figures, outcome
from app.pages.facts import Facts
from app.pages.record import record_page
from app.service import service
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    VARIANTS,
    Body,
    Variant,
    address,
    moment,
    page,
    require_html,
    respond,
    written_as,
)
from ld.describe import dataset_statements
from ld.edition import Edition
from ld.terms import Statement

blueprint: Final = Blueprint("catalog", __name__)

_ON_HOME: Final = 20


@blueprint.get("/")
def home() -> Redirection:
    """Show the corpus; whoever asks for data is sent to the description of the dataset."""
    edition = current_edition()
    offers = [variant.media_type for variant in VARIANTS]
    accepted = negotiate(request.headers.get("Accept", ""), offers)
    if accepted not in {None, HTML}:
        response: Redirection = redirect(address("dataset"), 303, Response)
        response.headers["Vary"] = "Accept"
        response.headers["Cache-Control"] = CACHE_CONTROL
        return response
    require_html()
    dataset = edition.document("dataset")
    facts = Facts(edition, dataset)
    typed = links.of_page(edition, dataset, "dataset")
    content = render_template(
        "home.html",
        record=record_page(edition, dataset, facts, "dataset"),
        links=typed,
        description=facts.summary(),
        figures=figures(edition),
        dumps=dumps(edition),
        texts=listing.texts(edition, "", _ON_HOME),
        all_texts=address("texts"),
        canonical=edition.service_url,
        outcome=outcome(edition),
    )
    return page(content, edition.created, links.header(typed))


@blueprint.get("/dataset")
def dataset() -> Response:
    """Serve the description of the dataset, negotiated."""
    return _dataset(None)


@blueprint.get("/dataset.<suffix>")
def dataset_variant(suffix: str) -> Response:
    """Serve one variant of the description of the dataset."""
    return _dataset(_variant(suffix))


@blueprint.get("/vocab")
def terms() -> Response:
    """Serve the terms that this corpus defines, negotiated."""
    return _vocabulary(None)


@blueprint.get("/vocab.<suffix>")
def terms_variant(suffix: str) -> Response:
    """Serve one variant of the terms that this corpus defines."""
    return _vocabulary(_variant(suffix))


@blueprint.get("/dump/<name>")
def dump(name: str) -> Response:
    """Serve a file with all statements of the edition."""
    edition = current_edition()
    found = next((d for d in dumps(edition) if d.name == name), None)
    if found is None:
        raise NotFound("There is no such dump in this edition.")
    response = send_file(
        edition.path / found.file,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=name,
        conditional=False,
        etag=found.sha256,
        last_modified=moment(edition.created),
    )
    # The file is compressed, not the transfer: it is stored and checked as it is.
    response.headers["Cache-Control"] = f"{CACHE_CONTROL}, no-transform"
    return response


def _dataset(variant: Variant | None) -> Response:
    edition = current_edition()
    return respond("dataset", variant, lambda chosen: _dataset_body(edition, chosen))


def _dataset_body(edition: Edition, chosen: Variant) -> Body:
    found = edition.document("dataset")
    if chosen.media_type != HTML:
        link = links.header(links.of_data(edition, found, "dataset", chosen.suffix))
        return Body(written_as(chosen, dataset_statements(edition)), edition.created, link)
    facts = Facts(edition, found)
    typed = links.of_page(edition, found, "dataset")
    content = render_template(
        "dataset.html",
        record=record_page(edition, found, facts, "dataset"),
        links=typed,
        facts=facts.of_dataset(),
        figures=figures(edition),
        dumps=dumps(edition),
        query=address("sparql") if service().broker else None,
    )
    return Body(content, edition.created, links.header(typed))


def _vocabulary(variant: Variant | None) -> Response:
    edition = current_edition()
    return respond("vocab", variant, lambda chosen: _vocabulary_body(edition, chosen))


def _vocabulary_body(edition: Edition, chosen: Variant) -> Body:
    statements: list[Statement] = vocabulary.statements(edition.base)
    if chosen.media_type != HTML:
        return Body(written_as(chosen, statements), edition.created)
    content = render_template(
        "vocabulary.html",
        terms=vocabulary.terms(edition.base),
        downloads=vocabulary.downloads(),
    )
    return Body(content, edition.created)


def _variant(suffix: str) -> Variant:
    if suffix not in SUFFIXES:
        raise NotFound(f"This comes as {', '.join(SUFFIXES)}.")
    return SUFFIXES[suffix]
