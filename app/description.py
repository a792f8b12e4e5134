"""Statements, looked up by subject and predicate."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ld.terms import Statement, Term, iri, iri_of, is_iri_term
from ld.vocabulary import schema

_NAME = schema("name")


class Description:
    """What statements say of things, in the order given."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        objects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for subject, predicate, obj in statements:
            objects[subject, predicate].append(obj)
        self._objects: Mapping[tuple[Term, Term], list[Term]] = objects

    def objects(self, subject: Term, predicate: Term) -> list[Term]:
        """Give every object that is stated; none if nothing is."""
        return self._objects.get((subject, predicate), [])

    def iris(self, subject: Term, predicate: Term) -> list[str]:
        """Give the objects that are IRIs."""
        return [iri_of(obj) for obj in self.objects(subject, predicate) if is_iri_term(obj)]

    def name(self, thing: str) -> Term | None:
        """Give the first name of a thing; None if it has none here."""
        return next(iter(self.objects(iri(thing), _NAME)), None)
