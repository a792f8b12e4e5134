"""The gate: which documents conform, decided by pySHACL at a small part of its cost.

The compiled validator passes the documents that pySHACL would have nothing to say about; pySHACL
looks at all others and writes the report. At every publication it also looks at a random sample
of what was passed: a single result there means that the two disagree, and nothing is published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import rdflib

from ld.errors import PublicationError
from ld.terms import Statement
from ld.validate import authority
from ld.validate.authority import Outcome
from ld.validate.compiled import Validator, compile_shapes

#: Share of the passed documents that pySHACL checks all the same, and how many at least.
SAMPLE_SHARE: Final = 0.001
SAMPLE_LEAST: Final = 50


class Gate:
    """Judges documents, given as their owned statements, batch by batch."""

    def __init__(self, shapes: rdflib.Graph, compiled: Validator | None = None) -> None:
        """`compiled` is what the shapes compile to, unless another one is to be tried against them.

        Raises: ShapesError naming the shape and the construct that cannot be judged.
        """
        self._shapes, ours = _ready(shapes)
        self._compiled = compiled or ours

    def judge(self, documents: Sequence[Sequence[Statement]]) -> Outcome:
        """Give what pySHACL finds in these documents, and the places of those that passed."""
        conforms = self._compiled.conforms
        suspects: list[Sequence[Statement]] = []
        passed: list[int] = []
        for number, document in enumerate(documents):
            if conforms(document):
                passed.append(number)
            else:
                suspects.append(document)
        if not suspects:
            return Outcome([], {}, passed)
        found = authority.validate((s for document in suspects for s in document), self._shapes)
        return replace(found, passed=passed)

    def check(self, passed: Iterable[Sequence[Statement]]) -> None:
        """Let pySHACL look at documents that were passed.

        Raises: PublicationError if it finds anything in one.
        """
        outcome = authority.validate((s for document in passed for s in document), self._shapes)
        if outcome.results:
            first = outcome.results[0]
            raise PublicationError(
                f"The two validators disagree about {first.focus_node}: pySHACL finds "
                f"{first.message!r} ({first.source_shape}) where the compiled validator found "
                "nothing. Nothing is published. This is a fault of Pressmark: report it with "
                "the document."
            )


@lru_cache(maxsize=8)
def _ready(shapes: rdflib.Graph) -> tuple[rdflib.Graph, Validator]:
    """Give the shapes as each of the two validators takes them."""
    return authority.prepared(shapes), compile_shapes(shapes)
