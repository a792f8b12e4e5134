"""JSON-LD 1.1, compact, with an inline context: reading it needs no network.

The published context of schema.org maps to http://schema.org/ and has to be fetched; this one
maps to https://schema.org/ and travels with the data.
See: https://www.w3.org/TR/json-ld11/
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import orjson

from ld.formats._layout import prefixed_name, reading_order
from ld.terms import Statement, Term, iri_of, is_iri_term, literal_of, n_triples
from ld.vocabulary import PREFIXES, RDF_TYPE, SCHEMA, XSD

NAME: Final = "JSON-LD"
MEDIA_TYPE: Final = "application/ld+json"
SUFFIX: Final = "jsonld"

_VOCABULARY: Final[dict[str, str]] = {
    "@vocab": SCHEMA,
    "id": "@id",
    "type": "@type",
    "value": "@value",
    "language": "@language",
}
_PREFIXES: Final = {name: namespace for name, namespace in PREFIXES.items() if name != "schema"}
CONTEXT: Final[dict[str, str]] = _VOCABULARY | _PREFIXES

# In a long file names are spelled alike whatever they mean, so all but keywords have a prefix.
OPENING: Final = f'{{"@context":{orjson.dumps(PREFIXES).decode()},"@graph":[\n'
SEPARATOR: Final = ",\n"
CLOSING: Final = "\n]}\n"

_SUBJECT: Final = itemgetter(0)
_PREFIX_AS_SCHEME: Final = re.compile(f"<(?:{'|'.join(_PREFIXES)}):(?!//)")


def write(statements: Iterable[Statement]) -> bytes:
    """Write statements as one compact JSON-LD document: `@context` and `@graph`."""
    return orjson.dumps(document(statements), option=orjson.OPT_INDENT_2)


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """Give the JSON-LD document as Python values: one node per subject, in reading order."""
    ordered = reading_order(statements)
    # <rdf:x> is an IRI, and JSON-LD has no way to say that it is not rdf's x but to have no rdf.
    prefixed = _PREFIX_AS_SCHEME.search(n_triples(ordered)) is None
    nodes: dict[Term, dict[str, Any]] = {}
    for subject, predicate, obj in ordered:
        node = nodes.setdefault(subject, {"id": iri_of(subject)})
        if predicate == RDF_TYPE and is_iri_term(obj):
            node.setdefault("type", []).append(_name(iri_of(obj), prefixed))
        else:
            node.setdefault(_name(iri_of(predicate), prefixed), []).append(_value(obj, prefixed))
    for node in nodes.values():
        for name, values in node.items():
            if name != "id" and len(values) == 1:
                node[name] = values[0]
    return {"@context": CONTEXT if prefixed else _VOCABULARY, "@graph": list(nodes.values())}


def block(statements: Sequence[Statement]) -> str:
    """Write sorted statements as a piece of a longer file, between `OPENING` and `CLOSING`.

    Blocks are parted by `SEPARATOR`. Text goes over as it is: what canonical N-Triples escapes,
    JSON escapes alike.
    """
    return ",\n".join(
        [_node(subject, list(about_it)) for subject, about_it in groupby(statements, _SUBJECT)]
    )


def _node(subject: Term, about_it: list[Statement]) -> str:
    # Most IRIs begin as http does and no prefix; others are worth a closer look.
    usual = subject[1] == "h"
    pieces = [f'{{"@id":"{subject[1:-1]}"']
    add = pieces.append
    last = ""
    for _, predicate, obj in about_it:
        if predicate != last:
            add(f"{'],' if last else ','}{_key(predicate)}:[")
            last = predicate
        else:
            add(",")
        end = obj[-1]
        if end == '"':
            add(obj)
        elif end != ">":
            value, _, language = obj.rpartition("@")
            add(f'{{"@value":{value},"@language":"{language}"}}')
        elif obj[0] != "<":
            value, _, datatype = obj.rpartition("^^")
            add(f'{{"@value":{value},"@type":"{_shortened(datatype)}"}}')
        elif predicate == RDF_TYPE:
            add(f'"{_shortened(obj)}"')
        else:
            usual = usual and obj[1] == "h"
            add(f'{{"@id":"{obj[1:-1]}"}}')
    if not usual and _PREFIX_AS_SCHEME.search(n_triples(about_it)):
        return _without_prefixes(subject, about_it)
    add("]}")
    return "".join(pieces)


def _without_prefixes(subject: Term, about_it: list[Statement]) -> str:
    """Write a node in which an IRI begins as a name with a prefix does."""
    node: dict[str, Any] = {"@context": None, "@id": iri_of(subject)}
    for _, predicate, obj in about_it:
        value: Any
        if is_iri_term(obj):
            value = iri_of(obj) if predicate == RDF_TYPE else {"@id": iri_of(obj)}
        else:
            text, language, datatype = literal_of(obj)
            value = {"@value": text}
            if language or datatype:
                value |= {"@language": language} if language else {"@type": datatype}
        key = "@type" if predicate == RDF_TYPE else iri_of(predicate)
        node.setdefault(key, []).append(value)
    return orjson.dumps(node).decode()


@lru_cache(maxsize=4096)
def _key(predicate: Term) -> str:
    return '"@type"' if predicate == RDF_TYPE else f'"{_shortened(predicate)}"'


@lru_cache(maxsize=4096)
def _shortened(term: Term) -> str:
    name = prefixed_name(iri_of(term))
    return iri_of(term) if name is None else ":".join(name)


@lru_cache(maxsize=4096)
def _name(iri: str, prefixed: bool) -> str:
    name = prefixed_name(iri)
    if name is None:
        return iri
    if name[0] == "schema":
        # A name that the context defines cannot stand for a term of schema.org as well.
        return iri if name[1] in CONTEXT else name[1]
    return ":".join(name) if prefixed else iri


def _value(term: Term, prefixed: bool) -> Any:
    if is_iri_term(term):
        return {"id": iri_of(term)}
    value, language, datatype = literal_of(term)
    if language is not None:
        return {"value": value, "language": language}
    if datatype == XSD + "boolean" and value in {"true", "false"}:
        return value == "true"
    if datatype is not None:
        return {"value": value, "type": _name(datatype, prefixed)}
    return value
