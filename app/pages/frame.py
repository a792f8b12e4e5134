"""The frame: what stands around every page."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from flask import request
from werkzeug.urls import iri_to_uri

from app.editions import current_edition
from app.language import FIELD, LANGUAGES, language, lazy_gettext, own_name
from app.mounting import OUTSIDE
from app.pages import dates
from app.pages.values import Value, of_licence
from app.variants import address, is_document, split_suffix
from ld.edition import Edition
from ld.errors import EditionError
from ld.iri import DOCUMENT
from ld.stored import StoredDocument
from ld.terms import iri_of
from ld.vocabulary import schema

_UNPUBLISHED: Final = Value("Pressmark")
_LONGEST_QUERY: Final = 2000
# What may stand in a path as it is, beside letters and digits (RFC 3986, section 3.3).
_UNQUOTED: Final = "/:@!$&'()*+,;=~"
_PLACES: Final = (
    (lazy_gettext("Texts"), "texts"),
    (lazy_gettext("Agents"), "agents"),
    (lazy_gettext("Query"), "sparql"),
    (lazy_gettext("Data quality"), "quality"),
    (lazy_gettext("Changes"), "changes"),
    (lazy_gettext("Interfaces"), "api"),
    (lazy_gettext("About"), "about"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation; `current` is the ARIA attribute's value, if any."""

    label: str
    href: str
    current: str | None


@dataclass(frozen=True, slots=True)
class Translation:
    """This page in one language of the interface: its tag, its name in itself, its addresses.

    Search engines take only absolute ones; those of pages that no edition has are `None`.
    """

    tag: str
    name: str
    href: str
    absolute: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The name of the site, its navigation, and what its footer says of the edition.

    Without an edition, and outside of the service's path, only the name and the home are there.
    """

    name: Value
    home: str
    navigation: list[Entry]
    language: str
    translations: list[Translation]
    edition: str | None = None
    published: str | None = None
    licence: Value | None = None


def frame() -> Frame:
    """Give the frame of the page that this request asks for."""
    try:
        edition = current_edition()
        dataset = edition.document("dataset")
    except EditionError:
        return Frame(_UNPUBLISHED, request.script_root + "/", [], language(), _translations(None))
    if OUTSIDE in request.environ:
        home = urlsplit(edition.service_url).path
        name = corpus_name(edition, dataset)
        return Frame(name, home, [], language(), _translations(None))
    licences = [obj for _, stated, obj in dataset.stated if stated == schema("license")]
    return Frame(
        name=corpus_name(edition, dataset),
        home=address(),
        navigation=_navigation(),
        language=language(),
        translations=_translations(_page_address(edition)),
        edition=edition.id,
        published=dates.day(edition.created),
        licence=of_licence(iri_of(licences[0])) if licences else None,
    )


def corpus_name(edition: Edition, dataset: StoredDocument) -> Value:
    """Give the title of the corpus; without one, the host and path that name its things."""
    if dataset.label in {edition.base, dataset.key}:
        return Value(edition.base.partition("://")[2].rstrip("/"))
    return Value(dataset.label, dataset.label_language or "und")


def _navigation() -> list[Entry]:
    here, _ = split_suffix(request.path.lstrip("/"))
    return [
        Entry(label, address(path), "page" if here == path else None) for label, path in _PLACES
    ]


def _page_address(edition: Edition) -> str:
    """Give the absolute address of this page, which is that without the suffix of pages."""
    path = request.path.removeprefix("/")
    if not is_document(edition, path.removeprefix(DOCUMENT)):
        path = path.removesuffix(".html")
    return iri_to_uri(edition.service_url) + quote(path, _UNQUOTED)


def _translations(page: str | None) -> list[Translation]:
    """Give this page in every language; none if its address is too long to be repeated."""
    if len(request.query_string) > _LONGEST_QUERY:
        return []
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != FIELD]
    found = []
    for tag in LANGUAGES:
        href = f"?{urlencode([*kept, (FIELD, tag)])}"
        absolute = None if page is None else page + href
        found.append(Translation(tag, own_name(tag), href, absolute, tag == language()))
    return found
