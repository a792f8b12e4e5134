"""Dates in words: what an EDTF expression or a datestamp means to a reader."""

import re
from datetime import datetime
from typing import Final

from ld.terms import Term, literal_of

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NAMES: Final = {f"{number:02}": name for number, name in enumerate(_MONTHS, start=1)} | {
    "21": "spring",
    "22": "summer",
    "23": "autumn",
    "24": "winter",
}
_QUALIFIERS: Final = {"?": "perhaps ", "~": "c.\u00a0", "%": "perhaps c.\u00a0", None: ""}
_DATE: Final = re.compile(
    r"(?P<year>-?[0-9]{2}(?:[0-9]{2}|[0-9]X|XX))"
    r"(?:-(?P<month>[0-9]{2}|XX))?(?:-(?P<day>[0-9]{2}|XX))?(?P<qualifier>[?~%])?"
)
_SET: Final = re.compile(r"(?P<kind>[\[{])(?P<members>[^\[\]{}]+)[\]}]")


def wording(date: Term) -> str:
    """Give a date in words; an expression that has no plain words, as it is."""
    expression = literal_of(date)[0]
    return _set(expression) or _interval(expression) or _date(expression) or expression


def day(datestamp: str) -> str:
    """Give the day of a datestamp in words: 4 February 2026."""
    moment = datetime.fromisoformat(datestamp)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def decade(first: int) -> str:
    """Give ten years in words, from the first of them: 1880s; before the year 10, both ends."""
    return f"{first}s" if first > 0 else f"{_counted(first)}–{_counted(first + 9)}"


def minute(datestamp: str) -> str:
    """Give a datestamp in words: 4 February 2026, 16:55 UTC."""
    return f"{day(datestamp)}, {datestamp[11:16]} UTC"


def _date(expression: str) -> str | None:
    match = _DATE.fullmatch(expression)
    if match is None or (match["month"] or "XX") not in {*_NAMES, "XX"}:
        return None
    month = _NAMES.get(match["month"] or "")
    is_day = month is not None and match["day"] not in {None, "XX"}
    pieces = (str(int(match["day"])) if is_day else None, month, _year(match["year"]))
    words = " ".join(piece for piece in pieces if piece)
    return _QUALIFIERS[match["qualifier"]] + words


def _year(year: str) -> str:
    if year.endswith("XX"):
        low, high = sorted((int(year.replace("X", "0")), int(year.replace("X", "9"))))
        return f"between {_counted(low)} and {_counted(high)}"
    if year.endswith("X"):
        return f"{_counted(int(year.replace('X', '0')))}s"
    return _counted(int(year))


def _counted(year: int) -> str:
    # Astronomical years have a year 0; people's do not.
    return str(year) if year > 0 else f"{1 - year} BCE"


def _interval(expression: str) -> str | None:
    start, slash, end = expression.partition("/")
    if not slash:
        return None
    first, last = _date(start), _date(end)
    if first and last:
        is_years = re.fullmatch("[0-9]{4}/[0-9]{4}", expression)
        return f"{first}–{last}" if is_years else f"{first} to {last}"
    if first and end in {"", ".."}:
        return f"{first} and later" if end else f"{first} to an unknown date"
    if last and start in {"", ".."}:
        return f"{last} and earlier" if start else f"an unknown date to {last}"
    return None


def _set(expression: str) -> str | None:
    match = _SET.fullmatch(expression)
    if match is None:
        return None
    is_choice = match["kind"] == "["
    start, dots, end = match["members"].partition("..")
    if dots and "," not in expression:
        first, last = _date(start), _date(end)
        if first and last:
            return f"between {first} and {last}" if is_choice else f"every year {first}–{last}"
        if first or last:
            side = "later" if first else "earlier"
            return f"{first or last} {'or' if is_choice else 'and'} {side}"
        return None
    members = [_date(member.strip()) for member in match["members"].split(",")]
    if None in members:
        return None
    *others, last = [member for member in members if member]
    joint = " or " if is_choice else " and "
    return joint.join([", ".join(others), last]) if others else last
