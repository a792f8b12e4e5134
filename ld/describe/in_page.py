"""What schema.org says of the dataset, as JSON-LD for search engines, which read it in a page.

They know JSON-LD as their guides show it: one object, others inside of it where they first come
up, values as plain as they can be. The context says of each property what its values are, so that
whoever reads the page as RDF has the very statements that the other syntaxes have.
See: https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from ld.describe.dataset import dataset_statements
from ld.edition import Edition
from ld.stored import DATASET
from ld.terms import Statement, Term, iri, iri_of, is_iri_term, literal_of
from ld.vocabulary import RDF_TYPE, SCHEMA, XSD

_Objects: TypeAlias = Mapping[Term, Mapping[str, list[Term]]]
# What the context says of a property whose values are all of one kind: a keyword and its value.
_Kind: TypeAlias = tuple[str, str]

_TYPE: Final = "@type"
_PLAIN: Final = ("", "")
_BOOLEANS: Final = {"true": True, "false": False}


def schema_org_statements(edition: Edition) -> list[Statement]:
    """Give what the dataset description says in terms of schema.org, sorted."""
    return [
        (subject, predicate, obj)
        for subject, predicate, obj in dataset_statements(edition)
        if _is_of_schema_org(obj if predicate == RDF_TYPE else predicate)
    ]


def schema_org_json(edition: Edition) -> dict[str, Any]:
    """Give the same as JSON-LD: the dataset, with everything else that is described inside."""
    statements = schema_org_statements(edition)
    objects: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[str, set[_Kind]] = defaultdict(set)
    for subject, predicate, obj in statements:
        name = _TYPE if predicate == RDF_TYPE else _name(predicate)
        objects[subject][name].append(obj)
        if name != _TYPE:
            kinds[name].add(_kind(obj))
    coerced = {name: min(found) for name, found in sorted(kinds.items()) if len(found) == 1}
    told: set[Term] = set()
    writer = _Writer(objects, coerced, told)
    dataset = writer.node(iri(edition.base + DATASET))
    # What nothing leads to from the dataset stands beside it.
    others = [writer.node(subject) for subject in sorted(objects) if subject not in told]
    context = {"@vocab": SCHEMA} | {name: dict([kind]) for name, kind in coerced.items() if kind[0]}
    whole = {"@context": context, **dataset}
    return whole | ({"@included": others} if others else {})


class _Writer:
    """Writes nodes, each in full where it first comes up."""

    def __init__(self, objects: _Objects, coerced: Mapping[str, _Kind], told: set[Term]) -> None:
        self._objects = objects
        self._coerced = coerced
        self._told = told

    def node(self, subject: Term) -> dict[str, Any]:
        self._told.add(subject)
        said = self._objects[subject]
        node: dict[str, Any] = {"@id": iri_of(subject)}
        if _TYPE in said:
            node[_TYPE] = _one_or_all([_name(kind) for kind in said[_TYPE]])
        for name in sorted(said.keys() - {_TYPE}):
            node[name] = _one_or_all([self._value(name, obj) for obj in said[name]])
        return node

    def _value(self, name: str, obj: Term) -> Any:
        if is_iri_term(obj):
            if obj in self._objects and obj not in self._told:
                return self.node(obj)
            return iri_of(obj) if name in self._coerced else {"@id": iri_of(obj)}
        value, language, datatype = literal_of(obj)
        if _is_boolean(value, datatype):
            return _BOOLEANS[value]
        if name in self._coerced or not (language or datatype):
            return value
        return {"@value": value, **dict([_kind(obj)])}


def _kind(obj: Term) -> _Kind:
    if is_iri_term(obj):
        return _TYPE, "@id"
    value, language, datatype = literal_of(obj)
    if language is not None:
        return "@language", language
    return _PLAIN if datatype is None or _is_boolean(value, datatype) else (_TYPE, datatype)


def _is_boolean(value: str, datatype: str | None) -> bool:
    return datatype == XSD + "boolean" and value in _BOOLEANS


def _is_of_schema_org(term: Term) -> bool:
    return term.startswith(f"<{SCHEMA}")


def _name(term: Term) -> str:
    return iri_of(term).removeprefix(SCHEMA)


def _one_or_all(values: Iterable[Any]) -> Any:
    found = list(values)
    return found[0] if len(found) == 1 else found
