"""A list as a feed: an entry for each text or part, in the order of the list.

Each entry has the moment of its record's last change, so that a reader shows what is new to it.
See: https://www.rfc-editor.org/rfc/rfc4287 and https://www.rfc-editor.org/rfc/rfc5005#section-3
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from ld import history
from ld.browse import Listed
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.terms import text_of

NAME: Final = "Atom"
MEDIA_TYPE: Final = "application/atom+xml"
SUFFIX: Final = "atom"

_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
# Characters that XML 1.0 cannot write at all.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of a list is: its page, its own address, the first piece, and the next."""

    page: str
    here: str
    first: str
    following: str | None


def list_feed(edition: Edition, title: str, listed: Sequence[Listed], place: Place) -> bytes:
    """Write a piece of a list as a feed."""
    changed = {line.entry.key: _changed(edition, line.entry.key) for line in listed}
    feed = Element("feed", xmlns=_ATOM)
    _say(feed, "id", place.first)
    _say(feed, "title", title)
    _say(feed, "updated", max(changed.values(), default=edition.created))
    _say(feed, "rights", edition.manifest["licence"])
    for rel, href in _links(place):
        SubElement(feed, "link", rel=rel, href=href)
    publisher = edition.manifest["publisher"]
    name = publisher["name"] if publisher else edition.manifest["title"] or edition.base
    # That of the feed holds for entries that name none.
    _say(SubElement(feed, "author"), "name", name)
    for line in listed:
        _entry(feed, edition, line, changed[line.entry.key])
    written: bytes = tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written


def _links(place: Place) -> Iterable[tuple[str, str]]:
    yield "alternate", place.page
    yield "self", place.here
    yield "first", place.first
    if place.following is not None:
        yield "next", place.following


def _entry(feed: Element, edition: Edition, line: Listed, changed: str) -> None:
    entry = SubElement(feed, "entry")
    _say(entry, "id", edition.base + line.entry.key)
    title = _say(entry, "title", line.entry.label)
    if line.entry.label_language not in {"", "und"}:
        title.set(_LANG, line.entry.label_language)
    _say(entry, "updated", changed)
    for author in line.authors:
        said = SubElement(entry, "author")
        _say(said, "name", author.label)
        _say(said, "uri", edition.base + author.key)
    page = f"{edition.service_url}{DOCUMENT}{line.entry.key}"
    SubElement(entry, "link", rel="alternate", href=page)
    data = history.owned_address(edition, line.entry.key)
    SubElement(entry, "link", rel="describedby", type=history.OWNED_MEDIA_TYPE, href=data)
    if line.licence is not None:
        SubElement(entry, "link", rel="license", href=line.licence)
    facts = ["" if line.date is None else text_of(line.date), line.language, line.host]
    _say(entry, "summary", " · ".join(fact for fact in facts if fact))


def _changed(edition: Edition, key: str) -> str:
    return edition.history_of(key)[0].datestamp


def _say(parent: Element, name: str, text: str) -> Element:
    said = SubElement(parent, name)
    said.text = _ILLEGAL.sub("\ufffd", text)
    return said
