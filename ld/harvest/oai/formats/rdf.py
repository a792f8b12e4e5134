"""rdf: every statement that a document owns, as RDF/XML.

All documents have it, those of agents and of the dataset too, so that whoever harvests it has
the whole edition, and nothing else.
"""

from collections.abc import Sequence
from typing import Final

from ld.edition import Edition
from ld.formats import rdf_xml
from ld.harvest.oai.agents import Agents
from ld.harvest.oai.source import Source
from ld.harvest.oai.writing import XmlWriter
from ld.terms import Statement
from ld.vocabulary import RDF

PREFIX: Final = "rdf"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
NAMESPACE: Final = RDF
KINDS: Final = ("text", "part", "agent", "dataset")
CLOCK: Final = "changed"


def is_offered(_edition: Edition) -> bool:
    """Say yes: every edition has what it takes."""
    return True


def licences(_edition: Edition) -> None:
    """Say that any licence will do, or none."""


def obstacle(_thing: str, _stated: Sequence[Statement]) -> None:
    """Say that nothing keeps a document from being written."""


def write(xml: XmlWriter, _edition: Edition, source: Source, _agents: Agents) -> None:
    """Write a source."""
    _declaration, _, root = rdf_xml.write(source.owned).decode().partition("\n")
    xml.fragment(root)
