"""One edition in the making: stage, build, compare, write, switch."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ld import corpus, iri, mapping, readers, records
from ld.corpus import Settings
from ld.edition import FORMAT, Edition
from ld.errors import (
    DocumentNotFoundError,
    EditionDamagedError,
    EditionError,
    NoEditionError,
    RefusedError,
)
from ld.publish import directory, files
from ld.publish.build import Builder
from ld.publish.outcome import Progress, Publication
from ld.publish.scratch import Rejected, Scratch, seconds
from ld.publish.staging import Staging
from ld.report import Finding, Severity
from ld.validate import across, shapes
from ld.validate.gate import Gate

#: A publication that would lose more than this share and more than this many is refused.
LOSS_SHARE: Final = 0.05
LOSS_NUMBER: Final = 10


class Making:
    """One edition in the making."""

    def __init__(
        self,
        data: Path,
        progress: Progress,
        now: Callable[[], datetime],
        *,
        plan: bool = False,
    ) -> None:
        self.data = data
        self.progress = progress
        self.now = now
        self.plan = plan
        self.remarks: list[str] = []
        self.parent: Edition | None = None

    @contextmanager
    def begun(self) -> Iterator["Making"]:
        """Lock, sweep and stage; a plan stages elsewhere and leaves the data directory alone."""
        try:
            if self.plan:
                with tempfile.TemporaryDirectory(prefix="pressmark-") as folder:
                    yield from self._staged(Path(folder))
                return
            self.progress.step("lock")
            with directory.locked(self.data):
                self.progress.step("sweep")
                directory.sweep(self.data)
                with directory.staged(self.data) as folder:
                    yield from self._staged(folder)
        except (OSError, sqlite3.OperationalError) as error:
            raise directory.explained(error, self.data) from error

    def _staged(self, folder: Path) -> Iterator["Making"]:
        self.progress.step("stage")
        self.parent, passed = directory.newest_sound(self.data)
        self.remarks += [f"A damaged edition was passed over: {what}." for what in passed]
        if not self.plan:
            directory.require_space(self.data, self.parent)
        self.folder = folder / "edition"
        self.folder.mkdir()
        self.work = folder
        started = self.now().replace(microsecond=0)
        self.sequence = 1
        if self.parent is not None:
            shutil.copyfile(self.parent.path / records.FILE, self.folder / records.FILE)
            after = datetime.fromisoformat(self.parent.created) + timedelta(seconds=1)
            started = max(started, after)
            # Not the parent's own, if a damaged edition after it was passed over.
            here = directory.current(self.data) or self.parent.path
            self.sequence = directory.sequence_of(here) + 1
        self.started = started
        self.created = seconds(started)
        base = "" if self.parent is None else self.parent.base
        self.staging = Staging(self.folder / records.FILE, base, self.sequence, self.created)
        (self.work / "results.nt").touch()
        try:
            yield self
        finally:
            self.staging.db.close()

    def require_base(self, base: str) -> None:
        """Refuse another base than the one under which everything here was named."""
        if self.parent is not None and self.parent.base != base:
            raise RefusedError(
                f"{self.data} publishes {self.parent.base}, and its identifiers are fixed. "
                f"To publish {base}, choose another directory with --data."
            )
        self.staging.base = base

    def build(self, seeds: Path, settings: Settings, accept_loss: int) -> None:
        """Read, map, validate and judge all seeds."""
        self.staging.forget_seeds()
        self.staging.report(_about_settings(settings))
        with closing(Scratch(self.work / "scratch.sqlite")) as scratch:
            self.progress.step("read")
            unreadable = self._read(scratch, seeds, settings)
            reasons = self._judge(scratch, settings, unreadable)
        self.progress.step("compare")
        self.staging.delete_unseen(reasons)
        self.staging.report(across.dangling(self.staging.db))
        self.staging.report(across.suffix_collisions(self.staging.db))
        self._require_acceptable_loss(accept_loss)

    def _judge(
        self, scratch: Scratch, settings: Settings, unreadable: list[Rejected]
    ) -> dict[str, str]:
        """Decide what stands; give the reasons for which documents are gone, by key."""
        may_keep = self.parent is not None and (
            self.parent.manifest["rights"] == settings.rights_facts()
        )
        gate = Gate(shapes.load(settings.base))
        with (self.work / "results.nt").open("a", encoding="utf-8") as results:
            builder = Builder(
                self.staging, settings, gate, results, self.started, may_keep=may_keep
            )
            self.progress.step("map")
            for rejected in unreadable:
                builder.hold(rejected, self._key_before(rejected.path))
            total = scratch.count_texts()
            for done, group in enumerate(scratch.texts(), start=1):
                scratch.note_agents(builder.add(group).agents)
                self.progress.count(done, total)
            builder.flush()
            builder.keep_held()
            self.progress.step("agents")
            builder.add_dataset()
            builder.add_agents(scratch)
        gate.close()
        return builder.reasons

    def _read(self, scratch: Scratch, seeds: Path, settings: Settings) -> list[Rejected]:
        """Read all seeds and report what is wrong with them; give those that are no records."""
        read = 0
        unreadable = []

        def one_more() -> None:
            nonlocal read
            read += 1
            self.progress.count(read, None)

        self.staging.report(scratch.read_manifest(settings, seeds))
        for found in scratch.read_seeds(seeds, settings, one_more):
            if isinstance(found, Finding):
                self.staging.report([found])
            else:
                unreadable.append(found)
        self.staging.report(scratch.unused_rows(settings))
        return unreadable

    def _key_before(self, path: str) -> str:
        """Give the key of the document that a seed file went into before; empty if none."""
        if self.parent is None:
            return ""
        row = self.parent.db.execute("SELECT key FROM seed WHERE path = ?", (path,)).fetchone()
        return "" if row is None else str(row["key"])

    def _require_acceptable_loss(self, accept_loss: int) -> None:
        if self.parent is None:
            return
        counts, before = self.staging.counts(), self.parent.counts
        gone = self.staging.db.execute(
            "SELECT count(*) FROM change WHERE sequence = ? AND kind = 'deleted' "
            "AND key GLOB 'text/*'",
            (self.sequence,),
        ).fetchone()[0]
        withheld = max(0, counts["withheld"] - before["withheld"])
        loss = max(gone, withheld)
        limit = max(LOSS_NUMBER, LOSS_SHARE * (before["texts"] + before["parts"]), accept_loss)
        if loss > limit:
            raise RefusedError(
                f"{loss:,} of {before['texts'] + before['parts']:,} texts and parts would be "
                f"withheld or disappear. The current edition stays. If this is meant, publish "
                f"again with --accept-loss {loss}."
            )

    def take_back(self, edition_id: str) -> None:
        """Let the documents stand that an older edition had."""
        db = self._parent_required().db
        row = db.execute(
            "SELECT sequence, created FROM edition WHERE id = ?", (edition_id,)
        ).fetchone()
        if row is None:
            known = ", ".join(r["id"] for r in db.execute("SELECT id FROM edition ORDER BY 1"))
            raise EditionError(f"There is no edition {edition_id}. There are {known}.")
        # What was purged has no version that could stand again, and stays withdrawn.
        self.staging.db.execute(
            "DELETE FROM withdrawal WHERE datestamp > ? AND key NOT IN "
            "(SELECT key FROM change WHERE kind <> 'deleted' AND version IS NULL)",
            (row["created"],),
        )
        self.progress.step("compare")
        then = self.staging.db.execute(
            "SELECT c.key, c.version FROM change c JOIN (SELECT key, max(sequence) AS sequence "
            "FROM change WHERE sequence <= ? GROUP BY key) last "
            "ON last.key = c.key AND last.sequence = c.sequence WHERE c.version IS NOT NULL",
            (row["sequence"],),
        ).fetchall()
        for key, version in then:
            self.staging.take_back(key, version)
        reason = f"Not in edition {edition_id}, which was taken back."
        self.staging.delete_unseen(dict.fromkeys(self._unseen(), reason))
        self.staging.settle_seeds(reason)

    def withdraw(self, keys: list[str], reason: str, *, purge: bool) -> None:
        """Take texts out, with their parts and the agents that nobody else refers to."""
        parent = self._parent_required()
        for key in keys:
            if not parent.history_of(key):
                raise DocumentNotFoundError(f"There is no text {key} in this corpus.")
            self.staging.withdraw(key, reason)
            if purge:
                self.staging.purge(key)
        self.staging.keep_all_in_use()
        self.staging.delete_unseen({})

    def _parent_required(self) -> Edition:
        if self.parent is None:
            raise NoEditionError("Nothing has been published yet, so there is nothing to change.")
        return self.parent

    def _unseen(self) -> list[str]:
        rows = self.staging.db.execute("SELECT key FROM document WHERE seen <> ?", (self.sequence,))
        return [key for (key,) in rows]

    def finish(self, settings: Settings | None, kind: str, note: str) -> Publication:
        """Compare with the parent and, unless nothing changed, write everything and switch."""
        facts = self._facts(settings)
        digest = self.staging.content_digest(facts["digested"])
        counts = self.staging.counts()
        parent_id = None if self.parent is None else self.parent.id
        outcome: dict[str, Any] = {
            "parent_id": parent_id,
            "counts": counts,
            "changes": self.staging.changes(1000),
            "findings": self._first_findings(1000),
            "remarks": self.remarks,
        }
        is_unchanged = (
            kind != "withdrawal"  # it also says what is to stay out, and may purge what is out
            and self.parent is not None
            and self.parent.path == directory.current(self.data)
            and self.parent.manifest["digest"] == digest
            and (self.plan or self._is_sound(self.parent))
        )
        if self.plan or is_unchanged:
            self.staging.close()
            state = "planned" if self.plan and not is_unchanged else "unchanged"
            return Publication(state, parent_id, **outcome)
        edition_id = f"{self.sequence}-{digest[:12]}"
        self._write(edition_id, digest, kind, note, counts, facts)
        self._switch(edition_id, int(facts["manifest"]["keep_editions"]))
        return Publication("published", edition_id, **outcome)

    def _is_sound(self, edition: Edition) -> bool:
        try:
            edition.verify()
        except EditionDamagedError as error:
            self.remarks.append(f"The current edition is damaged and published anew: {error}.")
            return False
        return True

    def _write(
        self,
        edition_id: str,
        digest: str,
        kind: str,
        note: str,
        counts: dict[str, int],
        facts: dict[str, Any],
    ) -> None:
        step = self.progress.step
        step("statements")
        plain = self.work / files.PLAIN_DUMP
        counts["statements"] = files.write_statements(self.staging, plain)
        self.staging.index()
        self.staging.note_edition(edition_id, kind, note, counts)
        self.staging.close()
        step("graph")
        files.load_graph(plain, self.folder / files.GRAPH)
        step("dumps")
        files.write_dumps(plain, self.folder / files.DUMPS)
        step("report")
        files.write_report(
            self.work / "results.nt",
            self.folder / files.REPORT,
            conforms=counts["violations"] + counts["warnings"] == 0,
        )
        step("manifest")
        identity = {
            "format": FORMAT,
            "id": edition_id,
            "sequence": self.sequence,
            "digest": digest,
            "parent": None if self.parent is None else self.parent.id,
            "kind": kind,
            "note": note,
            "created": self.created,
            "counts": counts,
        }
        files.write_manifest(self.folder, identity | facts["manifest"])
        step("sync")
        files.sync(self.folder)

    def _switch(self, edition_id: str, keep: int) -> None:
        step = self.progress.step
        step("check")
        edition = Edition(self.folder)
        edition.verify()
        step("move")
        directory.move_in(self.data, self.folder, edition_id)
        step("current")
        directory.make_current(self.data, edition_id)
        step("prune")
        directory.prune(self.data, keep)

    def _facts(self, settings: Settings | None) -> dict[str, Any]:
        """Give what the settings say: what goes into the digest, and what into the manifest.

        Without settings (rollback, withdrawal) they are those of the parent.
        """
        if settings is None:
            parent = self._parent_required().manifest
            taken = {
                key: parent[key]
                for key in ("digested", "base", "service_url", "title", "description", "language",
                            "licence", "publisher", "contact", "moved", "rights", "keep_editions")
            }  # fmt: skip
            return {"digested": parent["digested"], "manifest": taken}
        digested = settings.facts() | {
            "moved": dict(settings.moved), "mapping": mapping.VERSION, "reader": readers.VERSION,
        }  # fmt: skip
        publisher, contact = settings.publisher, settings.contact
        manifest = {
            "digested": digested,
            "base": settings.base,
            "service_url": settings.service_url or settings.base,
            "title": settings.title,
            "description": settings.description,
            "language": settings.language,
            "licence": settings.licence,
            "publisher": publisher and {"name": publisher.name, "type": publisher.type},
            "contact": contact and {"name": contact.name, "email": contact.email},
            "moved": {key_of(old): key_of(new) for old, new in settings.moved.items()},
            "rights": settings.rights_facts(),
            "keep_editions": settings.keep_editions,
        }
        return {"digested": digested, "manifest": manifest}

    def _first_findings(self, limit: int) -> list[Finding]:
        rows = self.staging.db.execute(
            "SELECT severity, rule, message, file, line, field, value, key FROM finding ORDER BY "
            "CASE severity WHEN 'Violation' THEN 0 WHEN 'Warning' THEN 1 ELSE 2 END, file, line "
            "LIMIT ?",
            (limit,),
        )
        return [Finding(Severity(row[0]), *row[1:]) for row in rows]


def _about_settings(settings: Settings) -> Iterator[Finding]:
    """Say what nobody has told yet."""
    unsaid = {
        "base": f"No base is set, so everything is named below {corpus.DEFAULT_BASE}, an address "
        'of this machine only. Write base = "https://…/" before others use the data.',
        "title": 'The corpus has no title. Write title = "…".',
        "language": 'No language is stated, so titles are tagged "und". Write language = "en" '
        "(or another tag).",
    }
    for key, message in unsaid.items():
        stated = getattr(settings, key) not in (None, "und", corpus.DEFAULT_BASE)
        if not stated:
            yield Finding(Severity.WARNING, "settings", message, corpus.SETTINGS_FILE, field=key)


def key_of(identifier: str) -> str:
    """Give the key of a text from its key or its identifier."""
    return identifier if identifier.startswith(iri.TEXT) else iri.text_key(identifier)
