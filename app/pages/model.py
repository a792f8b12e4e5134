"""The data model as people see it: kinds of things, their properties, examples, queries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from app.language import gettext as _
from app.language import lazy_gettext, ngettext
from app.pages.definitions import DEFINITIONS, KINDS
from app.pages.values import Value, compact, number, shortened, web
from app.variants import address
from ld import model
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.model import Cardinality, KindInUse, PropertyInUse
from ld.stored import DATASET
from ld.terms import Term, iri_of, is_iri_term, literal_of
from ld.vocabulary import EDTF, RDF, XSD

_LONGEST: Final = 120
_ROWS_ASKED: Final = 50
# How a query finds the things of a kind, all of which have the variable `?it`.
_FOUND_BY: Final[Mapping[str, str]] = {
    "text": "?it a schema:CreativeWork ; dcterms:identifier ?identifier .",
    "part": "?it a bibo:DocumentPart .",
    "agent": "?it foaf:name ?name .",
    "file": "?it a schema:MediaObject .",
    "checksum": "?it a spdx:Checksum .",
    "document": "?it a foaf:Document .",
    "dataset": "?it a void:Dataset .",
}
_RANGES: Final[Mapping[str, str]] = {
    "": lazy_gettext("IRI"),
    RDF + "langString": lazy_gettext("text with language"),
    XSD + "string": lazy_gettext("text"),
    EDTF: "EDTF",
}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a kind of thing; `definition` is empty where there is none."""

    name: Value
    definition: str
    cardinality: str
    ranges: list[Value]
    use: str
    example: Value
    at: Value
    query: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: what it is, its classes and its properties."""

    anchor: str
    label: str
    definition: str
    classes: list[Value]
    count: str
    query: str
    properties: list[Property]


@dataclass(frozen=True, slots=True)
class ModelPage:
    """The kinds of things; `looked_at` says how many of each were, if that is not all."""

    kinds: list[Kind]
    looked_at: str | None


def model_page(edition: Edition) -> ModelPage:
    """Give the model of an edition."""
    used = model.use(edition)
    allowed = model.cardinalities(edition.base)
    counts = {
        "text": edition.counts["texts"],
        "part": edition.counts["parts"],
        "agent": edition.counts["agents"],
    }
    kinds = [
        _kind(edition, name, found, allowed[name], counts.get(name))
        for name, found in used.kinds.items()
    ]
    return ModelPage(kinds, None if used.is_whole else number(model.LOOKED_AT))


def _kind(
    edition: Edition,
    name: str,
    found: KindInUse,
    allowed: Mapping[Term, Cardinality],
    count: int | None,
) -> Kind:
    label, definition = KINDS[name]
    return Kind(
        anchor=name,
        label=str(label),
        definition=str(definition),
        classes=[_term(edition, term) for term, _count in sorted(found.classes.items())],
        count=number(found.things if count is None else count),
        query=_asking("?it", _FOUND_BY[name]),
        properties=[
            _property(edition, name, term, used, found.things, allowed.get(term, Cardinality()))
            for term, used in sorted(found.properties.items(), key=_by_name(edition))
        ],
    )


def _property(
    edition: Edition,
    kind: str,
    term: Term,
    used: PropertyInUse,
    things: int,
    allowed: Cardinality,
) -> Property:
    key = term.replace(f"<{edition.base}vocab#", "<vocab#")
    return Property(
        name=_term(edition, term),
        definition=str(DEFINITIONS.get((kind, key)) or DEFINITIONS.get(("", key), "")),
        cardinality=_cardinality(allowed),
        ranges=[_range(datatype) for datatype, _count in used.ranges.most_common()],
        use=_("%(some)s of %(all)s", some=number(used.things), all=number(things)),
        example=_example(used.example),
        at=Value(
            used.of,
            href=address(used.of if used.of == DATASET else DOCUMENT + used.of),
            is_code=True,
        ),
        query=_asking("?it ?value", _FOUND_BY[kind], f"?it {_written(term)} ?value ."),
    )


def _cardinality(allowed: Cardinality) -> str:
    least, most = allowed.least, allowed.most
    if most is None:
        words = ngettext("%(num)s or more", "%(num)s or more", least) if least else _("any number")
    elif least == most:
        words = ngettext("exactly %(num)s", "exactly %(num)s", most)
    else:
        words = _("%(least)s to %(most)s", least=least, most=most)
    return _("%(bounds)s, should be there", bounds=words) if allowed.is_expected else words


def _range(datatype: str) -> Value:
    if datatype in _RANGES:
        return Value(str(_RANGES[datatype]))
    return Value(compact(datatype), is_code=True)


def _example(term: Term) -> Value:
    if is_iri_term(term):
        target = iri_of(term)
        return Value(shortened(compact(target), _LONGEST), href=web(target), is_code=True)
    text, language, datatype = literal_of(term)
    return Value(shortened(text, _LONGEST), None if datatype else language or "und")


def _term(edition: Edition, term: Term) -> Value:
    target = iri_of(term)
    if target.startswith(edition.base + "vocab#"):
        fragment = target.partition("#")[2]
        return Value(f"vocab#{fragment}", href=address(f"vocab#{fragment}"), is_code=True)
    return Value(compact(target), href=web(target), is_code=True)


def _by_name(edition: Edition) -> Callable[[tuple[Term, PropertyInUse]], tuple[bool, str]]:
    def name(pair: tuple[Term, PropertyInUse]) -> tuple[bool, str]:
        shown = _term(edition, pair[0]).text
        return ":" not in shown, shown.lower()

    return name


def _asking(variables: str, *patterns: str) -> str:
    """Give the address of the query page with a query, for which usual prefixes are declared."""
    body = "".join(f"  {pattern}\n" for pattern in patterns)
    query = f"SELECT {variables}\nWHERE {{\n{body}}}\nLIMIT {_ROWS_ASKED}"
    return f"{address('sparql')}?{urlencode({'query': query})}"


def _written(term: Term) -> str:
    name = compact(iri_of(term))
    return term if name == iri_of(term) else name
