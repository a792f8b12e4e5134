"""What the compiled validator does not implement exactly, it refuses at compile time, by name."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from ld.errors import ShapesError
from ld.validate.compiled import compile_shapes
from ld.validate.patterns import compile_pattern

PREFIXES = """
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
REFUSED = {
    "sh:sparql": ":S sh:sparql [] ; sh:targetNode :x .",
    "sh:js": ":S a sh:NodeShape ; sh:js [] .",
    "sh:rule": ":S sh:rule [] .",
    "sh:target": ":S sh:target [] ; sh:class :C .",
    "sh:expression": ":S sh:expression [] .",
    "sh:memberShape": ":S a sh:NodeShape ; sh:memberShape :T .",
    "a custom constraint component": ":C a sh:ConstraintComponent .",
    "imports": "<urn:shapes> owl:imports <urn:other> .",
    "entailment": "<urn:shapes> sh:entailment <urn:other> .",
    "sh:property: .* has no sh:path": ":S sh:property [ sh:minLength 1 ] .",
    "sh:property: nothing is said": ":S sh:property :Misspelt .",
    "sh:node: nothing is said": ":S sh:node :Misspelt .",
    "sh:or: nothing is said": ":S sh:or ( :Misspelt ) .",
    "sh:node: .* is a property shape": ":S sh:node [ sh:path :p ] .",
    "sh:path: on a sh:NodeShape": ":S a sh:NodeShape ; sh:path :p .",
    "sh:path: more than one": ":S a sh:PropertyShape ; sh:path :p, :q .",
    "sh:PropertyShape: without sh:path": ":S a sh:PropertyShape .",
    "sh:minCount: on a node shape": ":S sh:minCount 1 .",
    "sh:uniqueLang: on a node shape": ":S sh:uniqueLang true .",
    "sh:minCount: more than one": ":S sh:path :p ; sh:minCount 1, 2 .",
    "sh:minCount: .* not an integer": ":S sh:path :p ; sh:minCount 1.0 .",
    "sh:maxCount: .* not an integer": ":S sh:path :p ; sh:maxCount -1 .",
    "sh:uniqueLang: .* neither true": ":S sh:path :p ; sh:uniqueLang 'true' .",
    "sh:deactivated: .* neither true": ":S sh:class :C ; sh:deactivated 'true' .",
    "sh:closed: .* neither true": ":S sh:closed 1 .",
    "sh:ignoredProperties: without sh:closed": ":S sh:ignoredProperties () .",
    "sh:flags: without sh:pattern": ":S sh:flags 'i' .",
    "sh:qualifiedValueShape: without": ":S sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] .",
    "sh:qualifiedMinCount: without": ":S sh:path :p ; sh:qualifiedMinCount 1 .",
    "sh:qualifiedMaxCount: .* not an integer": (
        ":S sh:path :p ; sh:qualifiedMaxCount 'a' ; sh:qualifiedValueShape [ sh:class :C ] ."
    ),
    "sh:class: .* not an IRI": ":S sh:class [] .",
    "sh:severity: .* not an IRI": ":S sh:class :C ; sh:severity 'Warning' .",
    "sh:targetClass: .* not an IRI": ":S sh:targetClass 'C' .",
    "sh:nodeKind: .* not a node kind": ":S sh:nodeKind :IRI .",
    "sh:datatype: no lexical check": ":S sh:datatype xsd:duration .",
    "sh:datatype: more than one": ":S sh:datatype xsd:date, xsd:gYear .",
    "sh:minInclusive: .* not a literal": ":S sh:minInclusive :five .",
    "sh:in: not a well-formed RDF list": ":S sh:in :list .",
    "sh:in: .* plain string": ":S sh:in ( 'a'^^xsd:string ) .",
    "sh:hasValue: .* plain string": ":S sh:hasValue 'a'^^xsd:token .",
    "sh:languageIn: .* not a string": ":S sh:languageIn ( :en ) .",
    "sh:and: an empty list": ":S sh:and () .",
    "sh:lessThan: below sh:not": ":S sh:not [ sh:path :p ; sh:lessThan :q ] .",
    "recursion": ":S sh:property [ sh:path :p ; sh:node :T ] . :T sh:or ( :S ) .",
    "sh:path: a path cannot be a literal": ":S sh:property [ sh:path 'p' ] .",
    "sh:path: an empty sequence": ":S sh:property [ sh:path () ] .",
    "sh:path: a sequence has": ":S sh:property [ sh:path ( :p ) ] .",
    "sh:path: an alternative has": ":S sh:property [ sh:path [ sh:alternativePath ( :p ) ] ] .",
    "sh:path: not exactly one kind": (
        ":S sh:property [ sh:path [ sh:inversePath :p ; sh:zeroOrMorePath :p ] ] ."
    ),
    "sh:path: an inverse of a sequence": ":S sh:property [ sh:path [ sh:inversePath (:p :q) ] ] .",
    "sh:path: a path nested": (
        f":S sh:property [ sh:path {'[ sh:inversePath ' * 11} :p {']' * 11} ] ."
    ),
    "sh:path: not a well-formed": (
        ":S sh:property [ sh:path _:a ] . _:a rdf:first :p ; rdf:rest _:a ."
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_not_implemented_exactly_is_refused_by_name(reason: str) -> None:
    shapes = Graph().parse(data=PREFIXES + REFUSED[reason], format="turtle")

    with pytest.raises(ShapesError, match=reason):
        compile_shapes(shapes)


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\w", r"\s", r"\b", r"\p{L}", r"\i\c*", r"\Aa", r"a\Z", r"\u0041", r"\1", r"(?=a)"),
        *("(?i)a", "(?P<n>a)", "a++", "a{,2}", "a{", "[a-z-[aeiou]]", "[a&&b]", "[]a]", "[a--b]"),
        *("[", "a]", "(a", "a**", "\\", r"[\w]"),
    ],
)
def test_a_pattern_that_python_reads_otherwise_than_xpath_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern, "", exact=False)


@pytest.mark.parametrize("flags", ["s", "x", "q", "I", "is"])
def test_a_flag_that_pyshacl_overlooks_is_refused(flags: str) -> None:
    with pytest.raises(ValueError, match="flag"):
        compile_pattern("a", flags, exact=False)


@given(st.text(r"ab$^.|()[]{}*+?-\dn01,", max_size=12), st.text("ab01-$\n", max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_compiled_pattern_finds_what_python_finds_but_for_a_last_line_feed(
    pattern: str, value: str
) -> None:
    try:
        compiled = compile_pattern(pattern, "", exact=False)
    except ValueError:
        return

    found = compiled.search(value) is not None

    assert found == (re.search(pattern, value) is not None) or (value.endswith("\n") and not found)
