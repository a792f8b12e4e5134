"""Metadata formats: one item as XML, one module per format.

A format is a module that has the members of `Format`. To add one, write the module and name it
in `FORMATS`.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from ld.edition import Edition
from ld.harvest.oai.agents import Agents
from ld.harvest.oai.formats import edm, oai_dc, rdf
from ld.harvest.oai.headers import Clock
from ld.harvest.oai.source import Source
from ld.harvest.oai.writing import XmlWriter
from ld.terms import Statement


class Format(Protocol):
    """What a module in this folder offers."""

    @property
    def PREFIX(self) -> str:  # noqa: N802
        """The metadataPrefix."""

    @property
    def SCHEMA(self) -> str:  # noqa: N802
        """The address of the schema."""

    @property
    def NAMESPACE(self) -> str:  # noqa: N802
        """The namespace of the root element."""

    @property
    def KINDS(self) -> tuple[str, ...]:  # noqa: N802
        """The kinds of documents that it is for."""

    @property
    def CLOCK(self) -> Clock:  # noqa: N802
        """Which changes give a record its datestamp."""

    def is_offered(self, edition: Edition, /) -> bool:
        """Say whether the edition has what every record in this format needs."""

    def licences(self, edition: Edition, /) -> Sequence[str] | None:
        """List the licences one of which a document must have, in a language that is stated;
        None if it needs neither."""

    def obstacle(self, thing: str, stated: Sequence[Statement], /) -> str | None:
        """Say what keeps a document about a thing from being written; None if nothing does."""

    def write(self, xml: XmlWriter, edition: Edition, source: Source, agents: Agents, /) -> None:
        """Write the metadata of a document: one element that declares its own namespaces."""


FORMATS: Final[tuple[Format, ...]] = (oai_dc, rdf, edm)
BY_PREFIX: Final[dict[str, Format]] = {fmt.PREFIX: fmt for fmt in FORMATS}
