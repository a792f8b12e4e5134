"""An edition: an immutable directory, read.

{data}/editions/{sequence}-{digest12}/
    edition.json      what it is, counted, and the SHA-256 of every other file
    records.sqlite    documents, versions, history, findings
    graph/            the triple store of the query workers
    dumps/            all statements, in each format
    report.ttl        the SHACL report
{data}/current → editions/{sequence}-{digest12}
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from ld import records
from ld.errors import (
    DocumentNotFoundError,
    DocumentWithdrawnError,
    EditionDamagedError,
    NoEditionError,
)
from ld.iri import text_of_part
from ld.report import Finding, Severity
from ld.stored import Change, Entry, StoredDocument, Tombstone, natural_order, references
from ld.terms import Statement, iri
from ld.vocabulary import dcterms

FORMAT: Final = 2
MANIFEST: Final = "edition.json"
CURRENT: Final = "current"
EDITIONS: Final = "editions"


class Edition:
    """A finished edition, open for reading by any number of threads."""

    def __init__(self, path: Path) -> None:
        """Open the edition in this directory.

        Raises: EditionDamagedError if its manifest cannot be read or is of a newer format.
        """
        self.path = path
        try:
            self.manifest: dict[str, Any] = orjson.loads((path / MANIFEST).read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
            raise EditionDamagedError(f"{path.name}: {MANIFEST} cannot be read: {error}") from error
        if self.manifest.get("format") != FORMAT:
            raise EditionDamagedError(
                f"{path.name} has format {self.manifest.get('format')}; this version of Pressmark "
                f"reads format {FORMAT}. Use the version that published it, or publish anew."
            )
        self._local = threading.local()

    @property
    def id(self) -> str:
        """The edition's identifier: its place in the sequence and its content digest."""
        return str(self.manifest["id"])

    @property
    def sequence(self) -> int:
        """Its place in the sequence of editions, counted from 1."""
        return int(self.manifest["sequence"])

    @property
    def base(self) -> str:
        """What every IRI of the corpus begins with; ends with a slash."""
        return str(self.manifest["base"])

    @property
    def service_url(self) -> str:
        """Where the doors are; the base unless the settings say otherwise; ends with a slash."""
        return str(self.manifest["service_url"])

    @property
    def created(self) -> str:
        """When it was published, UTC to the second: the datestamp of its changes."""
        return str(self.manifest["created"])

    @property
    def counts(self) -> dict[str, int]:
        """What was counted: in, published, kept, withheld, texts, parts, agents, statements…"""
        return dict(self.manifest["counts"])

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection to the records."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = records.open_for_reading(self.path / records.FILE)
            self._local.connection = connection
        return connection

    def verify(self, without: Collection[str] = ()) -> None:
        """Compare every file, without those named, with the checksum that the manifest states.

        Raises: EditionDamagedError naming the first file that differs.
        """
        for name, facts in self.manifest["files"].items():
            if name in without:
                continue
            try:
                digest = sha256_of(self.path / name)
            except OSError as error:
                raise EditionDamagedError(f"{self.id}: {name} cannot be read: {error}") from error
            if digest != facts["sha256"]:
                raise EditionDamagedError(
                    f"{self.id}: {name} does not have the checksum that {MANIFEST} states"
                )

    def document(self, key: str) -> StoredDocument:
        """Give the document with this key.

        Raises: DocumentWithdrawnError if it was published once, DocumentNotFoundError if never.
        """
        row = self.db.execute(_DOCUMENT + " WHERE d.key = ?", (key,)).fetchone()
        if row is None:
            raise self._absent(key)
        return self._stored(row)

    def __contains__(self, key: str) -> bool:
        found = self.db.execute("SELECT 1 FROM document WHERE key = ?", (key,)).fetchone()
        return found is not None

    def documents(self, kind: str | None = None, after: str = "") -> Iterator[StoredDocument]:
        """Give the documents in the order of their keys, those after a key, of one kind or all."""
        where = "d.key > :after" if kind is None else "d.kind = :kind AND d.key > :after"
        cursor = self.db.execute(
            f"{_DOCUMENT} WHERE {where} ORDER BY d.key",
            {"kind": kind, "after": after},
        )
        for row in cursor:
            yield self._stored(row)

    def entries(
        self, kind: str, *, referring_to: str | None = None, after: str = "", limit: int = 1000
    ) -> list[Entry]:
        """List documents of a kind by key, at most `limit` after a key; optionally those that
        refer to another document."""
        joined = "" if referring_to is None else "JOIN reference r ON r.source = d.key "
        where = "" if referring_to is None else "AND r.target = :target "
        rows = self.db.execute(
            "SELECT d.key, d.kind, d.label, d.label_language, d.year, d.state FROM document d "  # noqa: S608
            f"{joined}WHERE d.kind = :kind AND d.key > :after {where}ORDER BY d.key LIMIT :limit",
            {"kind": kind, "after": after, "target": referring_to, "limit": limit},
        )
        return [Entry(*row) for row in rows]

    def parts_of(self, key: str) -> list[Entry]:
        """List the parts of a text, in order."""
        rows = self.db.execute(
            "SELECT key, kind, label, label_language, year, state FROM document "
            "WHERE key > ? AND key < ? AND kind = 'part' ORDER BY key",
            (key + "/", key + "0"),
        )
        return sorted((Entry(*row) for row in rows), key=lambda entry: natural_order(entry.key))

    def count_referring(self, key: str, kind: str = "text") -> int:
        """Count the documents of a kind that refer to this one."""
        (count,) = self.db.execute(
            "SELECT count(*) FROM reference r JOIN document d ON d.key = r.source "
            "WHERE r.target = ? AND d.kind = ?",
            (key, kind),
        ).fetchone()
        return int(count)

    def findings(self, key: str | None = None, limit: int = 10_000) -> list[Finding]:
        """List what was found about one document, or about everything, most severe first."""
        where = "" if key is None else "WHERE key = :key "
        rows = self.db.execute(
            f"SELECT severity, rule, message, file, line, field, value, key FROM finding {where}"  # noqa: S608
            "ORDER BY CASE severity WHEN 'Violation' THEN 0 WHEN 'Warning' THEN 1 ELSE 2 END, "
            "file, line LIMIT :limit",
            {"key": key, "limit": limit},
        )
        return [Finding(Severity(row[0]), *row[1:]) for row in rows]

    def history_of(self, key: str) -> list[Change]:
        """List what happened to a document, latest first."""
        rows = self.db.execute(_CHANGE + " WHERE c.key = ? ORDER BY c.sequence DESC", (key,))
        return [Change(*row) for row in rows]

    def changes(self, sequence: int | None = None) -> Iterator[Change]:
        """List the changes of one edition (this one if not said), by key."""
        rows = self.db.execute(
            _CHANGE + " WHERE c.sequence = ? ORDER BY c.key", (sequence or self.sequence,)
        )
        for row in rows:
            yield Change(*row)

    def version(self, version: int) -> list[Statement]:
        """Give the stated and volatile statements of one version of a document, sorted."""
        row = self.db.execute(
            "SELECT stated, volatile FROM version WHERE version = ?", (version,)
        ).fetchone()
        if row is None:
            raise DocumentNotFoundError(f"there is no version {version}")
        return sorted({*records.unpack(row["stated"]), *records.unpack(row["volatile"])})

    def statements(self) -> Iterator[Statement]:
        """Give every owned statement of the edition, document by document."""
        for document in self.documents():
            yield from document.owned

    def _absent(self, key: str) -> Exception:
        history = self.history_of(key)
        if not history:
            return DocumentNotFoundError(f"There is no document {key} in this corpus.")
        last = history[0]
        replaced_by = self.manifest.get("moved", {}).get(key)
        return DocumentWithdrawnError(
            Tombstone(key, last.datestamp, last.reason, last.edition, replaced_by)
        )

    def _stored(self, row: sqlite3.Row) -> StoredDocument:
        stated = tuple(records.unpack(row["stated"]))
        kept_from = row["kept_from"]
        return StoredDocument(
            key=row["key"],
            kind=row["kind"],
            base=self.base,
            state=row["state"],
            kept_from=None if kept_from is None else self._edition_id(kept_from),
            label=row["label"],
            label_language=row["label_language"],
            digest=row["digest"],
            datestamp=row["datestamp"],
            stated=stated,
            volatile=tuple(records.unpack(row["volatile"])),
            context=tuple(self._context(row["key"], stated)),
            packed_derivations=row["derivations"],
        )

    def _context(self, key: str, stated: tuple[Statement, ...]) -> Iterator[Statement]:
        for target in references(key, stated, self.base):
            row = self.db.execute(
                "SELECT context FROM document WHERE key = ?", (target,)
            ).fetchone()
            if row is not None:
                yield from records.unpack(row["context"])
        for former in self._former_keys(key):
            yield iri(self.base + former), dcterms("isReplacedBy"), iri(self.base + key)

    def _former_keys(self, key: str) -> Iterator[str]:
        """Give the keys that a document was moved from; a part moves with its text."""
        text = text_of_part(key) or key
        for old, new in self.manifest.get("moved", {}).items():
            former = old + key.removeprefix(text)
            if new == text and former not in self:
                yield former

    def _edition_id(self, sequence: int) -> str:
        row = self.db.execute("SELECT id FROM edition WHERE sequence = ?", (sequence,)).fetchone()
        return str(row["id"])


_DOCUMENT: Final = (
    "SELECT d.key, d.kind, d.state, d.kept_from, d.label, d.label_language, "
    "v.digest, v.datestamp, v.stated, v.volatile, v.derivations "
    "FROM document d JOIN version v ON v.version = d.version"
)
_CHANGE: Final = (
    "SELECT c.sequence, e.id, e.created, c.key, c.kind, c.version, c.reason "
    "FROM change c JOIN edition e ON e.sequence = c.sequence"
)


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def current_id(data: Path) -> str:
    """Give the id of the current edition. Cheap: one readlink.

    Raises: NoEditionError if nothing has been published.
    """
    try:
        # Asked at every request, and pathlib takes ten times as long.
        target = os.readlink(f"{data}/{CURRENT}")  # noqa: PTH115
    except OSError as error:
        raise NoEditionError(
            "Nothing has been published yet. Publish a corpus first: pressmark publish FOLDER"
        ) from error
    return target.rpartition("/")[2]


def open_current(data: Path) -> Edition:
    """Open the current edition.

    Raises: NoEditionError, EditionDamagedError.
    """
    return Edition(data / EDITIONS / current_id(data))
