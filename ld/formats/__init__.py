"""Formats: statements → bytes, one module per syntax.

A format is a module that has the members of `Format`. To add one, write the module and name it
in `FORMATS`; the order there is the order of preference when a client accepts several equally.
A module whose name begins with an underscore is no format but serves several.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from ld.formats import json_ld, n_triples, rdf_xml, turtle
from ld.terms import Statement


class Format(Protocol):
    """What a module in this folder offers."""

    @property
    def NAME(self) -> str:  # noqa: N802
        """The name that people read."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802
        """The registered media type, without parameters."""

    @property
    def SUFFIX(self) -> str:  # noqa: N802
        """The file name extension, without the dot."""

    @property
    def OPENING(self) -> str:  # noqa: N802
        """How a long file begins, whose blocks are written one by one."""

    @property
    def SEPARATOR(self) -> str:  # noqa: N802
        """What stands between two blocks."""

    @property
    def CLOSING(self) -> str:  # noqa: N802
        """How a long file ends."""

    def write(self, statements: Iterable[Statement], /) -> bytes:
        """Write statements in this syntax, in UTF-8, laid out for people."""

    def block(self, statements: Sequence[Statement], /) -> str:
        """Write sorted statements, without repetition and not none, as a block of a long file."""


FORMATS: Final[tuple[Format, ...]] = (turtle, json_ld, n_triples, rdf_xml)
BY_SUFFIX: Final[dict[str, Format]] = {fmt.SUFFIX: fmt for fmt in FORMATS}
BY_MEDIA_TYPE: Final[dict[str, Format]] = {fmt.MEDIA_TYPE: fmt for fmt in FORMATS}
