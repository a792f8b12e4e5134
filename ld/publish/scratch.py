"""The scratch table of one publication: records on disk, sorted by the text they belong to.

Files come in the order of their folders and leave in the order of texts; sorting on disk keeps
the memory of a publication independent of the size of the corpus.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson

from ld.corpus import Settings
from ld.publish.judging import AgentSource
from ld.publish.packing import packed_value
from ld.readers import manifest_csv
from ld.report import Finding, Severity

_SCHEMA: Final = """
CREATE TABLE record (text TEXT, position TEXT, path TEXT, packed BLOB);
CREATE TABLE row (path TEXT PRIMARY KEY, line INTEGER, packed BLOB, used INTEGER) WITHOUT ROWID;
CREATE TABLE agent (key TEXT PRIMARY KEY, name TEXT, origins BLOB, source TEXT) WITHOUT ROWID;
"""


class Scratch:
    """What was read from the seeds, until it is mapped."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        self._db.execute("BEGIN")
        self._has_rows = False

    def close(self) -> None:
        """Close the table; its file may then be deleted."""
        self._db.close()

    def read_manifest(self, settings: Settings, seeds: Path) -> Iterator[Finding]:
        """Take up the rows of the manifest, if the settings name one; give what is wrong there."""
        if settings.manifest is None:
            return
        self._has_rows = True
        for row in manifest_csv.rows(settings.manifest, settings, seeds):
            if isinstance(row, Finding):
                yield row
                continue
            packed = orjson.dumps({name: packed_value(value) for name, value in row.values.items()})
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

    def rows_of(self, paths: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Give line and packed values of the manifest's rows about these files, and mark them."""
        if not self._has_rows:
            return {}
        marks = ", ".join("?" * len(paths))
        self._db.execute(f"UPDATE row SET used = 1 WHERE path IN ({marks})", paths)  # noqa: S608
        found = self._db.execute(
            f"SELECT path, line, packed FROM row WHERE path IN ({marks})",  # noqa: S608
            paths,
        )
        return {path: (line, packed) for path, line, packed in found}

    def note_records(self, read: Iterable[tuple[str, str, str, bytes]]) -> None:
        """Take up what was read: text, position, path and packed record of each."""
        self._db.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", read)

    def sort(self) -> None:
        """Put the records in order, once all were read."""
        self._db.execute("CREATE INDEX in_order ON record (text, position, path)")

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

    def count_documents(self) -> int:
        """Count the documents that the records make."""
        (count,) = self._db.execute(
            "SELECT coalesce(sum(CASE records WHEN 1 THEN 1 ELSE records + 1 END), 0) "
            "FROM (SELECT count(*) AS records FROM record GROUP BY text)"
        ).fetchone()
        return int(count)

    def texts(self) -> Iterator[tuple[str, list[bytes]]]:
        """Give the key of each text and its packed records, in order of the files' paths."""
        group: list[bytes] = []
        current = ""
        rows = self._db.execute("SELECT text, packed FROM record ORDER BY text, position, path")
        for key, packed in rows:
            if key != current and group:
                yield current, group
                group = []
            current = key
            group.append(packed)
        if group:
            yield current, group

    def note_agents(self, agents: Iterable[AgentSource]) -> None:
        """Remember agents that documents refer to; the first document that names one counts."""
        self._db.executemany(
            "INSERT INTO agent VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "name = excluded.name, origins = excluded.origins, source = excluded.source "
            "WHERE excluded.source < source",
            agents,
        )

    def agent(self, key: str) -> AgentSource:
        """Give an agent that was remembered, without a name if it was not."""
        row = self._db.execute("SELECT * FROM agent WHERE key = ?", (key,))
        found = row.fetchone()
        return AgentSource(key, None) if found is None else AgentSource(*found)


def number_of_documents(records: int) -> int:
    """Say how many documents the records of one text make: several are its parts."""
    return records if records < 2 else records + 1


def seconds(moment: datetime) -> str:
    """Write a moment in UTC to the second, as datestamps are."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
