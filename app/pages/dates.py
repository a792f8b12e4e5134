"""Dates in words: what an EDTF expression or a datestamp means to a reader."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from babel.lists import format_list

from app.language import gettext as _
from app.language import lazy_gettext, locale, ngettext
from ld.terms import Term, literal_of

_SEASONS: Final = {
    "21": lazy_gettext("spring"),
    "22": lazy_gettext("summer"),
    "23": lazy_gettext("autumn"),
    "24": lazy_gettext("winter"),
}
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
    return _day(moment.day, f"{moment.month:02}", str(moment.year))


def decade(first: int) -> str:
    """Give ten years in words, from the first of them: 1880s; before the year 10, both ends."""
    if first > 0:
        return _("%(year)ss", year=first)
    return f"{year(first)}–{year(first + 9)}"


def year(astronomical: int) -> str:
    """Give a year in words; the year before 1 is 1 BCE."""
    # Astronomical years have a year 0; people's do not.
    return str(astronomical) if astronomical > 0 else _("%(year)s BCE", year=1 - astronomical)


def minute(datestamp: str) -> str:
    """Give a datestamp in words: 4 February 2026, 16:55 UTC."""
    return _("%(day)s, %(time)s UTC", day=day(datestamp), time=datestamp[11:16])


def _day(number: int, month: str, written_year: str) -> str:
    # Some languages have a form of its own for the first day of a month.
    return ngettext(
        "%(num)s %(month)s %(year)s",
        "%(num)s %(month)s %(year)s",
        number,
        month=_month(month),
        year=written_year,
    )


def _month(number: str) -> str:
    """Give the name of a month or season."""
    return str(_SEASONS.get(number) or locale().months["format"]["wide"][int(number)])


def _date(expression: str) -> str | None:
    match = _DATE.fullmatch(expression)
    if match is None or not _is_month(match["month"]):
        return None
    words = _year(match["year"])
    if match["month"] not in {None, "XX"}:
        if match["day"] in {None, "XX"}:
            words = _("%(month)s %(year)s", month=_month(match["month"]), year=words)
        else:
            words = _day(int(match["day"]), match["month"], words)
    match match["qualifier"]:
        case "?":
            return _("perhaps %(date)s", date=words)
        case "~":
            return _("c.\u00a0%(date)s", date=words)
        case "%":
            return _("perhaps c.\u00a0%(date)s", date=words)
    return words


def _is_month(number: str | None) -> bool:
    return number in {None, "XX", *_SEASONS} or 1 <= int(number or 0) <= 12


def _year(written: str) -> str:
    if written.endswith("XX"):
        low, high = sorted((int(written.replace("X", "0")), int(written.replace("X", "9"))))
        return _("between %(first)s and %(last)s", first=year(low), last=year(high))
    if written.endswith("X"):
        return _("%(year)ss", year=year(int(written.replace("X", "0"))))
    return year(int(written))


def _interval(expression: str) -> str | None:
    start, slash, end = expression.partition("/")
    if not slash:
        return None
    first, last = _date(start), _date(end)
    if first and last:
        if re.fullmatch("[0-9]{4}/[0-9]{4}", expression):
            return f"{first}–{last}"
        return _("%(first)s to %(last)s", first=first, last=last)
    if first and end in {"", ".."}:
        if end:
            return _("%(date)s and later", date=first)
        return _("%(date)s to an unknown date", date=first)
    if last and start in {"", ".."}:
        if start:
            return _("%(date)s and earlier", date=last)
        return _("an unknown date to %(date)s", date=last)
    return None


def _set(expression: str) -> str | None:
    match = _SET.fullmatch(expression)
    if match is None:
        return None
    is_choice = match["kind"] == "["
    start, dots, end = match["members"].partition("..")
    if dots and "," not in expression:
        return _range(_date(start), _date(end), is_choice=is_choice)
    members = [_date(member.strip()) for member in match["members"].split(",")]
    if None in members:
        return None
    return _listed([member for member in members if member], is_choice=is_choice)


def _range(first: str | None, last: str | None, *, is_choice: bool) -> str | None:
    if first and last:
        if is_choice:
            return _("between %(first)s and %(last)s", first=first, last=last)
        return _("every year %(first)s–%(last)s", first=first, last=last)
    if first:
        later = _("%(date)s or later", date=first)
        return later if is_choice else _("%(date)s and later", date=first)
    if last:
        earlier = _("%(date)s or earlier", date=last)
        return earlier if is_choice else _("%(date)s and earlier", date=last)
    return None


def _listed(dates: Sequence[str], *, is_choice: bool) -> str:
    return format_list(dates, "or" if is_choice else "standard", locale())
