"""Items: which of them there are in a format, one by one, and what stands for each.

An item is there in a format if its document can be written so, or once could and no longer can:
then it is told as deleted. What never could is not told at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ld import records
from ld.edition import Edition
from ld.harvest.oai.formats import Format
from ld.harvest.oai.headers import Header, Span, header, headers
from ld.stored import StoredDocument


@dataclass(frozen=True, slots=True)
class Item:
    """A header and, unless it is deleted, the document that the metadata comes from."""

    header: Header
    document: StoredDocument | None


def items(edition: Edition, fmt: Format, span: Span, *, complete: bool) -> Iterator[Item]:
    """Give the items in a span that are there in a format; with their documents if `complete`."""
    for found in headers(edition, span):
        told = as_item(edition, fmt, found, complete=complete)
        if told is not None:
            yield told


def item(edition: Edition, fmt: Format, key: str) -> Item | None:
    """Give one item in a format; None if it was never there in it."""
    found = header(edition, key, fmt.CLOCK)
    return None if found is None else as_item(edition, fmt, found, complete=True)


def as_item(edition: Edition, fmt: Format, found: Header, *, complete: bool) -> Item | None:
    """Give the item of a header in a format; None if it was never there in it."""
    if found.kind not in fmt.KINDS or not fmt.is_offered(edition):
        return None
    if not found.is_deleted and (complete or fmt.IS_PARTIAL):
        document = edition.document(found.key)
        if fmt.obstacle(found.key, edition.base, document.stated) is None:
            return Item(found, document)
        found = replace(found, is_deleted=True)
    if found.is_deleted and fmt.IS_PARTIAL and not _was_there(edition, fmt, found.key):
        return None
    return Item(found, None)


def _was_there(edition: Edition, fmt: Format, key: str) -> bool:
    versions = edition.db.execute("SELECT stated FROM version WHERE key = ?", (key,)).fetchall()
    # Of what was purged nobody knows any more whether it was there, so its deletion is told.
    return not versions or any(
        fmt.obstacle(key, edition.base, records.unpack(row["stated"])) is None for row in versions
    )
