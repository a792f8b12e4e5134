"""Browse and search: the list of texts, chosen by words and facets, and the list of agents.

    /texts                 negotiated; ?q= looks for words, the facets narrow, ?sort= sorts
    /texts.{suffix}        the same list as CSV, as a feed, as a page, or in an RDF syntax
    /agents                the agents

As data a list comes in pieces, and the `Link` header leads to the next one.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from app import links
from app.editions import current_edition
from app.language import DEFAULT, lazy_gettext, ngettext, speaking
from app.language import gettext as _
from app.links import Link
from app.negotiation import negotiate
from app.pages import list_feed as feed
from app.pages import listing
from app.pages.asked import PATH, Asked, asked
from app.pages.browse import browse_page, title_of
from app.pages.list_query import list_query
from app.pages.record import Download
from app.problems import NotAcceptable
from app.service import service
from app.tables import MEDIA_TYPE, table
from app.variants import (
    CACHE_CONTROL,
    HTML,
    VARIANTS,
    Variant,
    address,
    moment,
    page,
    require_html,
    written_as,
)
from ld import browse
from ld.browse import Listed, Page
from ld.edition import Edition
from ld.errors import DocumentNotFoundError
from ld.terms import Statement, iri, literal, text_of
from ld.vocabulary import RDF_TYPE, RDFS, XSD, schema

blueprint: Final = Blueprint("browse", __name__)

CSV: Final = Variant("CSV", MEDIA_TYPE, "csv")
FEED: Final = Variant(feed.NAME, feed.MEDIA_TYPE, feed.SUFFIX)
_VARIANTS: Final = (VARIANTS[0], CSV, *VARIANTS[1:], FEED)
_BY_SUFFIX: Final = {variant.suffix: variant for variant in _VARIANTS}
#: Of these the page offers links.
_OFFERED: Final = ("csv", "ttl", "jsonld", "atom")
#: Texts and parts in one piece of a list: whole records, and lines of a table.
MOST_RECORDS: Final = 500
MOST_ROWS: Final = 100_000
#: Entries of a feed, since readers ask for it often.
MOST_ENTRIES: Final = 100
_LISTED_AT_ONCE: Final = 500
_COLUMNS: Final = (
    *("identifier", "page", "kind", "title", "title_language", "authors", "date", "language"),
    *("licence", "source_host"),
)


@blueprint.get(f"/{PATH}")
def texts() -> Response:
    """List the texts that were asked for, negotiated."""
    offers = [variant.media_type for variant in _VARIANTS]
    accepted = negotiate(request.headers.get("Accept", ""), offers)
    if accepted is None:
        raise NotAcceptable(offers)
    response = _texts(_VARIANTS[offers.index(accepted)])
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get(f"/{PATH}.<suffix>")
def texts_variant(suffix: str) -> Response:
    """List the texts that were asked for, in one syntax."""
    if suffix not in _BY_SUFFIX:
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(_BY_SUFFIX)))
    return _texts(_BY_SUFFIX[suffix])


@blueprint.get("/agents")
def agents() -> Response:
    """List the agents."""
    edition = current_edition()
    require_html()
    found = listing.agents(edition, request.args.get("after", ""), service().config.page_size)
    content = render_template(
        "list.html",
        title=_("Agents"),
        counted=ngettext(
            "%(number)s person or organisation that the texts or the dataset name.",
            "%(number)s persons and organisations that the texts or the dataset name.",
            found.total,
            number=found.count,
        ),
        listing=found,
    )
    return page(content, edition.created)


def _texts(variant: Variant) -> Response:
    edition = current_edition()
    wanted = asked(request.args)
    try:
        if variant.media_type == HTML:
            return _as_page(edition, wanted)
        if variant is CSV:
            return _table(edition, wanted)
        if variant is FEED:
            return _feed(edition, wanted)
        return _records(edition, wanted, variant)
    except DocumentNotFoundError as error:
        start = address(wanted.without_place().address())
        raise NotFound(
            lazy_gettext(
                "The list has no place where this page begins or ends. Begin at %(address)s",
                address=start,
            )
        ) from error


def _as_page(edition: Edition, wanted: Asked) -> Response:
    shown = browse_page(edition, wanted, service().config.page_size)
    start = wanted.without_place()
    content = render_template(
        "browse.html",
        browse=shown,
        action=address(PATH),
        canonical=edition.service_url + wanted.address(),
        downloads=[
            Download(v.name, address(start.address(f"{PATH}.{v.suffix}")), v.media_type)
            for v in map(_BY_SUFFIX.__getitem__, _OFFERED)
        ],
        query=_query_address(edition, wanted) if service().broker else None,
        most_records=MOST_RECORDS,
        most_rows=MOST_ROWS,
    )
    twins = [
        Link(_iri(edition, start, variant), "alternate", variant.media_type)
        for variant in _VARIANTS[1:]
    ]
    return page(content, edition.created, links.header(twins))


def _query_address(edition: Edition, wanted: Asked) -> str:
    return address("sparql") + "?" + urlencode({"query": list_query(wanted.choice, edition.base)})


def _table(edition: Edition, wanted: Asked) -> Response:
    piece = _piece(edition, wanted, MOST_ROWS)
    response = table("texts.csv", _COLUMNS, _rows(edition, piece.numbers), edition)
    return _as_data(response, edition, wanted, CSV, piece)


def _rows(edition: Edition, numbers: Sequence[int]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(numbers), _LISTED_AT_ONCE):
        for line in browse.listed(edition, numbers[start : start + _LISTED_AT_ONCE]):
            yield (
                edition.base + line.entry.key,
                f"{edition.service_url}doc/{line.entry.key}",
                line.entry.kind,
                "" if line.entry.label == line.entry.key else line.entry.label,
                line.entry.label_language,
                "; ".join(author.label for author in line.authors),
                "" if line.date is None else text_of(line.date),
                line.language or "",
                line.licence or "",
                line.host or "",
            )


def _records(edition: Edition, wanted: Asked, variant: Variant) -> Response:
    piece = _piece(edition, wanted, MOST_RECORDS)
    found = browse.listed(edition, piece.numbers)
    content = written_as(variant, _statements(edition, wanted, variant, piece, found))
    response = Response(content, mimetype=variant.media_type)
    return _as_data(response, edition, wanted, variant, piece)


def _feed(edition: Edition, wanted: Asked) -> Response:
    piece = _piece(edition, wanted, MOST_ENTRIES)
    place = feed.Place(
        page=edition.service_url + wanted.without_place().address(),
        here=_iri(edition, wanted, FEED),
        first=_iri(edition, wanted.without_place(), FEED),
        following=_following(edition, wanted, FEED, piece),
    )
    # A feed is data, the same for everyone, whatever language they read.
    with speaking(DEFAULT):
        title = f"{edition.manifest['title'] or edition.base}: {title_of(edition, wanted)}"
    content = feed.list_feed(edition, title, browse.listed(edition, piece.numbers), place)
    response = Response(content, mimetype=feed.MEDIA_TYPE)
    return _as_data(response, edition, wanted, FEED, piece)


def _statements(
    edition: Edition, wanted: Asked, variant: Variant, piece: Page, found: Sequence[Listed]
) -> list[Statement]:
    """Give the records of a piece, and what the piece itself is."""
    this = iri(_iri(edition, wanted, variant))
    total = browse.counts(edition, wanted.choice).total(wanted.choice.kind)
    said = {
        (this, RDF_TYPE, schema("ItemList")),
        (this, schema("numberOfItems"), literal(str(total), datatype=XSD + "integer")),
    }
    if following := _following(edition, wanted, variant, piece):
        said.add((this, iri(RDFS + "seeAlso"), iri(following)))
    for line in found:
        document = edition.document(line.entry.key)
        said.add((this, schema("itemListElement"), iri(document.iri)))
        said.update(document.statements)
    return sorted(said)


def _piece(edition: Edition, wanted: Asked, limit: int) -> Page:
    return browse.page(edition, wanted.choice, limit, after=wanted.after, before=wanted.before)


def _as_data(
    response: Response, edition: Edition, wanted: Asked, variant: Variant, piece: Page
) -> Response:
    target = edition.service_url + wanted.address()
    said = [Link(target, "describes", HTML)]
    if following := _following(edition, wanted, variant, piece):
        said.append(Link(following, "next", variant.media_type))
    response.headers["Link"] = links.header(said)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _following(edition: Edition, wanted: Asked, variant: Variant, piece: Page) -> str | None:
    if not piece.has_following or not piece.numbers:
        return None
    (last,) = browse.listed(edition, piece.numbers[-1:])
    return _iri(edition, wanted.at(after=last.entry.key), variant)


def _iri(edition: Edition, wanted: Asked, variant: Variant) -> str:
    return edition.service_url + wanted.address(f"{PATH}.{variant.suffix}")
