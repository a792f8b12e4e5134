"""The frame: what stands around every page."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import request

from app.editions import current_edition
from app.mounting import OUTSIDE
from app.pages import dates
from app.pages.values import Value, of_licence
from app.variants import address, split_suffix
from ld.edition import Edition
from ld.errors import EditionError
from ld.stored import StoredDocument
from ld.terms import iri_of
from ld.vocabulary import schema

_UNPUBLISHED: Final = Value("Pressmark")
_PLACES: Final = (
    ("Texts", "texts"),
    ("Agents", "agents"),
    ("Query", "sparql"),
    ("Data quality", "quality"),
    ("Changes", "changes"),
    ("Dataset", "dataset"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation; `current` is the ARIA attribute's value, if any."""

    label: str
    href: str
    current: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """The name of the site, its navigation, and what its footer says of the edition.

    Without an edition, and outside of the service's path, only the name and the home are there.
    """

    name: Value
    home: str
    navigation: list[Entry]
    edition: str | None = None
    published: str | None = None
    licence: Value | None = None


def frame() -> Frame:
    """Give the frame of the page that this request asks for."""
    try:
        edition = current_edition()
        dataset = edition.document("dataset")
    except EditionError:
        return Frame(_UNPUBLISHED, request.script_root + "/", [])
    if OUTSIDE in request.environ:
        home = urlsplit(edition.service_url).path
        return Frame(corpus_name(edition, dataset), home, [])
    licences = [obj for _, stated, obj in dataset.stated if stated == schema("license")]
    return Frame(
        name=corpus_name(edition, dataset),
        home=address(),
        navigation=_navigation(),
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
