"""Property paths: from a focus node to its value nodes.

See: https://www.w3.org/TR/shacl/#property-paths
"""

from collections.abc import Callable
from dataclasses import dataclass

from ld.terms import Term, is_iri_term
from ld.validate.index import NO_NODES, RDF_FIRST, RDF_NIL, Index, Nodes
from ld.vocabulary import SH

Step = Callable[[Index, Term], Nodes]

# pySHACL stops with an error when a path is nested deeper.
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path: its text in the syntax of SPARQL, and the step from a node to its values."""

    text: str
    step: Step


def compile_path(graph: Index, node: Term) -> Path:
    """Compile the path that a node of the shapes graph describes.

    Raises: ValueError if the path is ill-formed, or one of those that pySHACL reads differently.
    """
    return Path(*_compile(graph, node, inverse=False, depth=0))


def _compile(graph: Index, node: Term, *, inverse: bool, depth: int) -> tuple[str, Step]:
    if is_iri_term(node):
        if node == RDF_NIL:
            raise ValueError("an empty sequence path")
        return node, _inverse_predicate(node) if inverse else _predicate(node)
    if not node.startswith("_"):
        raise ValueError(f"a path cannot be a literal: {node}")
    if depth >= _DEEPEST:
        raise ValueError(f"a path nested more than {_DEEPEST} deep")
    # A list is a sequence whatever else is said of its node.
    if graph.objects(node, RDF_FIRST):
        return _sequence(graph, node, inverse=inverse, depth=depth)
    described = [
        (name, inner)
        for name in (*_REPEATED, "alternativePath", "inversePath")
        for inner in graph.objects(node, f"<{SH}{name}>")
    ]
    if len(described) != 1:
        raise ValueError("not exactly one kind of path")
    ((name, inner),) = described
    if name == "alternativePath":
        return _alternative(graph, inner, inverse=inverse, depth=depth)
    text, step = _compile(graph, inner, inverse=inverse != (name == "inversePath"), depth=depth + 1)
    if name == "inversePath":
        return f"^{text}", step
    sign, least, repeated = _REPEATED[name]
    return f"{text}{sign}", _repeat(step, least, repeated)


#: Sign in SPARQL, least number of steps, and whether there may be more than one.
_REPEATED = {
    "zeroOrMorePath": ("*", 0, True),
    "oneOrMorePath": ("+", 1, True),
    "zeroOrOnePath": ("?", 0, False),
}


def _predicate(predicate: Term) -> Step:
    def step(index: Index, node: Term) -> Nodes:
        predicates = index.by_subject.get(node)
        return NO_NODES if predicates is None else predicates.get(predicate, NO_NODES)

    return step


def _inverse_predicate(predicate: Term) -> Step:
    return lambda index, node: index.subjects(predicate, node)


def _sequence(graph: Index, head: Term, *, inverse: bool, depth: int) -> tuple[str, Step]:
    if inverse:
        raise ValueError("an inverse of a sequence, which pySHACL walks in the wrong order")
    members = graph.items(head)
    if len(members) < 2 or depth + len(members) > _DEEPEST:
        raise ValueError(f"a sequence has 2 to {_DEEPEST} members")
    compiled = [
        _compile(graph, member, inverse=False, depth=depth + place)
        for place, member in enumerate(members, start=1)
    ]
    steps = [step for _, step in compiled]

    def walk(index: Index, node: Term) -> Nodes:
        reached: Nodes = {node: None}
        for step in steps:
            following: dict[Term, None] = {}
            for each in reached:
                following.update(step(index, each))
            reached = following
        return reached

    return f"({'/'.join(text for text, _ in compiled)})", walk


def _alternative(graph: Index, head: Term, *, inverse: bool, depth: int) -> tuple[str, Step]:
    members = graph.items(head)
    if len(members) < 2:
        raise ValueError("an alternative has at least 2 members")
    compiled = [_compile(graph, member, inverse=inverse, depth=depth + 1) for member in members]
    steps = [step for _, step in compiled]

    def walk(index: Index, node: Term) -> Nodes:
        reached: dict[Term, None] = {}
        for step in steps:
            reached.update(step(index, node))
        return reached

    return f"({'|'.join(text for text, _ in compiled)})", walk


def _repeat(step: Step, least: int, repeated: bool) -> Step:
    def walk(index: Index, node: Term) -> Nodes:
        reached: dict[Term, None] = {} if least else {node: None}
        open_ = [node]
        while open_:
            for following in step(index, open_.pop()):
                if following not in reached:
                    reached[following] = None
                    if repeated:
                        open_.append(following)
        return reached

    return walk
