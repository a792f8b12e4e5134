"""Turtle, by pyoxigraph's serialiser. See: https://www.w3.org/TR/turtle/."""

from collections.abc import Iterable
from typing import Final

import pyoxigraph

from ld import terms
from ld.formats import n_triples
from ld.vocabulary import PREFIXES

NAME: Final = "Turtle"
MEDIA_TYPE: Final = "text/turtle"
SUFFIX: Final = "ttl"


def write(statements: Iterable[terms.Statement]) -> bytes:
    """Write statements as Turtle, subject by subject, with the prefixes that this project uses."""
    parsed = pyoxigraph.parse(n_triples.write(statements), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return pyoxigraph.serialize(
        (quad.triple for quad in parsed), format=pyoxigraph.RdfFormat.TURTLE, prefixes=PREFIXES
    )
