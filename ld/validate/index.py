"""Index: statements by subject and predicate, the way shapes look at them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ld.terms import Statement, Term, iri
from ld.vocabulary import RDF, RDF_TYPE, RDFS

#: Nodes without repetition, in the order of the statements.
Nodes = Mapping[Term, None]

NO_NODES: Final[Nodes] = {}
RDFS_SUB_CLASS_OF: Final[Term] = iri(RDFS + "subClassOf")
RDF_FIRST: Final[Term] = iri(RDF + "first")
RDF_REST: Final[Term] = iri(RDF + "rest")
RDF_NIL: Final[Term] = iri(RDF + "nil")


class Index:
    """Statements read once into subject → predicate → objects; the other way round on demand."""

    __slots__ = ("_subjects", "_superclasses", "by_subject")

    def __init__(self, statements: Iterable[Statement]) -> None:
        by_subject: dict[Term, dict[Term, dict[Term, None]]] = {}
        for subject, predicate, object_ in statements:
            predicates = by_subject.get(subject)
            if predicates is None:
                by_subject[subject] = {predicate: {object_: None}}
                continue
            objects = predicates.get(predicate)
            if objects is None:
                predicates[predicate] = {object_: None}
            else:
                objects[object_] = None
        self.by_subject = by_subject
        self._subjects: dict[tuple[Term, Term], dict[Term, None]] | None = None
        self._superclasses: dict[Term, Nodes] | None = None

    def objects(self, subject: Term, predicate: Term) -> Nodes:
        """Give the objects of a subject's statements with this predicate."""
        predicates = self.by_subject.get(subject)
        return NO_NODES if predicates is None else predicates.get(predicate, NO_NODES)

    def subjects(self, predicate: Term, object_: Term) -> Nodes:
        """Give the subjects of the statements with this predicate and object."""
        if self._subjects is None:
            self._subjects = {}
            for subject, predicates in self.by_subject.items():
                for each, objects in predicates.items():
                    for value in objects:
                        self._subjects.setdefault((each, value), {})[subject] = None
        return self._subjects.get((predicate, object_), NO_NODES)

    def items(self, head: Term) -> list[Term]:
        """Give the members of an RDF list.

        Raises: ValueError if the list is ill-formed: a cell without exactly one rdf:first and
        one rdf:rest, or a circle.
        """
        members: list[Term] = []
        cells = set()
        while head != RDF_NIL:
            first, rest = self.objects(head, RDF_FIRST), self.objects(head, RDF_REST)
            if head in cells or len(first) != 1 or len(rest) != 1:
                raise ValueError("not a well-formed RDF list")
            cells.add(head)
            members += first
            (head,) = rest
        return members

    @property
    def superclasses(self) -> Mapping[Term, Nodes]:
        """The classes directly above each class; empty when nothing says rdfs:subClassOf."""
        if self._superclasses is None:
            self._superclasses = {
                subject: predicates[RDFS_SUB_CLASS_OF]
                for subject, predicates in self.by_subject.items()
                if RDFS_SUB_CLASS_OF in predicates
            }
        return self._superclasses

    def is_instance(self, node: Term, class_: Term) -> bool:
        """Say whether a node has this class, or one below it, as its type."""
        types = self.objects(node, RDF_TYPE)
        if class_ in types:
            return True
        above = self.superclasses
        return bool(above) and class_ in ancestors(types, above)


def ancestors(classes: Iterable[Term], *hierarchies: Mapping[Term, Nodes]) -> set[Term]:
    """Give these classes and all classes above them in any of the hierarchies."""
    found = set(classes)
    open_ = list(found)
    while open_:
        for above in _above(open_.pop(), hierarchies):
            if above not in found:
                found.add(above)
                open_.append(above)
    return found


def _above(class_: Term, hierarchies: Iterable[Mapping[Term, Nodes]]) -> Iterator[Term]:
    for hierarchy in hierarchies:
        yield from hierarchy.get(class_, NO_NODES)
