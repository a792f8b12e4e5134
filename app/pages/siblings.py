"""The parts around a part: which place it has in its text, and which come before and after."""

from dataclasses import dataclass

from app.pages.values import Value, number, shortened
from app.variants import address
from ld.edition import Edition
from ld.iri import DOCUMENT, text_of_part
from ld.stored import Entry

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Siblings:
    """A part's place among the parts of its text, counted from 1, and its neighbours."""

    place: str
    total: str
    previous: Value | None
    following: Value | None


def siblings(edition: Edition, key: str) -> Siblings | None:
    """Give what is around a part; None for what is no part, or the only one."""
    whole = text_of_part(key)
    entries = edition.parts_of(whole) if whole else []
    keys = [entry.key for entry in entries]
    if key not in keys or len(keys) < 2:
        return None
    place = keys.index(key)
    return Siblings(
        place=number(place + 1),
        total=number(len(entries)),
        previous=_name(entries[place - 1]) if place else None,
        following=_name(entries[place + 1]) if place + 1 < len(entries) else None,
    )


def _name(entry: Entry) -> Value:
    href = address(DOCUMENT + entry.key)
    if entry.label == entry.key:
        return Value(entry.key.rpartition("/")[2], href=href, is_code=True)
    return Value(shortened(entry.label, _LONGEST_NAME), entry.label_language or "und", href)
