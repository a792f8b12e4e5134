"""The origins of statements: what a record says, and where each statement was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.language import gettext as _
from app.pages import dates
from app.pages.values import Value, compact, of_term, shortened, web
from ld.document import Derivation
from ld.record import Origin
from ld.stored import Change, StoredDocument
from ld.terms import Statement, Term, iri_of, is_iri_term

# On one page.
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


@dataclass(frozen=True, slots=True)
class Origins:
    """Statements of a document with their origins, from `first` to `last` of `total`, counted
    from 1."""

    groups: list[Group]
    first: int
    last: int
    total: int


def origins(document: StoredDocument, base: str, latest: Change | None, before: int = 0) -> Origins:
    """Give the statements that a document owns, subject by subject: a number of them, after so
    many.

    `latest` is the last change of the document: what its record-keeping statements come from.
    """
    names = _names(document)
    order = {subject: place for place, subject in enumerate(names)}
    owned = sorted(
        document.owned, key=lambda s: (order.get(iri_of(s[0]), len(order)), iri_of(s[0]))
    )
    before = before if before < len(owned) else 0
    rows: dict[str, list[Row]] = {}
    for statement in islice(owned, before, before + _MOST):
        rows.setdefault(iri_of(statement[0]), []).append(_row(statement, document, base, latest))
    groups = [Group(names.get(subject, subject), found) for subject, found in rows.items()]
    return Origins(groups, before + 1, min(before + _MOST, len(owned)), len(owned))


def _names(document: StoredDocument) -> dict[str, str]:
    things = {
        "text": _("The text"),
        "part": _("The part"),
        "agent": _("The agent"),
        "dataset": _("The dataset"),
    }
    return {
        document.iri: things[document.kind],
        f"{document.iri}#file": _("Its file"),
        f"{document.iri}#checksum": _("The checksum of its file"),
        document.document_iri: _("This record")
        if document.kind != "dataset"
        else things["dataset"],
    }


def _row(statement: Statement, document: StoredDocument, base: str, latest: Change | None) -> Row:
    predicate, obj = statement[1:]
    derivation = document.derivations.get(statement)
    return Row(
        property=compact(iri_of(predicate)).removeprefix(base),
        property_iri=iri_of(predicate),
        value=_object(obj, base),
        rule=_rule(derivation),
        reasons=list(_kept_record(latest) if derivation is None else _reasons(derivation)),
    )


def _rule(derivation: Derivation | None) -> str:
    if derivation is None:
        return _("rule of the history of editions")
    if not derivation.origins:
        return _("rule %(name)s, the same for every record", name=derivation.rule)
    return _("rule %(name)s", name=derivation.rule)


def _kept_record(latest: Change | None) -> Iterator[Reason]:
    if latest is not None:
        day = dates.day(latest.datestamp)
        yield Reason(_("edition %(id)s", id=latest.edition), _("published %(day)s", day=day), "")


def _object(term: Term, base: str) -> Value:
    if not is_iri_term(term):
        return of_term(term)
    target = iri_of(term)
    # Our own addresses lead to where the service runs, which need not be where the base says.
    href = None if target.startswith(base) else web(target)
    return Value(compact(target), href=href, is_code=True)


def _reasons(derivation: Derivation) -> Iterator[Reason]:
    for origin in derivation.origins:
        yield Reason(_place(origin), origin.field, shortened(origin.raw, _LONGEST))


def _place(origin: Origin) -> str:
    if origin.line is None:
        return origin.file
    return _("%(file)s, line %(line)s", file=origin.file, line=origin.line)
