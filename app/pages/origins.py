"""The origins of statements: what a record says, and where each statement was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.pages.values import Value, compact, of_term, shortened, web
from ld.document import Derivation
from ld.record import Origin
from ld.stored import StoredDocument
from ld.terms import Statement, Term, iri_of, is_iri_term

# Of one record; the rest is in the data.
_MOST: Final = 500
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Reason:
    """Where a statement was read."""

    place: str
    field: str
    raw: str


@dataclass(frozen=True, slots=True)
class Row:
    """One statement about a subject, and why it stands."""

    property: str
    property_iri: str
    value: Value
    rule: str
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Group:
    """The statements about one subject."""

    subject: str
    rows: list[Row]


def origins(document: StoredDocument, base: str) -> list[Group]:
    """Give the statements that a document owns, subject by subject, up to a number."""
    return list(_groups(document, base))


def _groups(document: StoredDocument, base: str) -> Iterator[Group]:
    names = {
        document.iri: f"The {document.kind}",
        f"{document.iri}#file": "Its file",
        f"{document.iri}#checksum": "The checksum of its file",
        document.document_iri: "This record",
    }
    if document.kind == "dataset":
        names[document.iri] = "The dataset"
    order = list(names)
    by_subject: dict[str, list[Statement]] = {}
    for statement in document.owned:
        by_subject.setdefault(iri_of(statement[0]), []).append(statement)
    left = _MOST
    for subject in sorted(by_subject, key=lambda s: (order.index(s) if s in names else 99, s)):
        rows = [_row(s, document, base) for s in by_subject[subject][:left]]
        left -= len(rows)
        if rows:
            yield Group(names.get(subject, subject), rows)


def _row(statement: Statement, document: StoredDocument, base: str) -> Row:
    _, predicate, obj = statement
    derivation = document.derivations.get(statement)
    return Row(
        property=compact(iri_of(predicate)).removeprefix(base),
        property_iri=iri_of(predicate),
        value=_object(obj, base),
        rule="from the history of editions" if derivation is None else f"rule {derivation.rule}",
        reasons=[] if derivation is None else _reasons(derivation),
    )


def _object(term: Term, base: str) -> Value:
    if not is_iri_term(term):
        return of_term(term)
    target = iri_of(term)
    # Our own addresses lead to where the service runs, which need not be where the base says.
    href = None if target.startswith(base) else web(target)
    return Value(compact(target), href=href, is_code=True)


def _reasons(derivation: Derivation) -> list[Reason]:
    return [
        Reason(_place(origin), origin.field, shortened(origin.raw, _LONGEST))
        for origin in derivation.origins
    ]


def _place(origin: Origin) -> str:
    return origin.file if origin.line is None else f"{origin.file}, line {origin.line}"
