"""RIS: one field to a line, a tag of two characters, two spaces, a hyphen and a space.

`PY` is a year of four digits or not there; what more is known of a date is in `DA`, whose last
part is words. Every value is one line, as an item's texts are.
See: https://web.archive.org/web/20120526103719/http://refman.com/support/risformat_intro.asp
"""

from collections.abc import Iterator
from typing import Any, Final

from app.citing.item import Item

_TYPES: Final = {"book": "BOOK", "chapter": "CHAP", "dataset": "DATA"}
_PEOPLE: Final = {"author": "AU", "editor": "ED", "translator": "A4"}
_VARIABLES: Final = (
    ("TI", "title"),
    ("T2", "container-title"),
    ("ET", "version"),
    ("LA", "language"),
    ("N1", "note"),
    ("DP", "source"),
    ("UR", "URL"),
)


def write(item: Item) -> str:
    """Write one item as a record."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _fields(item)) + "ER  - \r\n"


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(item["type"], "GEN")
    for role, tag in _PEOPLE.items():
        for name in item.get(role, []):
            yield tag, name.get("literal") or f"{name['family']}, {name['given']}"
    if date := item.get("issued"):
        yield from _dates(date)
    for keyword in item.get("keyword", "").split(", "):
        if keyword:
            yield "KW", keyword
    for tag, variable in _VARIABLES:
        if value := item.get(variable):
            yield tag, value
    yield "ID", item["id"]


def _dates(date: dict[str, Any]) -> Iterator[tuple[str, str]]:
    first, *others = date["date-parts"]
    year = f"{first[0]:04}" if first[0] > 0 else ""
    if year:
        yield "PY", year
    month, day, *_ = [*(f"{piece:02}" for piece in first[1:]), "", ""]
    words = date.get("literal", "")
    if not words and (date.get("circa") or others or not year):
        years = dict.fromkeys(_year(point[0]) for point in (first, *others))
        words = "c. " * bool(date.get("circa")) + "–".join(years)
    if season := date.get("season"):
        words = ("spring", "summer", "autumn", "winter")[season - 1]
    if month or words:
        yield "DA", f"{year}/{month}/{day}/{words}"


def _year(year: int) -> str:
    return str(year) if year > 0 else f"{-year} BCE"
