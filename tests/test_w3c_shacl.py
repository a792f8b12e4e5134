"""The SHACL test suite of the W3C: every test passes exactly, or its shapes are refused.

Exactly means: the same multiset of focus node, path, value, component, severity and source
shape. Blank nodes are compared by identity where data, shapes and expectation are one file, and
are all alike otherwise.

See: https://w3c.github.io/data-shapes/data-shapes-test-suite/
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import rdflib
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ld.errors import ShapesError
from ld.validate.compiled import Result, compile_shapes
from ld.validate.graphs import statements_of
from ld.validate.index import Index
from ld.validate.paths import compile_path

SUITE = Path(__file__).parents[1].parent / "shared" / "conformance" / "shacl" / "tests"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
XSD_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"

#: What must be refused, and the construct that the refusal names.
REFUSED: dict[str, str] = {
    # SHACL ignores "1"^^xsd:boolean here, pySHACL takes it for true: so nobody may write it.
    "core/property/uniqueLang-002": "sh:uniqueLang: .* is neither true nor false",
    "sparql/component/optional-001": "a custom constraint component",
    "sparql/component/propertyValidator-select-001": "a custom constraint component",
    "sparql/component/validator-001": "a custom constraint component",
    "sparql/node/prefixes-001": "owl#imports",
    "sparql/pre-binding/unsupported-sparql-006": "a custom constraint component",
    **{
        f"sparql/{name}": "sh:(sparql|prefixes): not part of SHACL Core"
        for name in (
            "node/sparql-001",
            "node/sparql-002",
            "node/sparql-003",
            "property/sparql-001",
            *(f"pre-binding/pre-binding-00{number}" for number in range(1, 8)),
            "pre-binding/shapesGraph-001",
            *(f"pre-binding/unsupported-sparql-00{number}" for number in range(1, 6)),
        )
    },
}


class Case(NamedTuple):
    name: str
    manifest: Path
    node: Node


@cache
def graph_of(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID=path.as_uri())


def cases(manifest: Path) -> Iterator[Case]:
    graph = graph_of(manifest)
    here = URIRef(manifest.as_uri())
    for included in sorted(graph.objects(here, MF.include)):
        yield from cases(Path(str(included).removeprefix("file://")))
    for entries in graph.objects(here, MF.entries):
        for node in Collection(graph, entries):
            name = f"{manifest.parent.relative_to(SUITE)}/{str(node).rpartition('/')[2]}"
            yield Case(name, manifest, node)


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def term(graph: Graph, node: Node | None, *, one_file: bool) -> str | None:
    if node is None:
        return None
    if isinstance(node, rdflib.BNode):
        return f"_:{node}" if one_file else "_:"
    probe = Graph().add((URIRef("urn:s"), URIRef("urn:p"), node))
    ((_, _, text),) = statements_of(probe)
    return text.removesuffix(XSD_STRING)


def path_text(graph: Graph, node: Node | None) -> str | None:
    return None if node is None else compile_path(Index(statements_of(graph)), _text(node)).text


def _text(node: Node) -> str:
    return f"_:{node}" if isinstance(node, rdflib.BNode) else f"<{node}>"


def expected(graph: Graph, report: Node, *, one_file: bool) -> Counter[Result]:
    return Counter(
        Result(
            term(graph, graph.value(node, SH.focusNode), one_file=one_file) or "",
            path_text(graph, graph.value(node, SH.resultPath)),
            term(graph, graph.value(node, SH.value), one_file=one_file),
            _text(graph.value(node, SH.sourceConstraintComponent)),
            _text(graph.value(node, SH.resultSeverity)),
            term(graph, graph.value(node, SH.sourceShape), one_file=one_file) or "",
        )
        for node in graph.objects(report, SH.result)
    )


def alike(result: Result) -> Result:
    """Give a result whose blank nodes are all alike."""
    return Result._make("_:" if part and part.startswith("_:") else part for part in result)


def found(data: Graph, shapes: Graph, *, one_file: bool) -> Counter[Result]:
    statements = [
        (subject, predicate, value.removesuffix(XSD_STRING))
        for subject, predicate, value in statements_of(data)
    ]
    validator = compile_shapes(shapes)
    results = validator.results(statements)
    assert validator.conforms(statements) is not bool(results)
    return Counter(results if one_file else map(alike, results))


CASES = {case.name: case for case in cases(SUITE / "manifest.ttl")} if SUITE.exists() else {}


@pytest.mark.skipif(not CASES, reason=f"the suite is not at {SUITE}")
@pytest.mark.parametrize("name", CASES)
def test_results_are_exactly_those_of_the_suite_or_the_shapes_are_refused(name: str) -> None:
    case = CASES[name]
    manifest = graph_of(case.manifest)
    action, report = manifest.value(case.node, MF.action), manifest.value(case.node, MF.result)
    files = [
        Path(str(manifest.value(action, key)).removeprefix("file://"))
        for key in (SHT.dataGraph, SHT.shapesGraph)
    ]
    data, shapes = map(graph_of, files)
    one_file = {*files} == {case.manifest}

    if name in REFUSED:
        with pytest.raises(ShapesError, match=REFUSED[name]):
            compile_shapes(shapes)
        return

    assert report != SHT.Failure
    results = found(data, shapes, one_file=one_file)
    assert results == expected(manifest, report, one_file=one_file)
    assert (manifest.value(report, SH.conforms) == Literal(True)) is not bool(results)


@pytest.mark.skipif(not CASES, reason=f"the suite is not at {SUITE}")
def test_the_suite_is_complete_and_every_refusal_is_in_it() -> None:
    assert len(CASES) == 120
    assert REFUSED.keys() <= CASES.keys()
