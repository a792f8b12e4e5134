"""Read a query's tokens and refuse, before execution, what this service does not offer.

The engine reads without a tokeniser: it takes `SERVICEex:a {` for SERVICE, `ex:a` and `{`, where
the grammar has one prefixed name, and `?a<(1)#>` for a comparison, where the grammar has an IRI.
So wherever the two readings could differ in a way that matters, the query is not passed on.
See: https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, NoReturn
from urllib.parse import urljoin

from ld.errors import QueryLimitError, QueryRefusedError, QuerySyntaxError

MAX_BYTES: Final = 64 * 1024
MAX_NESTING: Final = 100


class Form(StrEnum):
    """The four query forms."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


@dataclass(frozen=True, slots=True)
class Query:
    """A query that may be executed; only `check` makes one.

    The graphs are those of FROM and FROM NAMED; they are relative references where the query
    gives no base. A volatile query may have another answer each time.
    """

    text: str
    form: Form
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    is_volatile: bool = False


class Token(NamedTuple):
    """One token; `kind` is the name of a group in the pattern of tokens."""

    kind: str
    text: str
    start: int


_UPDATES: Final = frozenset(
    {"add", "clear", "copy", "create", "delete", "drop", "insert", "load", "move", "using", "with"}
)

# Within words, for the engine reads a keyword that is glued to another word.
_VOLATILE: Final = re.compile("now|rand|uuid|bnode", re.IGNORECASE)

# Between brackets of a pattern: what begins a name, and what goes on with it. XML has the same.
BASE_CHARS: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_COMBINING = "\u00b7\u0300-\u036f\u203f\u2040"
NAME_CHARS: Final = rf"{BASE_CHARS}_0-9{_COMBINING}\-"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_CODEPOINT}"
_IRI = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]++|{_CODEPOINT})*+>"
_LOCAL_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# Names and words are one pattern, told apart by the colon: a dotted run is read only once.
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<string>\"{{3}}(?:[^\"\\]++|{_ESCAPE}|\"(?!\"\"))*+\"{{3}}
      | '{{3}}(?:[^'\\]++|{_ESCAPE}|'(?!''))*+'{{3}}
      | \"(?!\"\")(?:[^\"\\\r\n]++|{_ESCAPE})*+\"
      | '(?!'')(?:[^'\\\r\n]++|{_ESCAPE})*+')
  | (?P<iri>{_IRI})
  | (?P<blank>_:[{BASE_CHARS}_0-9](?:\.*+[{NAME_CHARS}])*+)
  | (?P<prefixed>(?:[{BASE_CHARS}](?:\.*+[{NAME_CHARS}])*+)?+:
      (?:(?:[{BASE_CHARS}_:0-9]|{_LOCAL_ESCAPE})
         (?:\.*+(?:[{NAME_CHARS}:]|{_LOCAL_ESCAPE}))*+)?+)
  | (?P<word>[{BASE_CHARS}](?:\.*+[{NAME_CHARS}])*+)
  | (?P<variable>[?$][{BASE_CHARS}_0-9][{BASE_CHARS}_0-9{_COMBINING}]*+)
  | (?P<number>[0-9]++\.[0-9]*+[eE][+\-]?[0-9]++ | \.?[0-9]++[eE][+\-]?[0-9]++
      | [0-9]*+\.[0-9]++ | [0-9]++)
  | (?P<language>@[A-Za-z]++(?:--?[A-Za-z0-9]++)*+)
  | (?P<mark><(?!{_IRI})<\(? | \)>> | >> | \{{\| | \|\}} | \^\^ | && | \|\|
      | [<>!]= | [{{}}()\[\]<>=!+\-*/^|?.,;~])
  | (?P<wrong>[\s\S])
    """,
    re.VERBOSE,
)
_BETWEEN: Final = frozenset({"space", "comment"})
_CODEPOINT_ESCAPE = re.compile(r"(\\\\)|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_WITH_AUTHORITY = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_OPENING: Final = frozenset(("(", "[", "{", "{|", "<<", "<<("))
# What every opening mark begins with.
_BRACKETS: Final = ("(", "[", "{", "<<")
_CLOSING: Final = frozenset((")", "]", "}", "|}", ">>", ")>>"))


def check(query: str) -> Query:
    """Give the query as it may be executed, with its form and dataset clauses.

    Raises: QueryRefusedError for federation, loading and updates; QueryLimitError if it is
    longer than MAX_BYTES or nested deeper than MAX_NESTING; QuerySyntaxError if its tokens
    cannot be read or it has no query form. The engine finds the other syntax errors.
    """
    return _read(query)[0]


def normalise(query: str) -> str:
    """Give the query with every run of space and comments as one space: what it asks is the same.

    Raises: QuerySyntaxError where no token can be read.
    """
    return _split(query)[1]


def read(query: str) -> tuple[Query, str]:
    """Give what `check` gives, and what `normalise` gives.

    Raises: what they raise.
    """
    checked, text, normal = _read(query)
    return checked, normal if text == query else normalise(query)


def _read(query: str) -> tuple[Query, str, str]:
    """Give the query as it may be executed, its text without escapes, and that normalised."""
    try:
        size = len(query.encode())
    except UnicodeEncodeError as error:
        raise QuerySyntaxError("The query is not Unicode text: it has a lone surrogate.") from error
    if size > MAX_BYTES:
        raise QueryLimitError(f"The query has {size} bytes; at most {MAX_BYTES} are read.")
    text = _CODEPOINT_ESCAPE.sub(_decoded, query.removeprefix("\ufeff"))
    tokens, normal = _split(text)
    _refuse_operations(text, tokens)
    _refuse_depth(text, tokens)
    return _described(text, tokens), text, normal


def tokenise(text: str) -> list[Token]:
    """Give the tokens of a query, without space and comments.

    Raises: QuerySyntaxError where no token can be read.
    """
    return _split(text)[0]


def _split(text: str) -> tuple[list[Token], str]:
    tokens: list[Token] = []
    pieces: list[str] = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match[0]
        if kind in _BETWEEN:
            if pieces and pieces[-1] != " ":
                pieces.append(" ")
            continue
        if kind == "wrong":
            what = "a string that has no end, or a wrong escape" if piece in "\"'" else ""
            _fail(text, match.start(), what or f"{piece!r} begins no token here")
        pieces.append(piece)
        if kind == "word" and "." in piece:
            tokens.extend(_words(piece, match.start()))
        else:
            tokens.append(Token(kind, piece, match.start()))
    return tokens, "".join(pieces).rstrip(" ")


def _words(run: str, start: int) -> Iterator[Token]:
    # No keyword holds a dot: `true.FILTER` is a word, the end of a triple, a word.
    for piece in re.finditer(r"\.|[^.]+", run):
        yield Token("mark" if piece[0] == "." else "word", piece[0], start + piece.start())


def _decoded(escape: re.Match[str]) -> str:
    # Section 19.2 lets an escape stand only where its character is legal. What delimits tokens is
    # legal only within strings, where the escape may stay; so decoding never makes a delimiter.
    digits = escape[2] or escape[3]
    if digits is None:
        return escape[0]
    code = int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return escape[0]
    character = chr(code)
    return character if code > 0xA0 or character.isalnum() or character in "_-.:" else escape[0]


def _refuse_operations(text: str, tokens: list[Token]) -> None:
    if "service" not in text.lower():
        for token in tokens:
            if token.kind == "word":
                _refuse_update(token)
        return
    depth = 0
    before = [Token("mark", "", 0), Token("mark", "", 0)]
    for token in tokens:
        if token.kind == "word":
            _refuse_update(token)
            # A keyword may be glued to another word for the engine, and no other word holds it.
            if "service" in token.text.lower():
                _refuse_federation()
        elif token.text == "{":
            if depth and _may_be_federation(*before):
                _refuse_federation()
            depth += 1
        elif token.text == "}":
            depth -= 1
        before = [before[1], token]


def _refuse_update(word: Token) -> None:
    if word.text.lower() in _UPDATES:
        raise QueryRefusedError(f"{word.text.upper()} is not offered: the data is read-only.")


def _may_be_federation(previous: Token, name: Token) -> bool:
    prefix = name.text.partition(":")[0].lower()
    return (
        name.kind == "prefixed"
        and "service" in prefix
        and not (previous.kind == "word" and previous.text.lower() == "graph")
    )


def _refuse_federation() -> NoReturn:
    raise QueryRefusedError("SERVICE is not offered: queries are answered from this data alone.")


def _refuse_depth(text: str, tokens: list[Token]) -> None:
    if sum(map(text.count, _BRACKETS)) <= MAX_NESTING and not any(map(_is_ambiguous, tokens)):
        return
    stack: list[str] = []
    previous = Token("mark", "", 0)
    for token in tokens:
        if _is_ambiguous(token) and _may_be_comparison(token, previous, stack):
            _fail(
                text,
                token.start,
                f"{token.text} reads as an IRI; write a space after the operator <, "
                "or the IRI in full",
            )
        if token.kind == "mark" and token.text in _OPENING:
            stack.append(token.text)
            if len(stack) > MAX_NESTING:
                raise QueryLimitError(f"The query is nested deeper than {MAX_NESTING} brackets.")
        elif token.kind == "mark" and token.text in _CLOSING and stack:
            stack.pop()
        previous = token


def _is_ambiguous(token: Token) -> bool:
    # Brackets and comments count differently in the two readings. An expression stands within
    # parentheses always, and never goes on with two slashes.
    return (
        token.kind == "iri"
        and not _WITH_AUTHORITY.match(token.text)
        and any(mark in token.text for mark in "()[]#")
    )


def _may_be_comparison(iri: Token, previous: Token, stack: list[str]) -> bool:
    after_operand = previous.kind != "mark" or previous.text in _CLOSING
    glued = previous.text == "<" and previous.start + 1 == iri.start
    return glued or (after_operand and bool(stack) and stack[-1] in {"(", "<<("})


def _described(text: str, tokens: list[Token]) -> Query:
    base: str | None = None
    prefixes: dict[str, str] = {}
    position = 0
    while position < len(tokens) and tokens[position].kind == "word":
        following = tokens[position + 1 : position + 3]
        match tokens[position].text.upper(), [token.kind for token in following]:
            case "BASE", ["iri", *_]:
                base = _resolved(base, following[0].text)
                position += 2
            case "PREFIX", ["prefixed", "iri"]:
                prefixes[following[0].text] = _resolved(base, following[1].text)
                position += 3
            case "VERSION", ["string", *_]:
                position += 2
            case _:
                break
    keyword = tokens[position] if position < len(tokens) else Token("end", "", len(text))
    if keyword.kind != "word" or keyword.text.upper() not in Form.__members__:
        _fail(text, keyword.start, "expected SELECT, ASK, CONSTRUCT or DESCRIBE")
    default: list[str] = []
    named: list[str] = []
    if "from" in text.lower():
        for is_named, graph in _graphs_of(tokens[position:], base, prefixes):
            (named if is_named else default).append(graph)
    is_volatile = _VOLATILE.search(text) is not None and any(
        token.kind == "word" and _VOLATILE.search(token.text) for token in tokens
    )
    return Query(text, Form(keyword.text.upper()), tuple(default), tuple(named), is_volatile)


def _graphs_of(
    tokens: list[Token], base: str | None, prefixes: dict[str, str]
) -> Iterator[tuple[bool, str]]:
    # FROM is no other word's name, so that no brackets need to be followed.
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() != "FROM":
            continue
        following = tokens[index + 1 : index + 3]
        is_named = bool(following) and following[0].text.upper() == "NAMED"
        for name in following[is_named : is_named + 1]:
            if name.kind == "iri":
                yield is_named, _resolved(base, name.text)
            elif name.kind == "prefixed":
                prefix, _, local = name.text.partition(":")
                yield is_named, prefixes.get(prefix + ":", "") + re.sub(r"\\(.)", r"\1", local)


def _resolved(base: str | None, iri: str) -> str:
    reference = iri[1:-1]
    if base is None:
        return reference
    # An empty fragment, as prefixes have it, is lost in joining.
    return urljoin(base, reference).removesuffix("#") + "#" * reference.endswith("#")


def _fail(text: str, position: int, message: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise QuerySyntaxError(f"Line {line}, column {column}: {message}.", line, column)
