"""ld.fields.languages: language tags, their authority and their direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from ld.fields import languages
from ld.terms import literal


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("EN", "en"),
        (" en ", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("gre", "el"),
        ("grc", "grc"),
        ("ENG", "en"),
        ("zh-Hant", "zh-hant"),
        ("pt-BR", "pt-br"),
        ("zh_TW", "zh-tw"),
        ("iw", "he"),
        ("mul", "mul"),
        ("und", "und"),
    ],
)
def test_a_tag_is_brought_to_its_shortest_form_in_lower_case(text: str, tag: str) -> None:
    assert languages.tag(text) == tag


@pytest.mark.parametrize(
    "text",
    ["", "latin", "English", "xx", "en-", "en us", "en; de", "x-mine", "en\x00", "e" * 10**6],
)
def test_what_is_no_known_tag_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write a BCP 47 tag"):
        languages.tag(text)


@pytest.mark.parametrize(
    ("tag", "iri"),
    [
        ("en", "http://id.loc.gov/vocabulary/iso639-1/en"),
        ("zh-hant", "http://id.loc.gov/vocabulary/iso639-1/zh"),
        ("grc", "http://id.loc.gov/vocabulary/iso639-2/grc"),
        ("syc-syrc", "http://id.loc.gov/vocabulary/iso639-2/syc"),
        ("mul", "http://id.loc.gov/vocabulary/iso639-2/mul"),
        ("und", None),
        ("cmn", None),
    ],
)
def test_the_authority_is_the_library_of_congress(tag: str, iri: str | None) -> None:
    assert languages.authority(tag) == iri


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("en", "ltr"),
        ("ru", "ltr"),
        ("grc", "ltr"),
        ("und", "ltr"),
        ("ar", "rtl"),
        ("fa", "rtl"),
        ("yi", "rtl"),
        ("hbo", "rtl"),
        ("syr", "rtl"),
        ("ckb", "rtl"),
        ("ar-latn", "ltr"),
        ("az-arab", "rtl"),
        ("uz-arab-af", "rtl"),
    ],
)
def test_the_direction_is_that_of_the_script(tag: str, direction: str) -> None:
    assert languages.direction(tag) == direction


@given(
    st.text(max_size=40)
    | st.from_regex(r"[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_][A-Za-z]{2})?", fullmatch=True)
)
def test_every_tag_survives_the_triple_store(text: str) -> None:
    try:
        tag = languages.tag(text)
    except ValueError:
        return
    term = literal("text", language=tag)
    line = f"<http://example.org/s> <http://example.org/p> {term} .\n"
    store = Store()

    store.load(line.encode(), format=RdfFormat.N_TRIPLES)

    assert store.dump(format=RdfFormat.N_QUADS) == line.encode()
    assert languages.tag(tag) == tag
    assert languages.direction(tag) in {"ltr", "rtl"}
