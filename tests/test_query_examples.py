"""Example queries answer as they promise, over the corpora that we have."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from ld.edition import Edition
from ld.errors import QuerySyntaxError
from ld.formats import turtle
from ld.query import guard, prefixes
from ld.query.broker import running
from ld.query.client import BrokerClient
from ld.query.examples import PATH, Example, examples, statements, statements_of
from ld.query.guard import Form

BASE = "https://corpus.example/c/"
SH = "http://www.w3.org/ns/shacl#"
every_example = pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)

#: Questions that the seeds of the project, one text of one file, answer with nothing.
NONE_IN_SEEDS = {
    "undated-texts", "texts-without-language", "parts-of-a-text", "subjects", "same-content",
}  # fmt: skip
#: The same of the Kropotkin corpus, where every text has a date, a language and a licence.
NONE_IN_KROPOTKIN = {
    "undated-texts", "texts-without-language", "rights-without-licence", "same-content",
}  # fmt: skip


@contextmanager
def asking(edition: Edition) -> Iterator[BrokerClient]:
    with running(edition.path.parents[1]) as socket:
        yield BrokerClient(socket)


@pytest.fixture(scope="module")
def seeds(published_seeds: Edition) -> Iterator[BrokerClient]:
    with asking(published_seeds) as client:
        yield client


@pytest.fixture(scope="module")
def kropotkin_client(published_kropotkin: Edition) -> Iterator[BrokerClient]:
    with asking(published_kropotkin) as client:
        yield client


def shape_of(client: BrokerClient, example: Example, base: str) -> tuple[set[str], int]:
    """Give the columns and the number of rows or statements of an example's answer."""
    query = guard.check(prefixes.declare(example.query, base))
    assert query.form is example.form
    is_graph = query.form in {Form.CONSTRUCT, Form.DESCRIBE}
    media_type = "application/n-triples" if is_graph else "application/sparql-results+json"
    body = b"".join(client.query(query, media_type, client="a test"))
    if is_graph:
        return set(), len(list(pyoxigraph.parse(body, RdfFormat.N_TRIPLES)))
    answer = orjson.loads(body)
    if query.form is Form.ASK:
        assert answer["boolean"] is True
        return set(), 0
    return set(answer["head"]["vars"]), len(answer["results"]["bindings"])


@every_example
def test_example_answers_as_it_promises(
    seeds: BrokerClient, published_seeds: Edition, example: Example
) -> None:
    columns, rows = shape_of(seeds, example, published_seeds.base)

    assert columns == example.columns
    assert rows >= example.fewest
    assert (rows == 0) == (example.name in NONE_IN_SEEDS or example.form is Form.ASK)


@every_example
def test_example_answers_as_it_promises_over_many_texts(
    kropotkin_client: BrokerClient, published_kropotkin: Edition, example: Example
) -> None:
    columns, rows = shape_of(kropotkin_client, example, published_kropotkin.base)

    assert columns == example.columns
    assert rows >= example.fewest
    assert (rows == 0) == (example.name in NONE_IN_KROPOTKIN or example.form is Form.ASK)


def test_there_are_examples_of_every_form_and_no_question_twice() -> None:
    questions = [example.question for example in examples()]

    assert {example.form for example in examples()} == set(Form)
    assert len(set(questions)) == len(questions) >= 12
    assert len({example.name for example in examples()}) == len(questions)


def test_examples_of_one_topic_stand_together() -> None:
    topics = [example.topic for example in examples()]

    assert topics == sorted(topics, key=topics.index)


def test_examples_are_what_editors_of_other_houses_look_for() -> None:
    store = pyoxigraph.Store()
    document = turtle.write(statements(BASE, f"{BASE}sparql"))
    store.load(document, RdfFormat.TURTLE)
    found = store.query(
        """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX schema: <https://schema.org/>
        PREFIX spex: <https://purl.expasy.org/sparql-examples/ontology#>
        SELECT ?example ?comment ?query ?target {
          ?example a sh:SPARQLExecutable ;
            rdfs:comment ?comment ;
            sh:prefixes ?prefixes ;
            schema:target ?target ;
            sh:select|sh:ask|sh:construct|spex:describe ?query .
          ?prefixes sh:declare [ sh:prefix "schema" ; sh:namespace ?namespace ] .
          FILTER (LANG(?comment) = "en")
        }
        """
    )
    assert isinstance(found, pyoxigraph.QuerySolutions)
    solutions = list(found)

    assert {solution["example"].value for solution in solutions} == {  # type: ignore[union-attr]
        f"{BASE}{PATH}{example.name}" for example in examples()
    }
    assert {str(solution["target"]) for solution in solutions} == {f"<{BASE}sparql>"}


def test_prefixes_of_the_corpus_begin_with_its_base() -> None:
    declared = {
        (s.rpartition("#")[2][:-1], o)
        for s, p, o in statements(BASE, f"{BASE}sparql")
        if p == f"<{SH}namespace>"
    }

    assert ("vocab", f'"{BASE}vocab#"^^<http://www.w3.org/2001/XMLSchema#anyURI>') in declared
    assert {name for name, _ in declared} == set(prefixes.known(BASE))


def test_an_example_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        statements_of("../secret", BASE, f"{BASE}sparql")


# Prefixes


@pytest.mark.parametrize(
    ("query", "declared"),
    [
        ("SELECT * { ?s schema:name ?n }", ["schema"]),
        ("SELECT * { ?s vocab:earliestYear ?n ; corpus:x ?y }", ["corpus", "vocab"]),
        ("PREFIX schema: <http://schema.org/> SELECT * { ?s schema:name ?n }", []),
        ("prefix  Schema: <a:b> SELECT * { ?s schema:name ?n }", ["schema"]),
        ("SELECT * { ?s unknown:name 'foaf:name' } # dcterms:title", []),
        ("SELECT * { ?s <foaf:name> ?n }", []),
        ("SELECT * { ?s schema:name \"no end }", []),
    ],
)  # fmt: skip
def test_known_prefixes_are_declared_where_they_are_used(query: str, declared: list[str]) -> None:
    written = prefixes.declare(query, BASE)

    assert written.endswith(query)
    lines = written.removesuffix(query).splitlines()
    assert [line.split()[1].rstrip(":") for line in lines] == declared
    assert all(line.startswith("PREFIX ") and line.endswith(">") for line in lines)


def test_a_declared_query_stays_as_it_is() -> None:
    once = prefixes.declare("SELECT * { ?s schema:name ?n }", BASE)

    assert prefixes.declare(once, BASE) == once
    with pytest.raises(QuerySyntaxError):
        guard.check(prefixes.declare('SELECT * { ?s schema:name "', BASE))
