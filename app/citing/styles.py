"""References set in type by the styles of the CSL project, in English and its typography.

Styles are read when the first reference is asked for. What was set in type is remembered by what
it was made from, so that it outlives an edition that did not change it.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from markupsafe import Markup

from app.citing.item import Item

if TYPE_CHECKING:
    from app.citing.typeset import Style

# Name, file and locale.
_STYLES: Final = (
    ("Chicago", "chicago-author-date", "en-US"),
    ("MLA", "modern-language-association", "en-US"),
    ("APA", "apa", "en-US"),
    ("Harvard", "harvard-cite-them-right-11th-edition", "en-GB"),
)
_LONGEST_TITLE: Final = 1000
_MOST_AUTHORS: Final = 30
# A reference of the usual length and its item take 3 kB.
_REMEMBERED: Final = 1024
_TURNS: Final = frozenset({"R", "AL", "AN"})
_OVERRIDES: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in one style, as HTML with no more than `<i>` in it."""

    style: str
    text: Markup


def references(item: Item) -> list[Reference]:
    """Give the reference of an item in each style."""
    return list(_references(orjson.dumps(_for_print(item))))


@functools.lru_cache(maxsize=_REMEMBERED)
def _references(printed: bytes) -> tuple[Reference, ...]:
    item = orjson.loads(printed)
    return tuple(Reference(name, style.reference(item)) for name, style in _styles())


@functools.cache
def _styles() -> "tuple[tuple[str, Style], ...]":
    # Nothing else needs it, and importing it takes as long as half of the application.
    from app.citing.typeset import Style

    return tuple((name, Style(file, locale)) for name, file, locale in _STYLES)


def _for_print(item: Item) -> Item:
    """Give what styles print of an item, in the way that citeproc takes it."""
    printed: Item = {"language": "und"}
    for variable in ("id", "type", "language", "version", "URL"):
        if variable in item:
            printed[variable] = item[variable]
    for variable in ("title", "container-title"):
        if variable in item:
            printed[variable] = _isolated(_shortened(item[variable]))
    for role in ("author", "editor", "translator"):
        if role in item:
            names = item[role][:_MOST_AUTHORS]
            printed[role] = [{part: _isolated(text) for part, text in n.items()} for n in names]
    if "issued" in item:
        printed["issued"] = _date(item["issued"])
    return printed


def _date(date: dict[str, Any]) -> dict[str, Any]:
    parts = date["date-parts"]
    if len(parts) > 1:
        # Styles lose years in intervals of days.
        years = list(dict.fromkeys(point[0] for point in parts))
        parts = [[year] for year in (years[0], years[-1])[: len(years)]]
    season = {"season": date["season"]} if "season" in date else {}
    return {"date-parts": parts, "circa": bool(date.get("circa")), **season}


def _isolated(text: str) -> str:
    """Keep the direction of a text to itself."""
    plain = _OVERRIDES.sub("", text)
    turns = any(unicodedata.bidirectional(character) in _TURNS for character in plain)
    return f"\u2068{plain}\u2069" if turns else plain


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1].rstrip() + "…"
