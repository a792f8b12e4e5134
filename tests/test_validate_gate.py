"""The compiled validator and pySHACL together."""

import pytest
import rdflib

from ld.edition import Edition
from ld.errors import PublicationError
from ld.terms import Statement
from ld.validate import authority, shapes
from ld.validate.compiled import compile_shapes
from ld.validate.gate import Gate
from ld.vocabulary import dcterms


def documents(edition: Edition) -> list[list[Statement]]:
    return [list(document.owned) for document in edition.documents()]


def without_title(statements: list[Statement]) -> list[Statement]:
    return [s for s in statements if s[1] != dcterms("title")]


def test_finds_what_pyshacl_finds_in_the_whole(published_kropotkin: Edition) -> None:
    faulty = [
        without_title(statements) if number % 7 == 0 else statements
        for number, statements in enumerate(documents(published_kropotkin))
    ]
    loaded = shapes.load(published_kropotkin.base)

    whole = authority.validate([s for statements in faulty for s in statements], loaded)
    outcome = Gate(loaded).judge(faulty)

    assert len(whole.results) > 5
    assert sorted(outcome.results, key=str) == sorted(whole.results, key=str)


def test_one_disagreement_stops_everything(published_kropotkin: Edition) -> None:
    loaded = shapes.load(published_kropotkin.base)
    blind = compile_shapes(rdflib.Graph())
    judge = Gate(loaded, blind)
    batch = documents(published_kropotkin)[:20]
    batch[-1] = without_title(batch[-1])

    outcome = judge.judge(batch)

    assert len(outcome.passed) == len(batch)
    with pytest.raises(PublicationError, match="disagree"):
        judge.check(batch)


def test_what_conforms_is_passed_by_both(published_kropotkin: Edition) -> None:
    judge = Gate(shapes.load(published_kropotkin.base))

    outcome = judge.judge(documents(published_kropotkin))
    judge.check(documents(published_kropotkin))

    assert outcome.results == []
    assert len(outcome.passed) == len(documents(published_kropotkin))
