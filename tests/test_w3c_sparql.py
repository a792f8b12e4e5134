"""The SPARQL 1.1 suites of the W3C over HTTP: query evaluation, result formats, syntax.

What fails is listed with its reason, and fails for certain: a test that begins to pass has to be
taken off the list. Entailment and federation are not offered, so their tests are not run.
See: https://www.w3.org/2009/sparql/docs/tests/
"""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from conftest import Published, serving
from rdflib.plugins.sparql.parser import parseQuery
from w3c_sparql import (
    RESULTS,
    SUITE,
    SYNTAXES,
    Case,
    ask,
    canonical,
    cases,
    copy_with_store,
    iri_of,
    load,
    solutions,
    table,
)

EVALUATION = (
    "aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping",
    "negation", "project-expression", "property-path", "subquery", "csv-tsv-res", "json-res",
)  # fmt: skip
SYNTAX = ("aggregates", "construct", "delete-insert", "grouping", "syntax-query", "syntax-fed")
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
}

#: What fails, and why.
FAILS: dict[str, str] = {
    "aggregates/agg-empty-group-count-graph": "COUNT in a subquery ranges over all graphs at once",
    "bindings/graph": "VALUES does not bind the variable of the GRAPH around it",
    "functions/bnode01": "BNODE with an argument is not one node for each solution",
    "negation/graph-minus": "MINUS within GRAPH compares the graph's variable too",
}
#: What is read as good SPARQL, and refused for what it asks.
REFUSED = {
    "syntax-query/test_4": "an extension function that is not there",
    "syntax-fed/test_1": "federation",
    "syntax-fed/test_2": "federation",
    "syntax-fed/test_3": "federation",
}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason=f"the suite is not at {SUITE}")

_EVALUATED = (
    {c.name: c for c in cases(EVALUATION, {"QueryEvaluationTest", "CSVResultFormatTest"})}
    if SUITE.is_dir()
    else {}
)
_SYNTAX = (
    {c.name: c for c in cases(SYNTAX, {"PositiveSyntaxTest11", "NegativeSyntaxTest11"})}
    if SUITE.is_dir()
    else {}
)


@pytest.fixture(scope="module")
def endpoint(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data, store = copy_with_store(published.data, tmp_path_factory.mktemp("w3c"))
    load(store, (path for case in _EVALUATED.values() for path in (*case.default, *case.named)))
    store.flush()
    del store
    with serving(data) as address:
        yield f"{address}sparql"


def is_answered(endpoint: str, case: Case) -> bool:
    assert case.result is not None
    kind = case.result.suffix
    text = f"BASE <{iri_of(case.query)}> {case.query.read_text()}"
    reply = ask(endpoint, text, case, ACCEPT[kind])
    if reply.status != 200:
        return False
    expected = case.result.read_bytes()
    if kind == ".csv":
        return table(reply.body) == table(expected)
    if kind == ".ttl":
        base = iri_of(case.result)
        return canonical(
            quad.triple for quad in ox.parse(reply.body, SYNTAXES[kind], base_iri=base)
        ) == canonical(quad.triple for quad in ox.parse(expected, SYNTAXES[kind], base_iri=base))
    found, wanted = (
        ox.parse_query_results(body, format=RESULTS[kind]) for body in (reply.body, expected)
    )
    if isinstance(wanted, ox.QueryBoolean) or isinstance(found, ox.QueryBoolean):
        return bool(found) is bool(wanted) and type(found) is type(wanted)
    names = sorted(variable.value for variable in wanted.variables)
    return sorted(variable.value for variable in found.variables) == names and solutions(
        found, names
    ) == solutions(wanted, names)


@pytest.mark.parametrize("name", _EVALUATED)
def test_query_is_evaluated_as_the_suite_says_or_listed(endpoint: str, name: str) -> None:
    assert is_answered(endpoint, _EVALUATED[name]) is (name not in FAILS), FAILS.get(name)


@pytest.mark.parametrize("name", _SYNTAX)
def test_syntax_is_accepted_or_refused_as_the_suite_says(endpoint: str, name: str) -> None:
    case = _SYNTAX[name]

    reply = ask(endpoint, case.query.read_text(), case, "*/*")

    if name in REFUSED:
        # Not for its syntax, which an error of another type is for.
        assert (reply.status, b"query-refused" in reply.body) == (400, True)
        assert parseQuery(case.query.read_text())
    else:
        assert reply.status == (200 if case.kind.startswith("Positive") else 400), reply.body


def test_the_suite_is_complete_and_every_failure_is_in_it() -> None:
    assert (len(_EVALUATED), len(_SYNTAX)) == (235, 114)
    assert len(FAILS) <= 4
    assert FAILS.keys() <= _EVALUATED.keys()
    assert REFUSED.keys() <= _SYNTAX.keys()
