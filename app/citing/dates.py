"""Dates for references: EDTF → CSL, which knows days, seasons, intervals and "circa".

What CSL has no form for, such as a choice of years, is there as the years that it can mean, with
its meaning in words beside them. Years before 1 are counted as people do: -1 is 1 BCE.
See: https://docs.citationstyles.org/en/stable/specification.html#date-variables
"""

import re
from typing import Any, Final, NamedTuple

from app.language import DEFAULT, speaking
from app.pages.dates import wording
from ld.terms import Term, literal_of

_POINT: Final = re.compile(
    r"(?P<year>-?[0-9]{4})(?:-(?P<month>[0-9]{2}|XX))?(?:-(?P<day>[0-9]{2}|XX))?(?P<doubt>[?~%])?"
)
_FIRST_SEASON: Final = 21


class _Point(NamedTuple):
    parts: list[int]
    season: int | None
    is_circa: bool


def csl_date(term: Term, earliest: int | None, latest: int | None) -> dict[str, Any] | None:
    """Give a date as a CSL date variable; None if not even a year is known.

    `earliest` and `latest` are the astronomical years that it can mean, None where it is open.
    """
    expression = literal_of(term)[0]
    points = [_point(end) for end in expression.split("/")]
    known = [point for point in points if point is not None]
    if len(known) == len(points) <= 2:
        return _date(known)
    years = sorted({_counted(year) for year in (earliest, latest) if year is not None})
    if not years:
        return None
    # Data is the same for readers of every language.
    with speaking(DEFAULT):
        words = wording(term)
    return {
        "date-parts": [[year] for year in years],
        "circa": True,
        "literal": words.replace("\u00a0", " "),
    }


def edtf(date: dict[str, Any]) -> str:
    """Give a CSL date variable in the Extended Date/Time Format."""
    season = [_FIRST_SEASON - 1 + date["season"]] if "season" in date else []
    doubt = "~" if date.get("circa") else ""
    return "/".join(_expression([*point, *season]) + doubt for point in date["date-parts"])


def _expression(point: list[int]) -> str:
    year = point[0] if point[0] > 0 else point[0] + 1
    sign = "-" if year < 0 else ""
    return sign + "-".join([f"{abs(year):04}", *(f"{piece:02}" for piece in point[1:])])


def _date(points: list[_Point]) -> dict[str, Any]:
    date: dict[str, Any] = {"date-parts": [point.parts for point in points]}
    seasons = [point.season for point in points]
    if len(seasons) == 1 and seasons[0] is not None:
        date["season"] = seasons[0]
    if any(point.is_circa for point in points):
        date["circa"] = True
    return date


def _point(expression: str) -> _Point | None:
    match = _POINT.fullmatch(expression)
    if match is None:
        return None
    parts, season = [_counted(int(match["year"]))], None
    month, day = (
        int(piece) if piece and piece.isdigit() else None for piece in match.group("month", "day")
    )
    if month is not None and month >= _FIRST_SEASON:
        season = month - _FIRST_SEASON + 1
        if season > 4:
            return None
    elif month is not None:
        parts.append(month)
        if day is not None:
            parts.append(day)
    return _Point(parts, season, match["doubt"] is not None)


def _counted(year: int) -> int:
    return year if year > 0 else year - 1
