"""A query with another that has the same answers, where the engine is quicker with that one.

The engine joins a path to what stands before it row by row, and walks `?x p* <end>` anew from
each `?x`. Where the path comes first it is walked once, from its end. The patterns of one basic
graph pattern may be joined in any order, and `?a p/q* <end>` is `?a p [] . [] q* <end>` by
definition, so only the order of the solutions can change. Whatever depends on that keeps a query
as it is; so does anything here that is not understood to the letter.
See: https://www.w3.org/TR/sparql11-query/#sparqlTranslatePathExpressions
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from ld.errors import QuerySyntaxError
from ld.query.guard import Token, tokenise

# Within words, as the engine reads them: LIMIT10 is LIMIT. What is here depends on the order of
# the solutions, or on which graphs there are; sums of floating point numbers do as well.
_DEPENDENT: Final = re.compile(
    "limit|offset|reduced|sample|group_concat|sum|avg|min|max|rand|uuid|bnode|now|graph|from"
    "|service",
    re.IGNORECASE,
)
_CLOSURE: Final = re.compile(r"[\w>)][*+]")
_TERMS_OF_PATHS: Final = frozenset({"iri", "prefixed"})
_MARKS_OF_PATHS: Final = frozenset("/|^!()*+?")
_ENDS: Final = frozenset({"variable", "iri", "prefixed"})
_CONSTANTS: Final = frozenset({"iri", "prefixed", "string", "number", "language", "word"})

_Statement: TypeAlias = Sequence[Token]


def quicker(query: str) -> str:
    """Give a query that has the same answers, as a multiset; most come back as they are."""
    if not _CLOSURE.search(query):
        return query
    try:
        tokens = tokenise(query)
    except QuerySyntaxError:
        return query
    if any(_DEPENDENT.search(_keyword(token)) for token in tokens):
        return query
    node = _unused_label(query)
    pieces, position = [], 0
    for number, block in enumerate(_blocks(tokens)):
        moved = _reordered(query, block, f"_:{node}{number}")
        if moved is not None:
            pieces += [query[position : block[0][0].start], moved]
            position = _end(block[-1])
    return "".join([*pieces, query[position:]])


def _keyword(token: Token) -> str:
    if token.kind == "prefixed":
        return token.text.partition(":")[0]
    return token.text if token.kind == "word" else ""


def _unused_label(query: str) -> str:
    label = "path"
    while label in query:
        label += "x"
    return label


def _blocks(tokens: Sequence[Token]) -> Iterator[list[_Statement]]:
    """Give the statements of each basic graph pattern that begins its group."""
    for index, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "{":
            block = _statements(tokens[index + 1 :])
            if len(block) > 0:
                yield block


def _statements(tokens: Sequence[Token]) -> list[_Statement]:
    statements: list[list[Token]] = [[]]
    for token in tokens:
        is_keyword = token.kind == "word" and token.text not in {"a", "true", "false"}
        if is_keyword or token.text in {"{", "}"}:
            # Of `?s ?p {` nothing is known.
            break
        if token.kind == "mark" and token.text == ".":
            statements.append([])
        else:
            statements[-1].append(token)
    if any(not statement for statement in statements[:-1]):
        return []
    return [statement for statement in statements if statement]


def _reordered(query: str, block: Sequence[_Statement], node: str) -> str | None:
    index = next((index for index, statement in enumerate(block) if _is_path(statement)), None)
    if index is None or any(_is_narrow(earlier) for earlier in block[:index]):
        return None
    texts = [query[statement[0].start : _end(statement)] for statement in block]
    first = _quicker_path(query, block[index], node)
    if first is None and any(_binds(earlier, block[index]) for earlier in block[:index]):
        first = [texts[index]]
    # A comment may stand within a statement, but never at its end.
    return None if first is None else " . ".join([*first, *texts[:index], *texts[index + 1 :]])


def _quicker_path(query: str, statement: _Statement, node: str) -> list[str] | None:
    """Give `?a p/q* <end>` with its last step first."""
    subject, path, end = statement[0], statement[1:-1], statement[-1]
    step = _last_step(path)
    if step is None or subject.kind != "variable" or end.kind == "variable":
        return None
    walk = query[path[step].start : _end(statement)]
    return [f"{node} {walk}", f"{query[subject.start : _end(path[: step - 1])]} {node}"]


def _is_path(statement: _Statement) -> bool:
    """Say whether a statement is one path with a closure, between a variable and a constant."""
    if len(statement) < 4 or not {statement[0].kind, statement[-1].kind} <= _ENDS:
        return False
    if (statement[0].kind == "variable") is (statement[-1].kind == "variable"):
        return False
    path = statement[1:-1]
    return any(token.kind == "mark" and token.text in {"*", "+"} for token in path) and all(
        token.kind in _TERMS_OF_PATHS
        or token.text == "a"
        or (token.kind == "mark" and token.text in _MARKS_OF_PATHS)
        for token in path
    )


def _last_step(path: Sequence[Token]) -> int | None:
    """Give where the last step of a sequence begins, if that is the only closure in it."""
    depth, begin = 0, None
    for index, token in enumerate(path):
        if token.kind != "mark":
            continue
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text == "|":
            return None
        if depth == 0 and token.text == "/":
            begin = index + 1
    if begin is None or path[-1].text not in {"*", "+"}:
        return None
    steps = path[: begin - 1]
    if any(token.kind == "mark" and token.text in "*+?!" for token in steps):
        return None
    return begin


def _binds(statement: _Statement, path: _Statement) -> bool:
    """Say whether a statement has the variable of a path as a node."""
    variable = path[0] if path[0].kind == "variable" else path[-1]
    return any(token.text == variable.text for token in (statement[0], *_objects(statement)))


def _is_narrow(statement: _Statement) -> bool:
    """Say whether a statement may have few solutions, from which a path is better walked."""
    is_plain = len(statement) >= 3 and not any(
        token.kind == "mark" and token.text not in {";", ","} for token in statement
    )
    return (
        not is_plain
        or statement[0].kind != "variable"
        or any(token.kind in _CONSTANTS for token in _objects(statement))
    )


def _objects(statement: _Statement) -> Iterator[Token]:
    """Give the objects of a plain statement, but not the classes."""
    predicate: Token | None = None
    for token in statement[1:]:
        if token.text == ";":
            predicate = None
        elif token.text == ",":
            continue
        elif predicate is None:
            predicate = token
        elif predicate.text != "a":
            yield token


def _end(statement: _Statement) -> int:
    return statement[-1].start + len(statement[-1].text)
