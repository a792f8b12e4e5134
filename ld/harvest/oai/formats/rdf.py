"""rdf: every statement that a document owns, as RDF/XML.

All documents have it, those of agents and of the dataset too, so that whoever harvests it has
the whole edition, and nothing else.
"""

from collections.abc import Sequence
from typing import Final

from ld.edition import Edition
from ld.formats import rdf_xml
from ld.harvest.oai.agents import Agents
from ld.harvest.oai.writing import XmlWriter
from ld.stored import StoredDocument
from ld.terms import Statement
from ld.vocabulary import RDF

PREFIX: Final = "rdf"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
NAMESPACE: Final = RDF
KINDS: Final = ("text", "part", "agent", "dataset")
CLOCK: Final = "changed"
IS_PARTIAL: Final = False


def is_offered(_edition: Edition) -> bool:
    """Say yes: every edition has what it takes."""
    return True


def obstacle(_key: str, _base: str, _stated: Sequence[Statement]) -> None:
    """Say that nothing keeps a document from being written."""


def write(xml: XmlWriter, _edition: Edition, document: StoredDocument, _agents: Agents) -> None:
    """Write a document."""
    _declaration, _, root = rdf_xml.write(document.owned).decode().partition("\n")
    xml.fragment(root)
