"""The corpus as a whole: its home, its dataset, the catalogue that lists it, its vocabulary.

/dataset, /.well-known/void             what there is, whose, how much, and how to get it
/catalog, /.well-known/datacatalog      the same in a catalogue, for registers; ?page=1 names
                                        its only page
"""

from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirection

from app import links, vocabulary
from app.citing import bibtex
from app.citing.item import item_of
from app.doors import doors
from app.editions import current_edition
from app.language import lazy_gettext
from app.negotiation import negotiate
from app.pages import listing
from app.pages.corpus import dumps, europeana, figures, outcome
from app.pages.facts import Facts
from app.pages.home import home as home_of
from app.pages.record import Download, record_page, script_json
from app.service import service
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    VARIANTS,
    Body,
    Variant,
    address,
    page,
    require_html,
    respond,
    written_as,
)
from ld.describe import (
    CATALOG,
    PAGE,
    VOID_DESCRIPTION,
    catalog_statements,
    dataset_statements,
    schema_org_json,
    summary_statements,
)
from ld.edition import Edition
from ld.formats import json_ld
from ld.harvest import oai_pmh
from ld.terms import Statement

blueprint: Final = Blueprint("catalog", __name__)

_ON_HOME: Final = 10


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
    typed = links.of_home(edition, dataset)
    content = render_template(
        "home.html",
        record=record_page(edition, dataset, facts, "dataset"),
        links=typed,
        doors=doors(edition, can_query=service().broker is not None),
        json_ld=script_json(schema_org_json(edition)),
        description=facts.summary(),
        home=home_of(edition),
        dumps=dumps(edition),
        texts=listing.texts(edition, "", _ON_HOME),
        all_texts=address("texts"),
        canonical=edition.service_url,
        outcome=outcome(edition),
        bibtex=bibtex.write(item_of(edition, dataset)),
        oai=edition.service_url + oai_pmh.PATH,
    )
    return page(content, edition.created, links.header(typed))


@blueprint.get("/dataset")
@blueprint.get(f"/{VOID_DESCRIPTION}")
def dataset() -> Response:
    """Serve the description of the dataset, negotiated."""
    return _dataset(None)


@blueprint.get("/dataset.<suffix>")
def dataset_variant(suffix: str) -> Response:
    """Serve one variant of the description of the dataset."""
    return _dataset(_variant(suffix))


@blueprint.get(f"/{CATALOG}")
@blueprint.get("/.well-known/datacatalog")
def catalog() -> Response:
    """Serve the catalogue, negotiated."""
    return _catalog(None)


@blueprint.get(f"/{CATALOG}.<suffix>")
def catalog_variant(suffix: str) -> Response:
    """Serve one variant of the catalogue."""
    return _catalog(_variant(suffix))


@blueprint.get("/vocab")
def terms() -> Response:
    """Serve the terms that this corpus defines, negotiated."""
    return _vocabulary(None)


@blueprint.get("/vocab.<suffix>")
def terms_variant(suffix: str) -> Response:
    """Serve one variant of the terms that this corpus defines."""
    return _vocabulary(_variant(suffix))


def about(identifier: str) -> list[Statement]:
    """Say what the dataset of the current edition is; nothing of another edition.

    The query service takes up a new edition a moment later.
    """
    edition = current_edition()
    return summary_statements(edition) if edition.id == identifier else []


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
    record = record_page(edition, found, facts, "dataset")
    described = script_json(json_ld.document(dataset_statements(edition)))
    content = render_template(
        "dataset.html",
        record=replace(record, json_ld=described),
        links=typed,
        facts=facts.of_dataset(),
        figures=figures(edition),
        dumps=dumps(edition),
        query=address("sparql") if service().broker else None,
    )
    return Body(content, edition.created, links.header(typed))


def _catalog(variant: Variant | None) -> Response:
    edition = current_edition()
    if request.args.get("page", PAGE) != PAGE:
        raise NotFound(f"The catalogue has one page: {address(CATALOG)}?page={PAGE}")
    return respond(CATALOG, variant, lambda chosen: _catalog_body(edition, chosen))


def _catalog_body(edition: Edition, chosen: Variant) -> Body:
    typed = links.of_catalog(edition, chosen.suffix)
    if chosen.media_type != HTML:
        data = written_as(chosen, catalog_statements(edition))
        return Body(data, edition.created, links.header(typed))
    content = render_template(
        "catalog.html",
        canonical=edition.service_url + CATALOG,
        links=typed,
        figures=figures(edition),
        description=Facts(edition, edition.document("dataset")).summary(),
        doors=doors(edition, can_query=service().broker is not None),
        europeana=europeana(edition),
        downloads=[
            Download(variant.name, address(f"{CATALOG}.{variant.suffix}"), variant.media_type)
            for variant in VARIANTS
            if variant.media_type != HTML
        ],
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
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(SUFFIXES)))
    return SUFFIXES[suffix]
