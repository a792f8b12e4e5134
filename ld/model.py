"""The data model as it is: what the shapes ask of each kind of thing, and what a corpus has.

The shapes are read as data here; validating by them is the work of `ld.validate`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from ld.edition import Edition
from ld.stored import DATASET, StoredDocument
from ld.terms import Term, iri, is_iri_term, literal_of
from ld.vocabulary import BIBO, FOAF, RDF, RDF_TYPE, SH, SPDX, VOID, XSD, schema

#: Documents of one kind that are looked at; they resemble one another, and each costs time.
LOOKED_AT: Final = 1000

_FOLDERS: Final = (Path(__file__).parent / "shapes", Path(__file__).parents[1] / "shapes")
# The kinds of thing, and the classes whose shapes hold for them. Agents need have none.
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (schema("CreativeWork"),),
    "part": (schema("CreativeWork"), iri(BIBO + "DocumentPart")),
    "agent": (schema("Person"),),
    "file": (schema("MediaObject"),),
    "checksum": (iri(SPDX + "Checksum"),),
    "document": (iri(FOAF + "Document"),),
    "dataset": (iri(VOID + "Dataset"),),
}
KINDS: Final = tuple(_CLASSES)
_DOCUMENTS: Final = ("text", "part", "agent", DATASET)
_WARNING: Final = iri(SH + "Warning")
_IDENTICAL: Final = iri(SH + "equals")


@dataclass(frozen=True, slots=True)
class Cardinality:
    """How many values a property must and may have; `is_expected` if it should have one."""

    least: int = 0
    most: int | None = None
    is_expected: bool = False


@dataclass(slots=True)
class PropertyInUse:
    """A property of one kind of thing, as it is used; `example` is a value, `of` the thing."""

    things: int = 0
    statements: int = 0
    example: Term = ""
    of: str = ""
    ranges: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class KindInUse:
    """A kind of thing: how many were looked at, their classes and properties."""

    things: int = 0
    classes: Counter[Term] = field(default_factory=Counter)
    properties: defaultdict[Term, PropertyInUse] = field(
        default_factory=lambda: defaultdict(PropertyInUse)
    )


@dataclass(frozen=True, slots=True)
class Use:
    """What a corpus has of each kind; `is_whole` if every document was looked at."""

    kinds: Mapping[str, KindInUse]
    is_whole: bool


def use(edition: Edition) -> Use:
    """Give what an edition has, counted in its first documents of each kind."""
    kinds = {name: KindInUse() for name in KINDS}
    is_whole = True
    for kind in _DOCUMENTS:
        documents = edition.documents(kind)
        for document in islice(documents, LOOKED_AT):
            _count(document, kinds)
        is_whole = is_whole and next(documents, None) is None
    return Use({name: found for name, found in kinds.items() if found.things}, is_whole)


@cache
def cardinalities(base: str) -> Mapping[str, Mapping[Term, Cardinality]]:
    """Give how many values the shapes allow: by kind of thing, then by property."""
    said = _Shapes(base)
    return {kind: said.cardinalities(said.shapes_of(classes)) for kind, classes in _CLASSES.items()}


def range_of(term: Term) -> str:
    """Give what sort of value a term is: the IRI of its datatype, or empty for an IRI."""
    if is_iri_term(term):
        return ""
    _, language, datatype = literal_of(term)
    return RDF + "langString" if language else datatype or XSD + "string"


def _count(document: StoredDocument, kinds: Mapping[str, KindInUse]) -> None:
    names = {
        iri(document.document_iri): "document",
        iri(document.iri): document.kind,
        iri(document.iri + "#file"): "file",
        iri(document.iri + "#checksum"): "checksum",
    }
    met: set[tuple[Term, Term]] = set()
    for subject, predicate, obj in document.owned:
        if (name := names.get(subject)) is None:
            continue
        kind = kinds[name]
        if (subject, "") not in met:
            met.add((subject, ""))
            kind.things += 1
        if predicate == RDF_TYPE:
            kind.classes[obj] += 1
            continue
        used = kind.properties[predicate]
        used.statements += 1
        used.ranges[range_of(obj)] += 1
        if (subject, predicate) not in met:
            met.add((subject, predicate))
            used.things += 1
        if not used.example:
            used.example, used.of = obj, document.key


class _Shapes:
    """The shapes files as one graph."""

    def __init__(self, base: str) -> None:
        self._said: dict[Term, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
        folder = next(folder for folder in _FOLDERS if folder.is_dir())
        for path in sorted(folder.glob("*.ttl")):
            for quad in pyoxigraph.parse(
                path.read_bytes(), RdfFormat.TURTLE, base_iri=f"{base}shapes/{path.stem}"
            ):
                subject, obj = _term(quad.subject), _term(quad.object)
                self._said[subject][iri(quad.predicate.value)].append(obj)

    def shapes_of(self, classes: Iterable[Term]) -> Iterator[Term]:
        """Give the shapes that hold for the members of these classes."""
        wanted = set(classes)
        for shape, said in self._said.items():
            if wanted & set(said.get(iri(SH + "targetClass"), [])):
                yield shape

    def cardinalities(self, shapes: Iterable[Term]) -> dict[Term, Cardinality]:
        """Give what these shapes say together of each property."""
        found: dict[Term, Cardinality] = {}
        same: dict[Term, Term] = {}
        for shape in shapes:
            for rule in self._said[shape].get(iri(SH + "property"), []):
                said = self._said[rule]
                for path in said.get(iri(SH + "path"), []):
                    found[path] = self._narrowed(found.get(path, Cardinality()), said)
                    if identical := said.get(_IDENTICAL):
                        same[path] = identical[0]
        # What equals another property has as many values as that one.
        for path, other in same.items():
            found[path] = _both(found[path], found.get(other, Cardinality()))
        return found

    def _narrowed(self, known: Cardinality, said: Mapping[Term, list[Term]]) -> Cardinality:
        least, most = (_number(said, name) for name in ("minCount", "maxCount"))
        if _WARNING in said.get(iri(SH + "severity"), []):
            return Cardinality(known.least, known.most, known.is_expected or bool(least))
        if iri(SH + "hasValue") in said:
            least = max(least or 0, 1)
        return _both(known, Cardinality(least or 0, most))


def _both(one: Cardinality, other: Cardinality) -> Cardinality:
    bounds = [bound for bound in (one.most, other.most) if bound is not None]
    return Cardinality(
        max(one.least, other.least),
        min(bounds) if bounds else None,
        one.is_expected or other.is_expected,
    )


def _number(said: Mapping[Term, list[Term]], name: str) -> int | None:
    stated = said.get(iri(SH + name), [])
    return int(literal_of(stated[0])[0]) if stated else None


def _term(node: NamedNode | BlankNode | Literal | pyoxigraph.Triple) -> Term:
    # Of literals only numbers are read here, and those look the same in every syntax.
    return iri(node.value) if isinstance(node, NamedNode) else str(node)
