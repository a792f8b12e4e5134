import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.negotiation import (
    acceptable_codings,
    negotiate,
    negotiate_coding,
    negotiate_language,
)

HTML = "text/html"
TURTLE = "text/turtle"
JSON_LD = "application/ld+json"
N_TRIPLES = "application/n-triples"
RDF_XML = "application/rdf+xml"
OFFERS = (HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
COMPACTED = "http://www.w3.org/ns/json-ld#compacted"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"

HEADER_CHARACTERS = st.characters(min_codepoint=0x20, max_codepoint=0xFF)
HEADERS = st.one_of(
    st.text(HEADER_CHARACTERS),
    st.lists(
        st.sampled_from(
            ["text/turtle", "text/*", "*/*", "*", ";", "q=", "0", "1", "0.5", "-1", "nan", ",",
             '"', "\\", "=", "q*0=", "charset=utf-8", "profile=", "gzip", "identity", "en", "-"]
        )
    ).map("".join),
)  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", HTML),
        ("*/*", HTML),
        ("*", HTML),
        (TURTLE, TURTLE),
        ("TEXT/Turtle", TURTLE),
        ("text/turtle;charset=utf-8", TURTLE),
        ('text/turtle; charset="UTF-8"', TURTLE),
        ("text/turtle;version=9", TURTLE),
        (f'{JSON_LD};profile="{COMPACTED}"', JSON_LD),
        (f'{JSON_LD};profile="http://www.w3.org/ns/json-ld#expanded"', JSON_LD),
        (f'{JSON_LD};profile="{COMPACTED} https://example.org/frame";q=0.9', JSON_LD),
        ("image/png", None),
        ("image/png, */*;q=0.1", HTML),
        ("text/*", HTML),
        ("application/*", JSON_LD),
        (f"{FIREFOX}", HTML),
        (JAVA, HTML),
        ("text/turtle;q=0.5, application/ld+json;q=0.7", JSON_LD),
        ("application/n-triples, text/turtle", TURTLE),
        ("*/*, application/rdf+xml", RDF_XML),
        ("text/*;q=1, text/turtle;q=0.1, application/ld+json;q=0.5", HTML),
        ("text/turtle;q=0.1, text/*;q=0.4, */*;q=0.2", HTML),
        ("text/html;q=0.1, text/*;q=0.4, */*;q=0.2", TURTLE),
        ("text/html;q=0, */*", TURTLE),
        ("*/*, text/*;q=0", JSON_LD),
        ("text/turtle;q=0, application/ld+json;q=0.1", JSON_LD),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("text/turtle;q=0.001", TURTLE),
        ("text/turtle;version=9;q=0, text/turtle", TURTLE),
        ("text/turtle;version=9;q=0, text/*;q=0.5, text/html;q=0.1", TURTLE),
        ("text/turtle;charset=utf-8;q=0.2, text/turtle, application/ld+json;q=0.5", JSON_LD),
        ("text/turtle;q=2, application/ld+json", JSON_LD),
        ("text/turtle;q=nan, application/ld+json", JSON_LD),
        ("text/turtle;q=much", HTML),
        (",,, ;, text/turtle", TURTLE),
        ('text/turtle;x="unclosed', HTML),
        ("text", None),
    ],
)
def test_the_client_gets_what_it_likes_best(accept, chosen):
    assert negotiate(accept, OFFERS) == chosen


def test_the_server_prefers_among_what_the_client_likes_equally():
    accept = "text/turtle, application/ld+json, text/html"

    assert negotiate(accept, (JSON_LD, TURTLE, HTML)) == JSON_LD
    assert negotiate(accept, (TURTLE, HTML, JSON_LD)) == TURTLE


def test_of_nothing_nothing_is_chosen():
    assert negotiate("", ()) is None
    assert negotiate("*/*", ()) is None


@pytest.mark.parametrize(
    ("accept_language", "chosen"),
    [
        ("", "en"),
        ("*", "en"),
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("nl-be;q=0.9, en;q=0.8", "nl"),
        ("de", None),
        ("de, nl;q=0.1", "nl"),
        ("de, *;q=0.1", "en"),
        ("fr", "fr-CA"),
        ("en;q=0, *", "nl"),
        ("en-US;q=0, en", "en"),
        ("n", None),
    ],
)
def test_the_reader_gets_the_language_it_likes_best(accept_language, chosen):
    assert negotiate_language(accept_language, ("en", "nl", "fr-CA")) == chosen


@pytest.mark.parametrize(
    ("accept_encoding", "codings"),
    [
        ("", ("identity",)),
        ("gzip", ("gzip", "identity")),
        ("GZIP, deflate, br, zstd", ("zstd", "gzip", "identity")),
        ("zstd;q=0.5, gzip", ("gzip", "zstd", "identity")),
        ("zstd, identity;q=0", ("zstd",)),
        ("zstd;q=0, *", ("gzip", "identity")),
        ("x-gzip", ("gzip", "identity")),
        ("br", ("identity",)),
        ("*", ("gzip", "identity")),
        ("gzip;q=0", ("identity",)),
        ("gzip;q=0, *", ("identity",)),
        ("identity", ("identity",)),
        ("identity, gzip;q=0.5", ("identity", "gzip")),
        ("gzip, identity", ("gzip", "identity")),
        ("gzip, identity;q=0", ("gzip",)),
        ("gzip, *;q=0", ("gzip",)),
        ("identity;q=0", ()),
        ("*;q=0", ()),
        ("*;q=0, identity", ("identity",)),
        ("br;q=, ;;", ("identity",)),
    ],
)
def test_codings_come_best_first_and_without_the_refused(accept_encoding, codings):
    assert acceptable_codings(accept_encoding) == codings
    assert negotiate_coding(accept_encoding) == next(iter(codings), None)


@given(HEADERS)
def test_no_header_makes_negotiation_fail(header):
    assert negotiate(header, OFFERS) in {*OFFERS, None}
    assert negotiate_language(header, ("en", "nl")) in {"en", "nl", None}
    assert negotiate_coding(header) in {"zstd", "gzip", "identity", None}


def test_an_endless_header_is_read_as_far_as_any_client_goes():
    padding = "x/y;q=0.1," * 100_000

    assert negotiate(f"text/turtle,{padding}", OFFERS) == TURTLE
    assert negotiate(f"{padding}text/turtle", OFFERS) is None
    assert negotiate_coding(f"gzip,{padding}") == "identity"
