"""Every representation of every document says what the edition holds, to parsers of other houses.

rdflib (literals as they are written) and PyLD in the plain tier; n3 and rdfxml-streaming-parser
from npm in the clients tier (`npm ci` in tests/clients).
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyld import jsonld

from ld.edition import Edition
from ld.formats import FORMATS, Format
from ld.stored import StoredDocument
from ld.terms import Statement, iri_of, is_iri_term, literal_of
from ld.vocabulary import RDFS_IS_DEFINED_BY, XSD

CLIENTS = Path(__file__).parent / "clients"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

Triple = tuple[tuple[str, ...], ...]


@pytest.fixture(scope="module", autouse=True)
def literals_as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.fixture(scope="module")
def documents(published_kropotkin: Edition) -> list[StoredDocument]:
    return list(published_kropotkin.documents())


def plain(term: str) -> tuple[str, ...]:
    if is_iri_term(term):
        return ("iri", iri_of(term))
    value, language, datatype = literal_of(term)
    return (
        "literal",
        value,
        language or "",
        datatype or (LANG_STRING if language else XSD + "string"),
    )


def held(document: StoredDocument) -> set[Triple]:
    return {tuple(plain(term) for term in s) for s in (*document.owned, *document.context)}


# rdflib's own reader of JSON-LD builds on a class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.SUFFIX)
def test_rdflib_reads_the_statements_that_the_edition_holds(
    fmt: Format, documents: list[StoredDocument]
) -> None:
    for document in documents:
        graph = rdflib.Graph().parse(data=fmt.write(document.statements), format=fmt.MEDIA_TYPE)
        assert {tuple(from_rdflib(node) for node in triple) for triple in graph} == held(document)


def from_rdflib(node: rdflib.term.Node) -> tuple[str, ...]:
    if isinstance(node, rdflib.URIRef):
        return ("iri", str(node))
    assert isinstance(node, rdflib.Literal)
    datatype = LANG_STRING if node.language else str(node.datatype or XSD + "string")
    return ("literal", str(node), node.language or "", datatype)


def test_pyld_reads_the_statements_that_the_edition_holds(
    documents: list[StoredDocument],
) -> None:
    (fmt,) = [fmt for fmt in FORMATS if fmt.SUFFIX == "jsonld"]

    for document in documents:
        body = json.loads(fmt.write(document.statements))
        triples = jsonld.to_rdf(body, {"documentLoader": refuse}).get("@default", [])
        read = {
            tuple(from_pyld(triple[part]) for part in ("subject", "predicate", "object"))
            for triple in triples
        }
        assert read == held(document)


def refuse(url: str, _options: object) -> None:
    raise AssertionError(f"reading the document needs {url}")


def from_pyld(term: dict[str, str]) -> tuple[str, ...]:
    if term["type"] == "IRI":
        return ("iri", term["value"])
    return ("literal", term["value"], term.get("language", ""), term["datatype"])


@pytest.mark.clients
def test_parsers_from_npm_read_the_statements_that_the_edition_holds(
    documents: list[StoredDocument],
) -> None:
    node = shutil.which("node")
    if node is None or not (CLIENTS / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci --ignore-scripts` in tests/clients")
    formats = [fmt for fmt in FORMATS if fmt.SUFFIX in {"ttl", "nt", "rdf"}]
    asked = [
        {
            "name": f"{document.key}.{fmt.SUFFIX}",
            "mediaType": fmt.MEDIA_TYPE,
            "base": document.document_iri,
            "text": fmt.write(document.statements).decode(),
        }
        for document in documents
        for fmt in formats
    ]

    done = subprocess.run(
        [node, "parse.mjs"], cwd=CLIENTS, input=json.dumps(asked), text=True,
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip

    answers = json.loads(done.stdout)
    for document in documents:
        for fmt in formats:
            triples = answers[f"{document.key}.{fmt.SUFFIX}"]
            assert {tuple(from_rdfjs(t) for t in triple) for triple in triples} == held(document)


def from_rdfjs(term: dict[str, str]) -> tuple[str, ...]:
    if term["type"] == "NamedNode":
        return ("iri", term["value"])
    return ("literal", term["value"], term["language"], term["datatype"])


def test_context_is_marked_and_never_owned(documents: list[StoredDocument]) -> None:
    for document in documents:
        marked = {s for s, p, _ in document.context if p == RDFS_IS_DEFINED_BY}

        assert {s for s, _, _ in document.context} == marked
        assert not marked & {s for s, _, _ in document.owned}


def test_every_statement_of_the_edition_is_owned_by_one_document(
    documents: list[StoredDocument],
) -> None:
    owned: list[Statement] = [s for document in documents for s in document.owned]

    assert len(owned) == len(set(owned))
