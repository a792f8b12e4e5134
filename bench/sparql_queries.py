"""The mix of queries: nineteen of the kinds that scholars, pages and crawlers send.

Lookups, lists, filters, counts, text search, paths, pages in order, graphs. The constants are
taken from the corpus that is asked, by the same rule whatever its size.
"""

from pathlib import Path
from string import Template
from typing import Final

from pyoxigraph import QuerySolutions, Store

_PREFIXES: Final = """\
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX schema: <https://schema.org/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX bibo: <http://purl.org/ontology/bibo/>
PREFIX vocab: <${base}vocab#>
"""
#: Where a constant comes from: an author of many texts but not of the most; a work in parts, one
#: of its parts; a text in the middle of those with an author, a date and a licence.
_CONSTANTS: Final = (
    """SELECT ?author ?name {
        { SELECT ?author { ?text dct:creator ?author }
          GROUP BY ?author ORDER BY DESC(COUNT(*)) ?author OFFSET 4 LIMIT 1 }
        ?author foaf:name ?name }""",
    """SELECT ?work ?part { ?work dct:hasPart ?part } ORDER BY ?work ?part LIMIT 1""",
    """SELECT ?text ?identifier {
        ?text dct:identifier ?identifier ; dct:creator ?by ; dct:date ?date ; dct:rights ?rights
        } ORDER BY ?identifier OFFSET 300 LIMIT 1""",
)
_MIX: Final = {
    "text by identifier": "SELECT ?text { ?text dct:identifier ${identifier} }",
    "statements of a text": "SELECT ?property ?value { ${text} ?property ?value }",
    "texts of an author": """
        SELECT ?text ?title { ?text dct:creator ${author} ; dct:title ?title } LIMIT 100""",
    "texts by a name": """
        SELECT ?text ?title {
          ?by foaf:name ?name . ?text schema:author ?by ; schema:name ?title
          FILTER(?name = ${name})
        } LIMIT 50""",
    "class and years": """
        SELECT ?text ?year {
          ?text a schema:CreativeWork ; vocab:earliestYear ?year
          FILTER(?year >= 1990 && ?year < 2000)
        } LIMIT 200""",
    "years before": "SELECT ?text ?year { ?text vocab:latestYear ?year FILTER(?year < 1505) }",
    "count by class": """
        SELECT ?class (COUNT(*) AS ?count) { ?thing a ?class }
        GROUP BY ?class ORDER BY DESC(?count)""",
    "count of titles": "SELECT (COUNT(?text) AS ?count) { ?text dct:title ?title }",
    "authors of most": """
        SELECT ?by (COUNT(?text) AS ?count) { ?text dct:creator ?by }
        GROUP BY ?by ORDER BY DESC(?count) LIMIT 10""",
    "regular expression": """
        SELECT ?text ?title {
          ?text dct:title ?title FILTER REGEX(STR(?title), "^the .*(orchard|river)$$", "i")
        } LIMIT 50""",
    "words within": """
        SELECT ?text ?title {
          ?text dct:title ?title FILTER CONTAINS(LCASE(STR(?title)), "hidden kiln")
        } LIMIT 50""",
    "optional parts": """
        SELECT ?text ?title ?date ?part ?source {
          ?text dct:creator ${author} ; dct:title ?title
          OPTIONAL { ?text dct:date ?date }
          OPTIONAL { ?text dct:hasPart ?part }
          OPTIONAL { ?text dct:source ?source }
        } LIMIT 100""",
    "path to a constant": """
        SELECT (COUNT(DISTINCT ?file) AS ?count) {
          ?text dct:hasFormat ?file . ?text dct:isPartOf* ${work}
        }""",
    "path from a constant": """
        SELECT (COUNT(DISTINCT ?thing) AS ?count) { ${part} (dct:isPartOf|dct:creator)+ ?thing }""",
    "page in order": """
        SELECT ?text ?title ?year {
          ?text dct:rights "CC BY 4.0"@en ; dct:title ?title ; vocab:earliestYear ?year
        } ORDER BY DESC(?year) ?text LIMIT 20 OFFSET 100""",
    "graph of a text": """
        CONSTRUCT { ?text ?property ?value . ?by ?its ?own } {
          VALUES ?text { ${text} } ?text ?property ?value
          OPTIONAL { ?text dct:creator ?by . ?by ?its ?own }
        }""",
    "description": "DESCRIBE ${text}",
    "join in groups": """
        SELECT ?rights (AVG(?year) AS ?mean) (COUNT(*) AS ?count) {
          ?text a schema:CreativeWork ; dct:rights ?rights ; vocab:earliestYear ?year
        } GROUP BY ?rights ORDER BY ?rights""",
    "what is not there": """
        SELECT (COUNT(?text) AS ?count) {
          ?text dct:rights "Public domain"@en FILTER NOT EXISTS { ?text dct:hasPart ?part }
        }""",
}
#: How much an answer says is left to the engine.
OPEN: Final = frozenset({"description"})


def queries(graph: Path, base: str) -> dict[str, str]:
    """Give the mix for the corpus in this triple store, by name.

    `base` is what its IRIs begin with. Raises: ValueError if it lacks what is asked for.
    """
    store = Store.read_only(str(graph))
    constants: dict[str, str] = {}
    prefixes = Template(_PREFIXES).substitute(base=base)
    for text in _CONSTANTS:
        solutions = store.query(prefixes + text)
        assert isinstance(solutions, QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        solution = next(solutions, None)
        if solution is None:
            raise ValueError(
                f"the corpus is too small for the mix: it has no {names[0]} to ask for"
            )
        constants |= {name: str(solution[name]) for name in names}
    return {name: prefixes + Template(text).substitute(constants) for name, text in _MIX.items()}
