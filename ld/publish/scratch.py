"""The scratch table of one publication: records on disk, sorted by the text they belong to.

Files come in the order of their folders and leave in the order of texts; sorting on disk keeps
the memory of a publication independent of the size of the corpus.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from ld import iri
from ld.corpus import Settings
from ld.errors import SeedError
from ld.mapping.facts import Agent, Fact, agent_of
from ld.readers import folder, manifest_csv, reader_for
from ld.record import File, Origin, Record, Value
from ld.report import Finding, Severity

_SCHEMA: Final = """
CREATE TABLE record (text TEXT, position TEXT, path TEXT, packed BLOB);
CREATE TABLE row (path TEXT PRIMARY KEY, line INTEGER, packed BLOB, used INTEGER) WITHOUT ROWID;
CREATE TABLE agent (key TEXT PRIMARY KEY, name TEXT, packed BLOB) WITHOUT ROWID;
"""


class Rejected(NamedTuple):
    """A seed file that no record could be made of."""

    path: str
    size: int
    mtime_ns: int
    reason: str


class Scratch:
    """What was read from the seeds, until it is mapped."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def close(self) -> None:
        """Close the table; its file may then be deleted."""
        self._db.close()

    def read_manifest(self, settings: Settings, seeds: Path) -> Iterator[Finding]:
        """Take up the rows of the manifest, if the settings name one; give what is wrong there."""
        if settings.manifest is None:
            return
        self._db.execute("BEGIN")
        for row in manifest_csv.rows(settings.manifest, settings, seeds):
            if isinstance(row, Finding):
                yield row
                continue
            packed = orjson.dumps({name: _packed(value) for name, value in row.values.items()})
            taken = self._db.execute(
                "INSERT OR IGNORE INTO row VALUES (?, ?, ?, 0)", (row.path, row.line, packed)
            )
            if taken.rowcount == 0:
                yield Finding(
                    Severity.WARNING,
                    "manifest_duplicate",
                    "An earlier row is about the same file and was used. Delete one of them.",
                    settings.manifest.file,
                    row.line,
                    settings.manifest.path,
                    row.path,
                )
        self._db.execute("COMMIT")

    def read_seeds(
        self, seeds: Path, settings: Settings, on_file: Callable[[], None]
    ) -> Iterator[Finding | Rejected]:
        """Read every seed document below a folder; give what is wrong with them."""
        self._db.execute("BEGIN")
        for found in folder.walk(seeds):
            if isinstance(found, Finding):
                yield found
                continue
            on_file()
            yield from self._read_seed(seeds, found, settings)
        self._db.execute("COMMIT")
        self._db.execute("CREATE INDEX in_order ON record (text, position, path)")

    def _read_seed(
        self, seeds: Path, path: str, settings: Settings
    ) -> Iterator[Finding | Rejected]:
        reader = reader_for(path)
        if reader is None:  # the walk gives only what a reader takes
            return
        size = mtime_ns = 0
        try:
            with (seeds / path).open("rb") as stream:
                status = os.fstat(stream.fileno())
                size, mtime_ns = status.st_size, status.st_mtime_ns
                record, findings = reader.read(stream, path, mtime_ns)
            row = self._row(path)
            if row is not None:
                record, differences = manifest_csv.complete(record, row)
                findings += differences
            elif settings.manifest is not None:
                findings.append(_without_row(path, settings.manifest.file))
            _require_identifier(record, settings)
        except OSError as error:
            reason = f"The file cannot be read ({error.strerror}). Make it readable."
            yield Finding(Severity.VIOLATION, "unreadable_file", reason, path)
            yield Rejected(path, size, mtime_ns, reason)
        except SeedError as error:
            reason = error.remedy[0].upper() + error.remedy[1:]
            if not reason.endswith("."):
                reason += "."
            yield Finding(
                Severity.VIOLATION, "seed", reason, path, error.line, error.field, error.value
            )
            yield Rejected(path, size, mtime_ns, reason)
        else:
            yield from findings
            key = iri.text_key(record.values["SOURCE_ID"].text)
            position = re.sub("[0-9]+", lambda m: m[0].zfill(12), path)
            self._db.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?)", (key, position, path, pack(record))
            )

    def _row(self, path: str) -> manifest_csv.Row | None:
        found = self._db.execute("SELECT line, packed FROM row WHERE path = ?", (path,)).fetchone()
        if found is None:
            return None
        self._db.execute("UPDATE row SET used = 1 WHERE path = ?", (path,))
        values = {name: _value(packed) for name, packed in orjson.loads(found[1]).items()}
        return manifest_csv.Row(path, found[0], values)

    def unused_rows(self, settings: Settings) -> Iterator[Finding]:
        """Report the rows of the manifest whose file is not there; they count nowhere."""
        if settings.manifest is None:
            return
        for path, line in self._db.execute("SELECT path, line FROM row WHERE used = 0"):
            yield Finding(
                Severity.WARNING,
                "manifest_without_file",
                "There is no such file among the seeds, so this row counts nowhere. "
                "Add the file or delete the row.",
                settings.manifest.file,
                line,
                settings.manifest.path,
                path,
            )

    def count_texts(self) -> int:
        """Count the texts."""
        (count,) = self._db.execute("SELECT count(DISTINCT text) FROM record").fetchone()
        return int(count)

    def texts(self) -> Iterator[list[Record]]:
        """Give the records of each text, in order of the files' paths; texts by key."""
        group: list[Record] = []
        current = None
        rows = self._db.execute("SELECT text, packed FROM record ORDER BY text, position, path")
        for key, packed in rows:
            if key != current and group:
                yield group
                group = []
            current = key
            group.append(unpack(packed))
        if group:
            yield group

    def note_agents(self, agents: list[Fact[Agent]]) -> None:
        """Remember agents that a text refers to; the first place that names one stays."""
        self._db.executemany(
            "INSERT OR IGNORE INTO agent VALUES (?, ?, ?)",
            [
                (fact.value.key, fact.value.name, orjson.dumps([_origin(o) for o in fact.origins]))
                for fact in agents
            ],
        )

    def agent(self, key: str, settings: Settings) -> Fact[Agent] | None:
        """Give an agent that was remembered."""
        row = self._db.execute("SELECT name, packed FROM agent WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        origins = tuple(Origin(*origin) for origin in orjson.loads(row[1]))
        return Fact(agent_of(row[0], settings), origins)


def _without_row(path: str, manifest: str) -> Finding:
    message = (
        f"Only the header of this file was read. Add a row to {manifest} if it should say more."
    )
    return Finding(Severity.INFO, "file_without_row", message, path)


def _require_identifier(record: Record, settings: Settings) -> None:
    stated = record.values.get("SOURCE_ID")
    if stated is None or settings.is_missing("SOURCE_ID", stated.text):
        remedy = (
            "there is no identifier, so nothing can be published. Write SOURCE_ID: and an "
            "identifier that no other text has."
        )
        line, raw = (stated.origin.line, stated.origin.raw) if stated else (None, None)
        raise SeedError(record.file.path, line, "SOURCE_ID", raw, remedy)


def pack(record: Record) -> bytes:
    """Pack a record for a row."""
    file = record.file
    heading = None if file.heading is None else _packed(file.heading)
    facts = [
        file.path,
        file.size,
        file.mtime_ns,
        file.sha256,
        file.sha256_crlf,
        file.body_sha256,
        heading,
    ]
    return orjson.dumps([facts, {name: _packed(value) for name, value in record.values.items()}])


def unpack(packed: bytes) -> Record:
    """Read back what `pack` wrote."""
    (path, size, mtime_ns, sha256, crlf, body, heading), values = orjson.loads(packed)
    opening = None if heading is None else _value(heading)
    file = File(path, size, mtime_ns, sha256, crlf, body, opening)
    return Record(file, {name: _value(value) for name, value in values.items()})


def _origin(origin: Origin) -> list[Any]:
    return [origin.file, origin.line, origin.field, origin.raw]


def _packed(value: Value) -> list[Any]:
    return [value.text, *_origin(value.origin)]


def _value(packed: list[Any]) -> Value:
    text, *origin = packed
    return Value(text, Origin(*origin))


def seconds(moment: datetime) -> str:
    """Write a moment in UTC to the second, as datestamps are."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
