"""Turtle: N-Triples, with prefixes, grouped by subject and predicate.

See: https://www.w3.org/TR/turtle/
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from ld.formats._layout import prefixed_name, reading_order
from ld.terms import Statement, Term, iri_of, is_iri_term
from ld.vocabulary import PREFIXES, RDF_TYPE

NAME: Final = "Turtle"
MEDIA_TYPE: Final = "text/turtle"
SUFFIX: Final = "ttl"

OPENING: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "\n"
SEPARATOR: Final = ""
CLOSING: Final = ""


def write(statements: Iterable[Statement]) -> bytes:
    """Write statements as Turtle, subject by subject, with the prefixes that it uses."""
    used: set[str | None] = set()
    blocks = []
    for subject, about_it in groupby(reading_order(statements), key=itemgetter(0)):
        lines = []
        for predicate, alike in groupby(about_it, key=itemgetter(1)):
            verb = "a" if predicate == RDF_TYPE else _term(predicate, used)
            lines.append(f"{verb} {', '.join([_term(obj, used) for _, _, obj in alike])}")
        blocks.append(_term(subject, used) + " " + " ;\n    ".join(lines) + " .\n")
    head = [f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items() if name in used]
    return "\n".join(["".join(head), *blocks]).encode()


def block(statements: Sequence[Statement]) -> str:
    """Write sorted statements as a piece of a longer file that begins with `OPENING`."""
    pieces: list[str] = []
    add = pieces.append
    last_subject = last_predicate = ""
    for subject, predicate, obj in statements:
        if subject != last_subject:
            add(f" .\n{subject} " if last_subject else f"{subject} ")
            add(_verb(predicate))
        elif predicate != last_predicate:
            add(" ;\n    ")
            add(_verb(predicate))
        else:
            add(",")
        add(" ")
        # A tagged or plain literal ends in another character and has nothing to shorten.
        add(_with_prefix(obj)[0] if obj[-1] == ">" and obj[0] == "<" else obj)
        last_subject, last_predicate = subject, predicate
    if pieces:
        add(" .\n")
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _verb(predicate: Term) -> str:
    return "a" if predicate == RDF_TYPE else _with_prefix(predicate)[0]


def _term(term: Term, used: set[str | None]) -> str:
    if term[-1] != ">":
        return term
    text, prefix = _with_prefix(term)
    used.add(prefix)
    return text


@lru_cache(maxsize=4096)
def _with_prefix(term: Term) -> tuple[str, str | None]:
    if not is_iri_term(term):
        value, _, datatype = term.rpartition("^^")
        text, prefix = _with_prefix(datatype)
        return f"{value}^^{text}", prefix
    name = prefixed_name(iri_of(term))
    return (term, None) if name is None else (":".join(name), name[0])
