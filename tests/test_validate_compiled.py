"""The compiled validator against pySHACL, and by itself.

The differential tests take PRESSMARK_DIFFERENTIAL cases, 600 unless told otherwise, from the
seed PRESSMARK_SEED. A long run:

    PRESSMARK_DIFFERENTIAL=10000 pytest -s tests/test_validate_compiled.py -k pyshacl
"""

import logging
import os
import random
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyshacl
import pytest
import rdflib
from rdflib import Graph, URIRef

from ld.terms import Statement, n_triples
from ld.validate.compiled import Result, compile_shapes
from ld.validate.graphs import statements_of
from ld.validate.index import Index
from ld.validate.paths import compile_path
from ld.validate.shapes import load as shapes_of_the_project

CASES = int(os.environ.get("PRESSMARK_DIFFERENTIAL", "600"))
SEED = int(os.environ.get("PRESSMARK_SEED", "20261123"))
SHAPES = Path(__file__).parents[1] / "shapes"
SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = f"""
@prefix : <http://example.org/> .
@prefix sh: <{SH}> .
@prefix xsd: <{XSD}> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


class Block(NamedTuple):
    """Some shapes of :Text, the statements that conform to them, and those that do not.

    `stricter` faults are those in which the compiled validator finds more than pySHACL.
    """

    shapes: str
    good: str
    faults: tuple[str, ...]
    stricter: tuple[str, ...] = ()


def property_block(
    constraints: str, good: str, *faults: str, path: str = ":p", stricter: tuple[str, ...] = ()
) -> Block:
    """Make a block of one property shape; in values `…` stands for `:t` and the predicate."""
    return Block(
        f":Text sh:property [ sh:path {path} ; {constraints} ] .",
        good.replace("…", ":t :p"),
        tuple(fault.replace("…", ":t :p") for fault in faults),
        tuple(fault.replace("…", ":t :p") for fault in stricter),
    )


def datatype_block(name: str, good: Iterable[str], bad: Iterable[str], **more: str) -> Block:
    def stated(value: str) -> str:
        return f'… "{value}"^^xsd:{name} .'

    return property_block(
        f"sh:datatype xsd:{name}",
        " ".join(map(stated, good)),
        *map(stated, bad),
        *("… :iri .", '… "tagged"@en .', '… "x"^^:other .'),
        stricter=tuple(stated(value) for value in more.get("stricter", "").split()),
    )


BLOCKS: dict[str, Block] = {
    "class": property_block(
        "sh:class :Agent",
        "… :a . :a a :Agent . … :b . :b a :Editor . :Editor rdfs:subClassOf :Agent .",
        *("… :unknown .", '… "text" .', "… :c . :c a :Place ."),
    ),
    "boolean": datatype_block("boolean", ["true", "0"], ["yes", ""]),
    "integer": datatype_block("integer", ["1", "-07", "+5"], ["1.5", "abc", "9" * 4301]),
    "byte": datatype_block("byte", ["127", "-128"], ["128", "1e1"]),
    "nonNegativeInteger": datatype_block("nonNegativeInteger", ["0", "12"], ["-1", "x"]),
    "decimal": datatype_block("decimal", ["1.5", "-.5", "3"], ["1,5", "one"]),
    "double": datatype_block("double", ["1.5e3", "INF", "-2"], ["1.5e", "many"]),
    "date": datatype_block(
        "date",
        ["2024-02-29", "1850-01-01Z", "1850-01-01-05:00"],
        ["2023-02-29", "1850", "1850-13-01", "-0044-03-15", "12024-01-01"],
    ),
    "dateTime": datatype_block(
        "dateTime",
        ["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.5+14:00", "2024-01-01T00:00:00"],
        ["2023-02-29T00:00:00Z", "2024-01-01T25:00:00", "later"],
    ),
    "time": datatype_block("time", ["23:59:59", "00:00:00.123Z"], ["25:00:00", "noon"]),
    # pySHACL looks at no lexical form of these two.
    "gYear": datatype_block("gYear", ["1850", "-0044"], [], stricter="abc 18500x 1850-01"),
    "gYearMonth": datatype_block("gYearMonth", ["1850-12"], [], stricter="1850-13 1850"),
    "hexBinary": datatype_block("hexBinary", ["00ff", ""], ["0", "xy"]),
    "string": property_block(
        "sh:datatype xsd:string", '… "plain", "a\\"b\\n" .', '… "x"@en .', "… 5 .", "… :iri ."
    ),
    "langString": property_block(
        "sh:datatype rdf:langString", '… "x"@en, "x"@de-at .', '… "x" .', "… 5 .", "… :iri ."
    ),
    "nodeKind IRI": property_block("sh:nodeKind sh:IRI", "… :x .", '… "x" .', "… 5 ."),
    "nodeKind Literal": property_block("sh:nodeKind sh:Literal", "… 5 .", "… :x ."),
    "minCount": property_block("sh:minCount 2", "… 1, 2, 3 .", "… 1 .", ""),
    "maxCount": property_block("sh:maxCount 1", "… 1 .", "… 1, 2 .", '… "1", 1 .'),
    "minInclusive": property_block(
        "sh:minInclusive 5",
        "… 5, 6.5, 5e0 .",
        *("… 4 .", "… 4.9 .", '… "-INF"^^xsd:double .', '… "6" .', '… "6"@en .', "… :iri ."),
        *('… "x"^^xsd:integer .', '… "2024-01-01"^^xsd:date .', "… true ."),
    ),
    "minExclusive": property_block("sh:minExclusive 5", "… 5.1 .", "… 5 .", "… 5.0 .", "… 5e0 ."),
    "maxInclusive": property_block("sh:maxInclusive 0.5", "… 0.5, 0 .", "… 1 .", "… 5.1e-1 ."),
    "maxExclusive": property_block("sh:maxExclusive 5", "… 4, -1e5 .", "… 5 .", "… 1e5 ."),
    "date range": property_block(
        'sh:minInclusive "1800-01-01"^^xsd:date ; sh:maxExclusive "1900-01-01"^^xsd:date',
        '… "1800-01-01"^^xsd:date, "1899-12-31"^^xsd:date .',
        *('… "1799-12-31"^^xsd:date .', '… "1900-01-01"^^xsd:date .', "… :iri ."),
        *('… "1850-01-01T00:00:00"^^xsd:dateTime .', '… "1850-01-01" .'),
        # pySHACL orders values of two datatypes by the names of these.
        stricter=("… 1850 .", '… "1850"^^xsd:gYear .'),
    ),
    "dateTime range": property_block(
        'sh:minInclusive "2000-01-01T00:00:00Z"^^xsd:dateTime',
        '… "2000-01-01T00:00:00Z"^^xsd:dateTime, "2000-01-01T00:30:00+00:30"^^xsd:dateTime .',
        '… "1999-12-31T23:59:59Z"^^xsd:dateTime .',
        '… "2000-01-01T00:00:00+01:00"^^xsd:dateTime .',
        '… "2024-01-01T00:00:00"^^xsd:dateTime .',
        '… "2024-01-01"^^xsd:date .',
    ),
    "gYear range": property_block(
        'sh:minInclusive "1800"^^xsd:gYear', "", '… "1850"^^xsd:gYear .', stricter=("… 1850 .",)
    ),
    "string range": property_block(
        'sh:minInclusive "b"', '… "b", "c" .', '… "a" .', '… "B" .', "… 5 .", "… :iri ."
    ),
    "boolean range": property_block(
        "sh:minExclusive false", "… true .", "… false .", stricter=("… 1 .",)
    ),
    "minLength": property_block(
        "sh:minLength 3", '… "abc", "äöü"@de, :iri, 100 .', '… "ab" .', "… 5 .", '… "\\n\\n" .'
    ),
    "maxLength": property_block(
        "sh:maxLength 3", '… "abc", "\\"\\"\\""@en, 5 .', '… "abcd" .', "… :iri .", "… 5000 ."
    ),
    "pattern": property_block(
        'sh:pattern "^[a-z][^0-9]*$"', '… "abc", "a\\u0001", "a-" .', '… "a1" .', "… 5 .", '… "" .'
    ),
    "pattern end": property_block(
        'sh:pattern "^(a|b$)"', '… "ab", "b" .', '… "bc" .', stricter=('… "b\\n" .',)
    ),
    "pattern IRI": property_block(
        'sh:pattern "^HTTPS?://" ; sh:flags "i"', "… :x, <https://x/> .", "… <urn:x> .", '… "h" .'
    ),
    "languageIn": property_block(
        'sh:languageIn ("en" "de-AT")',
        '… "x"@en, "x"@en-gb, "x"@de-at .',
        *('… "x" .', '… "x"@de .', '… "x"@eng .', "… :iri .", '… "x"@de-at-1996 .'),
    ),
    "uniqueLang": property_block(
        "sh:uniqueLang true", '… "a"@en, "a"@de, "a", "b", :x .', '… "a"@en, "b"@en .'
    ),
    "in": property_block(
        'sh:in (:a "b" "c"@en 5)', '… :a, "b", "c"@en, 5 .', '… "a" .', '… "b"@en .', '… "5" .'
    ),
    "hasValue": property_block("sh:hasValue :a, 5", '… :a, 5, "x" .', "… :a .", '… "5" .', ""),
    "equals": property_block(
        "sh:equals :q", '… "a", :b . :t :q "a", :b .', '… "a" .', ":t :q 1 .", "… 1 . :t :q 1.0 ."
    ),
    "disjoint": property_block(
        "sh:disjoint :q", "… 1, :a . :t :q 1.0, :b .", "… 1, 2 . :t :q 1, 2 ."
    ),
    "lessThan": property_block(
        "sh:lessThan :q",
        "… 1, 2 . :t :q 3, 3.5, 4e0 .",
        *("… 3 . :t :q 3 .", "… 1, 9 . :t :q 2, 3 .", '… 1 . :t :q "a" .', "… 3.0 . :t :q 3e0 ."),
        '… 1 . :t :q "2024-01-01"^^xsd:date .',
        stricter=("… :a . :t :q :b .",),
    ),
    "lessThan years": property_block(
        "sh:lessThan :q",
        '… "1850"^^xsd:gYear . :t :q "1851"^^xsd:gYear .',
        '… "1851"^^xsd:gYear . :t :q "1851"^^xsd:gYear .',
        '… "1852"^^xsd:gYear . :t :q "1851"^^xsd:gYear .',
    ),
    "lessThanOrEquals": property_block(
        "sh:lessThanOrEquals :q",
        "… 3 . :t :q 3, 3.0 . :t :p 2e0 .",
        *("… 4 . :t :q 3 .", '… "a" . :t :q 3 .'),
    ),
    "lessThanOrEquals dates": property_block(
        "sh:lessThanOrEquals :q",
        '… "1850-01-01"^^xsd:date . :t :q "1850-01-01"^^xsd:date, "1850-01-02"^^xsd:date .',
        '… "1850-01-02"^^xsd:date . :t :q "1850-01-01"^^xsd:date .',
    ),
    "not": property_block(
        "sh:not [ sh:datatype xsd:integer ]", '… "5", 5.0 .', "… 5 .", "… 5, 6 ."
    ),
    "not pattern": property_block(
        'sh:not [ sh:pattern "^a$" ]', '… "b" .', '… "a" .', '… "a\\n" .'
    ),
    "not not": property_block(
        "sh:not [ sh:not [ sh:nodeKind sh:IRI ] ]", "… :a .", "… 5 .", '… "a" .'
    ),
    "and": property_block(
        "sh:and ( [ sh:minInclusive 1 ] [ sh:maxInclusive 9 ] )", "… 5 .", "… 0 .", "… 10 ."
    ),
    "or": property_block(
        "sh:or ( [ sh:datatype xsd:gYear ; sh:pattern '^[0-9]{4}$' ] [ sh:datatype xsd:date ] )",
        '… "1850"^^xsd:gYear, "1850-01-01"^^xsd:date .',
        *('… "185"^^xsd:gYear .', '… "1850" .', '… "1850-1-1"^^xsd:date .'),
    ),
    "xone": property_block(
        "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:class :Agent ] [ sh:datatype xsd:integer ] )",
        "… :x, 5 .",
        *('… "a" .', "… :y . :y a :Agent ."),
    ),
    "xone twice": Block(
        ":Text sh:property [ sh:path :p ; sh:not [ sh:xone ( :Int :Int :Iri ) ] ] ."
        ":Int a sh:NodeShape ; sh:datatype xsd:integer . :Iri sh:nodeKind sh:IRI .",
        ':t :p "a", 5 .',
        (":t :p :x .", ":t :p :x, 5 ."),
    ),
    "node": property_block(
        "sh:node [ sh:property [ sh:path :name ; sh:minCount 1 ; sh:maxCount 1 ] ]",
        '… :a . :a :name "A" .',
        *("… :a .", '… :a . :a :name "A", "B" .', "… 5 ."),
    ),
    "property": property_block(
        "sh:property [ sh:path :name ; sh:minCount 1 ; sh:severity sh:Warning ]",
        '… :a, :b . :a :name "A" . :b :name "B" .',
        *("… :a .", "… :a, :b . :a :name 5 .", '… "literal" .'),
    ),
    "qualified": property_block(
        "sh:qualifiedValueShape [ sh:class :Agent ] ; "
        "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 2",
        "… :a, :b, 5 . :a a :Agent .",
        *("… :a .", "", "… :a, :b, :c . :a a :Agent . :b a :Agent . :c a :Agent ."),
    ),
    "qualified disjoint": Block(
        ":Text sh:property :hand, :foot ."
        ":hand sh:path :limb ; sh:qualifiedValueShape [ sh:class :Hand ] ; "
        "  sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ."
        ":foot sh:path :limb ; sh:qualifiedValueShape [ sh:class :Foot ] ; "
        "  sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true .",
        ":t :limb :h, :f . :h a :Hand . :f a :Foot .",
        (
            ":t :limb :h . :h a :Hand, :Foot .",
            ":t :limb :h, :f, :g . :h a :Hand . :f a :Foot . :g a :Foot .",
            ":t :limb :f . :f a :Foot .",
        ),
    ),
    "closed": Block(
        ":Text sh:property [ sh:path :part ; sh:node :Part ] ."
        ":Part a sh:NodeShape ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; "
        "  sh:property [ sh:path :size ] .",
        ":t :part :u . :u a :Thing ; :size 5 .",
        (":t :part :u . :u :size 5 ; :colour 6, 7 .",),
    ),
    "closed target": Block(
        ":Part2 a sh:NodeShape ; sh:targetObjectsOf :part2 ; sh:closed true ; "
        "  sh:property [ sh:path :size ; sh:deactivated true ; sh:minCount 9 ] .",
        ":t :part2 :u2 . :u2 :size 5 .",
        (":t :part2 :u2 . :u2 :colour 6, 7 .", ":t :part2 :u2 . :u2 a :Thing ."),
    ),
    "severity": property_block("sh:maxCount 0 ; sh:severity sh:Info", "", "… 5 ."),
    "deactivated": property_block("sh:maxCount 0 ; sh:deactivated true", "… 5 ."),
    "targetNode": Block(
        ":One sh:targetNode :one, 7 ; sh:minLength 1 ; sh:not [ sh:class :None ] .",
        ":one a :Number .",
        (":one a :None .",),
    ),
    "targetSubjectsOf": Block(
        ":Sub a sh:PropertyShape ; sh:targetSubjectsOf :knows ; sh:path :age ; sh:minCount 1 .",
        ":x :knows :y ; :age 5 .",
        (":x :knows :y .",),
    ),
    "targetObjectsOf": Block(
        ":Ob a sh:NodeShape ; sh:targetObjectsOf :age ; sh:datatype xsd:integer .",
        ":x :age 5 .",
        (':x :age "5" . :y :age :z .',),
    ),
    "targetClass below": Block(
        ":Sup a sh:NodeShape ; sh:targetClass :Super, :Sub ; sh:nodeKind sh:BlankNode .",
        "",
        (":i a :Sub . :Sub rdfs:subClassOf :Mid . :Mid rdfs:subClassOf :Super .",),
    ),
    "implicit class": Block(
        ":Imp a sh:NodeShape, owl:Class ; sh:property [ sh:path :size ; sh:minCount 1 ] .",
        ":j a :Imp ; :size 1 .",
        (":j a :Imp .",),
    ),
    "inverse": property_block(
        "sh:minCount 1 ; sh:nodeKind sh:IRI", ":x :of :t .", "", path="[ sh:inversePath :of ]"
    ),
    "sequence": property_block(
        "sh:minCount 1 ; sh:maxLength 3",
        '… :x . :x :name "abc" .',
        *("… :x .", '… :x, :y . :x :name "abcd" . :y :name "abcd" .'),
        path="( :p :name )",
    ),
    "alternative": property_block(
        "sh:maxCount 1", "… 1 . :t :q 1 .", "… 1 . :t :q 2 .", path="[ sh:alternativePath (:p :q) ]"
    ),
    "zeroOrMore": property_block(
        "sh:class :Text",
        "… :x . :x a :Text ; :p :t .",
        "… :x . :x :p :y . :y a :Text .",
        path="[ sh:zeroOrMorePath :p ]",
    ),
    "oneOrMore": property_block(
        "sh:maxCount 2", "… :x . :x :p :y .", "… :x . :x :p :t, :z .", path="[sh:oneOrMorePath :p]"
    ),
    "zeroOrOne": property_block(
        "sh:maxCount 2", "… :x . :x :p :y .", "… :x, :y .", path="[ sh:zeroOrOnePath :p ]"
    ),
    "complex path": property_block(
        "sh:nodeKind sh:IRI",
        "… :x . :y :of :x . :y :name :z .",
        '… :x . :y :of :x . :y :name "z" .',
        path="(:p [ sh:inversePath [sh:alternativePath (:of :by)] ] [ sh:zeroOrOnePath :name ])",
    ),
}
FAULTS = [(name, fault) for name, block in BLOCKS.items() for fault in block.faults]
STRICTER = [(name, fault) for name, block in BLOCKS.items() for fault in block.stricter]

#: Terms of every kind, to be put where they may not belong.
TERMS = [
    *(":iri", ":t", ":a", '"a"', '"b\\n"', '""', '"a"@en', '"b"@en', '"a"@de-at', '"a"@de-at-1996'),
    *("0", "5", "5.0", "5e0", "05", "-7", "0.1", "1e-1", '"NaN"^^xsd:double', '"INF"^^xsd:float'),
    *("true", "false", '"1"^^xsd:boolean', '"yes"^^xsd:boolean', '"1_000"^^xsd:integer'),
    *(
        '" 5 "^^xsd:integer',
        '"200"^^xsd:byte',
        '"-1"^^xsd:nonNegativeInteger',
        '"1E2"^^xsd:decimal',
    ),
    *('"1850"^^xsd:gYear', '"1852"^^xsd:gYear', '"-0044"^^xsd:gYear', '"x"^^xsd:gYear'),
    *('"1850-01-01"^^xsd:date', '"1850-01-02"^^xsd:date', '"1850-01-01Z"^^xsd:date'),
    *(
        '"1850-02-30"^^xsd:date',
        '"2024-01-01T00:00:00Z"^^xsd:dateTime',
        '"1850-13"^^xsd:gYearMonth',
    ),
    *('"2024-01-01T00:00:00"^^xsd:dateTime', '"2024-01-01T24:00:00"^^xsd:dateTime'),
    *('"12:00:00"^^xsd:time', '"zz"^^xsd:hexBinary', '"x"^^:other', '"P1D"^^xsd:duration'),
]
#: Constraints below sh:not and its like, where a stricter answer would not be a safer one.
EXACT = [
    f"sh:datatype xsd:{name}"
    for name in ("integer", "date", "gYear", "boolean", "byte", "decimal", "dateTime", "double")
] + [
    *("sh:minInclusive 5", "sh:maxExclusive 5.0", 'sh:minInclusive "1850-01-01"^^xsd:date'),
    *('sh:maxInclusive "2024-01-01T00:00:00Z"^^xsd:dateTime', 'sh:minExclusive "a"'),
    *('sh:minInclusive "1850"^^xsd:gYear', "sh:maxInclusive 1e-1", "sh:minInclusive false"),
    *("sh:class :Agent", 'sh:pattern "^[ab]$"', 'sh:languageIn ("de-at" "en")', "sh:minLength 2"),
    *('sh:in (5 "a" :iri "a"@en)', "sh:hasValue 5", "sh:nodeKind sh:Literal", "sh:closed true"),
    "sh:or ( [ sh:datatype xsd:gYear ] [ sh:minInclusive 5 ] )",
]


@contextmanager
def literals_as_written() -> Iterator[None]:
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        # rdflib compares what it cannot compare with a warning, and logs what is ill-formed.
        warnings.simplefilter("ignore")
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def graph(turtle: str) -> Graph:
    with literals_as_written():
        return Graph().parse(data=PREFIXES + turtle, format="turtle")


@cache
def parsed(turtle: str) -> tuple[Statement, ...]:
    return tuple(sorted(statements_of(graph(turtle))))


parsed_graph = cache(graph)


def by_pyshacl(document: Iterable[Statement], shapes: Graph) -> Counter[Result] | None:
    """Give the results of pySHACL; None if it breaks off, because rdflib cannot compare."""
    with literals_as_written():
        data = Graph().parse(data=n_triples(document), format="nt")
        try:
            _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
        except (TypeError, ArithmeticError):
            return None
        assert isinstance(report, Graph), text
        reported = Index(statements_of(report))
        graph_of_shapes = Index(statements_of(shapes))

        def one(node: str, name: str) -> str | None:
            return next(iter(reported.objects(node, f"<{SH}{name}>")), None)

        def path(node: str) -> str | None:
            text = one(node, "resultPath")
            source = one(node, "sourceShape") or ""
            if text is None or text.startswith("<"):
                return text
            ((stated),) = graph_of_shapes.objects(source, f"<{SH}path>")
            return compile_path(graph_of_shapes, stated).text

        reports = list(report.subjects(rdflib.RDF.type, URIRef(SH + "ValidationReport")))
        return Counter(
            Result(
                one(node, "focusNode") or "",
                path(node),
                one(node, "value"),
                one(node, "sourceConstraintComponent") or "",
                one(node, "resultSeverity") or "",
                one(node, "sourceShape") or "",
            )
            for node in reported.objects(f"_:{reports[0]}", f"<{SH}result>")
        )


def apart(name: str, turtle: str) -> str:
    """Give a block's names a prefix of its own, so that only its shapes judge its statements."""
    own = f":{re.sub('[^A-Za-z]', '', name)}_"
    return re.sub(r"(?<!\w):(?!t\b|Text\b)(?=[A-Za-z])", own, turtle)


def case(documents: dict[str, str]) -> tuple[Graph, list[Statement]]:
    """Give the shapes of some blocks and one document of the statements given for each."""
    shapes = graph(":Text a sh:NodeShape ; sh:targetClass :Text .")
    document = list(parsed(":t a :Text ."))
    for name, turtle in documents.items():
        for triple in parsed_graph(apart(name, BLOCKS[name].shapes)):
            shapes.add(triple)
        document += parsed(apart(name, turtle))
    return shapes, document


def some_blocks(rng: random.Random, *names: str) -> dict[str, str]:
    """Give the conforming statements of these blocks and of some others."""
    chosen = {*names, *rng.sample(sorted(BLOCKS), rng.randint(0, 6))}
    return {name: BLOCKS[name].good for name in sorted(chosen)}


def faulty_cases(count: int) -> Iterable[dict[str, str]]:
    """Give every fault once, and then faults and conforming documents at random."""
    rng = random.Random(SEED)
    print(f"\nseed {SEED}, {count} cases")
    for number in range(max(count, len(FAULTS))):
        chosen = [FAULTS[number]] if number < len(FAULTS) else rng.sample(FAULTS, rng.randint(0, 3))
        yield some_blocks(rng, *dict(chosen)) | dict(chosen)


def test_results_are_those_of_pyshacl() -> None:
    for documents in faulty_cases(CASES):
        shapes, document = case(documents)
        validator = compile_shapes(shapes)

        ours = Counter(validator.results(document))

        assert ours == by_pyshacl(document, shapes), documents
        assert validator.conforms(document) is not bool(ours), documents


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_every_fault_is_found(name: str, fault: str) -> None:
    shapes, document = case({name: fault})

    assert not compile_shapes(shapes).conforms(document)


@pytest.mark.parametrize("name", BLOCKS)
def test_what_conforms_is_passed(name: str) -> None:
    shapes, document = case({name: BLOCKS[name].good})

    assert compile_shapes(shapes).results(document) == []


@pytest.mark.parametrize(("name", "value"), STRICTER)
def test_the_known_differences_are_on_the_strict_side(name: str, value: str) -> None:
    shapes, document = case({name: value})

    ours = Counter(compile_shapes(shapes).results(document))
    assert by_pyshacl(document, shapes) < ours


def test_no_result_of_pyshacl_is_missed_whatever_the_value() -> None:
    rng = random.Random(SEED)
    for _ in range(CASES // 2):
        name = rng.choice(sorted(BLOCKS))
        turtle = f"{BLOCKS[name].good} :t :p {', '.join(rng.sample(TERMS, rng.randint(1, 2)))} ."
        if rng.random() < 0.3:
            turtle += f" :t :q {rng.choice(TERMS)} ."
        shapes, document = case({name: turtle})
        validator = compile_shapes(shapes)

        ours = Counter(validator.results(document))

        assert validator.conforms(document) is not bool(ours), (name, turtle)
        theirs = by_pyshacl(document, shapes)
        doubtful = any(result.path is None for result in ours)
        assert ours if theirs is None or doubtful else theirs <= ours, (name, turtle)


def test_no_result_of_pyshacl_is_missed_where_stricter_is_not_safer() -> None:
    rng = random.Random(SEED)
    for _ in range(CASES // 2):
        inner = f"[ {rng.choice(EXACT)} ]"
        outer = rng.choice(
            (
                f"sh:not {inner}",
                f"sh:not [ sh:not {inner} ]",
                f"sh:xone ( {inner} [ {rng.choice(EXACT)} ] )",
                f"sh:not [ sh:or ( {inner} [ {rng.choice(EXACT)} ] ) ]",
                f"sh:qualifiedValueShape {inner} ; sh:qualifiedMaxCount 1",
            )
        )
        turtle = f":t a :Text ; :p {', '.join(rng.sample(TERMS, rng.randint(1, 2)))} ."
        shapes = graph(
            f":Text a sh:NodeShape ; sh:targetClass :Text ; sh:property [ sh:path :p ; {outer} ] ."
        )

        passed = compile_shapes(shapes).conforms(parsed(turtle))

        assert not passed or by_pyshacl(parsed(turtle), shapes) == Counter(), (outer, turtle)


@pytest.mark.skipif(not SHAPES.exists(), reason="the project has no shapes yet")
def test_no_result_of_pyshacl_is_missed_on_the_shapes_of_the_project() -> None:
    rng = random.Random(SEED)
    shapes = shapes_of_the_project("https://example.org/")
    validator = compile_shapes(shapes)
    index = Index(statements_of(shapes))

    def objects(name: str) -> list[str]:
        every = index.by_subject.values()
        return sorted({term for stated in every for term in stated.get(f"<{SH}{name}>", ())})

    classes = objects("targetClass")
    predicates = [path for path in objects("path") if path.startswith("<")]
    any_terms = [term for _, _, term in parsed(f":t :p {', '.join(TERMS)} .")]
    things = [f"<https://example.org/text/{name}>" for name in "abc"]
    for _ in range(CASES // 20):
        document: list[Statement] = [
            (thing, f"<{rdflib.RDF.type}>", class_)
            for thing in things
            for class_ in rng.sample(classes, 2)
        ]
        for _ in range(30):
            value = rng.choice([*things, *classes, *objects("hasValue"), *any_terms])
            document.append((rng.choice(things), rng.choice(predicates), value))

        ours = Counter(validator.results(document))

        theirs = by_pyshacl(document, shapes)
        assert theirs is None or theirs <= ours, n_triples(document)


def test_a_doubtful_value_below_not_is_a_result() -> None:
    # pySHACL takes every xsd:gYear for well-formed, so this document violates its shape.
    validator = compile_shapes(
        graph(":S sh:targetObjectsOf :p ; sh:not [ sh:datatype xsd:gYear ] .")
    )

    (result,) = validator.results(parsed(':t :p "abc"^^xsd:gYear .'))
    assert result.component == f"<{SH}DatatypeConstraintComponent>"
    assert result.focus_node == result.value == f'"abc"^^<{XSD}gYear>'


def test_a_hierarchy_in_the_shapes_graph_widens_targets_and_excuses_nothing() -> None:
    validator = compile_shapes(
        graph(
            ":S sh:targetClass :Agent ; sh:class :Agent . :Editor rdfs:subClassOf :Agent ."
            ":T sh:targetNode :t ; sh:not [ sh:class :Agent ] ."
        )
    )

    found = validator.results(parsed(":t a :Editor ."))

    assert {(result.source_shape, result.component) for result in found} == {
        ("<http://example.org/S>", f"<{SH}ClassConstraintComponent>"),
        ("<http://example.org/T>", f"<{SH}ClassConstraintComponent>"),
    }


def test_shapes_may_be_given_as_statements() -> None:
    turtle = ":S sh:targetClass :C ; sh:property [ sh:path ( :p :q ) ; sh:minCount 1 ] ."

    (result,) = compile_shapes(parsed(turtle)).results(parsed(":t a :C ."))

    assert result.path == "(<http://example.org/p>/<http://example.org/q>)"
    assert result.severity == f"<{SH}Violation>"


def test_any_severity_is_reason_enough_for_pyshacl_to_look() -> None:
    validator = compile_shapes(graph(":S sh:targetNode :t ; sh:class :C ; sh:severity sh:Info ."))

    assert not validator.conforms(parsed(":x :y :z ."))
