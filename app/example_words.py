"""The words of example queries, for Babel: questions and topics, which pages translate.

The library keeps them with the queries, as published data; `pyproject.toml` names this module.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

import pyoxigraph
from pyoxigraph import Literal, RdfFormat

from ld.terms import iri_of
from ld.vocabulary import RDFS, schema

_WORDS: Final = {RDFS + "comment", iri_of(schema("keywords"))}
_BASE: Final = "https://example.org/"


class _File(Protocol):
    def read(self) -> bytes: ...


def extract(
    fileobj: _File,
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Give line, function, message and comments of each word in a Turtle file."""
    quads = pyoxigraph.parse(fileobj.read(), RdfFormat.TURTLE, base_iri=_BASE)
    for quad in quads:
        if quad.predicate.value in _WORDS and isinstance(quad.object, Literal):
            yield 1, "gettext", quad.object.value, []
