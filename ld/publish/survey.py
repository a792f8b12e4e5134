"""Survey: which texts have to be read again, because a file of theirs came, changed or went.

A file counts as unchanged while its size and time are those that were published. One that was
changed in the very moment of that publication, or has a time to come, is read again. So is one
that states a moment which lay in the future then, and no longer does.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from ld import iri
from ld.fields import instants
from ld.readers import folder
from ld.report import Finding, Severity

#: So long before a publication began a file may still have had its last change under the same
#: time, in nanoseconds: what the coarsest of usual file systems tells apart.
MOMENT_NS: Final = 2_000_000_000
_AT_ONCE: Final = 10_000


class Survey:
    """The seeds on disk against those that the parent edition was published from."""

    def __init__(
        self, db: sqlite3.Connection, seeds: Path, published: str, started: datetime
    ) -> None:
        """`db` are the staged records; `published` is when the parent was, as a datestamp.

        `started` is when this publication was.
        """
        self.findings: list[Finding] = []
        self._db = db
        db.execute("CREATE TEMP TABLE found (path TEXT PRIMARY KEY, size, mtime_ns) WITHOUT ROWID")
        db.execute("CREATE TEMP TABLE changed (path TEXT PRIMARY KEY, is_gone) WITHOUT ROWID")
        db.execute("CREATE TEMP TABLE affected (text TEXT PRIMARY KEY, taken) WITHOUT ROWID")
        found = self._walk(seeds)
        while some := list(islice(found, _AT_ONCE)):
            db.executemany("INSERT INTO found VALUES (?, ?, ?)", some)
        recent = int(datetime.fromisoformat(published).timestamp()) * 10**9 - MOMENT_NS
        db.execute(
            "INSERT INTO changed SELECT f.path, 0 FROM found f LEFT JOIN seed s USING (path) "
            "WHERE s.path IS NULL OR s.size <> f.size OR s.mtime_ns <> f.mtime_ns "
            "OR f.mtime_ns >= ?",
            (recent,),
        )
        db.execute(
            "INSERT INTO changed SELECT path, 1 FROM seed WHERE path NOT IN "
            "(SELECT path FROM found)"
        )
        db.execute(
            "INSERT OR IGNORE INTO affected SELECT text, 0 FROM seed JOIN changed USING (path) "
            "WHERE text <> ''"
        )
        self.note(self._come_true(started))

    def _walk(self, seeds: Path) -> Iterator[folder.SeedFile]:
        for found in folder.walk(seeds):
            if isinstance(found, Finding):
                self.findings.append(found)
            else:
                yield found

    def _come_true(self, started: datetime) -> Iterator[str]:
        """Give the texts with a moment that lay in the future, and no longer does."""
        rows = self._db.execute(
            "SELECT key, value FROM finding WHERE severity = ? AND rule = 'unreadable_value'",
            (Severity.WARNING,),
        )
        for key, value in rows:
            try:
                instants.read(value or "", started)
            except ValueError:
                continue
            yield iri.text_of_part(key) or key

    @property
    def share(self) -> float:
        """How many of the files that there are or were changed, from 0 to 1."""
        (changed,) = self._db.execute("SELECT count(*) FROM changed").fetchone()
        (found,) = self._db.execute("SELECT count(*) FROM found").fetchone()
        return float(changed / max(found, changed, 1))

    @property
    def is_same_set(self) -> bool:
        """Whether no file came or went."""
        row = self._db.execute(
            "SELECT 1 FROM changed c LEFT JOIN seed s USING (path) "
            "WHERE c.is_gone OR s.path IS NULL LIMIT 1"
        ).fetchone()
        return row is None

    def changed_paths(self) -> list[str]:
        """List the files that came or changed."""
        rows = self._db.execute("SELECT path FROM changed WHERE NOT is_gone ORDER BY path")
        return [path for (path,) in rows]

    def gone_paths(self) -> list[str]:
        """List the files that went."""
        return [path for (path,) in self._db.execute("SELECT path FROM changed WHERE is_gone")]

    def note(self, texts: Iterable[str]) -> None:
        """Take up texts that a changed file turned out to belong to."""
        self._db.executemany(
            "INSERT OR IGNORE INTO affected VALUES (?, 0)", [(text,) for text in texts]
        )

    def more_texts(self) -> list[str]:
        """List the texts to be read again, without those that were listed before."""
        rows = self._db.execute("SELECT text FROM affected WHERE NOT taken ORDER BY text")
        texts = [text for (text,) in rows]
        self._db.execute("UPDATE affected SET taken = 1 WHERE NOT taken")
        return texts

    def other_paths(self) -> list[str]:
        """List the unchanged files of these texts whose seeds were not forgotten yet."""
        rows = self._db.execute(
            "SELECT s.path FROM affected a JOIN seed s ON s.text = a.text "
            "WHERE s.path NOT IN (SELECT path FROM changed) ORDER BY s.path"
        )
        return [path for (path,) in rows]
