"""Constraint components of SHACL Core that judge each value node by itself.

Each function reads one parameter of a shape and gives a check for each constraint. A check says
whether a value node conforms. It may be stricter than pySHACL, never laxer; where stricter is
not safer (`Declaration.exact`) it raises Doubt instead.

See: https://www.w3.org/TR/shacl/#core-components
"""

import operator
from collections.abc import Callable, Iterator
from typing import Final

from ld.terms import Term, iri_of
from ld.validate.datatypes import (
    LEXICAL,
    Order,
    Value,
    holds,
    language_of,
    lexical_of,
    value_of,
)
from ld.validate.declaration import Declaration
from ld.validate.index import Index, ancestors
from ld.validate.patterns import compile_pattern
from ld.vocabulary import RDF, RDF_TYPE, XSD

#: Says whether a value node conforms.
Check = Callable[[Index, Term], bool]
Component = Callable[[Declaration], Iterator[Check]]

_NODE_KINDS: Final = {
    "IRI": "<",
    "BlankNode": "_",
    "Literal": '"',
    "BlankNodeOrIRI": "_<",
    "BlankNodeOrLiteral": '_"',
    "IRIOrLiteral": '<"',
}


class Doubt(Exception):  # noqa: N818
    """Whether pySHACL would take this value to conform is not known."""

    def __init__(self, component: str, value: Term) -> None:
        super().__init__(component, value)
        self.component = component
        self.value = value


def _class(shape: Declaration) -> Iterator[Check]:
    stated = shape.graph.superclasses
    for class_ in shape.iris("class"):

        def check(index: Index, value: Term, class_: Term = class_) -> bool:
            if index.is_instance(value, class_):
                return True
            # Whether the hierarchy of the shapes graph counts depends on how pySHACL is called.
            if shape.exact and stated:
                types = index.objects(value, RDF_TYPE)
                if class_ in ancestors(types, stated, index.superclasses):
                    raise Doubt("Class", value)
            return False

        yield check


def _datatype(shape: Declaration) -> Iterator[Check]:
    stated = shape.iri("datatype")
    if stated is None:
        return
    datatype = iri_of(stated)
    if datatype == XSD + "string":
        yield lambda _, value: value[0] == '"' and value[-1] == '"'
    elif datatype == RDF + "langString":
        yield lambda _, value: value[0] == '"' and value[-1] not in '">'
    elif datatype in LEXICAL:
        yield _typed(datatype, exact=shape.exact)
    else:
        shape.refuse("sh:datatype", f"no lexical check for {stated}")


def _typed(datatype: str, *, exact: bool) -> Check:
    ending = f'"^^<{datatype}>'
    length = len(ending)
    well_formed = LEXICAL[datatype]

    def check(_: Index, value: Term) -> bool:
        return value[0] == '"' and value.endswith(ending) and well_formed(value[1:-length])

    def check_exactly(_: Index, value: Term) -> bool:
        if value[0] != '"' or not value.endswith(ending):
            return False
        if not well_formed(value[1:-length]):
            raise Doubt("Datatype", value)
        return True

    return check_exactly if exact else check


def _node_kind(shape: Declaration) -> Iterator[Check]:
    stated = shape.iri("nodeKind")
    if stated is None:
        return
    name = shape.name_of(stated)
    if name not in _NODE_KINDS:
        shape.refuse("sh:nodeKind", f"{stated} is not a node kind")
    initials = _NODE_KINDS[name]
    yield lambda _, value: value[0] in initials


def _bound(parameter: str, order: Order) -> Component:
    component = parameter[0].upper() + parameter[1:]

    def read(shape: Declaration) -> Iterator[Check]:
        stated = shape.value(parameter)
        if stated is None:
            return
        if stated[0] != '"':
            shape.refuse(f"sh:{parameter}", f"{stated} is not a literal")
        bound = _rangeable(stated)

        def check(_: Index, value: Term) -> bool:
            conforms = holds(order, _rangeable(value), bound)
            if conforms is None and shape.exact and value[0] == '"':
                raise Doubt(component, value)
            return bool(conforms)

        yield check

    return read


def _rangeable(term: Term) -> Value | None:
    # SPARQL defines no order of years, and pySHACL compares none with a bound.
    value = value_of(term)
    return None if value is None or value[0] == "year" else value


def _min_length(shape: Declaration) -> Iterator[Check]:
    least = shape.count("minLength")
    if least is not None:
        yield lambda _, value: value[0] != "_" and len(lexical_of(value)) >= least


def _max_length(shape: Declaration) -> Iterator[Check]:
    most = shape.count("maxLength")
    if most is not None:
        yield lambda _, value: value[0] != "_" and len(lexical_of(value)) <= most


def _pattern(shape: Declaration) -> Iterator[Check]:
    shape.value("flags")
    flags = "".join(shape.strings("flags"))
    for pattern in shape.strings("pattern"):
        try:
            search = compile_pattern(pattern, flags, exact=shape.exact).search
        except ValueError as error:
            shape.refuse(f"sh:pattern {pattern!r}", error)
        yield _searching(search)


def _searching(search: Callable[[str], object]) -> Check:
    return lambda _, value: value[0] != "_" and search(lexical_of(value)) is not None


def _language_in(shape: Declaration) -> Iterator[Check]:
    head = shape.value("languageIn")
    if head is None:
        return
    ranges = {
        shape.string("languageIn", member).lower() for member in shape.items("languageIn", head)
    }

    def check(_: Index, value: Term) -> bool:
        tag = language_of(value)
        if tag is None:
            return False
        # Like pySHACL, and stricter than SPARQL: a range of two subtags matches itself alone.
        return tag in ranges or tag.partition("-")[0] in ranges or "*" in ranges

    yield check


def _in(shape: Declaration) -> Iterator[Check]:
    head = shape.value("in")
    if head is not None:
        members = frozenset(shape.steady("in", member) for member in shape.items("in", head))
        yield lambda _, value: value in members


#: Parameter → component name and what reads it.
EACH_VALUE: Final[dict[str, tuple[str, Component]]] = {
    "class": ("Class", _class),
    "datatype": ("Datatype", _datatype),
    "nodeKind": ("NodeKind", _node_kind),
    "minExclusive": ("MinExclusive", _bound("minExclusive", operator.gt)),
    "minInclusive": ("MinInclusive", _bound("minInclusive", operator.ge)),
    "maxExclusive": ("MaxExclusive", _bound("maxExclusive", operator.lt)),
    "maxInclusive": ("MaxInclusive", _bound("maxInclusive", operator.le)),
    "minLength": ("MinLength", _min_length),
    "maxLength": ("MaxLength", _max_length),
    "pattern": ("Pattern", _pattern),
    "languageIn": ("LanguageIn", _language_in),
    "in": ("In", _in),
}
