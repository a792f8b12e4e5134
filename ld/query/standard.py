"""A query as the engine has to be asked it to answer as SPARQL 1.1 says.

The engine answers two things otherwise. GROUP_CONCAT keeps a language that all its values share,
where the result is a simple literal (section 18.5.1.7). And a path of no steps does not begin at
a term that is nowhere in the graph, where that term is one solution (section 18.4).
See: https://www.w3.org/TR/sparql11-query/
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from ld.errors import QuerySyntaxError
from ld.query.guard import BASE_CHARS, Token, tokenise

# A question mark that begins a variable ends no path.
_CONCERNED: Final = re.compile(
    rf"group_concat|[\w>)]\s*(?:\*|\?(?![{BASE_CHARS}_0-9]))", re.IGNORECASE
)
_CONSTANTS: Final = frozenset({"iri", "prefixed"})
_PATH_MARKS: Final = frozenset("/|^!()*+?")

#: Where something is put into a query, and what.
_Insertion: TypeAlias = tuple[int, str]


def conforming(query: str) -> str:
    """Give the query to be asked; most come back as they are."""
    if not _CONCERNED.search(query):
        return query
    try:
        tokens = tokenise(query)
    except QuerySyntaxError:
        return query
    text, shift = query, 0
    for position, piece in sorted([*_simple_literals(tokens), *_zero_steps(tokens)]):
        text = text[: position + shift] + piece + text[position + shift :]
        shift += len(piece)
    return text


def _simple_literals(tokens: Sequence[Token]) -> Iterator[_Insertion]:
    for index, token in enumerate(tokens[:-1]):
        if token.kind == "word" and token.text.upper() == "GROUP_CONCAT":
            close = _closing(tokens, index + 1)
            if close is not None:
                yield token.start, "STR("
                yield tokens[close].start + 1, ")"


def _closing(tokens: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].kind == "mark":
            depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index if index > opening else None
    return None


def _zero_steps(tokens: Sequence[Token]) -> Iterator[_Insertion]:
    # Where the variable is in another triple as well, its values are in the graph.
    if any(token.kind == "word" and token.text.upper() == "GRAPH" for token in tokens):
        return
    for index, token in enumerate(tokens):
        if token.kind != "mark" or token.text != "{":
            continue
        statement = _only_statement(tokens[index + 1 :])
        if statement is None:
            continue
        begin, end = statement[0], statement[-1]
        constant, variable = (begin, end) if begin.kind in _CONSTANTS else (end, begin)
        any_ = variable.text + "_"
        yield begin.start, "{ "
        yield (
            end.start + len(end.text),
            f" }} UNION {{ BIND({constant.text} AS {variable.text}) FILTER NOT EXISTS "
            f"{{ {{ {constant.text} {any_} [] }} UNION {{ [] {any_} {constant.text} }} }} }}",
        )


def _only_statement(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """Give the triple of a group that begins with it and has no other, if it may have no steps."""
    end = next((i for i, token in enumerate(tokens) if token.text in {".", "{", "}"}), 0)
    statement = tokens[:end]
    if len(statement) < 4 or any(token.kind == "word" and token.text != "a" for token in statement):
        return None
    following = [token.text for token in tokens[end : end + 2]]
    if following[:1] != ["}"] and following != [".", "}"]:
        return None
    kinds = {statement[0].kind, statement[-1].kind}
    if "variable" not in kinds or not kinds & _CONSTANTS:
        return None
    return statement if _has_zero_steps(statement[1:-1]) else None


def _has_zero_steps(path: Sequence[Token]) -> bool:
    if path[-1].kind != "mark" or path[-1].text not in {"*", "?"}:
        return False
    steps = path[1:-1] if path[0].text == "^" else path[:-1]
    if any(
        token.kind not in _CONSTANTS
        and token.text != "a"
        and not (token.kind == "mark" and token.text in _PATH_MARKS)
        for token in steps
    ):
        return False
    return len(steps) == 1 or (bool(steps) and _closing(steps, 0) == len(steps) - 1)
