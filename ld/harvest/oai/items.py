"""Items: which of them there are in a format, one by one, and what stands for each.

An item is there in a format if its document can be written so, or once could and no longer can:
then it is told as deleted. What never could is not told at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ld.edition import Edition
from ld.harvest.oai.formats import Format
from ld.harvest.oai.headers import Header, Span, header, headers
from ld.harvest.oai.source import Source, source


@dataclass(frozen=True, slots=True)
class Item:
    """A header and, unless it is deleted, what the metadata comes from."""

    header: Header
    source: Source | None


def whole(edition: Edition, fmt: Format) -> Span:
    """Give the span of all items that there are in a format."""
    licences = fmt.licences(edition)
    kinds = fmt.KINDS if licences is None or licences else ()
    return Span(kinds, fmt.CLOCK, licences=licences)


def items(edition: Edition, fmt: Format, span: Span, *, complete: bool) -> Iterator[Item]:
    """Give the items in a span that are there in a format; with their sources if `complete`."""
    for found in headers(edition, span):
        if found.is_deleted or not (complete or span.licences is not None):
            yield Item(found, None)
        else:
            yield _read(edition, fmt, found)


def item(edition: Edition, fmt: Format, key: str) -> Item | None:
    """Give one item in a format; None if it was never there in it."""
    found = header(edition, key, whole(edition, fmt))
    if found is None or not fmt.is_offered(edition):
        return None
    return Item(found, None) if found.is_deleted else _read(edition, fmt, found)


def _read(edition: Edition, fmt: Format, found: Header) -> Item:
    current = source(edition, found.key)
    if fmt.obstacle(current.iri, current.stated) is None:
        return Item(found, current)
    return Item(replace(found, is_deleted=True), None)
