"""What literals mean: which lexical forms a datatype has, and how values compare.

A form passes only if both the datatype and rdflib accept it: rdflib's dates end with the year
9999, its integers with 4300 digits, and pySHACL calls the rest ill-formed.

See: https://www.w3.org/TR/xmlschema11-2/, https://www.w3.org/TR/sparql11-query/#OperatorMapping
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ld.terms import Term, literal_of
from ld.vocabulary import EDTF, RDF, XSD

Lexical: TypeAlias = Callable[[str], bool]
#: A kind, and what values of that kind are compared by.
Value: TypeAlias = tuple[str, int | Decimal | float | str | date]
#: One of the operators < <= > >=.
Order: TypeAlias = Callable[[Any, Any], bool]

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL = re.compile(_NUMBER)
_DOUBLE = re.compile(rf"{_NUMBER}(?:[eE][+-]?[0-9]{{1,400}})?|[+-]?INF|NaN")

_DIGITS_OF_SECONDS: Final = 6
_EXACT: Final = ("exact", "float")


def _matches(pattern: str | re.Pattern[str]) -> Lexical:
    fullmatch = re.compile(pattern).fullmatch
    return lambda lexical: fullmatch(lexical) is not None


def _within(least: float, most: float) -> Lexical:
    def check(lexical: str) -> bool:
        return _INTEGER.fullmatch(lexical) is not None and least <= int(lexical) <= most

    return check


def _calendar(pattern: str, read: Callable[[str], object], length: int | None = None) -> Lexical:
    fullmatch = re.compile(pattern).fullmatch

    def check(lexical: str) -> bool:
        if fullmatch(lexical) is None:
            return False
        try:
            read(lexical[:length])
        except ValueError:
            return False
        return True

    return check


def _any(_: str) -> bool:
    return True


_INTEGERS: Final[dict[str, tuple[float, float]]] = {
    "nonNegativeInteger": (0, math.inf),
    "positiveInteger": (1, math.inf),
    "nonPositiveInteger": (-math.inf, 0),
    "negativeInteger": (-math.inf, -1),
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
}

#: The lexical check of every datatype that shapes may ask for, save strings.
LEXICAL: Final[dict[str, Lexical]] = {
    XSD + "boolean": _matches("true|false|1|0"),
    XSD + "integer": _matches(_INTEGER),
    **{XSD + name: _within(*bounds) for name, bounds in _INTEGERS.items()},
    XSD + "decimal": _matches(_DECIMAL),
    XSD + "double": _matches(_DOUBLE),
    XSD + "float": _matches(_DOUBLE),
    XSD + "date": _calendar(_DAY + _ZONE, date.fromisoformat, 10),
    XSD + "dateTime": _calendar(f"{_DAY}T{_CLOCK}{_ZONE}", datetime.fromisoformat),
    XSD + "time": _calendar(_CLOCK + _ZONE, time.fromisoformat),
    XSD + "gYear": _matches(_YEAR + _ZONE),
    XSD + "gYearMonth": _matches(f"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}"),
    XSD + "hexBinary": _matches("(?:[0-9a-fA-F]{2})*"),
    XSD + "base64Binary": _matches(
        "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
    ),
    XSD + "language": _matches("[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    XSD + "anyURI": _any,
    # Every text is HTML; no library at hand and no engine judges EDTF, so its shape has a pattern.
    RDF + "HTML": _any,
    EDTF: _any,
}


def lexical_of(term: Term) -> str:
    """Give the text of a literal, or the IRI of an IRI: what SPARQL's STR gives."""
    if term[0] == "<":
        return term[1:-1]
    lexical = term[1 : term.rindex('"')]
    return lexical if "\\" not in lexical else literal_of(term)[0]


def language_of(term: Term) -> str | None:
    """Give the language tag of a term in lower case; None if it has none."""
    if term[0] != '"' or term[-1] in '">':
        return None
    return term[term.rindex('"') + 2 :].lower()


def datatype_of(term: Term) -> str | None:
    """Give the datatype IRI of a literal; None if the term is something else or tagged."""
    if term[0] != '"':
        return None
    if term[-1] == '"':
        return XSD + "string"
    return term[term.rindex('"') + 4 : -1] if term[-1] == ">" else None


def value_of(term: Term) -> Value | None:
    """Give the value of a literal if it is of a kind that can be ordered, else None."""
    datatype = datatype_of(term)
    if datatype == XSD + "string":
        return "string", lexical_of(term)
    read = None if datatype is None else _VALUES.get(datatype)
    if read is None or datatype is None:
        return None
    lexical = lexical_of(term)
    return read(lexical) if LEXICAL[datatype](lexical) else None


def _integer(lexical: str) -> Value:
    return "exact", int(lexical)


def _decimal(lexical: str) -> Value:
    return "exact", Decimal(lexical)


def _double(lexical: str) -> Value | None:
    value = float(lexical.replace("INF", "inf"))
    return None if math.isnan(value) else ("float", value)


def _boolean(lexical: str) -> Value:
    return "boolean", int(lexical in {"true", "1"})


def _date(lexical: str) -> Value | None:
    # A zone shifts a day by hours, and rdflib drops it: such days are not comparable here.
    return ("date", date.fromisoformat(lexical)) if len(lexical) == len("2000-01-01") else None


def _date_time(lexical: str) -> Value | None:
    fraction = re.search(r"\.([0-9]+)", lexical)
    if fraction is not None and len(fraction[1]) > _DIGITS_OF_SECONDS:
        return None
    moment = datetime.fromisoformat(lexical)
    return "local moment" if moment.tzinfo is None else "moment", moment


def _year(lexical: str) -> Value | None:
    return ("year", int(lexical)) if len(lexical) == len("2000") else None


_VALUES: Final[dict[str, Callable[[str], Value | None]]] = {
    XSD + "integer": _integer,
    **{XSD + name: _integer for name in _INTEGERS},
    XSD + "decimal": _decimal,
    XSD + "double": _double,
    XSD + "float": _double,
    XSD + "boolean": _boolean,
    XSD + "date": _date,
    XSD + "dateTime": _date_time,
    XSD + "gYear": _year,
}


def holds(operator: Order, left: Value | None, right: Value | None) -> bool | None:
    """Say whether an order holds between two values; None if they are not comparable.

    A float and an exact number are comparable only where SPARQL, which makes both floats, and
    Python, which compares exactly, agree.
    """
    if left is None or right is None:
        return None
    if left[0] == right[0]:
        return operator(left[1], right[1])
    if left[0] not in _EXACT or right[0] not in _EXACT:
        return None
    exactly = operator(left[1], right[1])
    try:
        rounded = operator(float(left[1]), float(right[1]))  # type: ignore[arg-type]
    except OverflowError:
        return None
    return exactly if exactly == rounded else None
