"""Shapes compiled to closures, each shape once.

See: https://www.w3.org/TR/shacl/#validation
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from ld.terms import Term
from ld.validate.components import EACH_VALUE, Check, Doubt
from ld.validate.declaration import Declaration, sh
from ld.validate.index import NO_NODES, Index, Nodes
from ld.validate.paths import Path, Step, compile_path
from ld.validate.sets import ALL_VALUES, SetCheck
from ld.vocabulary import RDF_TYPE, RDFS


class Result(NamedTuple):
    """One validation result, in terms.

    A path of more than a predicate is text in the syntax of SPARQL; a node shape has none.
    """

    focus_node: Term
    path: str | None
    value: Term | None
    component: Term
    severity: Term
    source_shape: Term


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A compiled shape: whether a focus node conforms, and every result that it has."""

    node: Term
    conforms: Callable[[Index, Term], bool]
    report: Callable[[Index, Term, list[Result]], None]


#: Gives the predicate and object of every statement that a closed shape does not allow.
Closed = Callable[[Index, Term], list[tuple[Term, Term]]]

VIOLATION: Final = sh("Violation")
TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_LOGICAL: Final = ("and", "or", "xone")
_QUALIFIED: Final = ("qualifiedMinCount", "qualifiedMaxCount")
_SHAPES: Final = ("property", "node", "not", *_LOGICAL, "qualifiedValueShape")
_SHAPE_PARAMETERS: Final = (*_SHAPES, *_QUALIFIED, "qualifiedValueShapesDisjoint")
_CLOSING: Final = ("closed", "ignoredProperties")
#: Parameters that a node shape may not have. It may have qualified ones, which then say nothing.
_OF_PROPERTIES: Final = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")
#: Parameters that say nothing without one of some others.
_TOGETHER: Final = (
    ("flags", ("pattern",)),
    ("ignoredProperties", ("closed",)),
    ("qualifiedValueShape", _QUALIFIED),
    *((name, ("qualifiedValueShape",)) for name in _QUALIFIED),
    ("qualifiedValueShapesDisjoint", ("qualifiedValueShape",)),
)
_WORDS: Final = ("name", "description", "message", "order", "group", "defaultValue")
#: Every constraint parameter of SHACL Core; what has one is a shape.
PARAMETERS: Final = (*EACH_VALUE, *ALL_VALUES, *_SHAPE_PARAMETERS, *_CLOSING, "flags")
_KNOWN: Final = frozenset(
    {sh(name) for name in (*PARAMETERS, *TARGETS, *_WORDS, "path", "severity", "deactivated")}
)
_ANY_RESOURCE: Final = f"<{RDFS}Resource>"


def component(name: str) -> Term:
    """Give the term of a constraint component."""
    return sh(f"{name}ConstraintComponent")


class ShapeCompiler:
    """Compiles the shapes of one shapes graph.

    Raises: ShapesError for what is ill-formed, unknown, or read differently by pySHACL.
    """

    def __init__(self, graph: Index) -> None:
        self._graph = graph
        self._compiled: dict[tuple[Term, bool], Shape] = {}
        self._open: list[Term] = []

    def compile(self, node: Term, *, exact: bool = False) -> Shape:
        """Give the compiled shape of a node of the shapes graph."""
        declaration = Declaration(self._graph, node, exact=exact)
        if node in self._open:
            declaration.refuse("recursion", f"the shape refers to itself by {self._open[-1]}")
        if (node, exact) not in self._compiled:
            self._open.append(node)
            self._compiled[node, exact] = self._compile(declaration)
            self._open.pop()
        return self._compiled[node, exact]

    def _compile(self, shape: Declaration) -> Shape:
        _check_form(shape)
        path = None if shape.value("path") is None else self._path(shape)
        severity = shape.iri("severity") or VIOLATION
        constraints = _Constraints(
            sets=self._sets(shape),
            checks=self._checks(shape),
            properties=self._properties(shape),
            closed=_closed(shape),
        )
        if shape.boolean("deactivated"):
            return Shape(shape.node, lambda _, __: True, lambda _, __, ___: None)
        text, step = (None, _focus_itself) if path is None else (path.text, path.step)
        return Shape(
            shape.node,
            _conforming(constraints, step),
            _reporting(constraints, step, text, severity, shape.node),
        )

    def _path(self, shape: Declaration) -> Path:
        (node,) = shape.values("path")
        try:
            return compile_path(self._graph, node)
        except ValueError as error:
            shape.refuse("sh:path", error)

    def _sets(self, shape: Declaration) -> list[tuple[Term, SetCheck]]:
        return [
            (component(name), check) for name, read in ALL_VALUES.values() for check in read(shape)
        ] + self._qualified(shape)

    def _checks(self, shape: Declaration) -> list[tuple[Term, Check]]:
        checks = [
            (component(name), check) for name, read in EACH_VALUE.values() for check in read(shape)
        ]
        for node in shape.shapes("node"):
            if Declaration(self._graph, node, exact=shape.exact).is_property_shape:
                shape.refuse("sh:node", f"{node} is a property shape")
            checks.append((component("Node"), _all([self.compile(node, exact=shape.exact)])))
        for node in shape.shapes("not"):
            checks.append((component("Not"), _not(self.compile(node, exact=True))))
        for name, combine in (("and", _all), ("or", _some), ("xone", _one)):
            exact = shape.exact or name == "xone"
            for members in shape.shape_lists(name):
                compiled = [self.compile(member, exact=exact) for member in members]
                checks.append((component(name.capitalize()), combine(compiled)))
        return checks

    def _properties(self, shape: Declaration) -> list[Shape]:
        for node in shape.shapes("property"):
            if not Declaration(self._graph, node, exact=shape.exact).is_property_shape:
                shape.refuse("sh:property", f"{node} has no sh:path")
        return [self.compile(node, exact=shape.exact) for node in shape.values("property")]

    def _qualified(self, shape: Declaration) -> list[tuple[Term, SetCheck]]:
        wanted = shape.value("qualifiedValueShape") if shape.is_property_shape else None
        if wanted is None:
            return []
        shape.shapes("qualifiedValueShape")
        least, most = (shape.count(name) for name in _QUALIFIED)
        qualifies = self.compile(wanted, exact=True).conforms
        siblings = [
            self.compile(node, exact=True).conforms for node in self._siblings(shape, wanted)
        ]

        def number(index: Index, values: Nodes) -> int:
            return sum(
                qualifies(index, value) and not any(sibling(index, value) for sibling in siblings)
                for value in values
            )

        constraints: list[tuple[Term, SetCheck]] = []
        if least is not None:
            constraints.append(
                (
                    component("QualifiedMinCount"),
                    lambda index, _, values: (None,) if number(index, values) < least else (),
                )
            )
        if most is not None:
            constraints.append(
                (
                    component("QualifiedMaxCount"),
                    lambda index, _, values: (None,) if number(index, values) > most else (),
                )
            )
        return constraints

    def _siblings(self, shape: Declaration, wanted: Term) -> Nodes:
        if not shape.boolean("qualifiedValueShapesDisjoint"):
            return NO_NODES
        graph = self._graph
        return {
            node: None
            for parent in graph.subjects(sh("property"), shape.node)
            for sibling in graph.objects(parent, sh("property"))
            for node in graph.objects(sibling, sh("qualifiedValueShape"))
            if node != wanted
        }


@dataclass(frozen=True, slots=True)
class _Constraints:
    sets: list[tuple[Term, SetCheck]]
    checks: list[tuple[Term, Check]]
    properties: list[Shape]
    closed: Closed | None


def _focus_itself(_: Index, focus: Term) -> Nodes:
    return {focus: None}


def _conforming(constraints: _Constraints, step: Step) -> Callable[[Index, Term], bool]:
    sets = [check for _, check in constraints.sets]
    checks = [check for _, check in constraints.checks]
    checks += [shape.conforms for shape in constraints.properties]
    closed = constraints.closed
    if closed is not None:
        checks.append(lambda index, value: not closed(index, value))

    def conforms(index: Index, focus: Term) -> bool:
        values = step(index, focus)
        for set_check in sets:
            if set_check(index, focus, values):
                return False
        for value in values:
            for check in checks:
                if not check(index, value):
                    return False
        return True

    return conforms


def _reporting(
    constraints: _Constraints, step: Step, path: str | None, severity: Term, shape: Term
) -> Callable[[Index, Term, list[Result]], None]:
    sets, checks = constraints.sets, constraints.checks
    properties, closed = constraints.properties, constraints.closed
    closing = component("Closed")

    def report(index: Index, focus: Term, results: list[Result]) -> None:
        values = step(index, focus)
        for name, set_check in sets:
            for surplus in set_check(index, focus, values):
                results.append(Result(focus, path, surplus, name, severity, shape))
        for value in values:
            for name, check in checks:
                if not check(index, value):
                    results.append(Result(focus, path, value, name, severity, shape))
            for nested in properties:
                nested.report(index, value, results)
            for predicate, object_ in () if closed is None else closed(index, value):
                results.append(Result(focus, predicate, object_, closing, severity, shape))

    return report


def _check_form(shape: Declaration) -> None:
    for predicate in sorted(shape.graph.by_subject.get(shape.node, NO_NODES)):
        if shape.name_of(predicate) and predicate not in _KNOWN:
            shape.refuse(f"sh:{shape.name_of(predicate)}", "not part of SHACL Core")
    types = shape.graph.objects(shape.node, RDF_TYPE)
    if shape.is_property_shape:
        if sh("NodeShape") in types:
            shape.refuse("sh:path", "on a sh:NodeShape")
    else:
        if sh("PropertyShape") in types:
            shape.refuse("sh:PropertyShape", "without sh:path")
        for name in _OF_PROPERTIES:
            if shape.has(name):
                shape.refuse(f"sh:{name}", "on a node shape")
    for name, needed in _TOGETHER:
        in_force = shape.is_property_shape or not name.startswith("qualified")
        if in_force and shape.has(name) and not any(map(shape.has, needed)):
            shape.refuse(f"sh:{name}", f"without sh:{' or sh:'.join(needed)}")


def _closed(shape: Declaration) -> Closed | None:
    if not shape.boolean("closed"):
        return None
    ignored = shape.value("ignoredProperties")
    allowed = {
        path for node in shape.values("property") for path in shape.graph.objects(node, sh("path"))
    }
    if ignored is not None:
        allowed.update(shape.items("ignoredProperties", ignored))
    exact = shape.exact

    def check(index: Index, value: Term) -> list[tuple[Term, Term]]:
        predicates = index.by_subject.get(value)
        if predicates is None or predicates.keys() <= allowed:
            return []
        surplus = [
            (predicate, object_)
            for predicate, objects in predicates.items()
            if predicate not in allowed
            for object_ in objects
        ]
        # pySHACL lets this statement pass, which SHACL does not.
        if exact and (RDF_TYPE, _ANY_RESOURCE) in surplus:
            raise Doubt("Closed", value)
        return surplus

    return check


def _all(shapes: list[Shape]) -> Check:
    return lambda index, value: all(shape.conforms(index, value) for shape in shapes)


def _some(shapes: list[Shape]) -> Check:
    return lambda index, value: any(shape.conforms(index, value) for shape in shapes)


def _one(shapes: list[Shape]) -> Check:
    return lambda index, value: sum(shape.conforms(index, value) for shape in shapes) == 1


def _not(shape: Shape) -> Check:
    return lambda index, value: not shape.conforms(index, value)
