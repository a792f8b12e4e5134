"""Declaration: what the shapes graph says of one shape, read with suspicion.

SHACL lets an engine do anything with an ill-formed shape. Here every doubt is an error at
compile time: a value of the wrong kind, a parameter given twice, a form that pySHACL reads
differently.
"""

from typing import Final, NoReturn

from ld.errors import ShapesError
from ld.terms import Term, iri_of, is_iri_term
from ld.validate.datatypes import LEXICAL, datatype_of, lexical_of
from ld.validate.index import Index, Nodes
from ld.vocabulary import SH, XSD

_BOOLEANS: Final = {
    f'"true"^^<{XSD}boolean>': True,
    f'"false"^^<{XSD}boolean>': False,
}
# rdflib tells "a"^^xsd:string from "a", and rewrites the two others.
_UNSTEADY: Final = frozenset({"string", "token", "normalizedString"})


def sh(name: str) -> Term:
    """Give the term of a name of the SHACL vocabulary."""
    return f"<{SH}{name}>"


class Declaration:
    """One shape of a shapes graph.

    `exact` says that the shape stands where a stricter answer would not be a safer one: below
    sh:not, sh:xone or sh:qualifiedValueShape.
    """

    __slots__ = ("exact", "graph", "node")

    def __init__(self, graph: Index, node: Term, *, exact: bool) -> None:
        self.graph = graph
        self.node = node
        self.exact = exact

    def refuse(self, construct: str, reason: object) -> NoReturn:
        """Raise the error that names this shape, the construct and the reason."""
        raise ShapesError(f"Shape {self.node}: {construct}: {reason}.")

    def values(self, name: str) -> Nodes:
        """Give all values of a parameter."""
        return self.graph.objects(self.node, sh(name))

    def has(self, name: str) -> bool:
        """Say whether the parameter has a value."""
        return bool(self.values(name))

    def value(self, name: str) -> Term | None:
        """Give the value of a parameter that may be stated once; None if it is not."""
        values = self.values(name)
        if len(values) > 1:
            self.refuse(f"sh:{name}", "more than one value")
        return next(iter(values), None)

    def iris(self, name: str) -> list[Term]:
        """Give all values of a parameter, which must be IRIs."""
        for value in self.values(name):
            if not is_iri_term(value):
                self.refuse(f"sh:{name}", f"{value} is not an IRI")
        return list(self.values(name))

    def iri(self, name: str) -> Term | None:
        """Give the one value of a parameter, which must be an IRI."""
        self.value(name)
        return next(iter(self.iris(name)), None)

    def boolean(self, name: str) -> bool:
        """Give the truth of a parameter; false if it is not stated.

        pySHACL also takes "1"^^xsd:boolean for true, which SHACL does not; hence neither here.
        """
        value = self.value(name)
        if value is None:
            return False
        if value not in _BOOLEANS:
            self.refuse(f"sh:{name}", f"{value} is neither true nor false")
        return _BOOLEANS[value]

    def count(self, name: str) -> int | None:
        """Give the one value of a parameter, which must be an xsd:integer from 0."""
        value = self.value(name)
        if value is None:
            return None
        lexical = lexical_of(value) if datatype_of(value) == XSD + "integer" else ""
        if not LEXICAL[XSD + "nonNegativeInteger"](lexical):
            self.refuse(f"sh:{name}", f"{value} is not an integer from 0")
        return int(lexical)

    def strings(self, name: str) -> list[str]:
        """Give the texts of a parameter's values, which must be strings."""
        return [self.string(name, value) for value in self.values(name)]

    def string(self, name: str, value: Term) -> str:
        """Give the text of a value, which must be a string."""
        if datatype_of(value) != XSD + "string":
            self.refuse(f"sh:{name}", f"{value} is not a string")
        return lexical_of(value)

    def items(self, name: str, head: Term) -> list[Term]:
        """Give the members of the RDF list that is a value of a parameter."""
        try:
            return self.graph.items(head)
        except ValueError as error:
            self.refuse(f"sh:{name}", error)

    def steady(self, name: str, term: Term) -> Term:
        """Give a term that values are compared with, unless rdflib would not keep it as it is."""
        if term[0] == '"' and term[-1] == ">":
            datatype = datatype_of(term) or ""
            if datatype.startswith(XSD) and datatype.removeprefix(XSD) in _UNSTEADY:
                self.refuse(f"sh:{name}", f"{term} is not written as a plain string")
        return term

    def shapes(self, name: str) -> list[Term]:
        """Give the values of a parameter that expects shapes."""
        for value in self.values(name):
            self._expect_shape(name, value)
        return list(self.values(name))

    def shape_lists(self, name: str) -> list[list[Term]]:
        """Give the members of each value of a parameter that expects lists of shapes."""
        lists = [self.items(name, head) for head in self.values(name)]
        for members in lists:
            if not members:
                self.refuse(f"sh:{name}", "an empty list")
            for member in members:
                self._expect_shape(name, member)
        return lists

    def _expect_shape(self, name: str, node: Term) -> None:
        if node not in self.graph.by_subject:
            self.refuse(f"sh:{name}", f"nothing is said about {node}")

    @property
    def is_property_shape(self) -> bool:
        """Whether this is a property shape: one with a path."""
        return self.has("path")

    def name_of(self, term: Term) -> str:
        """Give the local name of a term of the SHACL vocabulary, empty if it is not one."""
        iri = iri_of(term) if is_iri_term(term) else ""
        return iri.removeprefix(SH) if iri.startswith(SH) else ""
