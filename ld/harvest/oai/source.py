"""What the metadata of an item is written from: one document, without what others say."""

from dataclasses import dataclass
from functools import cached_property

from ld import history, records
from ld.edition import Edition
from ld.terms import Statement


@dataclass(frozen=True)
class Source:
    """The current version of a document."""

    key: str
    base: str
    datestamp: str
    packed_stated: bytes
    packed_volatile: bytes

    @property
    def iri(self) -> str:
        """The IRI of the thing that the document is about."""
        return self.base + self.key

    @cached_property
    def stated(self) -> list[Statement]:
        """Its stated statements."""
        return records.unpack(self.packed_stated)

    @property
    def owned(self) -> tuple[Statement, ...]:
        """All statements that it owns, sorted."""
        return history.owned(
            self.base, self.key, self.datestamp, self.packed_stated, self.packed_volatile
        )


def source(edition: Edition, key: str) -> Source:
    """Give the current version of a document that there is."""
    row = edition.db.execute(
        "SELECT v.datestamp, v.stated, v.volatile FROM document d "
        "JOIN version v ON v.version = d.version WHERE d.key = ?",
        (key,),
    ).fetchone()
    return Source(key, edition.base, row["datestamp"], row["stated"], row["volatile"])
