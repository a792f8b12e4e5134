"""Typed links: the `Link` header and its counterpart in pages (FAIR Signposting).

A header holds what there is room for, in the order in which it is missed most; the set of links
that it leads to (`app.linksets`) holds them all.
See: https://signposting.org/FAIR/ and https://www.rfc-editor.org/rfc/rfc8288
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from werkzeug.http import http_date
from werkzeug.urls import iri_to_uri

from app.citing import REFERENCES
from app.description import Description
from app.variants import VARIANTS, addressed, moment
from ld import history
from ld.describe import CATALOG
from ld.describe.distributions import CODINGS
from ld.edition import Edition
from ld.stored import DATASET, StoredDocument
from ld.terms import iri
from ld.vocabulary import RDF_TYPE, SCHEMA, dcterms, schema

LINK_FORMAT: Final = "application/link-format"
LINKSET_JSON: Final = "application/linkset+json"
LINKSET_TEXT: Final = "application/linkset"
#: Where sets of links are, below the service's address, and what their addresses end in.
LINKSETS: Final = "linkset/"
LINKSET_SUFFIXES: Final = {LINKSET_JSON: ".json", LINKSET_TEXT: ".txt"}

# The files of an edition that hold all of it.
_DUMPS: Final = "dumps/corpus."
# A front server with its default settings refuses more than 4 kB of headers; the others take one.
_MOST_BYTES: Final = 2800
# A text may have thousands of authors.
_MOST_AUTHORS: Final = 20
_OF_VERSIONS: Final = frozenset({"timegate", "timemap", "memento"})
_ABOUT_PAGE: Final = SCHEMA + "AboutPage"


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an absolute IRI, with its relation, the media type at its other end, and, to what
    once was, the moment from which on it was so."""

    target: str
    rel: str
    media_type: str | None = None
    datetime: str | None = None


def header(links: Iterable[Link]) -> str:
    """Write links as the value of a `Link` header, in ASCII; what is too much is left out."""
    written: list[str] = []
    left = _MOST_BYTES
    for link in links:
        one = written_out(link)
        if len(one) + 2 <= left:
            written.append(one)
            left -= len(one) + 2
    return ", ".join(written)


def written_out(link: Link, anchor: str | None = None) -> str:
    """Write one link, in ASCII; `anchor` is the IRI that it starts from."""
    start = "" if anchor is None else f'; anchor="{iri_to_uri(anchor)}"'
    kind = "" if link.media_type is None else f'; type="{link.media_type}"'
    when = "" if link.datetime is None else f'; datetime="{link.datetime}"'
    return f'<{iri_to_uri(link.target)}>; rel="{link.rel}"{start}{kind}{when}'


def of_page(edition: Edition, document: StoredDocument, path: str) -> list[Link]:
    """Give the links of a document's page: to the thing, its data, type, authors and licence.

    `path` is that of the document below the address of the service.
    """
    return _of_page(edition, document, path, _MOST_AUTHORS)


def of_home(edition: Edition, dataset: StoredDocument) -> list[Link]:
    """Give the links of the home: those of the page of the dataset, whose versions it has not."""
    links = of_page(edition, dataset, DATASET)
    return [link for link in links if link.rel not in _OF_VERSIONS]


def of_data(edition: Edition, document: StoredDocument, path: str, suffix: str) -> list[Link]:
    """Give the links of a document as data: to the thing, its page, licence and other syntaxes."""
    others = [v for v in addressed(edition, path) if v.suffix != suffix]
    address = edition.service_url + path
    return [
        Link(document.iri, "cite-as"),
        Link(edition.service_url + path, "describes", "text/html"),
        *_of_record(edition, document),
        *_linksets(edition, document.key),
        *_versions(edition, document),
        *[Link(f"{address}.{v.suffix}", "alternate", v.media_type) for v in others],
    ]


def of_dump(edition: Edition) -> list[Link]:
    """Give the links of a dump: to the dataset that it is of, and its licence."""
    return [
        Link(edition.service_url + DATASET, "collection", "text/html"),
        Link(SCHEMA + "DataDownload", "type"),
        Link(edition.manifest["licence"], "license"),
        *_linksets(edition, DATASET),
    ]


def of_catalog(edition: Edition, suffix: str) -> list[Link]:
    """Give the links of the catalogue: to what it lists, its licence and its other variants."""
    address = edition.service_url + CATALOG
    return [
        Link(edition.base + DATASET, "item"),
        Link(SCHEMA + "DataCatalog", "type"),
        Link(edition.manifest["licence"], "license"),
        *[
            Link(f"{address}.{v.suffix}", "alternate", v.media_type)
            for v in addressed(edition, CATALOG)
            if v.suffix != suffix
        ],
    ]


def contexts(
    edition: Edition, document: StoredDocument, path: str
) -> Iterator[tuple[str, list[Link]]]:
    """Give everything that a document's links say, by the address that they start from."""
    address = edition.service_url + path
    yield address, _of_page(edition, document, path, None)
    offered = VARIANTS if document.kind == DATASET else (*VARIANTS, *REFERENCES)
    for variant in addressed(edition, path, offered):
        if variant.suffix != "html":
            links = of_data(edition, document, path, variant.suffix)
            yield f"{address}.{variant.suffix}", links
    if document.kind == DATASET:
        for dump in _dumps(edition):
            yield dump.target, of_dump(edition)


def _of_page(
    edition: Edition, document: StoredDocument, path: str, most_authors: int | None
) -> list[Link]:
    said, thing = Description(document.statements), iri(document.iri)
    kinds = [kind for kind in said.iris(thing, RDF_TYPE) if kind.startswith(SCHEMA)]
    authors = said.iris(thing, schema("author")) or said.iris(thing, schema("publisher"))
    return [
        Link(document.iri, "cite-as"),
        *_linksets(edition, document.key),
        *_data(edition, path, "describedby"),
        Link(_ABOUT_PAGE, "type"),
        *[Link(kind, "type") for kind in kinds],
        *[Link(licence, "license") for licence in said.iris(thing, schema("license"))],
        _collection(edition, document),
        *_versions(edition, document),
        *(_dumps(edition) if document.kind == DATASET else []),
        *[Link(author, "author") for author in authors[:most_authors]],
        *_references(edition, document, path),
        *_data(edition, path, "alternate"),
    ]


def _of_record(edition: Edition, document: StoredDocument) -> list[Link]:
    said, record = Description(document.statements), iri(document.document_iri)
    licences = said.iris(record, dcterms("license"))
    return [*[Link(licence, "license") for licence in licences], _collection(edition, document)]


def _collection(edition: Edition, document: StoredDocument) -> Link:
    whole = CATALOG if document.kind == DATASET else DATASET
    return Link(edition.base + whole, "collection")


def _linksets(edition: Edition, key: str) -> list[Link]:
    address = f"{edition.service_url}{LINKSETS}{key}"
    return [
        Link(address + suffix, "linkset", media_type)
        for media_type, suffix in LINKSET_SUFFIXES.items()
    ]


def _versions(edition: Edition, document: StoredDocument) -> list[Link]:
    """Link to the document as it was, and is now, by name (RFC 7089)."""
    links = [
        Link(f"{edition.service_url}timegate/{document.key}", "timegate"),
        Link(f"{edition.service_url}timemap/{document.key}", "timemap", LINK_FORMAT),
    ]
    for change in edition.history_of(document.key)[:1]:
        path = history.version_iri(edition, change).removeprefix(edition.base)
        since = http_date(moment(change.datestamp))
        links.append(Link(edition.service_url + path, "memento", datetime=since))
    return links


def _dumps(edition: Edition) -> list[Link]:
    files = [file for file in edition.manifest["files"] if file.startswith(_DUMPS)]
    names = [file.rpartition("/")[2] for file in files]
    kinds = [(name, CODINGS.get(name.rpartition(".")[2])) for name in names]
    return [
        Link(f"{edition.service_url}dump/{name}", "item", kind.media_type)
        for name, kind in kinds
        if kind is not None
    ]


def _references(edition: Edition, document: StoredDocument, path: str) -> list[Link]:
    if document.kind == DATASET:
        return []
    address = edition.service_url + path
    return [
        Link(f"{address}.{form.suffix}", "describedby", form.media_type)
        for form in addressed(edition, path, REFERENCES)
    ]


def _data(edition: Edition, path: str, rel: str) -> list[Link]:
    address = edition.service_url + path
    return [
        Link(f"{address}.{variant.suffix}", rel, variant.media_type)
        for variant in addressed(edition, path)
        if variant.suffix != "html"
    ]
