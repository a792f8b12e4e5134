"""Regular expressions of sh:pattern, as far as Python and XPath read them alike.

pySHACL hands a pattern to Python's `re`; SHACL means the regular expressions of SPARQL, which
are those of XPath. A pattern that the two would read differently is refused.

See: https://www.w3.org/TR/xpath-functions-31/#regex-syntax
"""

import re
from typing import Final

_ESCAPED: Final = frozenset("nrtdD\\|.-^?*+{}()[]$")
_REPETITION: Final = re.compile(r"\{[0-9]+(,[0-9]*)?\}")
_SET_OPERATORS: Final = ("--", "&&", "||", "~~")
# pySHACL knows these two and overlooks all others.
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE}


def compile_pattern(pattern: str, flags: str, *, exact: bool) -> re.Pattern[str]:
    """Compile a pattern of the shapes graph, to be searched for in a value.

    `$` is the very end of the value; where `exact`, it is as pySHACL reads it: also before a
    line feed that ends the value.
    Raises: ValueError naming what Python reads differently, or cannot read.
    """
    if unknown := set(flags) - _FLAGS.keys():
        raise ValueError(f"flag {min(unknown)!r}, which pySHACL overlooks")
    translated = _translate(pattern, end="$" if exact or "m" in flags else r"\Z")
    try:
        return re.compile(translated, sum({_FLAGS[flag] for flag in flags}))
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def _translate(pattern: str, end: str) -> str:
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "\\":
            part = _escape(pattern, place)
        elif character == "[":
            part = _character_class(pattern, place)
        elif character in "*+?{":
            part = _quantifier(pattern, place)
        elif character == "(" and pattern[place : place + 2] == "(?":
            part = pattern[place : place + 3]
            if part != "(?:":
                raise ValueError(f"the extension {part!r}")
        elif character in "]}":
            raise ValueError(f"an unescaped {character!r}")
        else:
            part = character
        parts.append(end if part == "$" else part)
        place += len(part)
    return "".join(parts)


def _escape(pattern: str, place: int) -> str:
    escape = pattern[place : place + 2]
    if escape[1:] not in _ESCAPED or len(escape) < 2:
        raise ValueError(f"the escape {escape!r}")
    return escape


def _quantifier(pattern: str, place: int) -> str:
    quantifier = pattern[place]
    if quantifier == "{":
        repetition = _REPETITION.match(pattern, place)
        if repetition is None:
            raise ValueError("an unescaped '{'")
        quantifier = repetition[0]
    if pattern.startswith("+", place + len(quantifier)):
        raise ValueError(f"the possessive quantifier {quantifier + '+'!r}")
    return quantifier


def _character_class(pattern: str, start: int) -> str:
    place = start + 2 if pattern.startswith("[^", start) else start + 1
    first = place
    while place < len(pattern):
        character = pattern[place]
        if character == "]" and place > first:
            return pattern[start : place + 1]
        if character in "[]":
            raise ValueError(f"an unescaped {character!r} in a character class")
        if pattern[place : place + 2] in _SET_OPERATORS:
            raise ValueError(f"{pattern[place : place + 2]!r} in a character class")
        place += len(_escape(pattern, place)) if character == "\\" else 1
    raise ValueError("a character class without its end")
