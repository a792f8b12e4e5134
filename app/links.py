"""Typed links: the `Link` header and its counterpart in pages (FAIR Signposting, level 1).

See: https://signposting.org/FAIR/ and https://www.rfc-editor.org/rfc/rfc8288
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from werkzeug.urls import iri_to_uri

from app.description import Description
from app.variants import addressed
from ld.edition import Edition
from ld.stored import StoredDocument
from ld.terms import iri
from ld.vocabulary import RDF_TYPE, SCHEMA, dcterms, schema

# A text may have thousands of authors, and clients refuse headers of more than some kilobytes.
_MOST_AUTHORS: Final = 20
_ABOUT_PAGE: Final = SCHEMA + "AboutPage"


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an absolute IRI, with its relation and the media type at its other end."""

    target: str
    rel: str
    media_type: str | None = None


def header(links: Iterable[Link]) -> str:
    """Write links as the value of a `Link` header, in ASCII."""
    written = []
    for link in links:
        kind = "" if link.media_type is None else f'; type="{link.media_type}"'
        written.append(f'<{iri_to_uri(link.target)}>; rel="{link.rel}"{kind}')
    return ", ".join(written)


def of_page(edition: Edition, document: StoredDocument, path: str) -> list[Link]:
    """Give the links of a document's page: to the thing, its data, type, authors and licence.

    `path` is that of the document below the address of the service.
    """
    said, thing = Description(document.statements), iri(document.iri)
    links = [Link(document.iri, "cite-as"), *_data(edition, path, "describedby")]
    links.append(Link(_ABOUT_PAGE, "type"))
    links += [Link(kind, "type") for kind in said.iris(thing, RDF_TYPE) if kind.startswith(SCHEMA)]
    authors = said.iris(thing, schema("author")) or said.iris(thing, schema("publisher"))
    links += [Link(author, "author") for author in authors[:_MOST_AUTHORS]]
    links += [Link(licence, "license") for licence in said.iris(thing, schema("license"))]
    if document.kind != "dataset":
        links.append(Link(edition.base + "dataset", "collection"))
    return [*links, *_data(edition, path, "alternate")]


def of_data(edition: Edition, document: StoredDocument, path: str, suffix: str) -> list[Link]:
    """Give the links of a document as data: to the thing, its page, licence and other syntaxes."""
    said, record = Description(document.statements), iri(document.document_iri)
    links = [
        Link(document.iri, "cite-as"),
        Link(edition.service_url + path, "describes", "text/html"),
    ]
    links += [Link(licence, "license") for licence in said.iris(record, dcterms("license"))]
    if document.kind != "dataset":
        links.append(Link(edition.base + "dataset", "collection"))
    others = [v for v in addressed(edition, path) if v.suffix != suffix]
    address = edition.service_url + path
    return links + [Link(f"{address}.{v.suffix}", "alternate", v.media_type) for v in others]


def _data(edition: Edition, path: str, rel: str) -> list[Link]:
    address = edition.service_url + path
    return [
        Link(f"{address}.{variant.suffix}", rel, variant.media_type)
        for variant in addressed(edition, path)
        if variant.suffix != "html"
    ]
