"""pySHACL, the authority: it decides what conforms and writes the report.

Always on plain rdflib graphs: backed by an Oxigraph store it is twenty times slower and finds
violations that are not there. Literals keep the form in which they are written, since rdflib's
normalisation would hide `"abc"^^xsd:boolean` from the shapes and from the report.
See: https://www.w3.org/TR/shacl/
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import rdflib
from pyshacl import validate as pyshacl_validate
from rdflib import RDF
from rdflib.term import BNode, Identifier, Literal, Node, URIRef

from ld.errors import ShapesError
from ld.report import Severity
from ld.terms import Statement, Term, iri_of, is_iri_term, literal, literal_of
from ld.vocabulary import SH

_RESULT = URIRef(SH + "result")
_NODE_SHAPE = URIRef(SH + "NodeShape")
_PROPERTY = URIRef(SH + "property")
_TARGETS = tuple(
    URIRef(SH + name)
    for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
)
# With these a property shape means something else on its own than within its node shape.
_BINDING = (URIRef(SH + "path"), URIRef(SH + "closed"), URIRef(SH + "deactivated"))
_BOUND = (URIRef(SH + "qualifiedValueShape"), *_TARGETS)


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
    """What pySHACL says of one graph.

    `reports` are the results themselves as N-Triples lines, by focus node; `passed` are the
    places of the documents that it need not have looked at.
    """

    results: list[Result]
    reports: dict[Term, str]
    passed: Sequence[int] = ()


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
        reports: dict[Term, str] = defaultdict(str)
        for node, result in zip(nodes, results, strict=True):
            reports[result.focus_node] += _lines(report, node)
        return Outcome(results, dict(reports))


def prepared(shapes: rdflib.Graph) -> rdflib.Graph:
    """Give shapes that lead to the same results and cost pySHACL a third of the time.

    pySHACL evaluates the property shapes of a node shape once per focus node, but a shape with
    targets of its own once for all of them. So a property shape that stands for itself takes
    over the targets of its node shape.
    """
    graph = rdflib.Graph()
    for statement in shapes:
        graph.add(statement)
    for node, _, shape in shapes.triples((None, _PROPERTY, None)):
        if _stands_for_itself(shape, node, shapes):
            graph.remove((node, _PROPERTY, shape))
            for target in _TARGETS:
                for aim in shapes.objects(node, target):
                    graph.add((shape, target, aim))
    return graph


def _stands_for_itself(shape: Node, node: Node, shapes: rdflib.Graph) -> bool:
    """Say whether a property shape serves only the targets that its node shape states."""

    def states(subject: Node, predicates: Iterable[URIRef]) -> bool:
        return any((subject, predicate, None) in shapes for predicate in predicates)

    return (
        states(node, _TARGETS)
        and not states(node, _BINDING)
        and not states(shape, _BOUND)
        and set(shapes.objects(node, RDF.type)) <= {_NODE_SHAPE}  # a class is a target too
        and not any(shapes.subjects(None, node))
        and list(shapes.subjects(None, shape)) == [node]
    )


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


def _lines(report: rdflib.Graph, result: Node) -> str:
    """Give everything reachable from a result, as N-Triples."""
    lines = [f"_:report <{SH}result> {result.n3()} .\n"]
    waiting, met = [result], {result}
    while waiting:
        node = waiting.pop()
        for _, predicate, obj in report.triples((node, None, None)):
            lines.append(f"{node.n3()} {predicate.n3()} {_written(obj)} .\n")
            if isinstance(obj, BNode) and obj not in met:
                met.add(obj)
                waiting.append(obj)
    return "".join(lines)


def _written(node: Node) -> str:
    return _term(node) or node.n3()
