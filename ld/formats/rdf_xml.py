"""RDF/XML, by pyoxigraph's serialiser. See: https://www.w3.org/TR/rdf-syntax-grammar/."""

from collections.abc import Iterable
from typing import Final

import pyoxigraph

from ld import terms
from ld.formats import n_triples
from ld.vocabulary import PREFIXES

NAME: Final = "RDF/XML"
MEDIA_TYPE: Final = "application/rdf+xml"
SUFFIX: Final = "rdf"


def write(statements: Iterable[terms.Statement]) -> bytes:
    """Write statements as RDF/XML.

    XML 1.0 has no way to write most control characters; the readers take them out of values and
    report it, so no statement here holds one.
    """
    parsed = pyoxigraph.parse(n_triples.write(statements), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return pyoxigraph.serialize(
        (quad.triple for quad in parsed), format=pyoxigraph.RdfFormat.RDF_XML, prefixes=PREFIXES
    )
