"""A query that the engine takes in another order has the same answers, and else stays as it is."""

from collections import Counter

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ld.query import guard
from ld.query.rewrite import quicker

PREFIX = "PREFIX : <http://e/> "
NODES = [f":n{number}" for number in range(4)]
PREDICATES = [":p", ":q", ":r"]
#: Of a corpus: what is said of it → how it is asked.
MOVED = {
    "a path behind the pattern that binds it": (
        "SELECT * { ?r :p ?x . ?x :q* :n1 }",
        "SELECT * { ?x :q* :n1 . ?r :p ?x }",
    ),
    "from its constant": (
        "ASK { ?r :p ?x ; :r ?y . :n1 (^:q)+ ?x . }",
        "ASK { :n1 (^:q)+ ?x . ?r :p ?x ; :r ?y . }",
    ),
    "the last step of a sequence": (
        "SELECT ?r { ?r :p/:q* :n1 }",
        "SELECT ?r { _:path0 :q* :n1 . ?r :p _:path0 }",
    ),
    "after a class": (
        "SELECT ?r { ?r a :n2 ; :p ?x . ?x :q* :n1 }",
        "SELECT ?r { ?x :q* :n1 . ?r a :n2 ; :p ?x }",
    ),
    "with comments": (
        "SELECT ?r { ?r :p ?x . # why\n ?x # who\n :q* :n1 # end\n }",
        "SELECT ?r { ?x # who\n :q* :n1 . ?r :p ?x # end\n }",
    ),
    "in an inner group": (
        "SELECT ?r { ?r :r ?z OPTIONAL { ?r :p ?x . ?x :q* :n1 } }",
        "SELECT ?r { ?r :r ?z OPTIONAL { ?x :q* :n1 . ?r :p ?x } }",
    ),
    "a name that is taken": (
        "SELECT ?r { ?r :p/:q* :n1 . ?r :r _:path0 }",
        "SELECT ?r { _:pathx0 :q* :n1 . ?r :p _:pathx0 . ?r :r _:path0 }",
    ),
}
KEPT = {
    "order decides which solutions": "SELECT * { ?r :p ?x . ?x :q* :n1 } LIMIT 3",
    "order decides, glued": "SELECT * { ?r :p ?x . ?x :q* :n1 } ORDER BY ?r LIMIT3",
    "order decides what is skipped": "SELECT * { ?r :p ?x . ?x :q* :n1 } OFFSET 3",
    "of an inner query": "SELECT * { { SELECT * { ?r :p ?x } LIMIT 1 } { ?r :p ?x . ?x :q* :n1 } }",
    "any of a group": "SELECT (SAMPLE(?r) AS ?a) { ?r :p ?x . ?x :q* :n1 }",
    "texts in a row": "SELECT (GROUP_CONCAT(?r) AS ?a) { ?r :p ?x . ?x :q* :n1 }",
    "sums are rounded": "SELECT (SUM(?r) AS ?a) { ?r :p ?x . ?x :q* :n1 }",
    "duplicates may go": "SELECT REDUCED * { ?r :p ?x . ?x :q* :n1 }",
    "other each time": "SELECT (RAND() AS ?a) { ?r :p ?x . ?x :q* :n1 }",
    "a graph": "SELECT * { GRAPH ?g { ?r :p ?x . ?x :q* :n1 } }",
    "a dataset": "SELECT * FROM :n1 { ?r :p ?x . ?x :q* :n1 }",
    "few solutions before": "SELECT * { :n2 :p ?x . ?x :q* :n1 }",
    "few solutions by a value": "SELECT * { ?r :r 'v' ; :p ?x . ?x :q* :n1 }",
    "nothing in common": "SELECT * { ?r :p ?y . ?x :q* :n1 }",
    "bound as a predicate": "SELECT * { ?r ?x ?y . ?x :q* :n1 }",
    "another group": "SELECT * { ?r :p ?x { ?x :q* :n1 } }",
    "behind a filter": "SELECT * { ?r :p ?x FILTER(?r != :n1) ?x :q* :n1 }",
    "no closure": "SELECT * { ?r :p ?x . ?x :q :n1 }",
    "no constant": "SELECT * { ?r :p ?x . ?x :q* ?y }",
    "a product": "SELECT (1*2 AS ?x) { ?r :p ?x }",
    "a list of objects": "SELECT * { ?r :p ?x . ?x :q* :n1, :n2 }",
    "a blank node of properties": "SELECT * { ?r :p [ :q ?x ] . ?x :q* :n1 }",
    "an unreadable query": "SELECT * { ?r :p ?x . ?x :q* ' }",
    "an empty statement": "SELECT * { ?r :p ?x . . ?x :q* :n1 }",
    "two closures in a sequence": "SELECT * { ?r :p*/:q* :n1 }",
    "alternatives of sequences": "SELECT * { ?r :r|:p/:q* :n1 }",
}


@pytest.mark.parametrize("name", MOVED)
def test_path_is_walked_from_its_constant(name: str) -> None:
    query, expected = MOVED[name]

    assert quicker(PREFIX + query) == PREFIX + expected


@pytest.mark.parametrize("name", KEPT)
def test_query_stays_as_it_is(name: str) -> None:
    assert quicker(PREFIX + KEPT[name]) == PREFIX + KEPT[name]


nodes = st.sampled_from(NODES)
predicates = st.sampled_from(PREDICATES)
variables = st.sampled_from(["?a", "?b", "?c"])
paths = st.one_of(
    st.builds("{}*".format, predicates),
    st.builds("{}+".format, predicates),
    st.builds("^{}*".format, predicates),
    st.builds("({}|^{})*".format, predicates, predicates),
    st.builds("({}/{})+".format, predicates, predicates),
    st.builds("{}/{}*".format, predicates, predicates),
    st.builds("^{}/{}/{}+".format, predicates, predicates, predicates),
    st.builds("({}|{})/!{}*".format, predicates, predicates, predicates),
)
triples = st.one_of(
    st.builds("{} {} {}".format, variables, predicates, variables),
    st.builds("{} {} {} ; {} {}, {}".format, variables, predicates, variables, predicates,
              variables, variables),
    st.builds("{} a {}".format, variables, nodes),
    st.builds("{} {} _:b".format, variables, predicates),
)  # fmt: skip
walks = st.one_of(
    st.builds("{} {} {}".format, variables, paths, nodes),
    st.builds("{} {} {}".format, nodes, paths, variables),
    st.builds("{} {} {}".format, variables, paths, variables),
)
blocks = st.builds(
    lambda before, walk, after: " . ".join([*before, walk, *after]),
    st.lists(triples, max_size=2),
    walks,
    st.lists(st.one_of(triples, walks), max_size=1),
)
groups = st.recursive(
    blocks.filter(lambda block: "_:b" not in block),
    lambda inner: st.one_of(
        st.builds("{} OPTIONAL {{ {} }}".format, blocks, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{} FILTER NOT EXISTS {{ {} }}".format, inner, inner),
        st.builds("{} FILTER(?a != {})".format, inner, nodes),
        st.builds("{} MINUS {{ {} }}".format, inner, inner),
        st.builds("{{ SELECT DISTINCT ?a ?b {{ {} }} }}".format, inner),
        st.builds("VALUES ?a {{ {} {} }} {{ {} }}".format, nodes, nodes, inner),
    ),
    max_leaves=3,
).filter(lambda group: group.count("_:b") < 2)
forms = st.sampled_from(
    [
        "SELECT * {{ {} }}",
        "SELECT ?a (COUNT(*) AS ?n) {{ {} }} GROUP BY ?a",
        "SELECT DISTINCT ?b ?c {{ {} }} ORDER BY ?b",
        "ASK {{ {} }}",
        "CONSTRUCT {{ ?a :z ?b . ?c :z [] }} WHERE {{ {} }}",
    ]
)
statements = st.one_of(
    st.tuples(nodes, predicates, nodes),
    st.tuples(nodes, st.just("a"), nodes),
    st.tuples(nodes, predicates, st.sampled_from(["'v'", "1"])),
)


def answer(store: pyoxigraph.Store, query: str) -> object:
    results = store.query(query)
    if isinstance(results, pyoxigraph.QueryBoolean):
        return bool(results)
    if isinstance(results, pyoxigraph.QueryTriples):
        found = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in results)
        # A blank node for each solution: counted rather than named.
        return Counter(
            str(quad.subject)
            + str(quad.object) * (not isinstance(quad.object, pyoxigraph.BlankNode))
            for quad in found
        )
    names = sorted(variable.value for variable in results.variables)
    return names, Counter(tuple(str(row[name]) for name in names) for row in results)


@settings(max_examples=150, deadline=None)
@given(graph=st.lists(statements, max_size=14), form=forms, group=groups)
def test_answers_are_equal(graph: list[tuple[str, str, str]], form: str, group: str) -> None:
    query = PREFIX + form.format(group)
    written = quicker(query)
    store = pyoxigraph.Store()
    data = "@prefix : <http://e/> ." + "".join(f"{s} {p} {o} ." for s, p, o in graph)
    store.load(data.encode(), pyoxigraph.RdfFormat.TURTLE)

    guard.check(written)
    assert answer(store, written) == answer(store, query)


@settings(max_examples=80, deadline=None)
@given(before=triples, walk=walks, text=st.text(alphabet=" .;,{}?*#\n'<>:na", max_size=12))
def test_anything_is_read(before: str, walk: str, text: str) -> None:
    assert quicker(f"SELECT * {{ {before} . {text} {walk} }}")
