"""Terms of schema.org: those that are stated exist, are in force, and fit what they are said of.

See: https://schema.org/docs/datamodel.html
"""

import ast
from collections import defaultdict
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from ld.describe import catalog_statements
from ld.edition import open_current
from ld.publish import publish
from ld.terms import Statement, iri_of
from ld.validate import shapes
from ld.vocabulary import RDF_TYPE, RDFS, SCHEMA

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared"
VOCABULARY = SHARED / "conformance/consumers/schemaorg-30.0/schemaorg-current-https.ttl"

SETTINGS = """
base = "https://corpus.example.org/"
title = "Letters"
description = "Letters and essays."
language = "en"
access = "open"
year_means = "{year_means}"

[publisher]
name = "Example Archive"
type = "Organization"

[contact]
name = "Data desk"
email = "data@example.org"

[[authority]]
name = "Peter Kropotkin"
type = "Person"
inverted = "Kropotkin, Peter"
same_as = ["http://viaf.org/viaf/9856545"]

[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"
"""
SEED = """\
TITLE: A title
AUTHOR: Peter Kropotkin; Somebody Else
YEAR: 1893
SOURCE_ID: {identifier}
SOURCE_PATH: raw/{identifier}.txt
SOURCE_URL: https://library.example.org/{identifier}
RETRIEVED_UTC: 2026-02-04T16:55:10Z
LICENSE_NOTE: Public domain
GENRE: essay
----

Words.
"""

#: Terms that are said of what schema.org does not foresee, with the reason.
OUT_OF_DOMAIN: dict[tuple[str, str], str] = {}


class Vocabulary:
    """What schema.org says of its terms; names are without the namespace."""

    def __init__(self, path: Path) -> None:
        self.known: set[str] = set()
        self.superseded: set[str] = set()
        self.domains: dict[str, set[str]] = defaultdict(set)
        self.above: dict[str, set[str]] = defaultdict(set)
        for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE):
            if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
                continue
            if not quad.subject.value.startswith(SCHEMA):
                continue
            term = quad.subject.value.removeprefix(SCHEMA)
            self.known.add(term)
            said = quad.object.value.removeprefix(SCHEMA)
            match quad.predicate.value.removeprefix(SCHEMA):
                case "supersededBy":
                    self.superseded.add(term)
                case "domainIncludes":
                    self.domains[term].add(said)
                case above if above == RDFS + "subClassOf":
                    self.above[term].add(said)

    def classes(self, class_: str) -> set[str]:
        """Give a class and all those above it."""
        return {class_}.union(*(self.classes(above) for above in self.above[class_]))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    if not VOCABULARY.exists():
        pytest.skip(f"{VOCABULARY.name} lies beside the project and is not here")
    return Vocabulary(VOCABULARY)


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> set[Statement]:
    """All that is stated of a corpus in which every field has a meaning, whatever YEAR means."""
    statements: set[Statement] = set()
    for year_means in ("issued", "created"):
        folder = tmp_path_factory.mktemp(year_means)
        seeds = folder / "seeds"
        seeds.mkdir()
        (seeds / "corpus.toml").write_text(SETTINGS.format(year_means=year_means))
        for name, identifier in (("one", "one"), ("part_1", "two"), ("part_2", "two")):
            (seeds / f"{name}.txt").write_text(SEED.format(identifier=identifier))
        publish(seeds, folder / "data")
        edition = open_current(folder / "data")
        statements |= {*edition.statements(), *catalog_statements(edition)}
    return statements


def name_of(term: str) -> str | None:
    """Give the name of a term of schema.org; None for any other."""
    return iri_of(term).removeprefix(SCHEMA) if term.startswith(f"<{SCHEMA}") else None


def used(stated: set[Statement]) -> set[str]:
    """Give the properties and classes of schema.org in use."""
    terms = {predicate for _, predicate, _ in stated}
    terms |= {object_ for _, predicate, object_ in stated if predicate == RDF_TYPE}
    return {name for term in terms if (name := name_of(term)) is not None}


def spelled() -> set[str]:
    """Give the terms of schema.org that the library spells for what it states of a corpus."""
    names = set()
    for path in (PROJECT / "ld").rglob("*.py"):
        if path.is_relative_to(PROJECT / "ld" / "query"):  # states things of queries
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="schema"), args=[ast.Constant(value=str(name))]):
                    names.add(name)
    return names


def test_every_term_that_the_library_spells_is_stated_here(stated: set[Statement]) -> None:
    names = spelled()

    assert len(names) > 20
    assert names <= used(stated)


def test_every_term_exists_and_is_in_force(stated: set[Statement], vocabulary: Vocabulary) -> None:
    in_use = used(stated)

    assert not in_use - vocabulary.known
    assert not in_use & vocabulary.superseded


def test_every_term_of_the_shapes_exists_and_is_in_force(vocabulary: Vocabulary) -> None:
    terms = {
        f"<{term}>" for triple in shapes.load("https://corpus.example.org/") for term in triple
    }
    in_use = {name for term in terms if (name := name_of(term)) is not None}

    assert in_use
    assert not in_use - vocabulary.known
    assert not in_use & vocabulary.superseded


def test_every_property_fits_what_it_is_said_of(
    stated: set[Statement], vocabulary: Vocabulary
) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, object_ in stated:
        if predicate == RDF_TYPE and (kind := name_of(object_)):
            kinds[subject].add(kind)

    unfit = set()
    for subject, predicate, _ in stated:
        property_ = name_of(predicate)
        if property_ is None:
            continue
        # Whatever has no class of schema.org is a Thing.
        stated_kinds = kinds[subject] or {"Thing"}
        fitting = {above for kind in stated_kinds for above in vocabulary.classes(kind)}
        if not fitting & vocabulary.domains[property_]:
            unfit.add((property_, min(stated_kinds)))

    assert unfit == OUT_OF_DOMAIN.keys()
