"""The validator compiled from shapes: says which documents pySHACL need not look at.

pySHACL is the authority and writes the report, at some milliseconds per document. Most
documents have nothing to report, and this validator finds them at a small part of that cost. It
never passes a document for which pySHACL has a result. It is stricter where pySHACL lets pass
what SHACL does not: an ill-formed xsd:gYear or xsd:gYearMonth, an order between values of two
datatypes or between IRIs, a line feed after the end that a pattern asks for. What it does not
implement exactly, it refuses when it is compiled.

Documents are canonical N-Triples without blank nodes and without literals of xsd:token and
xsd:normalizedString, which rdflib rewrites.

See: https://www.w3.org/TR/shacl/
"""

from collections.abc import Iterable

from rdflib import Graph

from ld.errors import ShapesError
from ld.terms import Statement, Term, iri, is_iri_term
from ld.validate.compiler import (
    PARAMETERS,
    TARGETS,
    VIOLATION,
    Result,
    Shape,
    ShapeCompiler,
    component,
)
from ld.validate.components import Doubt
from ld.validate.declaration import Declaration, sh
from ld.validate.graphs import statements_of
from ld.validate.index import Index, ancestors
from ld.vocabulary import OWL, RDF_TYPE, RDFS, SH

__all__ = ["Result", "Validator", "compile_shapes"]

_RDFS_CLASS = iri(RDFS + "Class")
_OWL_CLASS = iri(OWL + "Class")
_OWL_IMPORTS = iri(OWL + "imports")
_CONSTRAINT_COMPONENT = sh("ConstraintComponent")
_SHAPE_CLASSES = (sh("NodeShape"), sh("PropertyShape"))
# What makes a node a shape; the last four only so that they are refused by name.
_OF_SHAPES = frozenset(
    map(sh, (*PARAMETERS, *TARGETS, "target", "sparql", "js", "rule", "expression"))
)


class Validator:
    """The shapes of one shapes graph, ready to judge documents. Made by `compile_shapes`."""

    def __init__(self, graph: Index) -> None:
        _refuse_extensions(graph)
        compiler = ShapeCompiler(graph)
        self._superclasses = graph.superclasses
        self._nodes: list[tuple[Shape, Term]] = []
        self._classes: dict[Term, list[Shape]] = {}
        self._subjects_of: list[tuple[Shape, Term]] = []
        self._objects_of: list[tuple[Shape, Term]] = []
        for node in _shapes(graph):
            shape = compiler.compile(node)
            declaration = Declaration(graph, node, exact=False)
            if not declaration.boolean("deactivated"):
                self._add_targets(shape, declaration)
        # A target holds for what the shapes graph puts below its class.
        self._instances = {
            class_: [
                shape
                for above in sorted(ancestors([class_], self._superclasses))
                for shape in self._classes.get(above, ())
            ]
            for class_ in {*self._classes, *self._superclasses}
        }

    def _add_targets(self, shape: Shape, declaration: Declaration) -> None:
        for node in declaration.values("targetNode"):
            self._nodes.append((shape, declaration.steady("targetNode", node)))
        for class_ in _target_classes(declaration):
            self._classes.setdefault(class_, []).append(shape)
        for predicate in declaration.iris("targetSubjectsOf"):
            self._subjects_of.append((shape, predicate))
        for predicate in declaration.iris("targetObjectsOf"):
            self._objects_of.append((shape, predicate))

    def results(self, statements: Iterable[Statement]) -> list[Result]:
        """Give every result for a document, in no particular order."""
        index = Index(statements)
        results: list[Result] = []
        for shape, focus in self._focus_nodes(index):
            try:
                shape.report(index, focus, results)
            except Doubt as doubt:
                name = component(doubt.component)
                results.append(Result(focus, None, doubt.value, name, VIOLATION, shape.node))
        return results

    def conforms(self, statements: Iterable[Statement]) -> bool:
        """Say whether a document has no result of any severity; stops at the first."""
        index = Index(statements)
        try:
            return all(shape.conforms(index, focus) for shape, focus in self._focus_nodes(index))
        except Doubt:
            return False

    def _focus_nodes(self, index: Index) -> Iterable[tuple[Shape, Term]]:
        # A dict, because a node may be a target for several reasons and is judged once.
        found: dict[tuple[Shape, Term], None] = dict.fromkeys(self._nodes)
        instances = self._instances
        hierarchy = index.superclasses
        for subject, predicates in index.by_subject.items():
            types = predicates.get(RDF_TYPE)
            if types is not None:
                for class_ in types:
                    for shape in instances.get(class_, ()):
                        found[shape, subject] = None
                if hierarchy:
                    for class_ in ancestors(types, self._superclasses, hierarchy):
                        for shape in self._classes.get(class_, ()):
                            found[shape, subject] = None
            for shape, predicate in self._subjects_of:
                if predicate in predicates:
                    found[shape, subject] = None
            for shape, predicate in self._objects_of:
                for focus in predicates.get(predicate, ()):
                    found[shape, focus] = None
        return found


def compile_shapes(shapes: Iterable[Statement] | Graph) -> Validator:
    """Give the validator for a shapes graph, read by rdflib or as statements.

    In statements a blank node is a term that starts with `_:`. A graph should be the very one
    that pySHACL gets: rdflib may have rewritten its literals, and both must see the same.
    Raises: ShapesError naming the shape and the construct that is ill-formed, is not part of
    SHACL Core, or is read differently by pySHACL.
    """
    return Validator(Index(statements_of(shapes) if isinstance(shapes, Graph) else shapes))


def _refuse_extensions(graph: Index) -> None:
    for node, predicates in sorted(graph.by_subject.items()):
        for predicate in (_OWL_IMPORTS, sh("entailment")):
            if predicate in predicates:
                raise ShapesError(f"Shapes graph {node}: {predicate}: not supported.")
        if graph.is_instance(node, _CONSTRAINT_COMPONENT) and not node.startswith(f"<{SH}"):
            raise ShapesError(f"Shapes graph {node}: a custom constraint component.")


def _shapes(graph: Index) -> list[Term]:
    # Sorted, so that of several faults the same one is always named.
    return sorted(
        node
        for node, predicates in graph.by_subject.items()
        if not _OF_SHAPES.isdisjoint(predicates)
        or any(graph.is_instance(node, class_) for class_ in _SHAPE_CLASSES)
    )


def _target_classes(shape: Declaration) -> list[Term]:
    classes = shape.iris("targetClass")
    hierarchy = {**shape.graph.superclasses}
    hierarchy[_OWL_CLASS] = {**hierarchy.get(_OWL_CLASS, {}), _RDFS_CLASS: None}
    types = shape.graph.objects(shape.node, RDF_TYPE)
    implicit = _RDFS_CLASS in ancestors(types, hierarchy)
    return [*classes, shape.node] if implicit and is_iri_term(shape.node) else classes
