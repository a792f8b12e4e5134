"""Where the engine answers otherwise than SPARQL 1.1 says, it is asked in another way."""

from collections import Counter

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_editions import build, make_current

from ld.errors import QuerySyntaxError
from ld.query import guard
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.standard import conforming

PREFIX = "PREFIX : <http://e/> "
DATA = """@prefix : <http://e/> .
:a :p :b . :b :p :c . :c :q "x"@en, "y"@en . :d :p :a ; :o :o ."""
UNCHANGED = {
    "one step at least": "SELECT * { :n :p+ ?x }",
    "no constant": "SELECT * { ?y :p* ?x }",
    "more than one triple": "SELECT * { :n :p* ?x . ?x :q ?y }",
    "a step before": "SELECT * { :n :q/:p* ?x }",
    "two groups of steps": "SELECT * { :n (:q)/(:p)* ?x }",
    "a filter": "SELECT * { :n :p* ?x FILTER(?x != :a) }",
    "graphs": "SELECT * { GRAPH ?g { :n :p* ?x } }",
    "a product": "SELECT (2*3 AS ?x) {}",
    "no query": "SELECT * { :n :p* ?x '",
    "a name": "SELECT * { ?s :group_concat ?group_concat }",
}


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.load(DATA.encode(), pyoxigraph.RdfFormat.TURTLE)
    return store


def rows(store: pyoxigraph.Store, query: str) -> Counter[tuple[str, ...]]:
    solutions = store.query(PREFIX + query)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    names = sorted(variable.value for variable in solutions.variables)
    return Counter(tuple(str(row[name]) for name in names) for row in solutions)


@pytest.mark.parametrize("query", UNCHANGED.values(), ids=UNCHANGED)
def test_query_stays_as_it_is(query: str) -> None:
    assert conforming(PREFIX + query) == PREFIX + query


@pytest.mark.parametrize("path", [":p*", ":p?", "(:p|:q)*", "^:p*", "a?", "(:p/^:q)*"])
@pytest.mark.parametrize("query", ["SELECT * {{ :n {} ?o }}", "SELECT * {{ ?p {} :n . }}"])
def test_path_of_no_steps_begins_anywhere(store: pyoxigraph.Store, query: str, path: str) -> None:
    text = conforming(query.format(path))

    assert rows(store, text) == {("<http://e/n>",): 1}


@given(
    st.sampled_from([":a", ":b", ":c", ":d", ":o"]),
    st.sampled_from([":p*", ":p?", "^:p*", "(:p|^:p)*", "(:p|:q|:o)?", "(:p/:p)*"]),
    st.sampled_from(["?s", "?p", "?o", "?x"]),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_terms_of_the_graph_have_the_same_answers(
    constant: str, path: str, variable: str, is_start: bool
) -> None:
    store = pyoxigraph.Store()
    store.load(DATA.encode(), pyoxigraph.RdfFormat.TURTLE)
    ends = (constant, variable) if is_start else (variable, constant)
    query = f"SELECT * {{ {ends[0]} {path} {ends[1]} }}"

    assert conforming(query) != query
    assert rows(store, conforming(query)) == rows(store, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (GROUP_CONCAT(?v) AS ?all) { ?s :q ?v }",
        "SELECT (group_concat(DISTINCT ?v; SEPARATOR=')') AS ?all) { ?s :q ?v }",
        "SELECT (STRLEN(GROUP_CONCAT((?v))) AS ?all) { ?s :q ?v }",
    ],
)
def test_texts_in_a_row_have_no_language(store: pyoxigraph.Store, query: str) -> None:
    ((found,),) = rows(store, conforming(query))

    assert "@" not in found


def test_an_error_is_where_it_is_in_the_query_as_it_came(tmp_path) -> None:  # type: ignore[no-untyped-def]
    build(tmp_path, "1-x")
    make_current(tmp_path, "1-x")
    query = guard.check("SELECT (GROUP_CONCAT(?x) AS ?y) { ?r <a:p>/<a:q>* <a:b> } GROUP BY")
    with running(tmp_path) as path, pytest.raises(QuerySyntaxError) as caught:
        BrokerClient(path).query(query, "text/csv", client="a")

    assert (caught.value.line, caught.value.column) == (1, len(query.text) + 1)
