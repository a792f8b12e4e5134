"""Every format writes exactly the statements it is given, the same bytes in every process."""

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from ld import formats
from ld.formats import (
    BY_MEDIA_TYPE,
    BY_SUFFIX,
    FORMATS,
    Format,
    json_ld,
    n_triples,
    rdf_xml,
    turtle,
)
from ld.terms import Statement, Term, iri, literal
from ld.vocabulary import EDTF, FOAF, PREFIXES, RDF, RDF_TYPE, SCHEMA, XSD, dcterms, schema

# rdflib's own reader of JSON-LD uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

SUBJECT = iri("https://corpus.example.org/text/x")
NAMES = [fmt.NAME for fmt in FORMATS]

BOOK: list[Statement] = [
    (SUBJECT, RDF_TYPE, schema("CreativeWork")),
    (SUBJECT, RDF_TYPE, dcterms("BibliographicResource")),
    (SUBJECT, dcterms("title"), literal('Fish & "Chips" <no>', language="en")),
    (SUBJECT, schema("datePublished"), literal("1893", datatype=XSD + "gYear")),
    (SUBJECT, schema("creator"), iri("https://corpus.example.org/agent/a")),
    (SUBJECT, schema("creator"), iri("https://corpus.example.org/agent/b")),
    (SUBJECT, schema("isAccessibleForFree"), literal("true", datatype=XSD + "boolean")),
    (iri("https://corpus.example.org/text/x#file"), schema("contentSize"), literal("1 kB")),
    (iri("https://corpus.example.org/doc/text/x"), iri(FOAF + "primaryTopic"), SUBJECT),
    (iri("https://corpus.example.org/agent/a"), schema("name"), literal("A")),
]


def statement_with(obj: Term) -> Statement:
    return (SUBJECT, dcterms("title"), obj)


# Readers


def read_with_pyoxigraph(fmt: Format, data: bytes) -> set[Statement]:
    syntax = pyoxigraph.RdfFormat.from_extension(fmt.SUFFIX)
    assert syntax is not None
    return {
        (str(quad.subject), str(quad.predicate), _pyoxigraph_term(quad.object))
        for quad in pyoxigraph.parse(data, format=syntax)
    }


def _pyoxigraph_term(node: object) -> Term:
    if isinstance(node, pyoxigraph.Literal):
        datatype = None if node.language is not None else node.datatype.value
        return literal(node.value, language=node.language, datatype=datatype)
    return str(node)


def read_with_rdflib(fmt: Format, data: bytes) -> set[Statement]:
    graph = rdflib.Graph().parse(data=data, format=fmt.MEDIA_TYPE)
    return {(_term(s), _term(p), _term(o)) for s, p, o in graph}


def _term(node: rdflib.term.Node) -> Term:
    if isinstance(node, rdflib.Literal):
        datatype = None if node.datatype is None else str(node.datatype)
        return literal(str(node), language=node.language, datatype=datatype)
    return f"<{node}>"


def read_with_pyld(data: bytes) -> set[Statement]:
    quads = jsonld.to_rdf(json.loads(data), {"documentLoader": _refuse})["@default"]
    return {
        (_pyld_term(q["subject"]), _pyld_term(q["predicate"]), _pyld_term(q["object"]))
        for q in quads
    }


def _pyld_term(node: dict[str, str]) -> Term:
    if node["type"] == "literal":
        language = node.get("language")
        datatype = None if language is not None else node["datatype"]
        return literal(node["value"], language=language, datatype=datatype)
    assert node["type"] == "IRI"
    return f"<{node['value']}>"


def _refuse(url: str, options: dict[str, object]) -> dict[str, object]:
    raise AssertionError(f"reading asked for {url}")


@pytest.fixture(autouse=True, scope="module")
def literals_as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


def assert_says_exactly(fmt: Format, statements: list[Statement]) -> None:
    data = fmt.write(statements)
    assert read_with_pyoxigraph(fmt, data) == set(statements)
    assert read_with_rdflib(fmt, data) == set(statements)
    if fmt is json_ld:
        assert read_with_pyld(data) == set(statements)


# What any text and IRI may hold

SCALAR = st.characters(exclude_categories=["Cs"])
XML_CHARACTER = st.one_of(
    st.sampled_from("\t\n\r \x7f\x85\u2028\u2029\ufeff\ufffd&<>\"'\\]"),
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
)


def literals(character: st.SearchStrategy[str]) -> st.SearchStrategy[Term]:
    text = st.text(character, max_size=20)
    tag = st.sampled_from(["en", "de-1996", "zh-hant-tw", "und", "x-own"])
    number = st.sampled_from(
        ["0", "1", "-1", "01", "+5", "1.0", "1e0", "true", "false", "", "1893"]
    )
    # PyLD rewrites xsd:double, which no statement of a corpus has.
    datatypes = [XSD + name for name in ("boolean", "integer", "decimal", "gYear", "date")]
    datatypes += [EDTF, SCHEMA + "Text", SCHEMA + "value", "urn:x:type"]
    return st.one_of(
        st.builds(literal, text),
        st.builds(lambda value, tag: literal(value, language=tag), text, tag),
        st.builds(
            lambda value, datatype: literal(value, datatype=datatype),
            text | number,
            st.sampled_from(datatypes),
        ),
    )


def _is_read_by_all(value: str) -> bool:
    try:
        list(pyoxigraph.parse(f"<{value}> <x:p> <x:o> .", format=pyoxigraph.RdfFormat.N_TRIPLES))
    except SyntaxError:
        return False
    return True


SCHEMES = ["http://a.example/", "https://schema.org/", "urn:x:", "mailto:", "tag:", "http:"]
SCHEMES += [f"{prefix}:" for prefix in PREFIXES]
SCHEMES += ["id:", "type:", "value:", "language:", *PREFIXES.values()]
IRI = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from(SCHEMES),
    st.text("abz019@&'()*+,;=:/?#.-_~$!%é日\U00020000", max_size=8),
).filter(lambda value: len(value.partition(":")[2]) > 0 and _is_read_by_all(value))
IRI_TERM = IRI.map(iri)
VOCABULARY = st.sampled_from(
    [schema(name) for name in ("name", "id", "type", "value", "language", "rdf", "a-b", "graph")]
    + [dcterms("title"), iri(RDF + "_1"), iri("http://a.example/?x=1&p"), RDF_TYPE]
)


# Exactness


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
@given(st.lists(literals(XML_CHARACTER), max_size=5))
@settings(max_examples=60, deadline=None)
def test_literals_of_xml_characters_are_written_exactly(fmt: Format, terms: list[Term]) -> None:
    assert_says_exactly(fmt, [statement_with(term) for term in terms])


@pytest.mark.parametrize("fmt", [turtle, json_ld, n_triples], ids=lambda fmt: fmt.NAME)
@given(st.lists(literals(SCALAR), max_size=5))
@example([literal("".join(map(chr, range(0xA0))) + "\u2028\ufdd0\ufffe\uffff\U0010ffff")])
@settings(max_examples=60, deadline=None)
def test_literals_of_any_characters_are_written_exactly(fmt: Format, terms: list[Term]) -> None:
    assert_says_exactly(fmt, [statement_with(term) for term in terms])


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
@given(st.lists(st.tuples(IRI_TERM, VOCABULARY, IRI_TERM | literals(XML_CHARACTER)), max_size=5))
@settings(max_examples=60, deadline=None)
def test_iris_are_written_exactly(fmt: Format, statements: list[Statement]) -> None:
    assert_says_exactly(fmt, statements)


@pytest.mark.parametrize("fmt", [turtle, json_ld, n_triples], ids=lambda fmt: fmt.NAME)
@given(st.lists(st.tuples(IRI_TERM, IRI_TERM, IRI_TERM), max_size=5))
@settings(max_examples=60, deadline=None)
def test_predicates_of_any_iri_are_written_exactly(
    fmt: Format, statements: list[Statement]
) -> None:
    assert_says_exactly(fmt, statements)


@given(st.lists(st.tuples(IRI_TERM, IRI_TERM, IRI_TERM), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_rdf_xml_writes_predicates_exactly_or_refuses_them(statements: list[Statement]) -> None:
    try:
        data = rdf_xml.write(statements)
    except ValueError:
        return

    assert read_with_pyoxigraph(rdf_xml, data) == set(statements)
    assert read_with_rdflib(rdf_xml, data) == set(statements)


HOSTILE_TEXTS = ["", " ", "@id", "@type", "@en", "true", "1", "null", "_:b0", "schema:x", "id"]
HOSTILE_TEXTS += ["\r", "\r\n", "a\rb\nc", "\x85", "\u2028", "]]>", "<!--", "&amp;", "'''", '"""']
HOSTILE_TEXTS += ["http://a.example/", "</script>", "\ufeff", "e\u0301", "<rdf:x>", "\\", "\\u0041"]


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_text_that_looks_like_syntax_stays_text(fmt: Format, text: str) -> None:
    assert_says_exactly(fmt, [statement_with(literal(text))])


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
@pytest.mark.parametrize("name", ["Description", "li", "RDF", "about", "nil", "JSON"])
def test_types_may_have_names_that_a_syntax_uses(fmt: Format, name: str) -> None:
    assert_says_exactly(fmt, [(SUBJECT, RDF_TYPE, iri(RDF + name))])


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_scheme_that_is_spelt_as_a_prefix_stays_a_scheme(fmt: Format, prefix: str) -> None:
    scheme = iri(f"{prefix}:x")
    typed = literal("x", datatype=f"{prefix}:y")

    assert_says_exactly(fmt, [(scheme, RDF_TYPE, scheme), *map(statement_with, (scheme, typed))])


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
def test_nothing_is_written_as_an_empty_graph(fmt: Format) -> None:
    assert_says_exactly(fmt, [])


# What RDF/XML cannot say


@pytest.mark.parametrize("value", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_rdf_xml_refuses_characters_outside_xml(value: str) -> None:
    with pytest.raises(ValueError, match=r"XML 1\.0"):
        rdf_xml.write([statement_with(literal(value))])


@pytest.mark.parametrize(
    "predicate",
    ["http://a.example/1", "http://a.example/", "urn:x:1", "mailto:", PREFIXES["dcterms"]]
    + [RDF + name for name in ("li", "about", "Description", "aboutEachPrefix")],
)
def test_rdf_xml_refuses_predicates_that_cannot_name_an_element(predicate: str) -> None:
    with pytest.raises(ValueError, match="RDF/XML has no element"):
        rdf_xml.write([(SUBJECT, f"<{predicate}>", literal("x"))])


# Looks


@pytest.mark.parametrize("fmt", FORMATS, ids=NAMES)
def test_bytes_do_not_depend_on_the_order_given(fmt: Format) -> None:
    assert fmt.write(BOOK) == fmt.write(reversed(BOOK)) == fmt.write(iter(BOOK))


def test_bytes_are_the_same_in_every_process() -> None:
    script = (
        "import hashlib; from ld.formats import FORMATS; from tests.test_formats import BOOK;"
        "print(*(hashlib.sha256(fmt.write(BOOK)).hexdigest() for fmt in FORMATS))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parents[1],
            check=True,
            capture_output=True,
        ).stdout
        for _ in range(4)
    }

    assert len(answers) == 1


def test_turtle_declares_what_it_uses_in_the_order_of_the_vocabulary() -> None:
    head = turtle.write(BOOK).decode().split("\n\n")[0].splitlines()

    declared = [f"@prefix {p}: <{PREFIXES[p]}> ." for p in ("xsd", "dcterms", "schema", "foaf")]
    assert head == declared


def test_rdf_xml_declares_what_it_uses_in_the_order_of_the_vocabulary() -> None:
    root = rdf_xml.write(BOOK).decode().splitlines()[1]

    declared = [f'xmlns:{p}="{PREFIXES[p]}"' for p in ("rdf", "dcterms", "schema", "foaf")]
    assert root == f"<rdf:RDF {' '.join(declared)}>"


def test_the_thing_described_comes_first_with_its_types() -> None:
    first = turtle.write(BOOK).decode().split("\n\n")[1]
    node = json_ld.document(BOOK)["@graph"][0]

    assert first.startswith(f"{SUBJECT} a ")
    assert list(node)[:2] == ["id", "type"]
    assert f"<{node['id']}>" == SUBJECT


def test_a_thing_comes_before_its_fragments() -> None:
    ids = [node["id"] for node in json_ld.document(BOOK[:8])["@graph"]]

    assert ids == ["https://corpus.example.org/text/x", "https://corpus.example.org/text/x#file"]


def test_json_ld_is_compact_where_names_are_plain() -> None:
    node = json_ld.document(BOOK)["@graph"][0]

    assert node["dcterms:title"] == {"value": 'Fish & "Chips" <no>', "language": "en"}
    assert node["datePublished"] == {"value": "1893", "type": "xsd:gYear"}
    assert node["isAccessibleForFree"] is True
    assert node["creator"] == [
        {"id": "https://corpus.example.org/agent/a"},
        {"id": "https://corpus.example.org/agent/b"},
    ]


# The registry


def test_every_module_here_is_registered_and_has_the_members_of_a_format() -> None:
    modules = [
        importlib.import_module(f"ld.formats.{module.name}")
        for module in pkgutil.iter_modules(formats.__path__)
        if not module.name.startswith("_")
    ]

    assert {module.__name__ for module in modules} == {fmt.__name__ for fmt in FORMATS}  # type: ignore[attr-defined]
    for fmt in FORMATS:
        assert all(isinstance(member, str) for member in (fmt.NAME, fmt.MEDIA_TYPE, fmt.SUFFIX))
        assert isinstance(fmt.write, Callable)  # type: ignore[arg-type]
        assert isinstance(fmt.write([]), bytes)


def test_names_media_types_and_suffixes_are_unique() -> None:
    assert len(set(NAMES)) == len(FORMATS)
    assert len(BY_MEDIA_TYPE) == len(BY_SUFFIX) == len(FORMATS)
    assert BY_MEDIA_TYPE["text/turtle"] is BY_SUFFIX["ttl"] is turtle


def test_media_types_and_suffixes_are_those_that_others_know() -> None:
    for fmt in FORMATS:
        syntax = pyoxigraph.RdfFormat.from_media_type(fmt.MEDIA_TYPE)

        assert syntax is not None
        assert syntax.file_extension == fmt.SUFFIX
