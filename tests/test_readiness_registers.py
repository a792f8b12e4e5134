"""Our rules for registers and the registers' own shapes refuse and accept the same descriptions.

Every property of a description is taken away, doubled, untagged, retyped and pointed elsewhere,
each as a description of its own. All of them go before pySHACL in one graph: each has IRIs of its
own, so that a result tells by its focus node which description it is about. How many of them the
original shapes refuse is asserted too, since shapes that look at nothing refuse nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import SH

from ld.describe import catalog_statements
from ld.edition import Edition
from ld.readiness import registers
from ld.readiness.documents import as_harvested
from ld.readiness.findings import Findings, Level
from ld.report import Severity
from ld.terms import Statement, Term, iri_of, is_iri_term, literal, literal_of, text_of
from ld.validate import authority
from ld.vocabulary import (
    DCAT,
    DCTERMS,
    FOAF,
    RDF,
    RDF_TYPE,
    SKOS,
    SPDX,
    VCARD,
    XSD,
    schema,
)

CONSUMERS = Path(__file__).parents[1].parent / "shared" / "conformance" / "consumers"
NDE = ("nde/nde-requirements-datasets-1.14.0.pyshacl.ttl",)
DCAT_AP = (
    "dcat-ap/dcat-ap-3.0.1-SHACL.pyshacl.ttl",
    "dcat-ap/dcat-ap-3.0.1-ranges.pyshacl.ttl",
    "dcat-ap/3.0.1/html/shacl/shapes.ttl",
    "dcat-ap/3.0.1/html/shacl/range.ttl",
)
RECORDS = ("nde/nde-schema-profile-1.2.1.shacl.ttl",)
#: Left out of the copies: all but one dump and the endpoint say the same of other files.
ONE_DUMP = re.compile(r"dataset#(?!corpus\.ttl\.gz|sparql|contact)|/dump/(?!corpus\.ttl\.gz)")
#: In a list that the shapes spell out, so it keeps its name in every copy.
LISTED = "<http://publications.europa.eu/resource/authority/access-right/PUBLIC>"

#: Another value of each datatype.
OF_DATATYPE = {XSD + "date": "1999-12-31", XSD + "integer": "7", XSD + "hexBinary": "00FF",
               XSD + "nonNegativeInteger": "7", XSD + "boolean": "false",
               XSD + "gYear": "1999", XSD + "gYearMonth": "1999-12",
               XSD + "dateTime": "1999-12-31T12:00:00Z"}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass(frozen=True)
class Case:
    """A description with one thing wrong, or nothing; `mark` is in all of its IRIs."""

    name: str
    mark: str
    statements: Sequence[Statement]


def altered(statements: Sequence[Statement]) -> Iterator[tuple[str, list[Statement]]]:
    """Give the statements with each property of each thing taken away or altered."""
    yield "as it is", list(statements)
    for subject, predicate in dict.fromkeys((s, p) for s, p, _ in statements):
        values = [o for s, p, o in statements if (s, p) == (subject, predicate)]
        others = [one for one in statements if one[:2] != (subject, predicate)]
        for what, new in variations(predicate, values):
            yield f"{subject} {predicate} {what}", others + [(subject, predicate, o) for o in new]


def variations(predicate: Term, values: list[Term]) -> Iterator[tuple[str, list[Term]]]:
    if predicate == RDF_TYPE:
        for value in values:
            yield f"without {value}", [one for one in values if one != value]
        return
    yield "removed", []
    if is_iri_term(values[0]):
        yield "as text", [literal(f"{text_of(values[0])} MARK")]
        yield "elsewhere", ["<https://elsewhere.example/MARK>"]
        yield "and another", [*values, "<https://elsewhere.example/MARK>"]
        yield "no web address", ["<urn:x-other:MARK>"]
        return
    value, language, datatype = literal_of(values[0])
    yield "as an IRI", ["<https://elsewhere.example/MARK>"]
    another = OF_DATATYPE.get(datatype or "", f"{value} MARK")
    yield "and another", [*values, literal(another, language=language, datatype=datatype)]
    if language:
        yield "without language", [literal(value)]
        yield "in another language too", [*values, literal(value, language="fr")]
        yield "of another datatype", [literal("1843", datatype=XSD + "gYear")]
    else:
        yield "as a string", [literal(f"{value} MARK")]
        yield "of another datatype", [literal("1843", datatype=XSD + "gYear")]


def cases(statements: Sequence[Statement], base: str, keep: frozenset[str]) -> Iterator[Case]:
    """Give every case with names of its own: things of the base, and values that are described."""
    described = {s for s, _, _ in statements} - keep
    for number, (name, found) in enumerate(altered(statements)):
        mark = f"case-{number}-"

        def renamed(term: Term, mark: str = mark) -> Term:
            if term in described:
                return f"{term[:-1]}{mark}>" if base not in term else own(term, mark)
            return own(term, mark) if base in term else term.replace("MARK", mark)

        def own(term: Term, mark: str) -> Term:
            return term.replace(base, f"{base}{mark}/")

        yield Case(name, mark, [(renamed(s), p, renamed(o)) for s, p, o in found])


def originals(names: Iterable[str], found: Iterable[Case]) -> list[rdflib.Graph]:
    """Read original shapes, without what has nothing to refuse in these cases."""
    paths = [CONSUMERS / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("the registers' shapes lie beside the project and are not here")
    used = {rdflib.URIRef(iri_of(p)) for case in found for _, p, _ in case.statements}
    return [reduced(rdflib.Graph().parse(path), used) for path in paths]


def reduced(shapes: rdflib.Graph, used: set[rdflib.URIRef]) -> rdflib.Graph:
    """Leave out what can only warn, and what is about the values of a property that is not used.

    Both take most of the time and refuse nothing.
    """
    idle = [
        shape
        for severity in (SH.Warning, SH.Info)
        for shape in shapes.subjects(SH.severity, severity)
    ]
    idle += [
        shape
        for shape, path in shapes.subject_objects(SH.path)
        if isinstance(path, rdflib.URIRef)
        and path not in used
        and not any((shape, asks, None) in shapes for asks in (SH.minCount, SH.hasValue, SH.equals))
    ]
    for shape in idle:
        shapes.remove((None, SH.property, shape))
        if (shape, SH.sparql, None) in shapes:
            shapes.remove((shape, None, None))
    return authority.prepared(shapes)


def refused_by_originals(found: Sequence[Case], shapes: Sequence[rdflib.Graph]) -> set[str]:
    """Give the marks of the cases that the original shapes find a violation in."""
    together = [statement for case in found for statement in case.statements]
    refused = set()
    for graph in shapes:
        for result in authority.validate(together, graph).results:
            if result.severity is Severity.VIOLATION:
                said = f"{result.focus_node} {result.value}"
                mark = re.search(r"case-\d+-", said)
                assert mark or len(found) == 1, f"whose? {said} {result.message}"
                refused.add(mark[0] if mark else found[0].mark)
    return refused


def refused_by_us(found: Sequence[Case], names: Iterable[str]) -> Mapping[str, set[str]]:
    """Give the rules that the cases do not meet, by mark."""
    refused = {}
    for case in found:
        findings = Findings({})
        for name in names:
            registers.register(name).judge(case.statements, findings)
        broken = {f.rule.id for f in findings.listed() if f.level is Level.FAULT}
        if broken:
            refused[case.mark] = broken
    return refused


def disagreements(
    found: Sequence[Case], shapes: Sequence[rdflib.Graph], names: Iterable[str]
) -> tuple[dict[str, str], int]:
    theirs = {mark for chunk in chunks(found) for mark in refused_by_originals(chunk, shapes)}
    ours = refused_by_us(found, names)
    different = {
        case.name: "only the register refuses" if case.mark in theirs else f"only {ours[case.mark]}"
        for case in found
        if (case.mark in theirs) != (case.mark in ours)
    }
    return different, len(theirs)


def description(edition: Edition, vocabularies: tuple[str, ...] = ("",)) -> list[Statement]:
    """Give the description of one dump and the endpoint, in some vocabularies or all."""
    return [
        statement
        for statement in catalog_statements(edition)
        if not ONE_DUMP.search(statement[0])
        and not ONE_DUMP.search(statement[2])
        and statement[1].startswith(tuple(f"<{name}" for name in vocabularies))
    ]


def chunks(found: Sequence[Case]) -> Iterator[Sequence[Case]]:
    """Give cases that go before pySHACL together: its time grows faster than the graph."""
    alone = [case for case in found if case.name.startswith(LISTED)]
    for case in alone:
        yield [case]
    others = [case for case in found if not case.name.startswith(LISTED)]
    for start in range(0, len(others), 40):
        yield others[start : start + 40]


def chosen(found: Iterable[Case], *, all_of_them: bool) -> list[Case]:
    """Give every case, or each third, which is another alteration of each property."""
    return [case for number, case in enumerate(found) if all_of_them or number % 3 == 0]


EXTENT = (
    pytest.param(False, id="most"),
    pytest.param(True, id="all", marks=pytest.mark.soak),
)
#: The shapes of each register, the vocabularies that they speak of, and how many cases at least
#: they refuse.
REGISTERS = {
    "nde": (NDE, ("",), 100),
    "dcat-ap": (DCAT_AP, (RDF, DCTERMS, DCAT, FOAF, SKOS, SPDX, VCARD), 150),
}


@pytest.mark.parametrize("everything", EXTENT)
@pytest.mark.parametrize("name", REGISTERS)
def test_ours_and_the_registers_own_shapes_agree_on_descriptions(
    name: str, everything: bool, published_kropotkin: Edition
) -> None:
    files, vocabularies, least = REGISTERS[name]
    described = description(published_kropotkin, vocabularies)
    found = chosen(
        cases(described, published_kropotkin.base, frozenset({LISTED})), all_of_them=everything
    )

    different, refused = disagreements(found, originals(files, found), (name,))

    assert different == {}
    assert refused > (least if everything else least // 4)


def test_the_description_as_it_is_is_taken(published_kropotkin: Edition) -> None:
    whole = [Case("as it is", "", description(published_kropotkin))]

    assert refused_by_us(whole, ("nde", "dcat-ap")) == {}


@pytest.mark.parametrize(
    "created",
    ['"1893"^^<http://www.w3.org/2001/XMLSchema#gYear>',
     '"1893-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>',
     '"1893-05-01"^^<http://www.w3.org/2001/XMLSchema#date>',
     '"189X"^^<http://id.loc.gov/datatypes/edtf/EDTF>'],
    ids=["year", "month", "day", "uncertain"],
)  # fmt: skip
def test_ours_and_the_profile_agree_on_records(created: Term, published_kropotkin: Edition) -> None:
    edition = published_kropotkin
    document = edition.document(edition.entries("text", limit=1)[0].key)
    record = [
        *as_harvested(document),
        (f"<{document.iri}>", schema("dateCreated"), created),
        (f"<{document.iri}>", schema("description"), literal("Of the young", language="en")),
    ]
    found = chosen(cases(record, edition.base, frozenset()), all_of_them="gYear>" in created)

    different, refused = disagreements(found, originals(RECORDS, found), ("nde-record",))

    assert different == {}
    assert refused > 3


def test_an_untyped_creator_needs_a_name_and_a_typed_one_is_named_in_its_own_record(
    published_kropotkin: Edition,
) -> None:
    edition = published_kropotkin
    document = edition.document(edition.entries("text", limit=1)[0].key)
    agent = next(o for _, p, o in document.owned if p == schema("creator"))
    untyped = [s for s in as_harvested(document) if (s[0], s[1]) != (agent, RDF_TYPE)]
    found = list(cases(untyped, edition.base, frozenset()))

    different, refused = disagreements(found, originals(RECORDS, found), ("nde-record",))

    assert different == {}
    assert refused > 10
