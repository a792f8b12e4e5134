"""What statements say of one thing, by predicate."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ld.terms import Statement, Term, iri, text_of


class Described:
    """The objects of the statements about one thing, in their order."""

    def __init__(self, thing: str, statements: Iterable[Statement]) -> None:
        subject = iri(thing)
        self._values: dict[Term, list[Term]] = defaultdict(list)
        for statement in statements:
            if statement[0] == subject:
                self._values[statement[1]].append(statement[2])

    def values(self, predicate: Term) -> Sequence[Term]:
        """Give the terms that a predicate leads to."""
        return self._values.get(predicate, ())

    def texts(self, predicate: Term) -> list[str]:
        """Give what a person reads of each: the IRI or the literal's value."""
        return [text_of(term) for term in self.values(predicate)]
