"""pySHACL, the authority: it decides what conforms and writes the report.

Always on plain rdflib graphs: backed by an Oxigraph store it is twenty times slower and finds
violations that are not there. Literals keep the form in which they are written, since rdflib's
normalisation would hide `"abc"^^xsd:boolean` from the shapes and from the report.
See: https://www.w3.org/TR/shacl/
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import rdflib
from pyshacl import validate as pyshacl_validate
from rdflib.term import BNode, Identifier, Literal, Node, URIRef

from ld.errors import ShapesError
from ld.report import Severity
from ld.terms import Statement, Term, iri_of, is_iri_term, literal, literal_of
from ld.vocabulary import SH

_RESULT = URIRef(SH + "result")
_PROPERTY = URIRef(SH + "property")
_DEACTIVATED = URIRef(SH + "deactivated")
_TARGETS = [URIRef(SH + name) for name in (
    "targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf", "target"
)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result; `focus_node`, `path` and `value` are terms, absent ones None."""

    focus_node: Term
    path: Term | None
    value: Term | None
    severity: Severity
    source_shape: str
    component: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What pySHACL says of one graph: its results, and they themselves as N-Triples lines."""

    results: list[Result]
    report: str


def validate(statements: Iterable[Statement], shapes: rdflib.Graph) -> Outcome:
    """Validate statements against shapes.

    Raises: ShapesError if pySHACL cannot use the shapes.
    """
    with _literals_as_written():
        data = rdflib.Graph()
        for subject, predicate, obj in statements:
            data.add((_node(subject), _node(predicate), _node(obj)))
        try:
            _, report, text = pyshacl_validate(
                data, shacl_graph=shapes, inplace=True, inference="none", advanced=False, js=False
            )
        except (TypeError, ArithmeticError) as error:  # values that rdflib cannot compare
            raise ShapesError(f"pySHACL cannot compare values in the data: {error}") from error
        if not isinstance(report, rdflib.Graph):
            raise ShapesError(f"pySHACL cannot use the shapes: {text}")
        nodes = list(report.objects(None, _RESULT))
        results = [_result(report, node) for node in nodes]
        return Outcome(results, _lines(report, nodes))


def prepared(shapes: rdflib.Graph) -> rdflib.Graph:
    """Give shapes that mean the same and cost pySHACL a third of the time.

    It evaluates the property shapes of a node shape once per focus node, but a shape that has
    targets of its own once for all. So property shapes take over the targets of the node shape
    that they belong to, where they belong to no other and nothing else refers to that.
    """
    result = rdflib.Graph()
    for statement in shapes:
        result.add(statement)
    for node, of_property, shape in shapes.triples((None, _PROPERTY, None)):
        targets = [(target, of) for target in _TARGETS for of in shapes.objects(node, target)]
        owners = list(shapes.subjects(None, shape))
        has_own = any((shape, target, None) in shapes for target in _TARGETS)
        is_apart = owners == [node] and not has_own and (None, None, node) not in shapes
        if targets and is_apart and (node, _DEACTIVATED, None) not in shapes:
            result.remove((node, of_property, shape))
            for target, of in targets:
                result.add((shape, target, of))
    return result


@contextmanager
def _literals_as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


@lru_cache(maxsize=65536)
def _node(term: Term) -> Identifier:
    if is_iri_term(term):
        return URIRef(iri_of(term))
    value, language, datatype = literal_of(term)
    if language is not None:
        return Literal(value, lang=language)
    return Literal(value, datatype=None if datatype is None else URIRef(datatype), normalize=False)


def _result(report: rdflib.Graph, node: Node) -> Result:
    def one(name: str) -> Node | None:
        return report.value(node, URIRef(SH + name))

    return Result(
        focus_node=_term(one("focusNode")) or "",
        path=_term(one("resultPath")),
        value=_term(one("value")),
        severity=Severity(str(one("resultSeverity")).removeprefix(SH)),
        source_shape=str(one("sourceShape")),
        component=str(one("sourceConstraintComponent")).removeprefix(SH),
        message=str(one("resultMessage") or ""),
    )


def _term(node: Node | None) -> Term | None:
    match node:
        case URIRef():
            return f"<{node}>"
        case Literal(language=language, datatype=datatype):
            return literal(
                str(node),
                language=language,
                datatype=None if datatype is None or language else str(datatype),
            )
        case _:
            return None


def _lines(report: rdflib.Graph, results: list[Node]) -> str:
    """Give everything reachable from the results, as N-Triples."""
    lines = []
    waiting, seen = list(results), set(results)
    while waiting:
        node = waiting.pop()
        for _, predicate, obj in report.triples((node, None, None)):
            lines.append(f"{node.n3()} {predicate.n3()} {_written(obj)} .\n")
            if isinstance(obj, BNode) and obj not in seen:
                seen.add(obj)
                waiting.append(obj)
    lines += [f"_:report <{SH}result> {node.n3()} .\n" for node in results]
    return "".join(lines)


def _written(node: Node) -> str:
    return _term(node) or node.n3()
