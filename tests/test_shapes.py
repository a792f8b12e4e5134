"""The shapes: what each of them lets pass and what it reports, and that nothing goes unproved.

The examples are in `tests/shapes/`: for each shapes file a graph that conforms, and edits of it
with all results that they have to give. The mutants of the last test can be run alone:

    python -m bench.mutate_shapes
"""

import re
from collections import Counter

import pytest
from rdflib import XSD, Literal
from rdflib.term import Node

from bench.mutate_shapes import EQUIVALENT, TARGETS, constraints, reports, rules, sh, survivors
from bench.shape_examples import (
    BASE,
    BLANK,
    FOLDER,
    Example,
    examples,
    found_by_target,
    results,
    rule_of,
    shapes_graph,
)
from ld.fields import addresses, dates, languages
from ld.terms import iri, iri_of, literal
from ld.validate import shapes
from ld.validate.compiled import Result, compile_shapes
from ld.validate.graphs import statements_of
from ld.vocabulary import BIBO, FOAF, RDF_TYPE, SCHEMA, SH, SPDX, VOID, dcterms, schema

SHAPES = shapes_graph()
VALIDATOR = compile_shapes(SHAPES)
EXAMPLES = {example.name: example for example in examples()}
CONFORMING = {file.stem: EXAMPLES[file.stem] for file in FOLDER.glob("*.ttl")}
REPORTING = sorted({s for s, _, _ in constraints(SHAPES) if reports(SHAPES, s)}, key=rule_of)

#: How many nodes each target finds in the graphs that conform.
FOUND = {
    ("agent#agent", FOAF + "name"): 3,
    **{("agent#agent", v + name): 1 for v in (SCHEMA, FOAF) for name in ("Person", "Organization")},
    ("dataset#dataset", VOID + "Dataset"): 1,
    ("document#document", FOAF + "Document"): 1,
    ("file#file", SCHEMA + "MediaObject"): 1,
    ("file#spdx", SPDX + "Checksum"): 1,
    ("part#part", BIBO + "DocumentPart"): 2,
    ("text#identified", SCHEMA + "CreativeWork"): 4,
    ("text#text", SCHEMA + "CreativeWork"): 4,
}


def component(parameter: str) -> str:
    return "Pattern" if parameter == "flags" else parameter[0].upper() + parameter[1:]


def line_of(result: Result) -> str:
    focus = BLANK if result.focus_node[0] == "_" else iri_of(result.focus_node).removeprefix(BASE)
    rule = iri_of(result.source_shape).removeprefix(f"{BASE}shapes/")
    named = iri_of(result.component).removeprefix(SH).removesuffix("ConstraintComponent")
    return f"{rule} {named} {iri_of(result.severity).removeprefix(SH)} {focus}"


def severity(shape: Node) -> str:
    return str(SHAPES.value(shape, sh("severity"), default=sh("Violation"))).removeprefix(SH)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=str)
def test_an_example_has_exactly_its_results(example: Example) -> None:
    found = results(example.data, SHAPES)

    assert found == example.expected


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=str)
def test_the_compiled_validator_finds_the_same(example: Example) -> None:
    found = VALIDATOR.results(statements_of(example.data))

    assert sorted(map(line_of, found)) == list(example.expected)


def test_every_shapes_file_has_a_graph_that_conforms() -> None:
    files = {path.stem for path in shapes.folder().glob("*.ttl")}

    assert files == CONFORMING.keys()
    assert not any(example.expected for example in CONFORMING.values())


def test_every_target_is_hit_by_the_graphs_that_conform() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for example in CONFORMING.values():
        found.update(found_by_target(example.data, SHAPES))

    assert found == FOUND


def test_every_constraint_is_violated_by_an_example() -> None:
    proved = {tuple(line.split(" ")[:2]) for e in EXAMPLES.values() for line in e.expected}

    missing = {
        f"{rule_of(shape)} {parameter}"
        for shape, parameter, _ in constraints(SHAPES)
        if parameter not in {*TARGETS, "property"}
        and reports(SHAPES, shape)
        and (rule_of(shape), component(parameter)) not in proved
    }

    assert not missing


def test_every_shape_has_a_part_in_some_report() -> None:
    idle = {rule_of(shape) for shape, _, _ in constraints(SHAPES) if not rules(SHAPES, shape)}

    assert not idle


@pytest.mark.parametrize("shape", REPORTING, ids=rule_of)
def test_a_shape_says_in_plain_words_what_should_be_true(shape: Node) -> None:
    (message,) = SHAPES.objects(shape, sh("message"))
    words = {"Violation": " must ", "Warning": " should "}

    assert isinstance(message, Literal)
    assert message.language == "en"
    assert words[severity(shape)] in str(message)
    assert str(message).endswith(".")
    assert not re.search(r"\b(?!https?:)[a-z]+:\w|[{}<>^]", message), "terms are not plain words"


@pytest.mark.parametrize("shape", REPORTING, ids=rule_of)
def test_a_warning_says_what_to_do(shape: Node) -> None:
    (message,) = SHAPES.objects(shape, sh("message"))

    assert severity(shape) == "Violation" or "Write " in str(message)


@pytest.mark.parametrize("name", ["gYear", "gYearMonth"])
def test_a_year_or_month_has_a_pattern_because_pyshacl_passes_any_text(name: str) -> None:
    asked = [*SHAPES.subjects(sh("datatype"), XSD[name])]

    assert asked
    assert all((shape, sh("pattern"), None) in SHAPES for shape in asked)


def reported_of(predicate: str, value: str) -> list[str]:
    """Give what is reported of a text for one statement about it."""
    text = f"<{BASE}text/x>"
    statements = [(text, RDF_TYPE, schema("CreativeWork")), (text, predicate, value)]
    return [line_of(r) for r in VALIDATOR.results(statements) if r.path == predicate and r.value]


@pytest.mark.parametrize(
    "date",
    [
        *("1893", "0000", "44 BC", "February 1887", "1887-02-03", "9999-12-31", "c. 1893"),
        *("1893?", "189X", "1893/1895", "1900/", "-0001-05", "-0043-03-15", "0000-12-31"),
    ],
)
def test_what_is_understood_as_a_date_is_one(date: str) -> None:
    assert not reported_of(dcterms("date"), dates.read(date).term)


@pytest.mark.parametrize("tag", ["en", "pt-BR", "grc", "zh-Hant", "sr-Latn-RS"])
def test_what_is_understood_as_a_language_is_one(tag: str) -> None:
    authority = languages.authority(languages.tag(tag))

    assert authority
    assert not reported_of(dcterms("language"), iri(authority))
    assert not reported_of(schema("inLanguage"), literal(languages.tag(tag)))


@pytest.mark.parametrize("address", ["http://a.example", "HTTPS://a.example/b", "https://[::1]/"])
def test_what_is_understood_as_an_address_is_one(address: str) -> None:
    assert not reported_of(dcterms("source"), iri(addresses.url(address)))


def test_no_mutant_of_the_shapes_goes_unnoticed() -> None:
    unnoticed = survivors(SHAPES, examples())

    assert unnoticed == EQUIVALENT.keys()
