"""The guard refuses what is not offered, however it is spelled, and nothing else."""

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ld.errors import QueryError, QueryLimitError, QueryRefusedError, QuerySyntaxError
from ld.query.guard import MAX_BYTES, MAX_NESTING, Form, check, normalise, read

PREFIXES = "PREFIX ex: <http://example.org/> PREFIX : <http://example.org/#> "

SERVICES = {
    "plain": "SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }",
    "lower case": "select * { service <http://x.example/> { ?s ?p ?o } }",
    "mixed case": "SELECT * { SeRvIcE <http://x.example/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://x.example/> { ?s ?p ?o } }",
    "no spaces": "SELECT*{SERVICE<http://x.example/>{?s?p?o}}",
    "glued silent": "SELECT * { SERVICESILENT<http://x.example/> { ?s ?p ?o } }",
    "variable": "SELECT * { VALUES ?g { ex:a } SERVICE ?g { ?s ?p ?o } }",
    "glued variable": "SELECT * { VALUES ?g { ex:a } SERVICE?g{ ?s ?p ?o } }",
    "prefixed name": "SELECT * { SERVICE ex:sparql { ?s ?p ?o } }",
    "glued prefixed name": "SELECT * { SERVICEex:sparql { ?s ?p ?o } }",
    "glued empty prefix": "SELECT * { SERVICE:sparql { ?s ?p ?o } }",
    "declared glued prefix": "PREFIX SERVICEex: <http://x.example/> "
    "SELECT * { SERVICEex:sparql { ?s ?p ?o } }",
    "after number": "SELECT * { ?a ?b 1SERVICE<http://x.example/>{ ?s ?p ?o } }",
    "after decimal point": "SELECT * { ?a ?b 1.SERVICE<http://x.example/>{ ?s ?p ?o } }",
    "after true": "SELECT * { ?a ?b true.SERVICE<http://x.example/>{ ?s ?p ?o } }",
    "glued to true": "SELECT * { ?a ?b trueSERVICE<http://x.example/>{ ?s ?p ?o } }",
    "after language": 'SELECT * { ?a ?b "c"@en.SERVICE<http://x.example/>{ ?s ?p ?o } }',
    "after string": "SELECT * { ?a ?b '''c'''SERVICE<http://x.example/>{ ?s ?p ?o } }",
    "escaped letter": "SELECT * { SERV\\u0049CE <http://x.example/> { ?s ?p ?o } }",
    "long escapes": "SELECT * { \\U00000053ERVICE <http://x.example/> { ?s ?p ?o } }",
    "after comment": "SELECT * { # a\rSERVICE <http://x.example/> { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE#\n<http://x.example/>#\n{ ?s ?p ?o } }",
    "relative to BASE": "BASE <http://x.example/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "relative to two BASEs": "BASE <http://x.example/a/> BASE <../> PREFIX y: <s> "
    "SELECT * { SERVICE SILENT y:parql { ?s ?p ?o } }",
    "escaped IRI": "SELECT * { SERVICE <http://x.\\u0065xample/> { ?s ?p ?o } }",
    "escaped prefixed name": "SELECT * { SERVICE ex:sp\\u0061rql { ?s ?p ?o } }",
    "comments around": "SELECT * { #}\nSERVICE # <\n SILENT #{\n<http://x.example/>{ ?s ?p ?o } }",
    "in MINUS": "SELECT * { ?s ?p ?o MINUS { SERVICE <http://x.example/> { ?s ?p ?o } } }",
    "in NOT EXISTS of a BIND": "SELECT * { BIND(NOT EXISTS { SERVICE <http://x.example/> "
    "{ ?s ?p ?o } } AS ?x) }",
    "in OPTIONAL": "SELECT * { OPTIONAL { SERVICE <http://x.example/> { ?s ?p ?o } } }",
    "in EXISTS": "ASK { FILTER EXISTS { SERVICE <http://x.example/> { ?s ?p ?o } } }",
    "in subselect": "ASK { { SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } } } }",
    "in CONSTRUCT": "CONSTRUCT WHERE { SERVICE <http://x.example/> { ?s ?p ?o } }",
    "in DESCRIBE": "DESCRIBE ?s { SERVICE <http://x.example/> { ?s ?p ?o } }",
    "in LATERAL": "SELECT * { ?x ?y ?z LATERAL { SERVICE ?x { ?s ?p ?o } } }",
}

#: What the engine would read as SERVICE, and the grammar as something that cannot stand there.
DISGUISED = {
    "comparison as IRI": "SELECT * { ?x ?y ?z FILTER(?x<1)SERVICE:a#>)\n{ ?s ?p ?o } }",
    "IRI after two less-than signs": "SELECT * { ?x ?y ?z FILTER(?x<<#>)SERVICE:a#>)\n{ } }",
    "escaped backslash": "SELECT * { SERV\\u005Cu0049CE <http://x.example/> { ?s ?p ?o } }",
    "escaped quote": 'ASK { BIND("\\u0022 AS ?x) SERVICE <http://x.example/>{} BIND("" AS ?y) }',
    "half a long string": "ASK { BIND(''' AS ?x) SERVICE <http://x.example/> { } # ' }",
}

UPDATES = [
    "LOAD <http://x.example/>",
    "load silent <http://x.example/> INTO GRAPH ex:g",
    "INSERT DATA { ex:a ex:b 1 }",
    "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "DELETE DATA { ex:a ex:b 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "delete { ?s ?p ?o } insert { ?s ?p 1 } where { ?s ?p ?o }",
    "WITH ex:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP SILENT DEFAULT",
    "CREATE GRAPH ex:g",
    "ADD ex:a TO ex:b",
    "MOVE ex:a TO ex:b",
    "COPY DEFAULT TO ex:b",
    "CL\\u0045AR ALL",
    "SELECT * { ?s ?p ?o } ; DROP ALL",
]

HARMLESS = {
    "string": 'SELECT ("SERVICE <a> { }" AS ?x) { }',
    "long string": "SELECT ('''it's \" SERVICE <a> { LOAD }''' AS ?x) { }",
    "escaped quote in string": 'SELECT ("\\" SERVICE" AS ?x) { }',
    "escaped code point in string": 'SELECT ("\\u0022 SERVICE" AS ?x) { }',
    "escaped backslash in string": 'SELECT ("\\\\u0041\\\\" AS ?x) { }',
    "IRI": "SELECT * { ?s <http://example.org/SERVICE#load> <urn:insert> }",
    "IRI with brackets": "SELECT * { VALUES (?a ?b) { (1 <http://example.org/(b)/service#c>) } }",
    "comment": "SELECT * { ?s ?p ?o # SERVICE <a> { } LOAD\n}",
    "variable": "SELECT ?service ?load { ?service $load ?insert { } }",
    "prefixed name": "SELECT * { ?s ex:load ex:service . ?s ex:service ?o { ?x ex:a.service ?y } }",
    "prefix": "PREFIX service: <http://example.org/> SELECT * { service:a service:b ?o }",
    "graph of prefix": "PREFIX service: <http://example.org/> "
    "SELECT * FROM service:a { GRAPH service:a { ?s ?p ?o } }",
    "blank node": "SELECT * { _:service ?p _:load }",
    "language": 'SELECT * { ?s ?p "a"@service }',
    "comparisons": "SELECT * { ?s ?p ?o FILTER(?s < ?o && ?o > 1 || ?s<=?o) }",
    "tight comparison": "SELECT * { ?s ?p ?o FILTER(?s<?o) }",
    "two tight comparisons": "SELECT * { ?s ?p ?o FILTER(?s<?o&&?o>1) }",
    "negative number": "SELECT * { ?s ?p ?o FILTER(?o<-1) }",
    "words joined by dots": "SELECT * { ?s ?p true.FILTER(true) }",
    "property path": "SELECT * { ?s (ex:a|^ex:b)*/!(ex:c|^ex:d)+ ?o . ?s ex:e? ?x }",
    "local escapes": "SELECT * { ?s ex:a\\,b%20\\#c ?o . ?s :1:2 ?x . ?x : ?y }",
    "collections": "SELECT * { ?s ?p (1 [ ex:a () ] -2.5e3 .5 'a'^^ex:t) }",
    "other scripts": "SELECT ?имя { ?имя ex:作者 'Ж'@ru }",
    "triple term": "SELECT * { << ?s ?p ?o >> ?a <<( ?s ?p ?o )>> {| ?b ?c |} }",
    "byte order mark": "\ufeffSELECT * { ?s ?p ?o }",
}


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_federation_is_refused_in_every_spelling(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check(PREFIXES + query)


@pytest.mark.parametrize("query", DISGUISED.values(), ids=DISGUISED)
def test_federation_in_disguise_is_not_passed_on(query: str) -> None:
    with pytest.raises((QueryRefusedError, QuerySyntaxError)):
        check(PREFIXES + query)


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused(update: str) -> None:
    with pytest.raises(QueryRefusedError, match="read-only"):
        check(PREFIXES + update)


@pytest.mark.parametrize("query", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_like_an_operation_is_passed_on(query: str) -> None:
    query = query if query.startswith("\ufeff") else PREFIXES + query

    checked = check(query)

    assert checked.form is Form.SELECT
    pyoxigraph.Store().query(checked.text)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT*{}", Form.SELECT),
        ("# a comment\nask{}", Form.ASK),
        ("BASE <http://a/> PREFIX : <b> construct { } where { }", Form.CONSTRUCT),
        ('VERSION "1.2" DESCRIBE <http://a/>', Form.DESCRIBE),
        ("PREFIX select: <http://a/> ASK { select:a ?p ?o }", Form.ASK),
    ],
)
def test_form_is_the_first_word_after_the_prologue(query: str, form: Form) -> None:
    assert check(query).form is form


@pytest.mark.parametrize("query", ["", "  # nothing", "PREFIX ex: SELECT", "EXPLAIN ASK {}", "{}"])
def test_query_without_form_is_a_syntax_error(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        check(query)


def test_syntax_error_says_where() -> None:
    with pytest.raises(QuerySyntaxError, match="Line 3, column 4") as caught:
        check('SELECT * {\n?s ?p\n   "no end\n}')

    assert (caught.value.line, caught.value.column) == (3, 4)


def test_dataset_clauses_are_given_as_iris() -> None:
    query = check(
        "BASE <http://example.org/a/> PREFIX ex: <b#> "
        "SELECT * FROM <urn:x:1> from ex:c\\,d FROM NAMED <../n> FROM NAMED ex:e "
        '{ ?from ?named "FROM <http://example.org/not>" }'
    )

    assert query.default_graphs == ("urn:x:1", "http://example.org/a/b#c,d")
    assert query.named_graphs == ("http://example.org/n", "http://example.org/a/b#e")


def test_length_is_limited() -> None:
    longest = "ASK {}" + " " * (MAX_BYTES - 6)
    assert check(longest).form is Form.ASK

    with pytest.raises(QueryLimitError, match=str(MAX_BYTES)):
        check(longest + " ")


def test_length_is_counted_in_bytes() -> None:
    with pytest.raises(QueryLimitError):
        check("ASK {} #" + "é" * (MAX_BYTES // 2))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("(", ")"),
        ("{", "}"),
        ("[ex:a ", "]"),
        ("<<( ?s ?p ", ")>>"),
        ("EXISTS{", "}"),
        ("(\n#)\n''')'''", ")"),
    ],
)
def test_nesting_is_limited(opening: str, closing: str) -> None:
    depth = MAX_NESTING - 1
    assert check("ASK {" + opening * depth + closing * depth + "}")

    with pytest.raises(QueryLimitError, match="nested"):
        check("ASK {" + opening * (depth + 1) + closing * (depth + 1) + "}")


def test_nesting_cannot_hide_in_what_the_grammar_calls_an_iri() -> None:
    with pytest.raises(QueryError):
        check("ASK { FILTER(" + "1<" + "(" * 5000 + "1" + ")" * 5000 + ">1) }")


def test_escapes_are_read_before_tokens() -> None:
    assert check("\\u0041SK { ?\\u0078 ?y ?z }").text == "ASK { ?x ?y ?z }"


MARKS = "<>(){}[]'\"\\.:;,#?$@^|&=!+-*/~_ \n\r\t"
FRAGMENTS = st.sampled_from(
    [
        *(*MARKS, "'''", '"""', "<<(", ")>>", "\\u00", "\\u0041", "%4", "1e", "?x", "<a>", "ex:"),
        *("SERVICE", "SELECT", "FROM", "NAMED", "PREFIX", "BASE", "GRAPH", "true"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(), st.lists(FRAGMENTS).map("".join), st.lists(FRAGMENTS).map("ASK {".join))
)
@example("\ud800")
@example("a." * 32000)
@example("?x<#" * 16000)
@example('"""' + '""a' * 21000)
@example("ASK { ?s ?p ex:" + "." * 65000)
@example("ASK { FROM")
@example("PREFIX")
def test_any_text_is_passed_on_or_refused_in_time(text: str) -> None:
    try:
        checked = check(text)
    except QueryError as error:
        assert str(error)
    else:
        assert isinstance(checked.form, Form)


_PIECES = st.sampled_from(
    (
        *("SELECT * ", "ASK", "SERVICE", "service:", "SERVICEex:a", "ſervice", "GRAPH", "FROM"),
        *("NAMED", "INSERT", "load", "now", "{", "}", "(", ")", "[", "]", "<<", ">>", "{|", "|}"),
        *("<a:b>", "<(1)#>", "?a", "<", "ex:a", "1.", "'x'", '"""', "#c", "\n", " ", "."),
        *("\\u0053", "PREFIX service: <a:>"),
    )
)  # fmt: skip


def _verdict(query: str) -> tuple[object, ...]:
    try:
        checked = check(query)
    except QueryError as error:
        return (type(error),)
    graphs = checked.default_graphs, checked.named_graphs
    return checked.form, graphs, checked.is_volatile


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
@example("ASK { SERVICEex:a { } }")
@example("ASK { FILTER(?a <(1)#>) }")
def test_what_a_comment_says_changes_no_verdict(query: str) -> None:
    """Whatever is looked at closely only where a text calls for it would be passed otherwise."""
    suspect = f"\n# service from now {'(' * (MAX_NESTING + 1)}"
    verdict = _verdict(f"{query}\n")

    assert _verdict(query + suspect) == verdict


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_reading_once_gives_what_reading_twice_gives(query: str) -> None:
    try:
        expected = check(query), normalise(query)
    except QueryError as error:
        with pytest.raises(type(error)):
            read(query)
    else:
        assert read(query) == expected
