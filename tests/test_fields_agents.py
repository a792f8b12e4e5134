"""ld.fields.agents: the names in an author field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.fields import agents


@pytest.mark.parametrize(
    ("text", "separators", "names"),
    [
        ("Peter Kropotkin", (";",), ["Peter Kropotkin"]),
        ("Kropotkin, Peter; Pouget, Émile", (";",), ["Kropotkin, Peter", "Pouget, Émile"]),
        ("Pëtr Kropotkin, Émile Pouget", (",",), ["Pëtr Kropotkin", "Émile Pouget"]),
        ("Marx and Engels", (" and ",), ["Marx", "Engels"]),
        ("Marx\n  and Engels", (" and ",), ["Marx", "Engels"]),
        ("Alexander Sand", (" and ",), ["Alexander Sand"]),
        ("A, B, and C", (",", ", and "), ["A", "B", "C"]),
        ("B; A; B ;A", (";",), ["B", "A"]),
        (" ; ;; ", (";",), []),
        ("", (";",), []),
        ("A;B", (), ["A;B"]),
        ("A;B", ("", " "), ["A;B"]),
        ("Trollope, Anthony,", (";",), ["Trollope, Anthony"]),
        ("Adams, J. Q.", (";",), ["Adams, J. Q."]),
        ("A.*B", (".*",), ["A", "B"]),
    ],
)
def test_splits_at_the_separators_and_nowhere_else(
    text: str, separators: tuple[str, ...], names: list[str]
) -> None:
    assert agents.split(text, separators) == names


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_names_are_clean_and_each_comes_once(text: str, separators: list[str]) -> None:
    names = agents.split(text, separators)

    assert len(set(names)) == len(names)
    assert all(name and name == " ".join(name.split()) for name in names)


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_the_order_of_the_settings_does_not_matter(text: str, separators: list[str]) -> None:
    assert agents.split(text, separators) == agents.split(text, separators[::-1])
