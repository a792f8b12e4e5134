"""Examples of what conforms to the shapes and what does not.

For each shapes file, `tests/shapes/` has a graph that conforms to it (`text.ttl`) and edits of
that graph (`text.toml`), each with all results that it has to give. An edit is of one node:

    says      what the example shows
    of        the node, relative to the base; it is the focus node of every result
    without   predicates whose statements are removed
    instead   predicates and objects in Turtle, which replace the node's statements with them
    also      predicates and objects in Turtle, which are added
    value     values, one example each, that stand where the Turtle says {value}
    blank     true: the node becomes a blank node
    results   lines of rule, component, severity and, if it is another node, focus node
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyshacl
import rdflib
from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

from ld.validate import shapes
from ld.vocabulary import EDTF, PREFIXES, SH

BASE: Final = "https://corpus.example.org/"
FOLDER: Final = Path(__file__).parents[1] / "tests" / "shapes"
BLANK: Final = "[]"
_DECLARED: Final = {**PREFIXES, "edtf": EDTF.removesuffix("EDTF")}
_PREFIXES: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _DECLARED.items())


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A graph and the results that it has to give, sorted; none if it conforms."""

    name: str
    data: Graph
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class _Edit:
    says: str
    of: str
    results: Sequence[str]
    without: Sequence[str] = ()
    instead: str = ""
    also: str = ""
    value: Sequence[str] = ("",)
    blank: bool = False

    def examples(self, passing: Graph, file: str) -> Iterator[Example]:
        """Make one example for each value."""
        focus = BLANK if self.blank else self.of
        expected = tuple(
            sorted(line if line.count(" ") == 3 else f"{line} {focus}" for line in self.results)
        )
        for value in self.value:
            name = " ".join(filter(None, (f"{file}: {self.says}", value)))
            yield Example(name, self._applied(passing, value), expected)

    def _applied(self, passing: Graph, value: str) -> Graph:
        node = URIRef(BASE + self.of)
        data = _copy(passing)
        for name in self.without:
            data.remove((node, _predicate(name), None))
        instead, also = (
            _parsed(f"{_PREFIXES}<{self.of}> {text.replace('{value}', value)} ." if text else "")
            for text in (self.instead, self.also)
        )
        for predicate in set(instead.predicates(node)):
            data.remove((node, predicate, None))
        data = _copy([*data, *instead, *also])
        return _renamed(data, node, BNode()) if self.blank else data


@cache
def examples() -> tuple[Example, ...]:
    """Give all examples: of each shapes file the conforming graph, then its edits."""
    return tuple(_read())


def _read() -> Iterator[Example]:
    for path in sorted(FOLDER.glob("*.toml")):
        passing = _parsed(path.with_suffix(".ttl").read_text(encoding="utf-8"))
        yield Example(path.stem, passing, ())
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["example"]:
            yield from _Edit(**table).examples(passing, path.stem)


@cache
def shapes_graph() -> Graph:
    """Give the shapes of the project for the base of the examples."""
    return shapes.load(BASE)


def results(data: Graph, shapes: Graph) -> tuple[str, ...]:
    """Validate with pySHACL and give a line for each result, sorted.

    A line has the rule, the component, the severity and the focus node.
    """
    with _literals_as_written():
        _, report, text = pyshacl.validate(
            data, shacl_graph=shapes, inplace=True, inference="none", advanced=False, js=False
        )
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gives no report: {text}")
    nodes = report.objects(None, URIRef(SH + "result"))
    return tuple(sorted(_line(report, node) for node in nodes))


def found_by_target(data: Graph, shapes: Graph) -> dict[tuple[str, str], int]:
    """Count the nodes that each target of a shape finds, by rule and class or predicate."""
    classes = shapes.subject_objects(URIRef(SH + "targetClass"))
    predicates = shapes.subject_objects(URIRef(SH + "targetSubjectsOf"))
    found = [(shape, class_, data.subjects(RDF.type, class_)) for shape, class_ in classes]
    found += [(shape, name, data.subjects(name, None)) for shape, name in predicates]
    return {(rule_of(shape), str(target)): len({*nodes}) for shape, target, nodes in found}


def rule_of(shape: Node) -> str:
    """Give the short name of a shape, `text#title`; a blank node is `[]`."""
    return BLANK if isinstance(shape, BNode) else str(shape).removeprefix(f"{BASE}shapes/")


def _line(report: Graph, result: Node) -> str:
    def one(name: str) -> Node:
        value = report.value(result, URIRef(SH + name))
        assert value is not None
        return value

    component = str(one("sourceConstraintComponent")).removeprefix(SH)
    severity = str(one("resultSeverity")).removeprefix(SH)
    focus = one("focusNode")
    place = BLANK if isinstance(focus, BNode) else str(focus).removeprefix(BASE)
    rule = rule_of(one("sourceShape"))
    return f"{rule} {component.removesuffix('ConstraintComponent')} {severity} {place}"


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals, so that ill-formed ones reach the shapes."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _parsed(turtle: str) -> Graph:
    with _literals_as_written():
        return Graph().parse(data=turtle, format="turtle", publicID=BASE)


def _predicate(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(_DECLARED[prefix] + local)


def _copy(statements: Iterable[tuple[Node, Node, Node]]) -> Graph:
    graph = Graph()
    for statement in statements:
        graph.add(statement)
    return graph


def _renamed(data: Graph, node: Node, name: Node) -> Graph:
    return _copy((name if s == node else s, p, name if o == node else o) for s, p, o in data)
