"""A harvester for tests: asks, checks every answer against the schemas, and follows tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ld.edition import Edition
from ld.harvest import oai_pmh

SCHEMAS = Path(__file__).parents[1].parent / "shared/conformance/consumers/oai-pmh"
NAMESPACES = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "edm": "http://www.europeana.eu/schemas/edm/",
}
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

#: Gives the bytes that answer these arguments.
Ask = Callable[[list[tuple[str, str]]], bytes]


@cache
def schema(name: str) -> Any:
    """Give a schema of the protocol."""
    if not SCHEMAS.is_dir():
        pytest.skip("the schemas of OAI-PMH lie beside the project and are not here")
    return etree.XMLSchema(file=str(SCHEMAS / name))


def checked(answer: bytes) -> Any:
    """Give the root of an answer, once it holds before the schemas of all that is in it."""
    root = etree.fromstring(answer)
    schema("OAI-PMH.xsd").assertValid(root)
    for metadata in root.iterfind(".//oai_dc:dc", NAMESPACES):
        # The protocol's own schema does not look into what it transports.
        schema("oai_dc.xsd").assertValid(etree.fromstring(etree.tostring(metadata)))
    return root


@dataclass
class Harvester:
    """Asks a repository and reads its answers."""

    ask: Ask

    def get(self, verb: str, **arguments: str) -> Any:
        """Give the root of an answer; `from_` stands for `from`."""
        named = [(name.rstrip("_"), value) for name, value in arguments.items()]
        return checked(self.ask([("verb", verb), *named]))

    def pages(self, verb: str = "ListRecords", **arguments: str) -> Iterator[Any]:
        """Give the pages of a list, one after the other."""
        page = self.get(verb, **arguments)
        yield page
        while token := page.findtext(".//oai:resumptionToken", namespaces=NAMESPACES):
            page = self.get(verb, resumptionToken=token)
            yield page

    def records(self, **arguments: str) -> list[Any]:
        """Give the records of all pages of a list; none if there are none."""
        return [
            record
            for page in self.pages(**arguments)
            for record in page.iterfind(".//oai:record", NAMESPACES)
        ]


def offline(edition: Edition, page_size: int | None = None) -> Harvester:
    """Give a harvester of an edition that needs no server."""
    return Harvester(lambda pairs: oai_pmh.answer(edition, pairs, NOW, page_size=page_size))


def errors(root: Any) -> list[str]:
    """Give the codes of the errors in an answer."""
    return [error.get("code") for error in root.iterfind("oai:error", NAMESPACES)]


def texts(root: Any, path: str) -> list[str]:
    """Give the texts of the elements on a path."""
    return [element.text or "" for element in root.iterfind(path, NAMESPACES)]


def identifier(record: Any) -> str:
    """Give the identifier in the header of a record."""
    return str(record.findtext(".//oai:identifier", namespaces=NAMESPACES))


def datestamp(record: Any) -> str:
    """Give the datestamp in the header of a record."""
    return str(record.findtext(".//oai:datestamp", namespaces=NAMESPACES))


def is_deleted(record: Any) -> bool:
    """Say whether a record is told as deleted."""
    header = record if etree.QName(record).localname == "header" else record[0]
    return header.get("status") == "deleted"
