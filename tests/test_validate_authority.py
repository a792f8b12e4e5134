"""pySHACL gives the same results for the shapes and for the shapes as they are prepared."""

import pytest
from rdflib import Graph, URIRef

from bench import shape_examples
from bench.shape_examples import BASE, results
from ld.validate import authority
from ld.vocabulary import SH

PREFIXES = f"@prefix sh: <{SH}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
NAME = "sh:path <name> ; sh:minCount 1 ; sh:maxCount 1 ."
DATA = """
<a> a <Thing> ; <part> <b> ; <also> "x" . <b> a <Other> ; <name> "b" , "c" .
<c> a <Thing> ; <name> "d" ; <part> <d> , <e> . <e> a <Thing> , <Other> .
"""
#: Shapes whose property shapes would mean something else on their own.
BOUND = {
    "a property shape of two shapes": f"""
        <s> sh:targetClass <Thing> ; sh:property <p> .
        <t> sh:targetClass <Other> ; sh:property <p> . <p> {NAME}""",
    "a shape that another refers to": f"""
        <s> sh:targetClass <Thing> ; sh:property <p> . <p> {NAME}
        <t> sh:targetClass <Other> ; sh:node <s> .""",
    "a property shape with a target": f"""
        <s> sh:targetClass <Thing> ; sh:property <p> . <p> sh:targetClass <Other> ; {NAME}""",
    "a path": f"<s> sh:targetClass <Thing> ; sh:path <part> ; sh:property <p> . <p> {NAME}",
    "a closed shape": f"""
        <s> sh:targetClass <Thing> ; sh:closed true ; sh:property <p> . <p> {NAME}""",
    "a shape that is switched off": f"""
        <s> sh:targetClass <Thing> ; sh:deactivated true ; sh:property <p> . <p> {NAME}""",
    "a shape that is a class": f"""
        <Other> a rdfs:Class , sh:NodeShape ; sh:targetClass <Thing> ; sh:property <p> .
        <p> {NAME}""",
    "qualified shapes": """
        <s> sh:targetClass <Thing> ; sh:property <p> , <q> .
        <p> sh:path <part> ; sh:qualifiedValueShape [ sh:class <Other> ] ;
            sh:qualifiedMinCount 2 ; sh:qualifiedValueShapesDisjoint true .
        <q> sh:path <part> ; sh:qualifiedValueShape [ sh:class <Thing> ] ;
            sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true .""",
}
#: Shapes whose property shapes take over the target.
FREE = {
    "a class": f"<s> sh:targetClass <Thing> ; sh:property <p> . <p> {NAME}",
    "a node": f"<s> sh:targetNode <a> , <c> ; sh:property <p> . <p> {NAME}",
    "subjects": f"<s> sh:targetSubjectsOf <part> ; sh:property <p> . <p> {NAME}",
    "objects": f"<s> sh:targetObjectsOf <part> ; sh:property <p> . <p> {NAME}",
    "two targets": f"""
        <s> sh:targetClass <Thing> ; sh:targetObjectsOf <part> ; sh:property <p> . <p> {NAME}""",
}
PROPERTY = URIRef(SH + "property")


def graph(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle", publicID=BASE)


@pytest.mark.parametrize("turtle", [*BOUND.values(), *FREE.values()], ids=[*BOUND, *FREE])
def test_preparing_shapes_changes_no_result(turtle: str) -> None:
    shapes = graph(turtle)

    prepared = authority.prepared(shapes)

    assert results(graph(DATA), prepared) == results(graph(DATA), shapes)


@pytest.mark.parametrize("turtle", BOUND.values(), ids=BOUND)
def test_leaves_a_property_shape_that_is_bound_to_its_shape(turtle: str) -> None:
    shapes = graph(turtle)

    prepared = authority.prepared(shapes)

    assert set(prepared) == set(shapes)


@pytest.mark.parametrize("turtle", FREE.values(), ids=FREE)
def test_gives_a_property_shape_the_targets_of_its_shape(turtle: str) -> None:
    prepared = authority.prepared(graph(turtle))

    assert (None, PROPERTY, None) not in prepared


def test_our_own_shapes_keep_what_their_examples_say() -> None:
    prepared = authority.prepared(shape_examples.shapes_graph())

    found = {example.name: results(example.data, prepared) for example in shape_examples.examples()}

    assert found == {example.name: example.expected for example in shape_examples.examples()}
