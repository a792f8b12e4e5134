"""Readers: the bytes of one seed document → a record and what was noticed on the way.

A reader is a module that has the members of `Reader`. To add one, write the module and name it in
`READERS`; the first that takes a file's suffix reads it.
"""

from typing import BinaryIO, Final, NamedTuple, Protocol

from ld.readers import header_text
from ld.record import Record
from ld.report import Finding


class Reading(NamedTuple):
    """What a reader gives: the record, and the findings about the file it came from."""

    record: Record
    findings: list[Finding]


class Reader(Protocol):
    """What a module in this folder offers."""

    @property
    def NAME(self) -> str:  # noqa: N802
        """The name that people read."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """The file name extensions that it takes, in lower case, with the dot."""

    def read(self, stream: BinaryIO, path: str, mtime_ns: int, /) -> tuple[Record, list[Finding]]:
        """Read one seed document in bounded memory.

        Raises: SeedError if no record can be made of it.
        """


READERS: Final[tuple[Reader, ...]] = (header_text,)
#: Counts up when a reader gives another record for the same bytes: no old reading is then reused.
VERSION: Final = 1


def reader_for(name: str) -> Reader | None:
    """Give the reader that takes a file of this name, None if none does."""
    lowered = name.lower()
    return next((reader for reader in READERS if lowered.endswith(reader.SUFFIXES)), None)
