"""Lexical forms and orders, never laxer than those of rdflib, on which pySHACL rests."""

import logging
import operator
import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from operator import le, lt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl.rdfutil.compare import compare_literal
from rdflib import Literal, URIRef

from ld.terms import literal
from ld.validate.datatypes import LEXICAL, Order, holds, value_of
from ld.vocabulary import XSD

STRING = XSD + "string"


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # rdflib logs every ill-formed literal
    yield
    logging.disable(logging.NOTSET)


def lexical_forms() -> st.SearchStrategy[str]:
    zones = st.sampled_from(["", "Z", "+14:00", "-05:30", "+15:00"])
    written = st.one_of(
        st.integers().map(str),
        st.integers(-(2**66), 2**66).map("{:+}".format),
        st.decimals(allow_nan=False, allow_infinity=False).map("{:f}".format),
        st.floats().map(str),
        st.dates().map(str),
        st.datetimes().map(lambda moment: moment.isoformat()),
        st.times().map(str),
        st.from_regex(r"-?[0-9]{4,5}(-[0-9]{2}){0,2}", fullmatch=True),
        st.binary(max_size=6).map(bytes.hex),
        st.text("0123456789+-.:TZeEINFaN=_ \n/", max_size=24),
    )
    return st.builds(operator.add, written, zones)


def rdflib_literal(lexical: str, datatype: str) -> Literal:
    return Literal(
        lexical, datatype=None if datatype == STRING else URIRef(datatype), normalize=False
    )


def ordered_literals() -> st.SearchStrategy[tuple[str, str]]:
    def typed(values: st.SearchStrategy[object], *names: str) -> st.SearchStrategy[tuple[str, str]]:
        return st.tuples(values.map(str), st.sampled_from([XSD + name for name in names]))

    moments = st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=5))]))
    return st.one_of(
        typed(st.integers(-9, 9), "integer", "decimal", "double", "byte", "float"),
        typed(st.integers(), "integer", "decimal", "double"),
        typed(st.decimals(-9, 9, places=1), "decimal", "double"),
        typed(st.floats(width=32), "double", "float"),
        typed(st.sampled_from(["true", "false", "1", "0"]), "boolean"),
        typed(st.dates(), "date"),
        typed(moments.map(lambda moment: moment.isoformat()), "dateTime"),
        typed(st.integers(1800, 1810), "gYear"),
        typed(st.text("abAB", max_size=2), "string"),
    )


@given(lexical_forms())
@settings(max_examples=400, deadline=None)
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_what_passes_for_well_formed_is_so_for_rdflib(lexical: str) -> None:
    for datatype, well_formed in LEXICAL.items():
        if well_formed(lexical):
            assert rdflib_literal(lexical, datatype).ill_typed is not True


@given(ordered_literals(), ordered_literals(), st.sampled_from([lt, le]))
@settings(max_examples=600, deadline=None)
def test_an_order_that_is_known_here_is_that_of_pyshacl(
    left: tuple[str, str], right: tuple[str, str], order: Order
) -> None:
    terms = [literal(lexical, datatype=datatype) for lexical, datatype in (left, right)]
    values = [value_of(term) for term in terms]

    known = holds(order, *values)

    literals = [rdflib_literal(*each) for each in (left, right)]
    if known is not None and values[0] is not None and values[0][0] != "year":
        # A bound, as in sh:minInclusive; pySHACL compares no year with one.
        assert known == order(compare_literal(*literals), 0)
    if known is not None and order is lt:
        # Two properties, as in sh:lessThan.
        assert known == (literals[0] < literals[1])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('"2000-01-01T00:00:00Z"^^dateTime', '"2000-01-01T00:00:00"^^dateTime'),
        ('"2000-01-01T00:00:00.1234567Z"^^dateTime', '"2000-01-01T00:00:00.1234568Z"^^dateTime'),
        ('"2000-01-01Z"^^date', '"2000-01-02"^^date'),
        ('"2000"^^gYear', '"2001-01-01"^^date'),
        ('"1"^^integer', '"2"'),
        ('"a"@en', '"b"@en'),
        ('"0.1"^^decimal', '"0.1"^^double'),
        ('"1e1"^^integer', '"20"^^integer'),
        ('"NaN"^^double', '"1"^^double'),
        ("<urn:a>", "<urn:b>"),
    ],
)
def test_values_that_sparql_and_rdflib_do_not_order_alike_have_no_order(
    left: str, right: str
) -> None:
    terms = [re.sub(r"\^\^(\w+)", rf"^^<{XSD}\1>", term) for term in (left, right)]

    assert holds(lt, *map(value_of, terms)) is None
