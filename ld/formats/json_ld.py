"""JSON-LD 1.1, compact, with an inline context: reading it needs no network.

The published context of schema.org maps to http://schema.org/ and has to be fetched; this one
maps to https://schema.org/ and travels with the data.
See: https://www.w3.org/TR/json-ld11/
"""

from collections.abc import Iterable
from typing import Any, Final

import orjson

from ld.terms import Statement, Term, iri_of, is_iri_term, literal_of
from ld.vocabulary import PREFIXES, RDF_TYPE, SCHEMA, XSD

NAME: Final = "JSON-LD"
MEDIA_TYPE: Final = "application/ld+json"
SUFFIX: Final = "jsonld"

CONTEXT: Final[dict[str, str]] = {
    "@vocab": SCHEMA,
    "id": "@id",
    "type": "@type",
    "value": "@value",
    "language": "@language",
} | {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix != "schema"}


def write(statements: Iterable[Statement]) -> bytes:
    """Write statements as one compact JSON-LD document: `@context` and `@graph`."""
    return orjson.dumps(document(statements), option=orjson.OPT_INDENT_2)


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """Give the JSON-LD document as Python values: one node per subject, in order."""
    nodes: dict[Term, dict[str, Any]] = {}
    for subject, predicate, obj in sorted(statements):
        node = nodes.setdefault(subject, {"id": iri_of(subject)})
        if predicate == RDF_TYPE:
            node.setdefault("type", []).append(_compact(iri_of(obj)))
        else:
            node.setdefault(_compact(iri_of(predicate)), []).append(_value(obj))
    for node in nodes.values():
        for name, values in node.items():
            if name != "id" and len(values) == 1:
                node[name] = values[0]
    return {"@context": CONTEXT, "@graph": list(nodes.values())}


def _compact(iri: str) -> str:
    if iri.startswith(SCHEMA) and _is_plain(iri[len(SCHEMA) :]):
        return iri[len(SCHEMA) :]
    for prefix, namespace in PREFIXES.items():
        if prefix != "schema" and iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _is_plain(name: str) -> bool:
    # A name that is a keyword's alias here, or that reads as an IRI, cannot stand for a term.
    return name.isidentifier() and name not in CONTEXT


def _value(term: Term) -> Any:
    if is_iri_term(term):
        return {"id": iri_of(term)}
    value, language, datatype = literal_of(term)
    if language is not None:
        return {"value": value, "language": language}
    if datatype == XSD + "boolean" and value in {"true", "false"}:
        return value == "true"
    if datatype is not None:
        return {"value": value, "type": _compact(datatype)}
    return value
