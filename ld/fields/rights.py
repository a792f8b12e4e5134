"""Rights: the licence that a note stands for, by the corpus's own rules, and how it is named.

See: https://creativecommons.org/licenses/ and https://rightsstatements.org/page/1.0/
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ld.fields import addresses

#: How much of a note is searched, in characters: the patterns are the operator's, the note is not.
SEARCHED: Final = 2000

_CREATIVE_COMMONS = re.compile(
    r"/+(?P<path>licenses/[a-z+-]+/[0-9.]+(?:/(?:[a-z]{2}|igo|scotland))?"
    r"|publicdomain/(?:zero|mark)/[0-9.]+)"
    r"(?:/(?:deed|legalcode|rdf)(?:\.[a-z_-]+)?)?/?",
    re.IGNORECASE,
)
_RIGHTS_STATEMENT = re.compile(r"/(?:vocab|page)/(?P<name>[A-Za-z-]+)/(?P<version>[0-9.]+)/?")


@dataclass(frozen=True, slots=True)
class RightsRule:
    """A pattern to be found anywhere in a rights note, and the licence IRI that it stands for."""

    pattern: re.Pattern[str]
    licence: str


def licence_of(note: str, rules: Sequence[RightsRule]) -> str | None:
    """Give the licence of the first rule whose pattern occurs in the note; None without one."""
    searched = note[:SEARCHED]
    return next((rule.licence for rule in rules if rule.pattern.search(searched)), None)


def normalise_licence(iri: str) -> str:
    """Give the IRI by which the graph names a licence.

    Creative Commons licences have the canonical form with https and a final slash, rights
    statements that of their vocabulary; any other http(s) IRI stays as it is.
    Raises: ValueError if this is no http(s) IRI.
    """
    parts = urlsplit(addresses.url(iri))
    host = parts.netloc.lower().removeprefix("www.")
    if host == "creativecommons.org" and (match := _CREATIVE_COMMONS.fullmatch(parts.path)):
        return f"https://creativecommons.org/{match['path'].lower()}/"
    if host == "rightsstatements.org" and (match := _RIGHTS_STATEMENT.fullmatch(parts.path)):
        return f"http://rightsstatements.org/vocab/{match['name']}/{match['version']}/"
    return iri
