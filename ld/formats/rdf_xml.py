"""RDF/XML: one description per subject, one element per statement.

See: https://www.w3.org/TR/rdf-syntax-grammar/
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from ld.formats._layout import prefixed_name, reading_order
from ld.terms import Statement, Term, iri_of, is_iri_term, literal_of
from ld.vocabulary import PREFIXES, RDF

NAME: Final = "RDF/XML"
MEDIA_TYPE: Final = "application/rdf+xml"
SUFFIX: Final = "rdf"

OPENING: Final = "".join(
    [
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF',
        *[f' xmlns:{name}="{iri}"' for name, iri in PREFIXES.items()],
        ">\n",
    ]
)
SEPARATOR: Final = ""
CLOSING: Final = "</rdf:RDF>\n"

_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]")
# A reader takes a carriage return as it is for a line feed (XML 1.0, section 2.11).
_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_NAMESPACE_AND_NAME: Final = re.compile(r"(.*?)([A-Za-z_][A-Za-z0-9._-]*)", re.DOTALL)
# Names that the syntax keeps for itself: RDF 1.1 XML Syntax, section 6.2.4.
_RESERVED: Final = re.compile(
    re.escape(RDF) + "(Description|ID|RDF|about|aboutEach|aboutEachPrefix|bagID|datatype|li"
    "|nodeID|parseType|resource)"
)


def write(statements: Iterable[Statement]) -> bytes:
    """Write statements as RDF/XML, with the prefixes that it uses.

    XML 1.0 has no way to write most control characters; the readers take them out of values and
    report it, so no statement of a corpus holds one.
    Raises: ValueError if a statement holds such a character all the same, or if a predicate
    cannot be the name of an element.
    """
    used: set[str | None] = {"rdf"}
    lines = []
    for subject, about_it in groupby(reading_order(statements), key=itemgetter(0)):
        lines.append(f'  <rdf:Description rdf:about="{_escaped(iri_of(subject))}">\n')
        for _, predicate, obj in about_it:
            prefix, start, end = _element(iri_of(predicate))
            used.add(prefix)
            lines.append(f"    <{start}{_rest(obj, end)}\n")
        lines.append("  </rdf:Description>\n")
    names = [f' xmlns:{name}="{iri}"' for name, iri in PREFIXES.items() if name in used]
    root = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{"".join(names)}>\n'
    return "".join([root, *lines, "</rdf:RDF>\n"]).encode()


def block(statements: Sequence[Statement]) -> str:
    """Write sorted statements as a piece of a longer file that begins with `OPENING`.

    Raises: ValueError as `write` does.
    """
    pieces: list[str] = []
    add = pieces.append
    special = _SPECIAL.search
    last = ""
    for subject, predicate, obj in statements:
        if subject != last:
            close = "</rdf:Description>\n" if last else ""
            add(f'{close}<rdf:Description rdf:about="{_escaped(subject[1:-1])}">\n')
            last = subject
        start, end = _tags(predicate)
        if obj[0] == "<":
            iri = obj[1:-1]
            add(f'<{start} rdf:resource="{_escaped(iri) if "&" in iri else iri}"/>\n')
        elif obj[-1] == ">" or "\\" in obj:
            add(f"<{start}{_rest(obj, end)}\n")
        else:
            value, _, tag = obj.rpartition('"')
            value = value[1:]
            language = f' xml:lang="{tag[1:]}"' if tag else ""
            add(f"<{start}{language}>{_escaped(value) if special(value) else value}</{end}>\n")
    if pieces:
        add("</rdf:Description>\n")
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _tags(predicate: Term) -> tuple[str, str]:
    return _element(iri_of(predicate))[1:]


@lru_cache(maxsize=4096)
def _element(predicate: str) -> tuple[str | None, str, str]:
    """Give the prefix, what stands in the start tag and what stands in the end tag."""
    split = _NAMESPACE_AND_NAME.fullmatch(predicate)
    if split is None or _RESERVED.fullmatch(predicate):
        raise ValueError(f"RDF/XML has no element for this predicate: {predicate}")
    prefixed = prefixed_name(predicate)
    if prefixed is not None:
        name = ":".join(prefixed)
        return prefixed[0], name, name
    namespace, name = split.groups()
    return None, f'{name} xmlns="{_escaped(namespace)}"', name


def _rest(obj: Term, end: str) -> str:
    if is_iri_term(obj):
        return f' rdf:resource="{_escaped(iri_of(obj))}"/>'
    value, language, datatype = literal_of(obj)
    text = f"{_escaped(value)}</{end}>"
    if language is not None:
        return f' xml:lang="{language}">{text}'
    if datatype is not None:
        return f' rdf:datatype="{_escaped(datatype)}">{text}'
    return f">{text}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_reference, text)


def _reference(character: re.Match[str]) -> str:
    try:
        return _REFERENCES[character[0]]
    except KeyError:
        raise ValueError(f"XML 1.0 cannot write U+{ord(character[0]):04X}") from None
