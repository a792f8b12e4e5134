"""N-Triples, in canonical form and sorted. See: https://www.w3.org/TR/rdf12-n-triples/."""

from collections.abc import Iterable
from typing import Final

from ld import terms

NAME: Final = "N-Triples"
MEDIA_TYPE: Final = "application/n-triples"
SUFFIX: Final = "nt"


def write(statements: Iterable[terms.Statement]) -> bytes:
    """Write statements as sorted N-Triples."""
    return terms.n_triples(sorted(statements)).encode()
