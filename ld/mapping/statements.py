"""Statements with the reasons they stand for."""

from collections.abc import Iterator

from ld.document import Derivation
from ld.record import Origin
from ld.terms import Statement, Term


class Statements:
    """A growing set of statements, each with its derivation; the first reason given stays."""

    def __init__(self) -> None:
        self.derivations: dict[Statement, Derivation] = {}

    def add(
        self, subject: Term, predicate: Term, obj: Term, rule: str, origins: tuple[Origin, ...] = ()
    ) -> None:
        """Add one statement, made by a rule from these origins."""
        self.derivations.setdefault((subject, predicate, obj), Derivation(rule, origins))

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.derivations)
