"""Queries that bring endpoints down: by time, memory, depth, or the size of what they give."""

from typing import Final

_P: Final = "PREFIX dct: <http://purl.org/dc/terms/> "
_CREATOR: Final = "<http://purl.org/dc/terms/creator>"

#: By what they do.
HOSTILE: Final[dict[str, str]] = {
    "cartesian count": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "cartesian rows": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "regex over a product": _P + "SELECT (COUNT(*) AS ?n) { ?a ?p ?t . ?b ?q ?u . ?c ?r ?v "
    'FILTER REGEX(CONCAT(STR(?t), STR(?u), STR(?v)), "(a+)+(b|c)*x{1,50}$", "i") }',
    "order everything": "SELECT ?s ?o ?z { ?s ?p ?o . ?x ?q ?z . ?y ?r ?w } ORDER BY ?o DESC(?z)",
    "unbounded path": "SELECT (COUNT(*) AS ?n) "
    "{ ?x (!<a:b>|^<a:c>)* ?y . ?v ?w ?z . ?u (!<a:b>|^<a:d>)* ?t }",
    "distinct everything": "SELECT (COUNT(DISTINCT *) AS ?n) { ?s ?p ?o . ?t ?q ?r . ?u ?v ?w }",
    "group_concat": "SELECT (GROUP_CONCAT(CONCAT(STR(?s), STR(?o), STR(?c))) AS ?x) "
    "{ ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }",
    "doubling": 'SELECT (STRLEN(?v34) AS ?n) { BIND("aaaaaaaaaa" AS ?v0) '
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(34))
    + " }",
    "nested parentheses": "SELECT * { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }",
    "nested groups": "SELECT * " + "{" * 20_000 + "?s ?p ?o" + "}" * 20_000,
    "long path": "SELECT (COUNT(*) AS ?n) { ?x "
    + "/".join([f"({_CREATOR}|^{_CREATOR})"] * 40)
    + " ?y }",
    "many optionals": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o "
    + " ".join(f"OPTIONAL {{ ?s{n} ?p{n} ?o{n} }}" for n in range(12))
    + " }",
    "regex bomb": 'ASK { ?s ?p ?t FILTER REGEX(STR(?t), "((a{1,99}){1,99}){1,99}") }',
    # The engine's limits, one by one.
    "endless values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ {'1 2 3 4 5 6 7 8 9 ' * 2} }}" for n in range(12))
    + " }",
    "construct a product": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "describe everything, often": "DESCRIBE * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "replace that grows": 'SELECT (STRLEN(?z) AS ?n) { BIND("aaaaaaaaaaaaaaaaaaaaaaaa" AS ?a) '
    + 'BIND(REPLACE(?a, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") AS ?b) '
    + 'BIND(REPLACE(?b, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") AS ?c) '
    + 'BIND(REPLACE(?c, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") AS ?d) '
    + 'BIND(REPLACE(?d, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") AS ?e) '
    + 'BIND(REPLACE(?e, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") AS ?z) }',
    "negation over products": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?m ?n1 ?o1 "
    "FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l FILTER(?a = ?g && ?c = ?l && ?d = ?i) } }",
    "minus over products": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?x ?y ?z "
    "MINUS { ?a ?h ?c . ?d ?k ?f . ?x ?y2 ?z . ?u ?v ?w } }",
    "nested subqueries": "SELECT (COUNT(*) AS ?n) { "
    + "{ SELECT * { ?a0 ?b0 ?c0 " * 12
    + "} }" * 12
    + " ?x ?y ?z . ?u ?v ?w . ?r ?s ?t . ?o ?p ?q }",
    "group by everything": "SELECT ?a ?f (SAMPLE(?i) AS ?s) (COUNT(DISTINCT ?h) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } GROUP BY ?a ?f ?c ?d ?i ?l",
    "a chain of unions": "SELECT (COUNT(*) AS ?n) { ?u ?v ?w . ?r ?s ?t . "
    + " UNION ".join(["{ ?a ?b ?c . ?d ?e ?f }"] * 400)
    + " }",
    "one token": "ASK { ?s ?p " + '"' + "x" * 70_000 + '" }',
}
