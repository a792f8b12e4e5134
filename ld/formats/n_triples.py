"""N-Triples, in canonical form and sorted. See: https://www.w3.org/TR/rdf12-n-triples/."""

from collections.abc import Iterable, Sequence
from typing import Final

from ld import terms

NAME: Final = "N-Triples"
MEDIA_TYPE: Final = "application/n-triples"
SUFFIX: Final = "nt"

OPENING: Final = ""
SEPARATOR: Final = ""
CLOSING: Final = ""


def write(statements: Iterable[terms.Statement]) -> bytes:
    """Write statements as sorted N-Triples."""
    return terms.n_triples(sorted(statements)).encode()


def block(statements: Sequence[terms.Statement]) -> str:
    """Write sorted statements as a piece of a longer file."""
    return terms.n_triples(statements)
