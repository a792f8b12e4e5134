"""Prefixes that every query of a corpus may use, and their declaration in front of a query."""

from collections.abc import Iterator
from itertools import pairwise

from ld.errors import QuerySyntaxError
from ld.query.guard import Token, tokenise
from ld.vocabulary import PREFIXES


def known(base: str) -> dict[str, str]:
    """Give the prefixes with their namespaces: the usual ones, the corpus and its vocabulary."""
    return {**PREFIXES, "corpus": base, "vocab": base + "vocab#"}


def declare(query: str, base: str) -> str:
    """Give the query with a declaration for each known prefix that it uses without declaring it.

    A query whose tokens cannot be read comes back as it is.
    """
    try:
        tokens = tokenise(query)
    except QuerySyntaxError:
        return query
    declared = set(_declared(tokens))
    used = {token.text.partition(":")[0] for token in tokens if token.kind == "prefixed"}
    missing = {name: iri for name, iri in known(base).items() if name in used - declared}
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in missing.items()) + query


def _declared(tokens: list[Token]) -> Iterator[str]:
    for before, token in pairwise(tokens):
        if before.kind == "word" and before.text.upper() == "PREFIX" and token.text.endswith(":"):
            yield token.text[:-1]
