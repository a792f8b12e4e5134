"""Statements, looked up by subject and predicate."""

from collections import defaultdict
from collections.abc import Iterable

from ld.terms import Statement, Term, text_of


class Description:
    """What statements say of things, in the order given."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._objects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for subject, predicate, obj in statements:
            self._objects[subject, predicate].append(obj)

    def objects(self, subject: Term, predicate: Term) -> list[Term]:
        """Give every object that is stated."""
        return self._objects.get((subject, predicate), [])

    def one(self, subject: Term, predicate: Term) -> Term | None:
        """Give the first object that is stated; None if there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def text(self, subject: Term, predicate: Term) -> str:
        """Give the IRI or the value of the first object that is stated; empty if there is none."""
        found = self.one(subject, predicate)
        return "" if found is None else text_of(found)
