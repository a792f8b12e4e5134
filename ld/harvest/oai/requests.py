"""Requests: the arguments of a verb, checked.

Nothing is told back of an argument that is not as the protocol has it.
See: https://www.openarchives.org/OAI/openarchivesprotocol.html#ProtocolFeatures
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ld.harvest.oai.errors import OaiError

_TOKEN: Final = "resumptionToken"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Verb:
    """The arguments that a verb has; a resumption token stands alone."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    resumes: bool = False


_LIST: Final = Verb(("metadataPrefix",), ("from", "until", "set"), resumes=True)
VERBS: Final[Mapping[str, Verb]] = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb((), ("identifier",)),
    "ListSets": Verb(resumes=True),
    "GetRecord": Verb(("identifier", "metadataPrefix")),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}

_UNRESERVED: Final = r"[A-Za-z0-9\-_.!~*'()]+"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile(rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z")
#: How the values of arguments are written that are neither dates nor tokens.
SYNTAX: Final = {
    "metadataPrefix": re.compile(_UNRESERVED),
    "set": re.compile(rf"{_UNRESERVED}(?::{_UNRESERVED})*"),
    # An absolute IRI without a fragment, and nothing in it that needs a second look.
    "identifier": re.compile(
        r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^\x00-,/:-@\[-`{-\xa0\ud800-\udfff\ufffe\uffff]+(?::[0-9]+)?/)?"
        r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|[^\x00-\xa0\ud800-\udfff\ufffe\uffff]"
        r"|(?<!/)/)*"
    ),
}
_REMEDIES: Final = {
    "metadataPrefix": "ListMetadataFormats lists those that there are.",
    "set": "ListSets lists those that there are.",
    "identifier": "It is an IRI, as ListIdentifiers gives it.",
}
_LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class Request:
    """A verb and its arguments, each of them as the protocol has it."""

    verb: str
    arguments: Mapping[str, str]

    @property
    def attributes(self) -> dict[str, str]:
        """What an answer repeats of the request."""
        told = {name: value for name, value in self.arguments.items() if name != _TOKEN}
        token = self.arguments.get(_TOKEN, "")
        # A token that is none of ours may hold anything.
        if re.fullmatch(r"[A-Za-z0-9_-]+", token):
            told[_TOKEN] = token
        return {"verb": self.verb, **told}


def read(arguments: Sequence[tuple[str, str]]) -> Request:
    """Check the names and values of a request, repeated ones included.

    Raises: OaiError with badVerb or badArgument.
    """
    verbs = [value for name, value in arguments if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", f"Name one of the verbs {', '.join(VERBS)}, once.")
    verb = VERBS[verbs[0]]
    others = [(name, value) for name, value in arguments if name != "verb"]
    given = dict(others)
    if len(given) < len(others):
        raise _bad("An argument is repeated. Give each one once.")
    allowed = (*verb.required, *verb.optional, *([_TOKEN] if verb.resumes else []))
    if not given.keys() <= set(allowed):
        takes = ", ".join(allowed) or "no arguments"
        raise _bad(f"An argument is none of this verb's. {verbs[0]} takes {takes}.")
    if verb.resumes and _TOKEN in given:
        if len(given) > 1:
            raise _bad(f"{_TOKEN} stands alone, since it holds the other arguments.")
    elif missing := [name for name in verb.required if name not in given]:
        raise _bad(f"{verbs[0]} needs {' and '.join(missing)}.")
    for name, value in given.items():
        _check(name, value)
    _check_span(given.get("from"), given.get("until"))
    return Request(verbs[0], given)


def is_date(value: str) -> bool:
    """Say whether this is a day, or a second in UTC, that the calendar has."""
    if not (_DAY.fullmatch(value) or _SECOND.fullmatch(value)):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def first_second(date: str) -> str:
    """Give the first second that a day or a second has."""
    return date if "T" in date else f"{date}T00:00:00Z"


def last_second(date: str) -> str:
    """Give the last second that a day or a second has."""
    return date if "T" in date else f"{date}T23:59:59Z"


def _check(name: str, value: str) -> None:
    if name in {"from", "until"}:
        if not is_date(value):
            raise _bad(f"{name} is no date. Write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC.")
    elif name != _TOKEN and (len(value) > _LONGEST or not SYNTAX[name].fullmatch(value)):
        raise _bad(f"{name} is not as the protocol has it. {_REMEDIES[name]}")


def _check_span(start: str | None, end: str | None) -> None:
    if start is None or end is None:
        return
    if len(start) != len(end):
        raise _bad("from and until have different granularity. Write both to the day or second.")
    if start > end:
        raise _bad("from is later than until.")


def _bad(message: str) -> OaiError:
    return OaiError("badArgument", message)
