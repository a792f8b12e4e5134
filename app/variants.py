"""Variants: one document as a page and in every RDF syntax, chosen by Accept or by suffix."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Response, request, url_for

from app.negotiation import negotiate
from app.problems import NotAcceptable
from ld.edition import Edition
from ld.formats import BY_SUFFIX, FORMATS
from ld.iri import DOCUMENT
from ld.terms import Statement

HTML: Final = "text/html"
#: Documents may be stored by anyone and are asked about before each use.
CACHE_CONTROL: Final = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write a document."""

    name: str
    media_type: str
    suffix: str


VARIANTS: Final = (
    Variant("HTML", HTML, "html"),
    *[Variant(fmt.NAME, fmt.MEDIA_TYPE, fmt.SUFFIX) for fmt in FORMATS],
)
SUFFIXES: Final = {variant.suffix: variant for variant in VARIANTS}


@dataclass(frozen=True, slots=True)
class Body:
    """What one variant of a document says, and since when.

    `link` is the header's value; `file_name` makes it a file to keep rather than a page to see.
    """

    content: str | bytes
    last_modified: str  # UTC to the second, as `Edition.created`
    link: str = ""
    file_name: str | None = None


def split_suffix(name: str, offered: Sequence[Variant] = VARIANTS) -> tuple[str, Variant | None]:
    """Take the suffix of a variant off a name; None if it has none."""
    for variant in offered:
        stem = name.removesuffix(f".{variant.suffix}")
        if stem not in {name, ""}:
            return stem, variant
    return name, None


def is_document(edition: Edition, key: str) -> bool:
    """Say whether a key is or was that of a document."""
    moved = edition.manifest.get("moved", {})
    return key in edition or key in moved or bool(edition.history_of(key))


def addressed(edition: Edition, path: str, offered: Sequence[Variant] = VARIANTS) -> list[Variant]:
    """Give the variants of a document that have an address of their own: path, dot, suffix.

    An address that is another document's, with an identifier that ends like a file name, is not
    taken away from it.
    """
    key = path.removeprefix(DOCUMENT)
    return [v for v in offered if not is_document(edition, f"{key}.{v.suffix}")]


def respond(
    path: str,
    variant: Variant | None,
    body: Callable[[Variant], Body],
    own: Collection[Variant] = VARIANTS,
    offered: Sequence[Variant] = VARIANTS,
) -> Response:
    """Answer with a document, in the variant asked for by name or else by Accept.

    `path` is that of the document below the address of the service, without suffix; `own` are
    the variants that have an address, `offered` all that there are, the page first.
    Raises: NotAcceptable if Accept leaves none.
    """
    chosen = variant or negotiated(request.headers.get("Accept", ""), offered)
    written = body(chosen)
    response = Response(written.content, mimetype=chosen.media_type)
    if written.file_name is not None:
        response.headers.set("Content-Disposition", "attachment", filename=written.file_name)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(written.last_modified)
    if written.link:
        response.headers["Link"] = written.link
    if variant is None:
        response.headers["Vary"] = "Accept"
        if chosen in own:
            response.headers["Content-Location"] = _content_location(path, chosen)
    return response


def negotiated(accept: str, offered: Sequence[Variant] = VARIANTS) -> Variant:
    """Give the variant that a client likes best.

    The page comes first among equals for those who name HTML, as browsers do; who names none is
    a program and gets data.
    Raises: NotAcceptable.
    """
    media_types = [variant.media_type for variant in offered]
    offers = media_types if HTML in accept.lower() else [*media_types[1:], HTML]
    media_type = negotiate(accept, offers)
    if media_type is None:
        raise NotAcceptable(media_types)
    return offered[media_types.index(media_type)]


def require_html() -> None:
    """Go on only if the client takes a page.

    Raises: NotAcceptable.
    """
    offers: Sequence[str] = (HTML,)
    if negotiate(request.headers.get("Accept", ""), offers) is None:
        raise NotAcceptable(offers)


def page(content: str, last_modified: str, link: str = "") -> Response:
    """Answer with what exists as a page only."""
    response = Response(content, mimetype=HTML)
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Vary"] = "Accept"
    response.last_modified = moment(last_modified)
    if link:
        response.headers["Link"] = link
    return response


def written_as(variant: Variant, statements: Iterable[Statement]) -> bytes:
    """Write statements in the syntax of a variant."""
    return BY_SUFFIX[variant.suffix].write(statements)


def moment(datestamp: str) -> datetime:
    """Read a datestamp of an edition."""
    return datetime.strptime(datestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def address(path: str = "") -> str:
    """Give the address of a path below the service's, as a relative reference."""
    return url_for("catalog.home") + path


def _content_location(path: str, chosen: Variant) -> str:
    query = request.query_string.decode("ascii", "ignore") if chosen.suffix == "html" else ""
    return address(f"{path}.{chosen.suffix}") + (f"?{query}" if query else "")
