"""Example queries: questions in words, each with its query and the shape of its answer.

One Turtle file for each, as SIB's collections have them: a `sh:SPARQLExecutable` with the question
in `rdfs:comment` and its topic in `schema:keywords`. `dcterms:conformsTo` leads to a shape: the
columns and the least number of rows of the answer as a W3C result set, or of a graph's triples.
See: https://github.com/sib-swiss/sparql-examples and https://www.w3.org/TR/shacl/#sparql-prefixes
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat

from ld.query import prefixes
from ld.query.guard import Form
from ld.terms import Statement, Term, iri, iri_of, literal, literal_of
from ld.vocabulary import OWL, RDF_TYPE, RDFS, SH, XSD, schema

#: Where the examples are, below the base.
PATH: Final = ".well-known/sparql-examples/"

_SPEX: Final = "https://purl.expasy.org/sparql-examples/ontology#"
_QUERY: Final = {
    iri(SH + "select"): Form.SELECT,
    iri(SH + "ask"): Form.ASK,
    iri(SH + "construct"): Form.CONSTRUCT,
    iri(_SPEX + "describe"): Form.DESCRIBE,
}
_PREFIXES: Final = "prefixes"


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its query, which uses known prefixes without declaring them.

    The answer has the `columns`, in no order, and at least `fewest` rows; a graph has no columns
    and at least `fewest` statements; a truth value has neither.
    """

    name: str
    topic: str
    question: str
    form: Form
    query: str
    columns: frozenset[str]
    fewest: int


@cache
def examples() -> tuple[Example, ...]:
    """Give the examples in the order in which people should meet them."""
    ordered = sorted(map(_example, _names()))
    return tuple(example for _, _, example in ordered)


def statements(base: str, endpoint: str) -> list[Statement]:
    """Give all examples of a corpus as statements, with the prefixes that they use."""
    said = list(_prefix_statements(base))
    for example in examples():
        said += statements_of(example.name, base, endpoint)
    return said


def statements_of(name: str, base: str, endpoint: str) -> list[Statement]:
    """Give one example as statements.

    Raises: KeyError if there is no such example.
    """
    if name not in _names():
        raise KeyError(name)
    target = (iri(base + PATH + name), schema("target"), iri(endpoint))
    return [*_read(name, base), target]


@cache
def _names() -> tuple[str, ...]:
    files = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(name[:-4] for name in files if name.endswith(".ttl")))


def _example(name: str) -> tuple[int, str, Example]:
    base = "http://example.org/"
    here = base + PATH + name
    objects: dict[tuple[str, Term], list[Term]] = defaultdict(list)
    for subject, predicate, obj in _read(name, base):
        objects[iri_of(subject).removeprefix(here), predicate].append(obj)

    def text(predicate: Term) -> str:
        return literal_of(objects["", predicate][0])[0]

    kind = next(predicate for predicate in _QUERY if ("", predicate) in objects)
    fewest = [
        *objects["#rows", iri(SH + "minCount")],
        *objects["#statements", iri(SH + "minInclusive")],
    ]
    example = Example(
        name=name,
        topic=text(schema("keywords")),
        question=text(iri(RDFS + "comment")),
        form=_QUERY[kind],
        query=text(kind),
        columns=frozenset(
            literal_of(column)[0] for column in objects["#columns", iri(SH + "hasValue")]
        ),
        fewest=int(literal_of(fewest[0])[0]) if fewest else 0,
    )
    return int(text(schema("position"))), name, example


def _read(name: str, base: str) -> list[Statement]:
    text = (resources.files(__name__) / f"{name}.ttl").read_bytes()
    triples = pyoxigraph.parse(text, RdfFormat.TURTLE, base_iri=base + PATH)
    return [(_term(t.subject), _term(t.predicate), _term(t.object)) for t in triples]


def _term(term: object) -> Term:
    match term:
        case NamedNode():
            return iri(term.value)
        case Literal():
            datatype = None if term.language else term.datatype.value
            return literal(term.value, language=term.language, datatype=datatype)
        case _:
            raise ValueError(f"an example has no address: {term}")


def _prefix_statements(base: str) -> list[Statement]:
    declaring = iri(base + PATH + _PREFIXES)
    said = [
        (declaring, RDF_TYPE, iri(OWL + "Ontology")),
        (declaring, iri(OWL + "imports"), iri(SH)),
    ]
    for name, namespace in prefixes.known(base).items():
        declaration = iri(f"{iri_of(declaring)}#{name}")
        said += [
            (declaring, iri(SH + "declare"), declaration),
            (declaration, iri(SH + "prefix"), literal(name)),
            (declaration, iri(SH + "namespace"), literal(namespace, datatype=XSD + "anyURI")),
        ]
    return said
