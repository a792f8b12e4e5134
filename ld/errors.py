"""Every error that the library raises on purpose, as one tree.

PressmarkError
├── SettingsError            the settings of a corpus are wrong: file, key, value, remedy
├── SeedError                one seed document cannot be read: file, line, field, value, remedy
├── ShapesError              a shapes file cannot be used: it names the shape and the construct
├── RefusedError             a publication was refused; the current edition stands
├── PublicationError         a publication could not be carried out: lock, disk, damaged parent
├── EditionError
│   ├── NoEditionError       nothing has been published yet
│   └── EditionDamagedError  bytes do not match the checksums that the edition states
├── EditionRemovedError      the files of an edition are no longer kept: it names a later one
├── DocumentError
│   ├── DocumentNotFoundError   nothing is or was published under this key
│   └── DocumentWithdrawnError  something was, and no longer is: it carries the tombstone
└── QueryError               a query was not answered
    ├── QuerySyntaxError     line and column say where
    ├── QueryRefusedError    federation, loading and updates are not offered
    ├── QueryTimeoutError    stopped at its deadline
    ├── QueryLimitError      too much memory, too many bytes, too deep
    └── QueryBusyError       no worker was free in time
        └── QueryPenaltyError   this client has to wait, since its queries keep being stopped

The library knows no HTTP: `app.problems` turns these into statuses.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ld.stored import Tombstone


class PressmarkError(Exception):
    """Anything that Pressmark refuses or cannot do, in words for the person who asked."""


@dataclass
class SettingsError(PressmarkError):
    """A setting is missing, unknown or unusable."""

    file: str
    key: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key} = {self.value}: {self.remedy}"


@dataclass
class SeedError(PressmarkError):
    """One seed document cannot be read; the others go on."""

    file: str
    line: int | None
    field: str | None
    value: str | None
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = "" if self.field is None else f" {self.field}"
        value = "" if self.value is None else f" {self.value!r}"
        return f"{place}:{what}{value}: {self.remedy}"


class ShapesError(PressmarkError):
    """A shapes file cannot be used as it is."""


class RefusedError(PressmarkError):
    """The new edition was refused; the current one stands."""


class PublicationError(PressmarkError):
    """The publication could not be carried out; the current edition stands."""


class EditionError(PressmarkError):
    """An edition cannot be used."""


class NoEditionError(EditionError):
    """Nothing has been published in this data directory yet."""


class EditionDamagedError(EditionError):
    """The bytes of an edition do not match the checksums that it states."""


class EditionRemovedError(PressmarkError):
    """The files of an edition are no longer kept; `successor` is the next one that is."""

    def __init__(self, edition: str, successor: str) -> None:
        super().__init__(
            f"The files of edition {edition} are no longer kept. Edition {successor} is the next "
            "after it that is."
        )
        self.edition = edition
        self.successor = successor


class DocumentError(PressmarkError):
    """A document cannot be had."""


class DocumentNotFoundError(DocumentError):
    """Nothing is or ever was published under this key."""


class DocumentWithdrawnError(DocumentError):
    """Something was published under this key and no longer is."""

    def __init__(self, tombstone: "Tombstone") -> None:
        super().__init__(f"{tombstone.key} is no longer published: {tombstone.reason}")
        self.tombstone = tombstone


class QueryError(PressmarkError):
    """A query was not answered."""


class QuerySyntaxError(QueryError):
    """The query cannot be read; line and column count from 1, None where unknown."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefusedError(QueryError):
    """The query asks for something that this service does not offer."""


class QueryTimeoutError(QueryError):
    """The query was stopped at its deadline; `seconds` is that deadline."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Stopped after {seconds:g} seconds.")
        self.seconds = seconds


class QueryLimitError(QueryError):
    """The query needed more memory, bytes or depth than one query may have."""


class QueryBusyError(QueryError):
    """No worker was free in time; ask again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueryPenaltyError(QueryBusyError):
    """This client's queries keep being stopped; it may ask again after `retry_after` seconds."""
