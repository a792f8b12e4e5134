"""The staged records of an edition in the making: what stands, what changed, what was found."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson

from ld import iri, records
from ld.document import Derivation, Document
from ld.publish import indexing
from ld.report import Finding
from ld.stored import kind_of, references
from ld.terms import Statement, is_iri_term, literal_of
from ld.terms import iri as iri_term
from ld.vocabulary import FOAF, RDF_TYPE, RDFS_IS_DEFINED_BY, dcterms, earliest_year, schema

_NAMES: Final = (schema("name"), dcterms("title"), iri_term(FOAF + "name"))


class Staging:
    """A records file being written for the edition with this sequence and datestamp."""

    def __init__(self, path: Path, base: str, sequence: int, created: str) -> None:
        is_new = not path.exists()
        self.db = records.create(path) if is_new else records.write_to(path)
        self.db.execute("PRAGMA secure_delete = ON")
        self.base = base
        self.sequence = sequence
        self.created = created
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Write everything out and close the file."""
        self.db.execute("COMMIT")
        self.db.close()

    def forget_seeds(self) -> None:
        """Drop what the parent knew of its seeds and found in them."""
        self.db.execute("DELETE FROM seed")
        self.db.execute("DELETE FROM finding")

    def report(self, findings: Iterable[Finding]) -> None:
        """Add findings."""
        self.db.executemany(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (f.severity, f.rule, f.message, f.file, f.line, f.field, f.value, f.key)
                for f in findings
            ],
        )

    def note_seed(
        self, path: str, size: int, mtime_ns: int, key: str, state: str, reason: str
    ) -> None:
        """Say what became of one seed file."""
        self.db.execute(
            "INSERT INTO seed VALUES (?, ?, ?, ?, ?, ?)", (path, size, mtime_ns, key, state, reason)
        )

    def settle_seeds(self, reason: str) -> None:
        """Bring what became of the seeds into line with the documents that stand now."""
        self.db.execute(
            "UPDATE seed SET state = 'published', reason = '' "
            "WHERE key IN (SELECT key FROM document)"
        )
        self.db.execute(
            "UPDATE seed SET state = 'withheld', reason = ? WHERE state <> 'withheld' "
            "AND key NOT IN (SELECT key FROM document)",
            (reason,),
        )

    def forget_findings(self, files: Iterable[str]) -> None:
        """Drop what was found in these seed files."""
        self.db.executemany("DELETE FROM finding WHERE file = ?", [(file,) for file in files])

    def stands(self, key: str) -> bool:
        """Say whether the parent, or this edition so far, has the document."""
        return self._current(key) is not None

    def withdrawal(self, key: str) -> str | None:
        """Give the reason for which the curator withdrew a document or its text, else None."""
        row = self.db.execute(
            "SELECT reason FROM withdrawal WHERE key IN (?, ?)", (key, iri.text_of_part(key))
        ).fetchone()
        return None if row is None else str(row[0])

    def put(self, document: Document) -> None:
        """Let a document stand as it is now; a change only if its stated statements changed."""
        current = self._current(document.key)
        everything = sorted((*document.stated, *document.volatile))
        if current is not None and current[1] == document.digest:
            version = current[0]
            self._refresh_derivations(version, document.derivations)
        else:
            version = self._add_version(
                document.key,
                document.digest,
                records.pack(document.stated),
                records.pack(document.volatile),
                records.pack_derivations(everything, document.derivations),
            )
            self._note_change(document.key, "updated" if current else "created", version, "")
        self._stand(document.key, version, document.stated)

    def keep(self, key: str) -> None:
        """Let the previous version of a document stand."""
        self.db.execute(
            "UPDATE document SET state = 'kept', seen = :sequence, kept_from = coalesce(kept_from, "
            "(SELECT max(sequence) FROM change WHERE key = :key)) WHERE key = :key",
            {"sequence": self.sequence, "key": key},
        )

    def keep_text(self, key: str) -> None:
        """Let the previous versions of a text and of its parts stand."""
        for one in self._standing(key):
            self.keep(one)

    def keep_all_in_use(self) -> None:
        """Let everything stand that does, but for agents that nothing refers to any more."""
        self.db.execute("UPDATE document SET seen = ? WHERE kind <> 'agent'", (self.sequence,))
        for key in self.agents_in_use():
            self.db.execute("UPDATE document SET seen = ? WHERE key = ?", (self.sequence, key))

    def withdraw(self, key: str, reason: str) -> None:
        """Take out a text and its parts, now and in later editions."""
        # The first date stands: a rollback to after it must not take the text back.
        self.db.execute(
            "INSERT INTO withdrawal VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET reason = excluded.reason",
            (key, reason, self.created),
        )
        # What is gone already gets this reason too, but nothing gets two in one edition.
        changed = self.db.execute("SELECT key FROM change WHERE sequence = ?", (self.sequence,))
        for one in sorted({key, *self._standing(key)} - {key for (key,) in changed}):
            self.delete(one, reason)
        self.db.execute(
            "UPDATE seed SET state = 'withheld', reason = ? WHERE key = ? OR key GLOB ?",
            (f"Withdrawn: {reason}", key, f"{key}/*"),
        )

    def purge(self, key: str) -> None:
        """Remove every version of a text and its parts, and what was found in their files."""
        text = {"key": key, "parts": f"{key}/*"}
        one = "key = :key OR key GLOB :parts"
        self.db.execute(f"UPDATE change SET version = NULL WHERE {one}", text)  # noqa: S608
        self.db.execute(f"DELETE FROM version WHERE {one}", text)  # noqa: S608
        self.db.execute(
            f"DELETE FROM finding WHERE {one} OR file IN (SELECT path FROM seed WHERE {one})",  # noqa: S608
            text,
        )

    def _standing(self, key: str) -> list[str]:
        """List the keys of a text and its parts, as far as they stand."""
        rows = self.db.execute(
            "SELECT key FROM document WHERE key = ? OR key GLOB ?", (key, f"{key}/*")
        ).fetchall()
        return [one for (one,) in rows]

    def take_back(self, key: str, version: int) -> None:
        """Let an older version of a document stand again, under a new datestamp."""
        current = self._current(key)
        digest, stated, volatile, derivations = self.db.execute(
            "SELECT digest, stated, volatile, derivations FROM version WHERE version = ?",
            (version,),
        ).fetchone()
        if current is not None and current[1] == digest:
            version = current[0]
        else:
            version = self._add_version(key, digest, stated, volatile, derivations)
            kind = "updated" if current else "created"
            self._note_change(key, kind, version, "taken back from an earlier edition")
        self._stand(key, version, tuple(records.unpack(stated)))

    def delete(self, key: str, reason: str) -> None:
        """Take a document out and leave its tombstone in the history."""
        self._note_change(key, "deleted", None, reason)
        self.db.execute("DELETE FROM document WHERE key = ?", (key,))
        self.db.execute("DELETE FROM reference WHERE source = ?", (key,))
        indexing.remove(self.db, key)

    def delete_unseen(self, reasons: dict[str, str]) -> None:
        """Take out every document that this edition did not meet."""
        unseen = self.db.execute(
            "SELECT key FROM document WHERE seen <> ? ORDER BY key", (self.sequence,)
        ).fetchall()
        for (key,) in unseen:
            self.delete(key, reasons.get(key) or _reason_of_absence(key))

    def agents_in_use(self) -> Iterator[str]:
        """Give the keys of the agents that a standing document refers to, sorted."""
        rows = self.db.execute(
            "SELECT DISTINCT r.target FROM reference r JOIN document d ON d.key = r.source "
            "WHERE r.target GLOB 'agent/*' AND d.seen = ? ORDER BY r.target",
            (self.sequence,),
        ).fetchall()
        return (key for (key,) in rows)

    def content_digest(self, settings_facts: object) -> str:
        """Give the digest of what this edition says: statements, states, settings and gaps."""
        digest = hashlib.sha256(orjson.dumps(settings_facts, option=orjson.OPT_SORT_KEYS))
        for row in self.db.execute(
            "SELECT d.key, v.digest, d.state FROM document d "
            "JOIN version v ON v.version = d.version ORDER BY d.key"
        ):
            digest.update("\0".join(row).encode() + b"\n")
        for row in self.db.execute(
            "SELECT path, key, state FROM seed WHERE state <> 'published' ORDER BY path"
        ):
            digest.update("\0".join(row).encode() + b"\n")
        return digest.hexdigest()

    def counts(self) -> dict[str, int]:
        """Count what the edition has, and what its publication changed."""
        seeds = dict(self.db.execute("SELECT state, count(*) FROM seed GROUP BY state"))
        kinds = dict(self.db.execute("SELECT kind, count(*) FROM document GROUP BY kind"))
        kept = self.db.execute("SELECT count(*) FROM document WHERE state = 'kept'").fetchone()
        changes = dict(
            self.db.execute(
                "SELECT kind, count(*) FROM change WHERE sequence = ? GROUP BY kind",
                (self.sequence,),
            )
        )
        found = dict(self.db.execute("SELECT severity, count(*) FROM finding GROUP BY severity"))
        return {
            "in": sum(seeds.values()),
            **{state: seeds.get(state, 0) for state in ("published", "kept", "withheld")},
            **{f"{kind}s": kinds.get(kind, 0) for kind in ("text", "part", "agent")},
            "documents": sum(kinds.values()),
            "documents_kept": kept[0],
            **{kind: changes.get(kind, 0) for kind in ("created", "updated", "deleted")},
            "violations": found.get("Violation", 0),
            "warnings": found.get("Warning", 0),
            "remarks": found.get("Info", 0),
        }

    def index(self) -> None:
        """Sort, count and index what stands, once nothing of it changes any more."""
        indexing.complete(self.db)

    def note_edition(self, edition_id: str, kind: str, note: str, counts: dict[str, int]) -> None:
        """Enter this edition into the list of all editions."""
        self.db.execute(
            "INSERT INTO edition VALUES (?, ?, ?, ?, ?, ?)",
            (self.sequence, edition_id, kind, self.created, note, orjson.dumps(counts)),
        )

    def changes(self, limit: int) -> list[tuple[str, str, str]]:
        """List what this edition changes: key, kind and reason, at most `limit`."""
        return self.db.execute(
            "SELECT key, kind, reason FROM change WHERE sequence = ? ORDER BY key LIMIT ?",
            (self.sequence, limit),
        ).fetchall()

    def _current(self, key: str) -> tuple[int, str] | None:
        row: tuple[int, str] | None = self.db.execute(
            "SELECT d.version, v.digest FROM document d JOIN version v ON v.version = d.version "
            "WHERE d.key = ?",
            (key,),
        ).fetchone()
        return row

    def _add_version(
        self, key: str, digest: str, stated: bytes, volatile: bytes, derivations: bytes
    ) -> int:
        cursor = self.db.execute(
            "INSERT INTO version (key, digest, datestamp, stated, volatile, derivations) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (key, digest, self.created, stated, volatile, derivations),
        )
        return int(cursor.lastrowid or 0)

    def _refresh_derivations(
        self, version: int, derivations: Mapping[Statement, Derivation]
    ) -> None:
        """Bring the places up to date that an unchanged version was read from.

        Its volatile statements stay as they were, and so do the places of those.
        """
        stated, volatile, packed = self.db.execute(
            "SELECT stated, volatile, derivations FROM version WHERE version = ?", (version,)
        ).fetchone()
        everything = sorted((*records.unpack(stated), *records.unpack(volatile)))
        merged = records.unpack_derivations(everything, packed) | dict(derivations)
        fresh = records.pack_derivations(everything, merged)
        if fresh != packed:
            self.db.execute(
                "UPDATE version SET derivations = ? WHERE version = ?", (fresh, version)
            )

    def _note_change(self, key: str, kind: str, version: int | None, reason: str) -> None:
        self.db.execute(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?)", (self.sequence, key, kind, version, reason)
        )

    def _stand(self, key: str, version: int, stated: tuple[Statement, ...]) -> None:
        label, language, year = _summary(key, stated, self.base)
        self.db.execute(
            "INSERT OR REPLACE INTO document "
            "(key, kind, version, state, kept_from, label, label_language, year, context, seen) "
            "VALUES (?, ?, ?, 'published', NULL, ?, ?, ?, ?, ?)",
            (
                key,
                kind_of(key),
                version,
                label,
                language,
                year,
                records.pack(_context(key, stated, self.base)),
                self.sequence,
            ),
        )
        self.db.execute("DELETE FROM reference WHERE source = ?", (key,))
        self.db.executemany(
            "INSERT INTO reference (target, source) VALUES (?, ?)",
            [(target, key) for target in references(key, stated, self.base)],
        )
        indexing.enter(self.db, key, stated, self.base)


def _summary(key: str, stated: tuple[Statement, ...], base: str) -> tuple[str, str, int | None]:
    """Give what lists show of a document: its name, the language of that, and its year."""
    thing = iri_term(base + key)
    label, language, year = key, "", None
    for subject, predicate, obj in stated:
        if subject == thing and predicate in _NAMES and not is_iri_term(obj):
            label, tag, _ = literal_of(obj)
            language = tag or ""
        elif subject == thing and predicate == earliest_year(base):
            year = int(literal_of(obj)[0])
    return label, language, year


def _context(key: str, stated: tuple[Statement, ...], base: str) -> list[Statement]:
    """Give what other documents say of this thing when they point to it."""
    thing = iri_term(base + key)
    said = [s for s in stated if s[0] == thing and s[1] in (RDF_TYPE, *_NAMES)]
    document = iri_term(base + key if key == "dataset" else f"{base}{iri.DOCUMENT}{key}")
    return sorted([*said, (thing, RDFS_IS_DEFINED_BY, document)])


def _reason_of_absence(key: str) -> str:
    if kind_of(key) == "agent":
        return "No published text refers to this agent any more."
    return "There is no seed document for it any more."
