"""A tombstone: what is said of a document that is no longer published.

See: https://www.w3.org/TR/activitystreams-vocabulary/#dfn-tombstone
"""

from collections.abc import Iterator
from typing import Final

from ld.stored import Tombstone, document_iri
from ld.terms import Statement, iri, literal
from ld.vocabulary import FOAF, PROV, RDF_TYPE, XSD, dcterms

_AS: Final = "https://www.w3.org/ns/activitystreams#"


def tombstone_statements(base: str, stone: Tombstone) -> list[Statement]:
    """Give when a document went, why, and what replaces its thing, sorted."""
    return sorted(_statements(base, stone))


def _statements(base: str, stone: Tombstone) -> Iterator[Statement]:
    document, thing = iri(document_iri(base, stone.key)), iri(base + stone.key)
    moment = literal(stone.datestamp, datatype=XSD + "dateTime")
    yield document, RDF_TYPE, iri(_AS + "Tombstone")
    yield document, iri(_AS + "deleted"), moment
    yield document, iri(PROV + "invalidatedAtTime"), moment
    yield document, iri(FOAF + "primaryTopic"), thing
    if stone.reason:
        yield document, dcterms("description"), literal(stone.reason)
    if stone.replaced_by:
        yield thing, dcterms("isReplacedBy"), iri(base + stone.replaced_by)
