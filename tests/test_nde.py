"""Published corpora against the profile of schema.org of the Dutch NDE, and against our shapes.

An edition is one graph here, as who harvests it sees it. How many nodes the shapes look at is
asserted too, because shapes that find nothing to look at find no fault either.

See: https://docs.nde.nl/schema-profile/
"""

from collections import Counter
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import RDF, Graph, URIRef

from bench.shape_examples import found_by_target
from ld.edition import Edition
from ld.terms import n_triples
from ld.validate import shapes
from ld.vocabulary import BIBO, DCTERMS, FOAF, SCHEMA, SH, SPDX, VOID

SHARED = Path(__file__).parents[1].parent / "shared"
PROFILE = SHARED / "conformance/consumers/nde/nde-schema-profile-1.2.1.shacl.ttl"
MEDIA = SCHEMA + "associatedMedia"

#: Fixtures: the seeds of the project, a real corpus, and one that has one of everything.
CORPORA = ("published_seeds", "published_kropotkin", "edition")
#: Persons and organisations that the settings of a corpus name.
KNOWN_AGENTS = {"published_seeds": (1, 0), "published_kropotkin": (1, 1), "edition": (1, 1)}


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture
def profile() -> Graph:
    if not PROFILE.exists():
        pytest.skip(f"{PROFILE.name} lies beside the project and is not here")
    return Graph().parse(PROFILE)


@pytest.fixture(params=CORPORA)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def corpus(name: str, request: pytest.FixtureRequest) -> Edition:
    edition: Edition = request.getfixturevalue(name)
    return edition


@pytest.fixture
def stated(corpus: Edition) -> Graph:
    """All statements that the documents of the corpus own."""
    return Graph().parse(data=n_triples(corpus.statements()), format="nt")


def results(data: Graph, shapes_graph: Graph) -> Counter[tuple[str, str]]:
    """Count the results by severity and path."""
    _, report, text = pyshacl.validate(data, shacl_graph=shapes_graph, inplace=True)
    assert isinstance(report, Graph), text
    return Counter(
        (
            str(report.value(result, URIRef(SH + "resultSeverity"))).removeprefix(SH),
            str(report.value(result, URIRef(SH + "resultPath"))),
        )
        for result in report.objects(None, URIRef(SH + "result"))
    )


def targets(data: Graph, shapes_graph: Graph) -> Counter[str]:
    """Count the nodes that each class or predicate finds that shapes look for."""
    found = found_by_target(data, shapes_graph)
    return Counter({target: number for (_, target), number in found.items()})


@pytest.mark.parametrize("name", ["published_seeds", "published_kropotkin"])
def test_nothing_of_the_corpora_as_received_is_withheld(corpus: Edition) -> None:
    counts = corpus.counts

    assert counts["published"] == counts["in"] > 0
    assert counts["kept"] == counts["withheld"] == 0


def test_the_profile_looks_at_every_text_part_and_known_agent(
    name: str, corpus: Edition, stated: Graph, profile: Graph
) -> None:
    persons, organisations = KNOWN_AGENTS[name]

    assert targets(stated, profile) == Counter(
        {
            SCHEMA + "CreativeWork": corpus.counts["texts"] + corpus.counts["parts"],
            SCHEMA + "Person": persons,
            SCHEMA + "Organization": organisations,
        }
    )


def test_the_profile_finds_nothing_but_that_there_are_no_media(
    corpus: Edition, stated: Graph, profile: Graph
) -> None:
    works = corpus.counts["texts"] + corpus.counts["parts"]

    found = results(stated, profile)

    assert found == {("Warning", MEDIA): works}


def test_some_creators_are_of_known_kind_and_some_have_no_type(edition: Edition) -> None:
    stated = Graph().parse(data=n_triples(edition.statements()), format="nt")
    creators = {*stated.objects(None, URIRef(SCHEMA + "creator"))}

    types = {frozenset(stated.objects(creator, RDF.type)) for creator in creators}

    assert types == {
        frozenset(),
        frozenset((URIRef(SCHEMA + "Person"), URIRef(FOAF + "Person"))),
    }


def test_our_shapes_look_at_everything_and_find_no_violation(
    name: str, corpus: Edition, stated: Graph
) -> None:
    ours = shapes.load(corpus.base)
    counts = corpus.counts
    persons, organisations = KNOWN_AGENTS[name]
    works = counts["texts"] + counts["parts"]
    files = len({*stated.objects(None, URIRef(DCTERMS + "hasFormat"))})

    found = results(stated, ours)

    assert {severity for severity, _ in found} <= {"Warning"}
    assert targets(stated, ours) == Counter(
        {
            SCHEMA + "CreativeWork": works,
            BIBO + "DocumentPart": counts["parts"],
            SCHEMA + "MediaObject": files,
            SPDX + "Checksum": files,
            FOAF + "name": counts["agents"],
            SCHEMA + "Person": persons,
            FOAF + "Person": persons,
            SCHEMA + "Organization": organisations,
            FOAF + "Organization": organisations,
            FOAF + "Document": works + counts["agents"],
            VOID + "Dataset": 1,
        }
    )
