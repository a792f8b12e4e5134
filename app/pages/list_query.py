"""The list of texts as a SPARQL query: the bridge from choosing to asking."""

import re
from typing import Final

from ld.browse import Choice, FacetValue
from ld.terms import iri, is_iri, literal
from ld.vocabulary import PREFIXES

_USED: Final = ("bibo", "dcterms", "schema")
_NEVER: Final = "FILTER (false)"
#: Where words are looked for, as the full-text index does.
_WHERE_WORDS: Final = (
    "dcterms:title|dcterms:creator/schema:name|dcterms:rights|dcterms:subject|dcterms:identifier"
)
_ORDERS: Final = {
    "title": "LCASE(STR(?title))",
    "relevance": "LCASE(STR(?title))",
    "year": "(!BOUND(?year)) ?year LCASE(STR(?title))",
    "author": "LCASE(STR(?name)) ?year LCASE(STR(?title))",
}


def list_query(choice: Choice, base: str) -> str:
    """Give the query whose results are the list of a choice.

    It compares words as they are written: the index of the list does without marks on letters.
    """
    patterns = ["?text a schema:CreativeWork ."]
    if choice.kind == "text":
        patterns.append("FILTER NOT EXISTS { ?text a bibo:DocumentPart }")
    elif choice.kind == "part":
        patterns.append("?text a bibo:DocumentPart .")
    for name, value in choice.facets.items():
        patterns += _facet(name, value, base)
    for at, word in enumerate(_words(choice.words)):
        patterns += [
            f"?text {_WHERE_WORDS} ?words{at} .",
            f'FILTER (REGEX(STR(?words{at}), {literal(word)}, "i"))',
        ]
    patterns += [
        "OPTIONAL { ?text dcterms:title ?title }",
        f"OPTIONAL {{ ?text <{base}vocab#earliestYear> ?year }}",
        "OPTIONAL { ?text dcterms:creator/schema:name ?author }",
    ]
    prefixes = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _USED)
    body = "\n".join(f"  {pattern}" for pattern in patterns)
    return (
        f"{prefixes}\n"
        'SELECT ?text ?title ?year (GROUP_CONCAT(DISTINCT ?author; SEPARATOR="; ") AS ?name)\n'
        f"WHERE {{\n{body}\n}}\n"
        "GROUP BY ?text ?title ?year\n"
        f"ORDER BY {_ORDERS[choice.sorted_by]}\n"
    )


def _facet(name: str, value: FacetValue, base: str) -> list[str]:
    match name, value:
        case "author", None:
            return ["FILTER NOT EXISTS { ?text dcterms:creator ?anyone }"]
        case "author", str() if is_iri(base + value):
            return [f"?text dcterms:creator {iri(base + value)} ."]
        case "decade", None:
            return [f"FILTER NOT EXISTS {{ ?text <{base}vocab#earliestYear> ?any }}"]
        case "decade", int():
            return [
                f"?text <{base}vocab#earliestYear> ?first .",
                f"FILTER (?first >= {value} && ?first <= {value + 9})",
            ]
        case "language", None:
            return ["FILTER NOT EXISTS { ?text schema:inLanguage ?any_language }"]
        case "language", str():
            return [f"?text schema:inLanguage {literal(value)} ."]
        case "licence", None:
            return ["FILTER NOT EXISTS { ?text dcterms:license ?any_licence }"]
        case "licence", str() if is_iri(value):
            return [f"?text dcterms:license {iri(value)} ."]
        case "host", None:
            return ["FILTER NOT EXISTS { ?text dcterms:source ?any_source }"]
        case "host", str():
            pattern = f"^[a-z][a-z0-9+.-]*://([^/@]*@)?{re.escape(value)}([:/?#]|$)"
            return [
                "?text dcterms:source ?source .",
                f'FILTER (REGEX(STR(?source), {literal(pattern)}, "i"))',
            ]
    return [_NEVER]


def _words(words: str) -> list[str]:
    pieces = Choice(words).pieces
    between = r"[^\p{L}\p{N}]"
    patterns = [f"(^|{between}){_escaped(piece)}({between}|$)" for piece in pieces[:-1]]
    return patterns + [f"(^|{between}){_escaped(piece)}" for piece in pieces[-1:]]


def _escaped(word: str) -> str:
    # Marks around a word belong to no word, here as in the index.
    stripped = re.sub(r"^\W+|\W+$", "", word)
    return re.sub(r"([\\.+*?()\[\]{}|^$])", r"\\\1", stripped)
