"""ld.fields.addresses: web addresses that are fit for RDF."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from ld.fields import addresses
from ld.terms import iri


@pytest.mark.parametrize(
    "text",
    [
        "https://theanarchistlibrary.org/library/petr-kropotkin-mutual-aid.muse",
        "http://example.org",
        "HTTP://Example.org:8080/a?b=c&d#e",
        "https://en.wikisource.org/wiki/The_State:_Its_Historic_Role",
        "http://example.org/War!/war!.html",
        "https://fr.m.wikisource.org/wiki/La_r%C3%A9volution_%3F",
        "https://fr.wikisource.org/wiki/La_révolution",
        "https://пример.example/",
        "http://[2001:db8::1]:80/x",
        "https://example.org/it's",
    ],
)
def test_a_fit_address_is_unchanged(text: str) -> None:
    assert addresses.url(text) == text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "begins with https://"),
        ("example.org/x", "begins with https://"),
        ("//example.org/x", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("JavaScript://example.org/%0aalert(1)", "begins with https://"),
        ("data:text/html,x", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("ftp://example.org/", "begins with https://"),
        (" https://example.org/", "begins with https://"),
        ("https://example.org/new sources", "%20"),
        ("https://example.org/\n", "percent-encoded"),
        ("https://exa\tmple.org/", "percent-encoded"),
        ('https://example.org/"onclick="', "percent-encoded"),
        ("https://example.org/<script>", "percent-encoded"),
        ("https://example.org/{id}", "percent-encoded"),
        ("https://example.org/\x00", "percent-encoded"),
        ("https://example.org/\ud800", "percent-encoded"),
        ("https://example.org/a[1]", "percent-encode"),
        ("https://example.org/#a#b", "percent-encode"),
        ("https://example.org/100%", "%25"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://:80/", "host"),
        ("https://example.org:99999/", "port"),
        ("https://example.org:port/", "percent-encode"),
        ("https://[::1/", "percent-encode"),
        ("https://user@example.org/", "user name"),
        ("https://user:secret@example.org/", "user name"),
        ("https://example.org@evil.example/", "user name"),
        ("https://example.org/" + "a" * 10**6, "shorter"),
    ],
)
def test_an_unfit_address_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ValueError) as refusal:
        addresses.url(text)

    assert remedy in str(refusal.value)


paths = st.text().map(lambda rest: "http://example.org/" + rest)
hosts = st.text(alphabet="ab.:/@[]%#?\\-é1", max_size=20).map(lambda rest: "https://" + rest)


@given(st.text() | paths | hosts)
@example("https://\u2100.example/")
def test_an_accepted_address_is_an_iri_that_survives_the_triple_store(text: str) -> None:
    try:
        address = addresses.url(text)
    except ValueError:
        return
    line = f"<http://example.org/s> <http://example.org/p> {iri(address)} .\n"
    store = Store()

    store.load(line.encode(), format=RdfFormat.N_TRIPLES)

    assert address == text
    assert store.dump(format=RdfFormat.N_QUADS) == line.encode()
