"""Date phrases: the EDTF expression that an English phrase or a cataloguer's abbreviation means.

A phrase is one date, two joined by a dash, "or" or "and", or one with "before" or "after". The
reading is strict: every character of the phrase has to be accounted for. (The `edtf` package has
a reader of phrases too, which passes over what it does not know and so takes 1737-9 for September
1737; two out of five dates of a museum's catalogue came out wrong.)

See: https://www.loc.gov/standards/datetime/
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

#: How any date can be written.
REMEDY: Final = (
    "write a year (1893), a month (1893-02), a day (1893-02-17), or an EDTF expression such as "
    "1893? (uncertain), 1893~ (approximate), 189X (the 1890s) or 1893/1895"
)

_MONTHS = {
    name: f"{number:02}"
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# Winter is left out: it begins in one year and ends in the next.
_SEASONS = {"spring": "21", "summer": "22", "autumn": "23", "fall": "23"}

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"
# A number over 12 can be no month, so that the order of the two does not matter.
_LATE_DAY = r"(?P<day>1[3-9]|2[0-9]|3[01])"
_MONTH_NUMBER = r"(?P<month>0?[1-9]|1[0-2])"
_ERA = r"(?P<era>b\.? ?c\.?(?: ?e\.?)?|c\.? ?e\.?|a\.? ?d\.?)"
_CENTURY = r"cent(?:ury|\.)?|c\.?"
_PART = r"(?:(?:early|mid|late)[ -])?"

_APPROXIMATE = r"circa|ca\.?|ci?\.|about|around|approx\.|approximately|~"
_UNCERTAIN = r"\?|probably|possibly|perhaps"
_QUALIFIED = re.compile(
    rf"(?P<before>(?:(?:{_UNCERTAIN}) ?)?)(?P<about>(?:(?:{_APPROXIMATE}) ?)?)"
    rf"(?P<core>.*?)(?P<after>(?: ?(?:\?|\(\?\)|~|%))?)"
)

_Core = Callable[[re.Match[str]], str]


def _year(match: re.Match[str]) -> str:
    return match["year"]


def _month(match: re.Match[str]) -> str:
    return f"{match['year']}-{_MONTHS[match['month']]}"


def _day(match: re.Match[str]) -> str:
    return f"{_month(match)}-{match['day']:0>2}"


def _numeric(match: re.Match[str]) -> str:
    return f"{match['year']}-{match['month']:0>2}-{match['day']:0>2}"


def _season(match: re.Match[str]) -> str:
    return f"{match['year']}-{_SEASONS[match['season']]}"


def _digits(match: re.Match[str]) -> str:
    return f"{match['digits']:X<4}"


def _decade(match: re.Match[str]) -> str:
    if match["digits"].endswith("0"):
        year = match["digits"] + "0"
        raise ValueError(
            f"{year}s may be ten years or a hundred: write {match['digits']}X for the decade or "
            f"{year[:2]}XX for the century"
        )
    return match["digits"] + "X"


def _year_of_era(match: re.Match[str]) -> str:
    number = int(match["number"])
    if number == 0:
        raise ValueError("no era has a year 0: correct the year")
    if not match["era"].startswith("b"):
        return f"{number:04}"
    return f"-{number - 1:04}" if number > 1 else "0000"


def _century(match: re.Match[str]) -> str:
    number = int(match["number"])
    if number == 0:
        raise ValueError("no era has a century 0: correct the century")
    sign = "-" if (match["era"] or "").startswith("b") else ""
    return f"{sign}{number - 1:02}XX"


#: What a date without qualifiers may look like, in lower case, and how EDTF says it.
_CORES: Final[tuple[tuple[re.Pattern[str], _Core], ...]] = tuple(
    (re.compile(pattern), core)
    for pattern, core in (
        (_YEAR, _year),
        (rf"{_MONTH}(?: of|,)? ?{_YEAR}", _month),
        (rf"{_YEAR},? {_MONTH}", _month),
        (rf"{_MONTH} {_DAY},? {_YEAR}", _day),
        (rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}", _day),
        (rf"{_YEAR},? {_MONTH} {_DAY}", _day),
        (rf"{_LATE_DAY}(?P<mark>[/.]){_MONTH_NUMBER}(?P=mark){_YEAR}", _numeric),
        (rf"{_MONTH_NUMBER}(?P<mark>[/.]){_LATE_DAY}(?P=mark){_YEAR}", _numeric),
        (r"(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})", _numeric),
        (rf"(?P<season>{'|'.join(_SEASONS)}),?(?: of)? {_YEAR}", _season),
        (rf"{_PART}(?P<digits>[0-9]{{3}})0'?s", _decade),
        (r"(?P<digits>[0-9]{3})[xu_]", _digits),
        # Printers' centuries only: "270-" is rather a year from which something goes on.
        (r"(?P<digits>1[4-9][0-9]|20[0-9])-", _digits),
        (r"(?P<digits>[0-9]{2})(?:--|xx|uu|__)", _digits),
        (r"(?P<digits>[0-9])(?:xxx|uuu)", _digits),
        (rf"(?P<number>[0-9]{{1,4}}) ?{_ERA}", _year_of_era),
        (r"(?P<era>a\.? ?d\.?) ?(?P<number>[0-9]{1,4})", _year_of_era),
        (rf"{_PART}(?P<number>[0-9]{{1,2}})(?:st|nd|rd|th) (?:{_CENTURY})(?: {_ERA})?", _century),
    )
)  # fmt: skip

_CENTURY_TAIL = re.compile(rf"[0-9](?:st|nd|rd|th)(?P<tail> (?:{_CENTURY})(?: {_ERA})?)\Z")
_ERA_TAIL = re.compile(rf"[0-9]\??(?P<tail> ?{_ERA})\Z")
_MONTH_TAIL = re.compile(rf"(?:{'|'.join(_MONTHS)})\.?(?P<tail>,? {_YEAR})\Z")
#: What the first of two dates leaves to the second, and what it then looks like.
_SHARED_TAILS = (
    (re.compile(r".*[0-9](?:st|nd|rd|th)"), _CENTURY_TAIL),
    (re.compile(r".*?(?<![0-9])[0-9]{1,4}\??"), _ERA_TAIL),
    (re.compile(rf"(?:{'|'.join(_MONTHS)})\.?"), _MONTH_TAIL),
)
_ABBREVIATED_END = re.compile(r"(?P<before>[^0-9]*)(?P<digits>[0-9]{1,3})(?P<after>[?~% ()]*)")

_BEFORE = re.compile(r"(?:before|by) (?P<date>.+)|(?P<first>.+) or (?:before|earlier)")
_AFTER = re.compile(r"after (?P<date>.+)|(?P<first>.+) or (?:after|later)")
_BETWEEN = re.compile(r"between (?P<first>.+) and (?P<second>.+)")
_FROM = re.compile(r"(?:from )?(?P<first>.+) (?:to|until|till) (?P<second>.+)")
_EITHER = re.compile(r"(?P<first>.+) or (?P<second>.+)")
_BOTH = re.compile(r"(?P<first>.+) (?:and|&) (?P<second>.+)")
_ONWARDS = re.compile(r"(?P<first>.*[0-9]{4}\??) ?-")

# Years farther apart are mostly one year in two calendars, as in "1415 - 1995" (AH and AD).
_FARTHEST = 300


def edtf(phrase: str) -> str:
    """Give the EDTF expression of a phrase; the caller has to check that EDTF has it.

    Raises: ValueError if a part of the phrase is not understood or can mean two things.
    """
    return _phrase(_normal(phrase))


def _normal(phrase: str) -> str:
    text = re.sub(r"</?sup>", "", phrase.lower())
    text = re.sub(r"[\u2012-\u2015]", "-", text)
    # Square brackets say that the cataloguer supplies what stands between them.
    text = re.sub(r"[\[\]]", "", text)
    text = " ".join(text.split()).rstrip(".,;").strip()
    return re.sub(r"\A(?:in|anno|the) ", "", text)


def _phrase(text: str) -> str:
    if match := _BEFORE.fullmatch(text):
        return f"[..{_date(match['date'] or match['first'])}]"
    if match := _AFTER.fullmatch(text):
        return f"[{_date(match['date'] or match['first'])}..]"
    if match := _BETWEEN.fullmatch(text):
        return "[{}..{}]".format(*_two(match["first"], match["second"]))
    if match := _FROM.fullmatch(text):
        return "{}/{}".format(*_two(match["first"], match["second"]))
    if match := _EITHER.fullmatch(text):
        return "[{},{}]".format(*_two(match["first"], match["second"]))
    if match := _BOTH.fullmatch(text):
        return "{{{},{}}}".format(*_two(match["first"], match["second"]))
    if match := _ONWARDS.fullmatch(text):
        return f"{_date(match['first'])}/.."
    try:
        return _date(text)
    except ValueError as not_one:
        intervals = set(_intervals(text))
        if len(intervals) != 1:
            raise not_one from None
        return intervals.pop()


def _intervals(text: str) -> Iterator[str]:
    if text.count("-") > 6:
        return
    for dash in re.finditer(r" ?- ?|(?<=[a-z.])/(?=[a-z])", text):
        try:
            yield "{}/{}".format(*_two(text[: dash.start()], text[dash.end() :]))
        except ValueError:
            continue


def _two(first: str, second: str) -> tuple[str, str]:
    """Read two dates of which either may lean on the other: 1764 or 66, 44-30 BC, c.1809-11."""
    for head, tail in _SHARED_TAILS:
        shared = tail.search(second)
        if shared and head.fullmatch(first):
            first += shared["tail"]
            break
    start = _date(first)
    if abbreviated := _ABBREVIATED_END.fullmatch(second):
        second = "".join(
            (abbreviated["before"], _complete(start, abbreviated["digits"]), abbreviated["after"])
        )
    end = _date(second)
    years = [int(year[0]) for date in (start, end) if (year := re.match("-?[0-9]{4}", date))]
    if len(years) == 2 and years[1] - years[0] > _FARTHEST:
        raise ValueError(
            f"{start} and {end} lie too far apart to be one date: write the year that is meant, or "
            f"{start}/{end} if they are one interval"
        )
    # A qualifier that leads is meant for both dates: c.1809-11, ?1843 or 1844.
    if start[-1] in "?~%" and end[-1] not in "?~%" and not first[0].isdigit():
        end += start[-1]
    return start, end


def _complete(start: str, digits: str) -> str:
    year = re.match(r"[0-9]{4}(?=[?~%]?\Z)", start)
    if year is None or digits <= year[0][-len(digits) :]:
        raise _not_understood(digits)
    return year[0][: -len(digits)] + digits


def _date(text: str) -> str:
    match = _QUALIFIED.fullmatch(text)
    if match is None:
        raise _not_understood(text)
    for pattern, core in _CORES:
        if found := pattern.fullmatch(match["core"]):
            return core(found) + _qualifier(match)
    raise _not_understood(text)


def _qualifier(match: re.Match[str]) -> str:
    after = match["after"]
    uncertain = bool(match["before"]) or "?" in after or "%" in after
    approximate = bool(match["about"]) or "~" in after or "%" in after
    return {(True, True): "%", (True, False): "?", (False, True): "~"}.get(
        (uncertain, approximate), ""
    )


def _not_understood(text: str) -> ValueError:
    return ValueError(f"{text!r} is not understood as a date: {REMEDY}")
