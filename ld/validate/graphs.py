"""rdflib graphs as statements in text terms."""

from collections.abc import Iterator

from rdflib import BNode, Graph, Literal
from rdflib.term import Node

from ld.errors import ShapesError
from ld.terms import Statement, Term, iri, literal
from ld.vocabulary import XSD


def statements_of(graph: Graph) -> Iterator[Statement]:
    """Give the statements of a graph.

    A blank node is written `_:` and its identifier; language tags are brought to lower case.
    A string with its datatype spelled out keeps it, because rdflib tells it from a plain one.
    Raises: ShapesError for a relative IRI or another term that is not RDF.
    """
    for subject, predicate, object_ in graph:
        yield _term(subject), _term(predicate), _term(object_)


def _term(node: Node) -> Term:
    if isinstance(node, BNode):
        return f"_:{node}"
    try:
        if not isinstance(node, Literal):
            return iri(str(node))
        if node.datatype is not None and str(node.datatype) == XSD + "string":
            return f"{literal(str(node))}^^<{XSD}string>"
        language = None if node.language is None else node.language.lower()
        datatype = None if node.datatype is None else str(node.datatype)
        return literal(str(node), language=language, datatype=datatype)
    except ValueError as error:
        raise ShapesError(f"The graph has a term that is not RDF: {error}.") from error
