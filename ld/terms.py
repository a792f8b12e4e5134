"""RDF terms as canonical N-Triples text.

A term is the very text that stands for it in canonical N-Triples, and a statement is three of
them. Text sorts, hashes and stores as it is, and writing it costs a tenth of what term objects
cost. Whatever builds a term from foreign text comes through here, so that nothing
unescaped and no ill-formed IRI can reach a dump.

See: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import pyoxigraph

Term: TypeAlias = str
Statement: TypeAlias = tuple[Term, Term, Term]

XSD = "http://www.w3.org/2001/XMLSchema#"

_SURROGATE = re.compile("[\ud800-\udfff]")
_LOWER_CASE = re.compile(r"[a-z0-9-]+\Z")
# Canonical form escapes these characters and writes all others as they are.
_ESCAPES = {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    ord("\b"): "\\b",
    ord("\f"): "\\f",
} | {
    code: f"\\u{code:04X}"
    for code in (*range(0x08), 0x0B, *range(0x0E, 0x20), 0x7F, 0xFFFE, 0xFFFF)
}
_SPECIAL = re.compile('["\\\\\x00-\x1f\x7f\ufffe\uffff]')
_LITERAL = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(?:@([a-z0-9-]+)|\^\^<([^>]*)>)?\Z', re.DOTALL)
_ESCAPE_SEQUENCE = re.compile(r"\\(?:u([0-9A-F]{4})|(.))")
_UNESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\"}


def is_iri(value: str) -> bool:
    """Say whether this text is an absolute IRI, as strictly as RFC 3987 has it.

    pyoxigraph decides, so that whatever passes here can be loaded into a store.
    """
    try:
        pyoxigraph.NamedNode(value)
    except (ValueError, UnicodeEncodeError):
        return False
    return True


@lru_cache(maxsize=256)
def is_language(tag: str) -> bool:
    """Say whether this is a well-formed language tag in lower case, the form that stores keep."""
    try:
        pyoxigraph.Literal("", language=tag)
    except (ValueError, UnicodeEncodeError):
        return False
    return _LOWER_CASE.match(tag) is not None


@lru_cache(maxsize=4096)
def iri(value: str) -> Term:
    """Give the term of an absolute IRI.

    Raises: ValueError if it is relative or holds a character that an IRI may not hold.
    """
    if not is_iri(value):
        raise ValueError(f"not an absolute IRI: {value!r}")
    return f"<{value}>"


def literal(value: str, *, language: str | None = None, datatype: str | None = None) -> Term:
    """Give the term of a literal: a string, a language-tagged string or a typed value.

    The language tag must be well-formed and in lower case, because the triple store lowers it.
    Raises: ValueError for an ill-formed tag or datatype IRI, or a lone surrogate.
    """
    escaped = value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if not escaped.isascii() and _SURROGATE.search(escaped):
        raise ValueError(f"a lone surrogate is no character: {value!r}")
    if language is not None:
        if not is_language(language):
            raise ValueError(f"not a language tag in lower case: {language!r}")
        return f'"{escaped}"@{language}'
    if datatype is not None and datatype != XSD + "string":
        return f'"{escaped}"^^{iri(datatype)}'
    return f'"{escaped}"'


def is_iri_term(term: Term) -> bool:
    """Say whether a term is an IRI (the only other kind here is a literal)."""
    return term.startswith("<")


def iri_of(term: Term) -> str:
    """Give the IRI that an IRI term stands for."""
    return term[1:-1]


def literal_of(term: Term) -> tuple[str, str | None, str | None]:
    """Take a literal term apart into its value, language tag and datatype IRI.

    The datatype is None for plain and for language-tagged strings.
    Raises: ValueError if the term is no literal.
    """
    match = _LITERAL.match(term)
    if match is None:
        raise ValueError(f"not a literal: {term!r}")
    value, language, datatype = match.groups()
    if "\\" in value:
        value = _ESCAPE_SEQUENCE.sub(
            lambda m: chr(int(m[1], 16)) if m[1] else _UNESCAPES[m[2]], value
        )
    return value, language, datatype


def text_of(term: Term) -> str:
    """Give what a person reads: the IRI, or the literal's value."""
    return iri_of(term) if is_iri_term(term) else literal_of(term)[0]


def n_triples(statements: Iterable[Statement]) -> str:
    """Write statements as N-Triples, one line each, in the order given."""
    return "".join([f"{s} {p} {o} .\n" for s, p, o in statements])


def statements_of(lines: str) -> list[Statement]:
    """Read back what `n_triples` wrote: canonical N-Triples without blank nodes or comments."""
    statements = []
    for line in lines.split("\n"):
        if line:
            subject, predicate, rest = line.split(" ", 2)
            statements.append((subject, predicate, rest[:-2]))
    return statements
