"""JSON-LD 1.1, compact, with an inline context: reading it needs no network.

The published context of schema.org maps to http://schema.org/ and has to be fetched; this one
maps to https://schema.org/ and travels with the data.
See: https://www.w3.org/TR/json-ld11/
"""

import re
from collections.abc import Iterable
from functools import lru_cache
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
