"""Mutants of the shapes: whether some example notices each constraint.

Every constraint is taken away, loosened and tightened in turn, and the examples in
`tests/shapes/` are run against the mutant. A mutant that no example notices is a constraint that
nothing proves. Exit status 1 if there is one:

    python -m bench.mutate_shapes
"""

import logging
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import click
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from bench.shape_examples import Example, examples, results, rule_of, shapes_graph
from ld.vocabulary import SH

Triple = tuple[Node, Node, Node]

#: Mutants that mean the same as the shapes, with the reason.
EQUIVALENT: Final = {
    "text#day: sh:pattern without ^": "rdflib reads no xsd:date with a year of five digits",
}

#: What says which nodes a shape looks at.
TARGETS: Final = ("targetClass", "targetSubjectsOf")
#: What constrains, and shows when it is taken away.
_CONSTRAINING: Final = frozenset(
    (
        *TARGETS, "property", "node", "or", "class", "datatype", "nodeKind", "minCount",
        "maxCount", "minLength", "pattern", "flags", "uniqueLang", "hasValue", "equals",
        "disjoint", "lessThanOrEquals",
    )
)  # fmt: skip
#: What says only where a shape looks, and what its results are like.
_NOT_CONSTRAINING: Final = frozenset(("path", "message", "severity"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """Shapes with one difference, in one shape: triples removed and triples added."""

    name: str
    shape: Node
    removed: tuple[Triple, ...]
    added: tuple[Triple, ...] = ()

    def applied(self, shapes: Graph) -> Graph:
        """Give a copy of the shapes with this difference."""
        return _graph((*(triple for triple in shapes if triple not in self.removed), *self.added))


def sh(name: str) -> URIRef:
    """Give a term of SHACL."""
    return URIRef(SH + name)


def constraints(shapes: Graph) -> Iterator[tuple[Node, str, Node]]:
    """Give every constraint: the shape, the parameter's name and its value.

    Raises: ValueError for a parameter that this module does not know how to mutate.
    """
    for shape, predicate, value in shapes:
        parameter = str(predicate).removeprefix(SH)
        if not str(predicate).startswith(SH) or parameter in _NOT_CONSTRAINING:
            continue
        if parameter not in _CONSTRAINING:
            raise ValueError(f"{rule_of(shape)}: sh:{parameter}: write down how it is mutated.")
        yield shape, parameter, value


def reports(shapes: Graph, shape: Node) -> bool:
    """Say whether a shape's own results are in the report, not only those of what refers to it."""
    if _has_target(shapes, shape):
        return True
    return any(reports(shapes, parent) for parent in shapes.subjects(sh("property"), shape))


def rules(shapes: Graph, shape: Node) -> set[str]:
    """Give the rules whose results show what a shape says: its own, or what refers to it."""
    if reports(shapes, shape):
        return {rule_of(shape)}
    parents = {*shapes.subjects(sh("node"), shape)}
    for head, _ in _lists(shapes, shape):
        parents |= {*shapes.subjects(sh("or"), head)}
    return set().union(*(rules(shapes, parent) for parent in parents))


def mutants(shapes: Graph) -> list[Mutant]:
    """Make all mutants, sorted by name."""
    made = [mutant for found in constraints(shapes) for mutant in _of_constraint(shapes, *found)]
    reporting = {shape for shape, _, _ in constraints(shapes) if reports(shapes, shape)}
    made += [_with_other_severity(shapes, shape) for shape in reporting]
    return sorted(made, key=lambda mutant: mutant.name)


def survivors(shapes: Graph, known: Sequence[Example]) -> set[str]:
    """Give the names of the mutants that no example notices."""
    return {m.name for m in mutants(shapes) if noticing(m, shapes, known) is None}


def noticing(mutant: Mutant, shapes: Graph, known: Sequence[Example]) -> Example | None:
    """Give an example that has other results with the mutant; None if the mutant survives."""
    shown = rules(shapes, mutant.shape)
    narrowed = _narrowed(shapes, shown)
    mutated = mutant.applied(narrowed)

    def of_rules(lines: Sequence[str]) -> list[str]:
        return [line for line in lines if line.partition(" ")[0] in shown]

    def differs(example: Example, shapes: Graph) -> bool:
        return of_rules(results(example.data, shapes)) != of_rules(example.expected)

    # The likely ones first: what violates the rule, then what conforms.
    for example in sorted(known, key=lambda e: (not of_rules(e.expected), bool(e.expected))):
        # The second makes sure that the mutant is what differs, not the part that is looked at.
        if differs(example, mutated) and not differs(example, narrowed):
            return example
    return None


def _narrowed(shapes: Graph, shown: Container[str]) -> Graph:
    """Give the part of the shapes that the results of some rules depend on, which is quicker."""
    narrowed: list[Triple] = []
    waiting = [*{shape for name in TARGETS for shape in shapes.subjects(sh(name))}]
    while waiting:
        for triple in shapes.triples((waiting.pop(), None, None)):
            _, predicate, value = triple
            if predicate != sh("property") or rule_of(value) in shown:
                narrowed.append(triple)
                waiting.append(value)
    return _graph(narrowed)


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    return graph


def _of_constraint(shapes: Graph, shape: Node, parameter: str, value: Node) -> Iterator[Mutant]:
    stated = (shape, sh(parameter), value)
    named, text = f"{_name(shapes, shape)}: sh:{parameter}", str(value)

    def with_value(change: str, other: Node) -> Mutant:
        return Mutant(f"{named} {change}", shape, (stated,), ((shape, sh(parameter), other),))

    if parameter == "property":
        yield Mutant(f"{named} {rule_of(value)} taken away", value, (stated,))
        return
    which = f" {value.n3(shapes.namespace_manager)}" if isinstance(value, URIRef) else ""
    yield Mutant(f"{named}{which} taken away", shape, (stated,))
    match parameter:
        case "minCount" | "maxCount" | "minLength":
            yield with_value("one more", Literal(int(text) + 1))
            if int(text) > (0 if parameter == "maxCount" else 1):
                yield with_value("one less", Literal(int(text) - 1))
        case "pattern":
            if text.startswith("^"):
                yield with_value("without ^", Literal(text[1:]))
            if text.endswith("$"):
                yield with_value("without $", Literal(text[:-1]))
        case "nodeKind":
            yield with_value("BlankNodeOrIRI", sh("BlankNodeOrIRI"))
            # What has a type or a name is no literal.
            if not _has_target(shapes, shape):
                yield with_value("IRIOrLiteral", sh("IRIOrLiteral"))
        case "lessThanOrEquals":
            less = ((shape, sh("lessThan"), value),)
            yield Mutant(f"{named} without equals", shape, (stated,), less)
        case "or":
            yield from _with_a_member_less(shapes, named, stated)


def _has_target(shapes: Graph, shape: Node) -> bool:
    return any((shape, sh(name), None) in shapes for name in TARGETS)


def _with_a_member_less(shapes: Graph, named: str, stated: Triple) -> Iterator[Mutant]:
    before, number = stated, 1
    while (cell := before[2]) != RDF.nil:
        (after,) = shapes.triples((cell, RDF.rest, None))
        skipped = ((before[0], before[1], after[2]),)
        yield Mutant(f"{named} without member {number}", stated[0], (before,), skipped)
        before, number = after, number + 1


def _with_other_severity(shapes: Graph, shape: Node) -> Mutant:
    stated = tuple(shapes.triples((shape, sh("severity"), None)))
    other = () if stated else ((shape, sh("severity"), sh("Warning")),)
    return Mutant(f"{_name(shapes, shape)}: sh:severity exchanged", shape, stated, other)


def _name(shapes: Graph, shape: Node) -> str:
    """Give a shape's name; a blank node is named after the shape that lists it."""
    if isinstance(shape, URIRef):
        return rule_of(shape)
    ((head, number),) = _lists(shapes, shape)
    (parent,) = shapes.subjects(sh("or"), head)
    return f"{_name(shapes, parent)}/{number}"


def _lists(shapes: Graph, member: Node) -> Iterator[tuple[Node, int]]:
    """Give the head of each list that a node is in, and its place there, counted from 1."""
    for cell in shapes.subjects(RDF.first, member):
        head, number = cell, 1
        while (before := shapes.value(None, RDF.rest, head)) is not None:
            head, number = before, number + 1
        yield head, number


@click.command()
def main() -> None:
    """Run all examples against all mutants and list the mutants that no example notices."""
    # rdflib tells of every ill-formed literal in the examples.
    logging.disable(logging.WARNING)
    shapes, known = shapes_graph(), examples()
    unnoticed = survivors(shapes, known) - EQUIVALENT.keys()
    for name in sorted(unnoticed):
        print(f"No example notices: {name}")
    print(f"{len(mutants(shapes))} mutants, {len(known)} examples: {len(unnoticed)} not noticed.")
    sys.exit(1 if unnoticed else 0)


if __name__ == "__main__":
    main()
