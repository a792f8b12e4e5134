"""The staged records of an edition in the making: what stands, what changed, what was found."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import orjson

from ld import iri, records
from ld.publish import indexing
from ld.publish.drafts import Draft, described
from ld.publish.judging import SeedState, Verdict
from ld.record import Origin
from ld.report import Finding, Severity
from ld.stored import kind_of
from ld.terms import iri as iri_term
from ld.vocabulary import dcterms

_DOCUMENT: Final = (
    "INSERT OR REPLACE INTO document "
    "(key, kind, version, state, kept_from, label, label_language, year, context) "
    "VALUES (?, ?, ?, 'published', NULL, ?, ?, ?, ?)"
)
# A text and its parts: the range holds them and others, such as `text/a-b` beside `text/a`.
_OF_TEXT: Final = "(key >= :key AND key < :key || '0' AND (key = :key OR key > :key || '/'))"

_UNMET: Final = "SELECT key FROM document WHERE key NOT IN (SELECT key FROM met)"
_AGENTS: Final = {"first": iri.AGENT, "end": iri.AGENT[:-1] + "0"}


class Staging:
    """A records file being written for the edition with this sequence and datestamp."""

    def __init__(self, path: Path, base: str, sequence: int, created: str) -> None:
        is_new = not path.exists()
        self.db = records.create(path) if is_new else records.write_to(path)
        self.db.execute("PRAGMA secure_delete = ON")
        # What this edition met; the rest of what stands is gone.
        self.db.execute("CREATE TEMP TABLE met (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self.base = base
        self.sequence = sequence
        self.created = created
        self._has_parent = not is_new
        (self._version,) = self.db.execute(
            "SELECT coalesce(max(version), 0) FROM version"
        ).fetchone()
        self._listings = indexing.Listings(self.db, is_new=is_new)
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Write everything out and close the file."""
        self.db.execute("COMMIT")
        self.db.close()

    def write_out(self) -> None:
        """Write everything out so far, for others to read."""
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def forget_seeds(self) -> None:
        """Drop what the parent knew of its seeds and found in them."""
        for table in ("seed", "finding", "result"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608

    def forget_texts(self, texts: Iterable[str]) -> None:
        """Drop what the parent knew of the seeds of these texts and found in them."""
        for key in texts:
            bound = {"key": key}
            self.db.execute(
                "DELETE FROM finding WHERE file IN (SELECT path FROM seed WHERE text = :key)", bound
            )
            self.db.execute("DELETE FROM seed WHERE text = :key", bound)
            self.db.execute(f"DELETE FROM finding WHERE {_OF_TEXT}", bound)  # noqa: S608
            self.db.execute(f"DELETE FROM result WHERE {_OF_TEXT}", bound)  # noqa: S608

    def forget_files(self, paths: Iterable[str]) -> None:
        """Drop what the parent knew of these seeds and found in them."""
        for path in paths:
            self.db.execute("DELETE FROM seed WHERE path = ?", (path,))
            self.db.execute("DELETE FROM finding WHERE file = ?", (path,))

    def forget_rules(self, rules: Iterable[str]) -> None:
        """Drop all findings of these rules."""
        self.db.executemany(
            "DELETE FROM finding WHERE severity = ? AND rule = ?",
            [(severity, rule) for severity in Severity for rule in rules],
        )

    def report(self, findings: Iterable[Finding]) -> None:
        """Add findings."""
        self.db.executemany(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (f.severity, f.rule, f.message, f.file, f.line, f.field, f.value, f.key)
                for f in findings
            ],
        )

    def note_seeds(self, seeds: Iterable[SeedState]) -> None:
        """Say what became of seed files."""
        self.db.executemany("INSERT INTO seed VALUES (?, ?, ?, ?, ?, ?, ?)", seeds)

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

    def enter(self, verdict: Verdict) -> None:
        """Take up what was decided about some documents."""
        for file in verdict.retracted:
            self.db.execute("DELETE FROM finding WHERE file = ?", (file,))
        self.report(verdict.findings)
        self.note_seeds(verdict.seeds)
        self.db.executemany(
            "INSERT OR REPLACE INTO result VALUES (?, ?)", sorted(verdict.results.items())
        )
        for key in verdict.kept:
            self.keep(key)
        self._put(verdict.drafts)

    def _put(self, drafts: Sequence[Draft]) -> None:
        """Let documents stand as they are now; a change only if their statements changed."""
        unchanged = [draft for draft in drafts if draft.version]
        self.db.executemany(
            "UPDATE version SET derivations = ? WHERE version = ?",
            [(d.derivations, d.version) for d in unchanged if d.derivations is not None],
        )
        self.db.executemany(
            "UPDATE document SET state = 'published', kept_from = NULL "
            "WHERE key = ? AND state <> 'published'",
            [(draft.key,) for draft in unchanged],
        )
        changed = []
        for draft in drafts:
            if draft.version == 0:
                self._version += 1
                changed.append(draft._replace(version=self._version))
        self.db.executemany(
            "INSERT INTO version (version, key, digest, datestamp, stated, volatile, derivations) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (d.version, d.key, d.digest, self.created, d.stated, d.volatile, d.derivations)
                for d in changed
            ],
        )
        self.db.executemany(
            "INSERT INTO change VALUES (?, ?, ?, ?, '')",
            [
                (self.sequence, d.key, "updated" if self.stands(d.key) else "created", d.version)
                for d in changed
            ],
        )
        self._stand(changed)
        self._meet([draft.key for draft in unchanged])

    def _stand(self, drafts: Sequence[Draft]) -> None:
        if self._has_parent:
            self.db.executemany(
                "DELETE FROM reference WHERE source = ?", [(d.key,) for d in drafts]
            )
        self.db.executemany(
            _DOCUMENT,
            [
                (d.key, kind_of(d.key), d.version, d.label, d.label_language, d.year, d.context)
                for d in drafts
            ],
        )
        self.db.executemany(
            "INSERT INTO reference (target, source) VALUES (?, ?)",
            [(target, draft.key) for draft in drafts for target in draft.references],
        )
        self._listings.enter([(d.key, d.listing) for d in drafts if d.listing is not None])
        self._meet([draft.key for draft in drafts])

    def _meet(self, keys: Iterable[str]) -> None:
        self.db.executemany("INSERT OR IGNORE INTO met VALUES (?)", [(key,) for key in keys])

    def stands(self, key: str) -> bool:
        """Say whether a document stands, in the parent or in this edition so far."""
        if not self._has_parent:
            return False
        row = self.db.execute("SELECT 1 FROM document WHERE key = ?", (key,)).fetchone()
        return row is not None

    def keep(self, key: str) -> None:
        """Let the previous version of a document stand."""
        self.db.execute(
            "UPDATE document SET state = 'kept', kept_from = coalesce(kept_from, "
            "(SELECT max(sequence) FROM change WHERE key = :key)) WHERE key = :key",
            {"key": key},
        )
        self._meet([key])

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
            f"UPDATE seed SET state = 'withheld', reason = :reason WHERE {_OF_TEXT}",  # noqa: S608
            {"reason": f"Withdrawn: {reason}", "key": key},
        )

    def purge(self, key: str) -> None:
        """Remove every version of a text and its parts, and what was found in their files."""
        text = {"key": key}
        for statement in (
            f"UPDATE change SET version = NULL WHERE {_OF_TEXT}",  # noqa: S608
            f"DELETE FROM version WHERE {_OF_TEXT}",  # noqa: S608
            f"DELETE FROM result WHERE {_OF_TEXT}",  # noqa: S608
            f"DELETE FROM finding WHERE {_OF_TEXT} OR file IN "  # noqa: S608
            f"(SELECT path FROM seed WHERE {_OF_TEXT})",
        ):
            self.db.execute(statement, text)
        self._listings.forget()

    def _standing(self, key: str) -> list[str]:
        """List the keys of a text and its parts, as far as they stand."""
        rows = self.db.execute(f"SELECT key FROM document WHERE {_OF_TEXT}", {"key": key})  # noqa: S608
        return [one for (one,) in rows.fetchall()]

    def take_back(self, key: str, version: int) -> None:
        """Let an older version of a document stand again, under a new datestamp."""
        current = self._current(key)
        digest, stated, volatile, derivations = self.db.execute(
            "SELECT digest, stated, volatile, derivations FROM version WHERE version = ?",
            (version,),
        ).fetchone()
        if current == digest:
            self.db.execute(
                "UPDATE document SET state = 'published', kept_from = NULL WHERE key = ?", (key,)
            )
            self._meet([key])
            return
        self._version += 1
        self.db.execute(
            "INSERT INTO version (version, key, digest, datestamp, stated, volatile, derivations) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._version, key, digest, self.created, stated, volatile, derivations),
        )
        kind = "created" if current is None else "updated"
        self._note_change(key, kind, self._version, "taken back from an earlier edition")
        draft = Draft(key, digest, self._version, derivations)
        self._stand([described(draft, tuple(records.unpack(stated)), self.base)])

    def delete(self, key: str, reason: str) -> None:
        """Take a document out and leave its tombstone in the history."""
        self._note_change(key, "deleted", None, reason)
        self._listings.remove(key)
        self.db.execute("DELETE FROM document WHERE key = ?", (key,))
        self.db.execute("DELETE FROM reference WHERE source = ?", (key,))
        self.db.execute("DELETE FROM result WHERE key = ?", (key,))

    def unmet(self) -> list[str]:
        """List what stands and was not met."""
        rows = self.db.execute(f"{_UNMET} ORDER BY key")
        return [key for (key,) in rows]

    def delete_unmet(self, reasons: dict[str, str]) -> None:
        """Take out every text and part that this edition did not meet."""
        rows = self.db.execute(f"{_UNMET} AND kind IN ('text', 'part') ORDER BY key").fetchall()
        self.delete_all([key for (key,) in rows], reasons)

    def delete_unmet_agents(self, reasons: dict[str, str]) -> None:
        """Take out every agent, and the dataset, if this edition did not meet it."""
        rows = self.db.execute(f"{_UNMET} AND kind IN ('agent', 'dataset') ORDER BY key").fetchall()
        self.delete_all([key for (key,) in rows], reasons)

    def agents_not_in_use(self) -> list[str]:
        """List the agents that stand and that no document refers to."""
        rows = self.db.execute(
            "SELECT key FROM document WHERE kind = 'agent' "
            "AND key NOT IN (SELECT target FROM reference) ORDER BY key"
        )
        return [key for (key,) in rows]

    def delete_all(self, keys: Iterable[str], reasons: dict[str, str]) -> None:
        """Take out documents, each for its reason or for that of its absence."""
        for key in keys:
            self.delete(key, reasons.get(key) or _reason_of_absence(key))

    def unmet_of(self, texts: Iterable[str]) -> list[str]:
        """List the documents of these texts that stand and were not met."""
        met = "AND key NOT IN (SELECT key FROM met)"
        query = f"SELECT key FROM document WHERE {_OF_TEXT} {met} ORDER BY key"  # noqa: S608
        return [one for key in texts for (one,) in self.db.execute(query, {"key": key}).fetchall()]

    def agents_of(self, text: str) -> list[str]:
        """List the agents that a text and its parts refer to."""
        rows = self.db.execute(
            "SELECT DISTINCT target FROM reference WHERE source >= :key AND source < :key || '0' "
            "AND (source = :key OR source > :key || '/') "
            # By source: there are as many agents as in the corpus, and few in one text.
            "AND +target >= :first AND +target < :end",
            {"key": text, **_AGENTS},
        )
        return [key for (key,) in rows]

    def is_referred_to(self, key: str) -> bool:
        """Say whether a document that stands refers to this one."""
        row = self.db.execute("SELECT 1 FROM reference WHERE target = ? LIMIT 1", (key,)).fetchone()
        return row is not None

    def first_naming(self, agent: str) -> tuple[str, tuple[Origin, ...]] | None:
        """Give an agent's name and where the first text that refers to it names it."""
        row = self.db.execute(
            "SELECT a.label, v.stated, v.volatile, v.derivations FROM reference r "
            "JOIN document d ON d.key = r.source JOIN version v ON v.version = d.version "
            "JOIN document a ON a.key = r.target "
            "WHERE r.target = ? AND d.kind IN ('text', 'part') AND d.state = 'published' "
            "ORDER BY r.source LIMIT 1",
            (agent,),
        ).fetchone()
        if row is None:
            return None
        label, stated, volatile, packed = row
        statements = sorted((*records.unpack(stated), *records.unpack(volatile)))
        named = iri_term(self.base + agent)
        for statement, why in records.unpack_derivations(statements, packed).items():
            if statement[1] == dcterms("creator") and statement[2] == named:
                return str(label), why.origins
        return None

    def agents_in_use(self) -> Iterator[str]:
        """Give the keys of the agents that a standing document refers to, sorted."""
        rows = self.db.execute(
            "SELECT DISTINCT target FROM reference WHERE target >= :first AND target < :end "
            "ORDER BY target",
            _AGENTS,
        ).fetchall()
        return (key for (key,) in rows)

    def index(self) -> None:
        """Sort, count and index what stands, once nothing of it changes any more."""
        self._listings.complete()

    def note_edition(self, edition_id: str, kind: str, note: str, counts: dict[str, int]) -> None:
        """Enter this edition into the list of all editions."""
        self.db.execute(
            "INSERT INTO edition VALUES (?, ?, ?, ?, ?, ?)",
            (self.sequence, edition_id, kind, self.created, note, orjson.dumps(counts)),
        )

    def write_results(self, path: Path) -> None:
        """Write what pySHACL reported on the documents, as N-Triples lines."""
        with path.open("w", encoding="utf-8") as stream:
            for (lines,) in self.db.execute("SELECT lines FROM result ORDER BY key"):
                stream.write(lines)

    def _current(self, key: str) -> str | None:
        row = self.db.execute(
            "SELECT v.digest FROM document d JOIN version v ON v.version = d.version "
            "WHERE d.key = ?",
            (key,),
        ).fetchone()
        return None if row is None else str(row[0])

    def _note_change(self, key: str, kind: str, version: int | None, reason: str) -> None:
        self.db.execute(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?)", (self.sequence, key, kind, version, reason)
        )


def _reason_of_absence(key: str) -> str:
    if kind_of(key) == "agent":
        return "No published text refers to this agent any more."
    return "There is no seed document for it any more."
