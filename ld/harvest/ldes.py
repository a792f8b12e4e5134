"""Linked Data Event Streams: one immutable member per change, with what the document then owned.

A member names the version that a change made. Its statements stand in a graph of that name,
each as it is in the corpus; a deletion has none. Pages are a chain in the order of time.
See: https://w3id.org/ldes/specification and https://w3id.org/tree/specification
"""

from typing import Final

from ld import history
from ld.edition import Edition
from ld.stored import Change, document_iri
from ld.terms import Term, iri, literal, n_triples
from ld.vocabulary import RDF_TYPE, XSD, dcterms

NAME: Final = "LDES"
PATH: Final = "ldes"
MEDIA_TYPE: Final = "application/trig"

_AS: Final = "https://www.w3.org/ns/activitystreams#"
_LDES: Final = "https://w3id.org/ldes#"
_TREE: Final = "https://w3id.org/tree#"
_TYPES: Final = {
    "created": iri(_AS + "Create"),
    "updated": iri(_AS + "Update"),
    "deleted": iri(_AS + "Delete"),
}
_TIMESTAMP: Final = dcterms("created")
_VERSION_OF: Final = dcterms("isVersionOf")
_TRUE: Final = literal("true", datatype=XSD + "boolean")


def entry_point(edition: Edition) -> bytes:
    """Write the root node: what the stream is, how to read its members, and its first page."""
    stream, node = _stream(edition), iri(edition.service_url + PATH)
    about = [
        (stream, RDF_TYPE, iri(_LDES + "EventStream")),
        (stream, iri(_LDES + "timestampPath"), _TIMESTAMP),
        (stream, iri(_LDES + "versionOfPath"), _VERSION_OF),
        (stream, iri(_LDES + "versionCreateObject"), _TYPES["created"]),
        (stream, iri(_LDES + "versionUpdateObject"), _TYPES["updated"]),
        (stream, iri(_LDES + "versionDeleteObject"), _TYPES["deleted"]),
        (stream, dcterms("license"), iri(edition.manifest["licence"])),
        (stream, iri(_TREE + "view"), node),
        (node, RDF_TYPE, iri(_TREE + "Node")),
    ]
    first = history.first(edition)
    relation = "" if first is None else _relation(edition, node, first)
    return (n_triples(about) + relation).encode()


def page(edition: Edition, page: history.Page) -> bytes:
    """Write one page of members; where there is a next page, this one says since when."""
    stream, node = _stream(edition), iri(address(edition, page.first))
    about = [(stream, iri(_TREE + "view"), node), (node, RDF_TYPE, iri(_TREE + "Node"))]
    relation = ""
    if page.following is not None:
        about.append((node, iri(_LDES + "immutable"), _TRUE))
        relation = _relation(edition, node, page.following)
    members = (_member(edition, stream, change) for change in page.changes)
    return "".join([n_triples(about), relation, *members]).encode()


def address(edition: Edition, first: Change) -> str:
    """Give the address of the page that begins with this change."""
    return f"{edition.service_url}{PATH}/{first.sequence}/{first.key}"


def _stream(edition: Edition) -> Term:
    return iri(f"{edition.base}{PATH}#stream")


def _relation(edition: Edition, node: Term, change: Change) -> str:
    about = [
        f"a <{_TREE}GreaterThanOrEqualToRelation>",
        f"<{_TREE}path> {_TIMESTAMP}",
        f"<{_TREE}value> {_instant(change)}",
        f"<{_TREE}node> {iri(address(edition, change))}",
    ]
    return f"{node} <{_TREE}relation> [ {' ; '.join(about)} ] .\n"


def _member(edition: Edition, stream: Term, change: Change) -> str:
    version = iri(history.version_iri(edition, change))
    about = [
        (stream, iri(_TREE + "member"), version),
        (version, RDF_TYPE, _TYPES[change.kind]),
        (version, _VERSION_OF, iri(document_iri(edition.base, change.key))),
        (version, _TIMESTAMP, _instant(change)),
    ]
    if change.reason:
        about.append((version, dcterms("description"), literal(change.reason)))
    owned = history.statements(edition, change)
    return n_triples(about) + (_graph(version, n_triples(owned)) if owned else "")


def _graph(name: Term, statements: str) -> str:
    return f"{name} {{\n{statements}}}\n"


def _instant(change: Change) -> Term:
    return literal(change.datestamp, datatype=XSD + "dateTime")
