"""Dates: what a date's text means, as an RDF literal and as the calendar years it covers.

An exact year, month or day becomes `xsd:gYear`, `xsd:gYearMonth` or `xsd:date`; whatever is
uncertain, approximate, open or longer, and a day before the year 1, becomes an expression of the
Extended Date/Time Format. Years are astronomical: 0 is 1 BCE, -43 is 44 BCE.

See: https://www.loc.gov/standards/datetime/
"""

import calendar
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ld.fields import date_phrases
from ld.fields.date_phrases import REMEDY
from ld.terms import Term, literal
from ld.vocabulary import EDTF, XSD

with warnings.catch_warnings():
    # Whoever turns on pyparsing's diagnostics is told about the grammar that edtf builds here.
    warnings.simplefilter("ignore")
    from edtf.parser import is_valid_edtf

#: The longest text that is looked at, in characters.
LONGEST: Final = 100

_HYPHENS = re.compile(r"[\u2010\u2011\u2212]")
_SHORT_BCE = re.compile(r"-(?!0+\Z)[0-9]{1,3}")
_DATE = r"(?!-0000)-?[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_EXACT = re.compile(_DATE)
_END = rf"{_DATE}[?~%]?"
_PLAIN = re.compile(rf"{_END}(?:/(?:{_END}|\.\.)?)?|(?:\.\.)?/{_END}")
_EXPRESSION = re.compile(r"[-0-9XT:Z+?~%./,{}\[\]]+")
_ABBREVIATED = re.compile(r"(?P<start>[0-9]{2}(?P<tail>[0-9]{2}))-(?P<end>[0-9]{2})[?~%]?")
# EDTF has these too: a part of a year such as 1893-33, which is far more often an abbreviated
# interval, and a leading qualifier, which the more usual one at the end says as well.
_RATHER_PHRASE = re.compile(r"[0-9]{4}-(?:2[5-9]|3[0-9]|4[01])|[?~%][0-9]{4}")
# What the library does not judge well.
_MISTAKEN = re.compile(
    r"[0-9X?~%]-(?:[0-9]X|X[0-9])|\A/|/\Z|\.\./|/\.\.|/.*-XX|-XX.*/"  # prints and fails
    r"|(?<![0-9]{4}-[0-9]{2}-[0-9]{2})T"  # takes a time without a day
)
_DAY = re.compile(r"(-?[0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_OPEN_START = re.compile(r"[\[{]?\.\.|/")
_OPEN_END = re.compile(r"(\.\.[\]}]?|/)\Z")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as an RDF term, with the earliest and latest calendar year that it can mean.

    Units: astronomical years, inclusive; None where that side is open.
    """

    term: Term
    earliest: int | None
    latest: int | None


def read(text: str) -> Date:
    """Give the date that a text states: ISO 8601, EDTF, or one of the usual English phrases.

    Raises: ValueError if the text is not wholly understood or can mean two things.
    """
    if len(text) > LONGEST:
        raise ValueError(f"this is longer than {LONGEST} characters and no date: {REMEDY}")
    return _read(_HYPHENS.sub("-", text.strip()))


@lru_cache(maxsize=16384)
def _read(text: str) -> Date:
    if _SHORT_BCE.fullmatch(text):
        return _date(f"-{int(text[1:]):04}")
    if _is_edtf(text):
        _refuse_ambiguous(text)
        return _date(text)
    expression = date_phrases.edtf(text)
    if not _is_edtf(expression):
        raise ValueError(f"EDTF has no expression for this: {REMEDY}")
    return _date(expression)


def _is_edtf(text: str) -> bool:
    # Most dates are plain, and the library takes 10 ms for one.
    if _PLAIN.fullmatch(text):
        return True
    if not _EXPRESSION.fullmatch(text) or _RATHER_PHRASE.fullmatch(text):
        return False
    if _MISTAKEN.search(text):
        return False
    try:
        return bool(is_valid_edtf(text))
    except (AttributeError, TypeError):
        return False


def _refuse_ambiguous(expression: str) -> None:
    match = _ABBREVIATED.fullmatch(expression)
    if match is None or match["end"] <= match["tail"]:
        return
    start = match["start"]
    interval = f"{start}/{start[:2]}{match['end']}"
    raise ValueError(
        f"this may be a month or season of {start} or the years {interval}: write {interval} for "
        f"the years; else name the month or season, as in November {start}"
    )


def _date(expression: str) -> Date:
    """Give the date of a valid EDTF expression."""
    _refuse_impossible_days(expression)
    earliest, latest = _years(expression)
    return Date(literal(expression, datatype=_datatype(expression)), earliest, latest)


def _datatype(expression: str) -> str:
    if not _EXACT.fullmatch(expression):
        return EDTF
    year, *rest = expression.removeprefix("-").split("-")
    # rdflib cannot read a day before the year 1, so pySHACL would reject it; years and months it
    # does not look into.
    if len(rest) == 2 and (expression.startswith("-") or year == "0000"):
        return EDTF
    return XSD + ("gYear", "gYearMonth", "date")[len(rest)]


def _years(expression: str) -> tuple[int | None, int | None]:
    # The library's own bounds add ten years at an unknown end and fail on open sets.
    years = [
        _extremes(year)
        for part in re.split(r"[/,{}\[\]]|\.\.", expression)
        for year in re.findall(r"\A[?~%]?(-?[0-9X]{4})", part)
    ]
    if not years or "XXXX" in expression:
        raise ValueError(f"no year is stated: leave the field empty, or {REMEDY}")
    _refuse_reversed(expression)
    earliest = None if _OPEN_START.match(expression) else min(low for low, _ in years)
    latest = None if _OPEN_END.search(expression) else max(high for _, high in years)
    return earliest, latest


def _extremes(year: str) -> tuple[int, int]:
    low, high = sorted((int(year.replace("X", "0")), int(year.replace("X", "9"))))
    return low, high


def _refuse_reversed(expression: str) -> None:
    ends = [
        re.match(r"(-?[0-9X]{4})([-0-9]*)", end)
        for end in re.split(r"/|\.\.", re.sub(r"[?~%]", "", expression.strip("[]{}")))
    ]
    for start, end in pairwise(ends):
        if start is None or end is None:
            continue
        first, last = _extremes(start[1])[0], _extremes(end[1])[1]
        if first > last or (first == last and start[2] and end[2] and start[2] > end[2]):
            raise ValueError(f"{expression} ends before it begins: exchange its two ends")


def _refuse_impossible_days(expression: str) -> None:
    for year, month, day in _DAY.findall(re.sub("[?~%]", "", expression)):
        days = calendar.monthrange(int(year), int(month))[1]
        if int(day) > days:
            raise ValueError(
                f"{year}-{month} has {days} days in the Gregorian calendar: correct the day, or "
                f"write the month alone, {year}-{month}"
            )
