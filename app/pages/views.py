"""Views of an answer: bars and a timeline, where its columns allow more than a table."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.pages import dates
from app.pages.answers import Answers, Cell
from app.pages.values import number
from ld.terms import literal_of
from ld.vocabulary import XSD

_MOST_BARS: Final = 200
_WHOLE: Final = re.compile(r"-?[0-9]{1,6}")
_YEAR: Final = re.compile(r"-?[0-9]{4,6}")
_YEARS_BY_NAME: Final = re.compile(r"year|decade|century", re.IGNORECASE)
_DATES: Final = frozenset(XSD + name for name in ("gYear", "gYearMonth", "date", "dateTime"))
_DAY: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")

Moment = tuple[int, str]  # the year, and the month or day if the date has them


@dataclass(frozen=True, slots=True)
class Bar:
    """One label and one number; `share` is the bar's length in hundredths of the longest."""

    label: Cell | None
    number: str
    share: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A number for each label, in the order of the answer."""

    label: str
    number: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Period:
    """All rows of one year or day; `when` is None for those without a date."""

    when: str | None
    rows: list[list[Cell]]


def bars(answers: Answers) -> Bars | None:
    """Give a bar for each row of an answer that has a column of labels and one of numbers.

    None if it has other columns, or is not shown whole.
    """
    if len(answers.columns) != 2 or not 2 <= len(answers.rows) <= _MOST_BARS:
        return None
    if not answers.is_whole or answers.is_graph or True not in answers.numeric:
        return None
    # Of two columns of numbers the first is what is counted by: a year, say.
    at = 1 if answers.numeric[1] else 0
    sizes = [_size(row[at]) for row in answers.rows]
    longest = max(sizes)
    # Nothing compares with a number that is missing, negative or infinite.
    if not all(size >= 0 for size in sizes) or not 0 < longest < math.inf:
        return None
    drawn = [
        Bar(row[1 - at], _number(row[at]), f"{size / longest * 100:.1f}")
        for row, size in zip(answers.rows, sizes, strict=True)
    ]
    return Bars(answers.columns[1 - at], answers.columns[at], drawn)


def timeline(answers: Answers) -> list[Period] | None:
    """Give the rows by year or day, if a column has such: earliest first, undated last."""
    if answers.is_graph or len(answers.rows) < 2 or len(answers.columns) < 2:
        return None
    for at, (name, column) in enumerate(zip(answers.columns, answers.by_column, strict=True)):
        moment = _reader(name)
        moments = [None if cell is None else moment(cell) for cell in column]
        if any(moments) and all(m for m, cell in zip(moments, column, strict=True) if cell):
            return _periods(answers, at, moments)
    return None


def _periods(answers: Answers, at: int, moments: list[Moment | None]) -> list[Period]:
    grouped: dict[Moment | None, list[list[Cell]]] = {}
    for row, moment in zip(answers.rows, moments, strict=True):
        when = None if moment is None else _when(moment)
        rest = [cell for cell in row[:at] + row[at + 1 :] if cell and cell.shown.text != when]
        grouped.setdefault(moment, []).append(rest)
    dated = sorted(moment for moment in grouped if moment is not None)
    periods = [Period(_when(moment), grouped[moment]) for moment in dated]
    return [*periods, Period(None, grouped[None])] if None in grouped else periods


def _reader(name: str) -> Callable[[Cell], Moment | None]:
    def moment(cell: Cell) -> Moment | None:
        if cell.literal is None:
            return None
        text, _, datatype = literal_of(cell.literal)
        if datatype == XSD + "integer" and _YEARS_BY_NAME.search(name):
            return (int(text), "") if _WHOLE.fullmatch(text) else None
        if datatype not in _DATES:
            return None
        if datatype == XSD + "gYear" and _YEAR.fullmatch(text):
            return int(text), ""
        day = text.partition("T")[0]
        return (int(day[:4]), day) if _DAY.fullmatch(day) else None

    return moment


def _when(moment: Moment) -> str:
    year, day = moment
    if not day:
        return dates.year(year)
    try:
        return dates.day(day)
    except ValueError:
        # A month has no day, and anything may be called a date in an answer.
        return day


def _size(cell: Cell | None) -> float:
    try:
        return math.nan if cell is None else float(cell.shown.text)
    except ValueError:
        return math.nan


def _number(cell: Cell | None) -> str:
    text = "" if cell is None else cell.shown.text
    return number(int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else text
