"""What records say of other documents than their own: the names of agents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ld.edition import Edition
from ld.harvest.oai.described import Described
from ld.terms import Term, iri_of, literal_of
from ld.terms import iri as iri_term
from ld.vocabulary import FOAF, schema

_NAME: Final = iri_term(FOAF + "name")


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or organisation; `inverted` is the name by which catalogues sort, if it is known."""

    iri: str
    name: str
    language: str
    inverted: str | None
    same_as: tuple[str, ...]


class Agents:
    """The agents of an edition, each read once; for the length of one answer."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._known: dict[str, Agent | None] = {}

    def named(self, terms: Iterable[Term]) -> list[Agent]:
        """Give the agents that these IRIs name; those that the edition does not have are left
        out."""
        found = [self._agent(iri_of(term).removeprefix(self._edition.base)) for term in terms]
        return [agent for agent in found if agent is not None]

    def _agent(self, key: str) -> Agent | None:
        if key not in self._known:
            self._known[key] = self._read(key) if key in self._edition else None
        return self._known[key]

    def _read(self, key: str) -> Agent | None:
        iri = self._edition.base + key
        described = Described(iri, self._edition.document(key).stated)
        for term in described.values(_NAME):
            name, language, _ = literal_of(term)
            others = described.texts(schema("alternateName"))
            same_as = tuple(described.texts(schema("sameAs")))
            return Agent(iri, name, language or "", inverted(name, others), same_as)
        return None


def inverted(name: str, others: Iterable[str]) -> str | None:
    """Give the other name that is this one with the last name first; None if there is none.

    It is looked for among the names that the authority table states and never made up: where one
    name is inverted and which is the last name differs between languages.
    """
    with_comma = sorted(other for other in others if ", " in other)
    for other in with_comma:
        last, _, first = other.partition(", ")
        if f"{first} {last}" == name:
            return other
    return with_comma[0] if len(with_comma) == 1 else None
