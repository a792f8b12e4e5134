"""The SPARQL 1.1 test suites of the W3C, and a running service over their data.

The service publishes one edition. Each data file of the suites is a named graph of its store, so
a test names its own dataset in its request, as the protocol has it.
"""

import csv
import io
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import rdflib
from rdflib import RDF, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

SUITE = Path(__file__).parents[1].parent / "shared/conformance/rdf-tests/sparql/sparql11"
#: Where the suite lies on the Web; its files are named so in queries and results.
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
SPARQL = rdflib.Namespace("http://www.w3.org/ns/sparql#")

SYNTAXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".n3": ox.RdfFormat.TURTLE,
}
RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}


class Case(NamedTuple):
    """One test: its folder and name, its kind, and its files."""

    name: str
    kind: str
    query: Path
    default: tuple[Path, ...]
    named: tuple[Path, ...]
    result: Path | None


class Reply(NamedTuple):
    status: int
    media_type: str
    body: bytes


def iri_of(path: Path) -> str:
    return BASE + path.relative_to(SUITE).as_posix()


@cache
def manifest_of(folder: str) -> rdflib.Graph:
    path = SUITE / folder / "manifest.ttl"
    return rdflib.Graph().parse(path, format="turtle", publicID=iri_of(path))


def path_of(node: Node | None) -> Path:
    return SUITE / urllib.parse.unquote(str(node).removeprefix(BASE))


def cases(folders: Iterable[str], kinds: Iterable[str]) -> Iterator[Case]:
    for folder in folders:
        graph = manifest_of(folder)
        for entries in graph.objects(None, MF.entries):
            for node in Collection(graph, entries):
                kind = str(graph.value(node, RDF.type)).rpartition("#")[2]
                if kind in kinds:
                    yield case_of(folder, graph, node, kind)


def case_of(folder: str, graph: rdflib.Graph, node: Node, kind: str) -> Case:
    name = f"{folder}/{str(node).rpartition('#')[2]}"
    action, result = graph.value(node, MF.action), graph.value(node, MF.result)
    if isinstance(action, URIRef):
        return Case(name, kind, path_of(action), (), (), None)
    return Case(
        name,
        kind,
        path_of(graph.value(action, QT.query)),
        tuple(map(path_of, graph.objects(action, QT.data))),
        tuple(map(path_of, graph.objects(action, QT.graphData))),
        path_of(result),
    )


def load(store: ox.Store, paths: Iterable[Path]) -> None:
    """Load data files, each as a graph of its own name."""
    for path in sorted(set(paths)):
        store.bulk_load(
            path=path,
            format=SYNTAXES[path.suffix],
            base_iri=iri_of(path),
            to_graph=ox.NamedNode(iri_of(path)),
        )


def copy_with_store(published: Path, folder: Path) -> tuple[Path, ox.Store]:
    """Copy a data directory, and give it with the new and empty store of its current edition."""
    data = folder / "data"
    shutil.copytree(published, data, symlinks=True)
    graph = (data / "current").resolve() / "graph"
    shutil.rmtree(graph)
    graph.mkdir()
    return data, ox.Store(str(graph))


def send(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str]
) -> Reply:
    """Send a request as it is, and give whatever is answered."""
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Reply(answer.status, answer.headers.get_content_type(), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers.get_content_type(), error.read())


def ask(endpoint: str, query: str, case: Case, accept: str) -> Reply:
    """Ask a test's query over the test's dataset, unless the query names its own."""
    fields = [("query", query)]
    if not re.search(r"\bFROM\b", query):
        # Even a test without a default graph has one, and it is empty.
        fields.append(("default-graph-uri", BASE + "nothing"))
        fields += [("default-graph-uri", iri_of(path)) for path in case.default]
        fields += [("named-graph-uri", iri_of(path)) for path in case.named]
    return send(
        endpoint,
        method="POST",
        body=urllib.parse.urlencode(fields).encode(),
        headers={"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"},
    )


def canonical(triples: Iterable[ox.Triple]) -> ox.Dataset:
    """Give a graph in a form that does not depend on the names of blank nodes."""
    found = ox.Dataset(ox.Quad(*triple) for triple in triples)
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


def solutions(results: ox.QuerySolutions, names: Iterable[str]) -> ox.Dataset:
    """Give solutions as a graph, so that blank nodes are compared by what they are in."""
    rows = Counter(tuple(solution[name] for name in names) for solution in results)
    triples = []
    for number, (row, times) in enumerate(rows.items()):
        node = ox.BlankNode(f"row-{number}")
        triples.append(ox.Triple(node, ox.NamedNode("urn:x:times"), normal(ox.Literal(str(times)))))
        for name, term in zip(names, row, strict=True):
            if term is not None:
                triples.append(ox.Triple(node, ox.NamedNode(f"urn:x:{name}"), normal(term)))
    return canonical(triples)


def normal(term: ox.Literal | ox.NamedNode | ox.BlankNode | ox.Triple) -> ox.Literal | ox.Triple:
    """Give a term as the store would: 01 and 1 are one integer."""
    if not isinstance(term, ox.Literal):
        return term
    store = ox.Store()
    quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), term)
    store.add(quad)
    return next(iter(store)).object


def table(body: bytes) -> Counter[frozenset[tuple[str, str]]]:
    """Give the rows of a CSV result, by column; blank nodes are all alike, and numbers by value."""
    rows = csv.DictReader(io.StringIO(body.decode()))
    return Counter(frozenset((name, cell(value)) for name, value in row.items()) for row in rows)


def cell(value: str) -> str:
    if value.startswith("_:"):
        return "_:"
    return str(float(value)) if re.fullmatch(r"-?\d+(\.\d*)?(E\d+)?", value, re.I) else value
