"""How statements are laid out for people: in which order, under which names."""

import re
from collections.abc import Iterable
from typing import Final

from ld.terms import Statement, iri
from ld.vocabulary import FOAF, PREFIXES, RDF_TYPE

_PRIMARY_TOPIC: Final = iri(FOAF + "primaryTopic")
_PREFIX_OF: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_NAMESPACE_AND_NAME: Final = re.compile(r"(.*[/#])([A-Za-z_][A-Za-z0-9_-]*)", re.DOTALL)


def reading_order(statements: Iterable[Statement]) -> list[Statement]:
    """Give statements with the thing described first and the types of each thing first.

    The thing described is what a document has as its `foaf:primaryTopic`. All others follow by
    IRI, a thing before its fragments, so that the order never depends on the order given.
    """
    statements = list(statements)
    topics = {obj for _, predicate, obj in statements if predicate == _PRIMARY_TOPIC}
    return sorted(
        statements,
        # Without its last character, ">", an IRI sorts before those that go on from it.
        key=lambda s: (s[0] not in topics, s[0][:-1], s[1] != RDF_TYPE, s[1], s[2]),
    )


def prefixed_name(iri: str) -> tuple[str, str] | None:
    """Give an IRI as prefix and local name, if both are plain enough for every syntax.

    Turtle and JSON-LD could write more IRIs so, with escapes that not every reader knows.
    """
    match = _NAMESPACE_AND_NAME.fullmatch(iri)
    if match is None or match[1] not in _PREFIX_OF:
        return None
    return _PREFIX_OF[match[1]], match[2]
