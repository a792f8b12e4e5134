"""What lies near an address that leads nowhere: documents whose own addresses resemble it."""

from difflib import get_close_matches
from typing import Final

from flask import request

from app.editions import current_edition
from app.pages.values import Value, shortened
from app.variants import address, split_suffix
from ld import browse
from ld.iri import AGENT, DOCUMENT, TEXT
from ld.stored import Entry

_MOST: Final = 5
_LOOKED_AT: Final = 25  # in each direction
_LONGEST: Final = 200
_ALIKE: Final = 0.75


def nearby() -> list[Value]:
    """Give the documents that the request may have meant, the most alike first."""
    key, _variant = split_suffix(request.path.lstrip("/").removeprefix(DOCUMENT))
    if not key.startswith((TEXT, AGENT)) or len(key) > _LONGEST:
        return []
    edition = current_edition()
    # What is misspelt late lies beside what was meant, what is misspelt early beside its beginning.
    kind, slash, name = key.partition("/")
    starts = (key, kind + slash + name[: max(1, len(name) // 3)])
    found = {
        entry.key.removeprefix(kind + slash): entry
        for start in starts
        for entry in browse.neighbours(edition, start, _LOOKED_AT)
        if entry.key.startswith(kind + slash)
    }
    return [_link(found[near]) for near in get_close_matches(name, found, _MOST, _ALIKE)]


def _link(entry: Entry) -> Value:
    name = entry.key if entry.label == entry.key else shortened(entry.label, _LONGEST)
    language = entry.label_language or "und"
    return Value(name, language, address(DOCUMENT + entry.key), note=entry.key)
