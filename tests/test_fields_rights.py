"""ld.fields.rights: from a note to a licence, and how a licence is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.fields import rights
from ld.fields.rights import RightsRule
from ld.vocabulary import CC0

MARK = "https://creativecommons.org/publicdomain/mark/1.0/"
RULES = (
    RightsRule(re.compile("public domain", re.IGNORECASE), MARK),
    RightsRule(re.compile("CC0|public"), CC0),
)


@pytest.mark.parametrize(
    ("note", "licence"),
    [
        ("Public domain source (see metadata/manifest.csv)", MARK),
        ("in the public domain, CC0", MARK),
        ("dedicated with CC0", CC0),
        ("all rights reserved", None),
        ("", None),
    ],
)
def test_the_first_rule_that_is_found_decides(note: str, licence: str | None) -> None:
    assert rights.licence_of(note, RULES) == licence


def test_without_rules_no_licence_is_claimed() -> None:
    assert rights.licence_of("CC BY 4.0", ()) is None


def test_only_the_beginning_of_a_long_note_is_searched() -> None:
    note = " " * rights.SEARCHED + "public domain"

    assert rights.licence_of(note, RULES) is None
    assert rights.licence_of(note[1:] + "public domain", RULES) is None
    assert rights.licence_of(note[len("public domain") :], RULES) == MARK


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("http://creativecommons.org/licenses/by/4.0", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by-sa/3.0/de/deed.en", "licenses/by-sa/3.0/de/"),
        ("https://www.creativecommons.org/licenses/BY-NC/2.5/", "licenses/by-nc/2.5/"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.fr", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/?ref=chooser-v1", "licenses/by/4.0/"),
        (
            "http://creativecommons.org/publicdomain/zero/1.0/deed.pt-br",
            "publicdomain/zero/1.0/",
        ),
        ("https://creativecommons.org/publicdomain/mark/1.0", "publicdomain/mark/1.0/"),
    ],
)
def test_creative_commons_has_one_form(given: str, named: str) -> None:
    assert rights.normalise_licence(given) == "https://creativecommons.org/" + named


@pytest.mark.parametrize(
    "given",
    [
        "https://rightsstatements.org/page/NoC-US/1.0/?language=en",
        "https://rightsstatements.org/vocab/NoC-US/1.0/",
        "http://rightsstatements.org/vocab/NoC-US/1.0",
    ],
)
def test_rights_statements_have_one_form(given: str) -> None:
    assert rights.normalise_licence(given) == "http://rightsstatements.org/vocab/NoC-US/1.0/"


@pytest.mark.parametrize(
    "iri",
    [
        "http://example.org/licence",
        "https://creativecommons.org/about",
        "https://creativecommons.org.example/licenses/by/4.0",
        "https://www.gnu.org/licenses/gpl.html",
    ],
)
def test_any_other_licence_stays_as_it_is(iri: str) -> None:
    assert rights.normalise_licence(iri) == iri


@pytest.mark.parametrize("iri", ["", "CC0", "creativecommons.org/licenses/by/4.0/", "urn:x:y"])
def test_a_licence_without_a_web_address_is_refused(iri: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        rights.normalise_licence(iri)


@given(
    st.sampled_from(["http://", "https://www.", "HTTPS://"]),
    st.sampled_from(["licenses/by/4.0", "publicdomain/zero/1.0", "licenses/by-nd/2.0/uk"]),
    st.sampled_from(["", "/", "/deed.de", "/legalcode", "/deed", "/rdf"]),
)
def test_normalising_twice_changes_nothing(scheme: str, path: str, rest: str) -> None:
    named = rights.normalise_licence(f"{scheme}creativecommons.org/{path}{rest}")

    assert named == f"https://creativecommons.org/{path}/"
    assert rights.normalise_licence(named) == named
