"""One edition in the making: stage, build, compare, write, switch."""

import hashlib
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
from ld.publish import directory, files, inputs, tally
from ld.publish.building import Build
from ld.publish.judging import Rules
from ld.publish.outcome import Progress, Publication
from ld.publish.scratch import Scratch, seconds
from ld.publish.staging import Staging
from ld.publish.survey import Survey
from ld.publish.workers import Workers
from ld.publish.writing import Writing
from ld.report import Finding, Severity

#: A publication that would lose more than this share and more than this many is refused.
LOSS_SHARE: Final = 0.05
LOSS_NUMBER: Final = 10
#: If more than this share of the seeds changed, all are built anew: it takes no longer.
MOST_CHANGED: Final = 0.25


class Making:
    """One edition in the making."""

    def __init__(
        self,
        data: Path,
        progress: Progress,
        now: Callable[[], datetime],
        *,
        plan: bool = False,
        workers: int = 1,
        approve: Callable[[Edition], None] | None = None,
    ) -> None:
        self.data = data
        self.progress = progress
        self.now = now
        self.plan = plan
        self.approve = approve
        self.workers = Workers(workers)
        self.inputs: str | None = None
        self.is_purged = False
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
        try:
            yield self
        finally:
            self.workers.close()
            self.staging.db.close()

    def require_base(self, base: str) -> None:
        """Refuse another base than the one under which everything here was named."""
        if self.parent is not None and self.parent.base != base:
            raise RefusedError(
                f"{self.data} publishes {self.parent.base}, and its identifiers are fixed. "
                f"To publish {base}, choose another directory with --data."
            )
        self.staging.base = base

    def build(self, seeds: Path, settings: Settings, *, accept_loss: int, whole: bool) -> None:
        """Read, map, validate and judge the seeds, or those that changed since the parent."""
        self.inputs = inputs.of(settings, self.started)
        rules = Rules(
            settings=settings,
            started=self.started,
            created=self.created,
            parent=None if self.parent is None else self.parent.path / records.FILE,
            may_keep=self.parent is not None
            and self.parent.manifest["rights"] == settings.rights_facts(),
            unfinished=None if self.plan else self._unfinished(),
        )
        with closing(Scratch(self.work / "scratch.sqlite")) as scratch:
            build = Build(self.staging, rules, scratch, self.workers, self.progress)
            survey = None if whole else self._survey(seeds, settings)
            if survey is None:
                self.staging.forget_seeds()
                self.staging.report(_about_settings(settings))
                build.whole(seeds)
            else:
                build.changed(seeds, survey)
        self._require_acceptable_loss(accept_loss)

    def _unfinished(self) -> Path:
        parent = "" if self.parent is None else self.parent.id
        digest = hashlib.sha256(f"{self.inputs} {parent}".encode()).hexdigest()
        return directory.unfinished(self.data, digest)

    def _survey(self, seeds: Path, settings: Settings) -> Survey | None:
        """Look for what changed; None if everything is to be built, for want of a fit parent."""
        if self.parent is None or self.parent.manifest.get("inputs") != self.inputs:
            return None
        survey = Survey(self.staging.db, seeds, self.parent.created, self.started)
        if survey.share > MOST_CHANGED:
            return None
        return survey if settings.manifest is None or survey.is_same_set else None

    def _is_fit(self) -> bool:
        """Say whether the parent's dumps and graph may be taken over: whole, and nothing purged."""
        if self.parent is None or self.is_purged:
            return False
        try:
            self.parent.verify(without={records.FILE})  # which was, when it was chosen
        except EditionDamagedError as error:
            self.remarks.append(f"Everything was written anew: {error}.")
            return False
        return True

    def _require_acceptable_loss(self, accept_loss: int) -> None:
        if self.parent is None:
            return
        counts, before = tally.counts(self.staging.db, self.sequence), self.parent.counts
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
        unmet = self.staging.unmet()
        self.staging.delete_all(unmet, dict.fromkeys(unmet, reason))
        self.staging.settle_seeds(reason)

    def withdraw(self, keys: list[str], reason: str, *, purge: bool) -> None:
        """Take texts out, with their parts and the agents that nobody else refers to."""
        parent = self._parent_required()
        for key in keys:
            if not parent.history_of(key):
                raise DocumentNotFoundError(f"There is no text {key} in this corpus.")
            self.staging.withdraw(key, reason)
            if purge:
                self.is_purged = True
                self.staging.purge(key)
        self.staging.delete_all(self.staging.agents_not_in_use(), {})

    def _parent_required(self) -> Edition:
        if self.parent is None:
            raise NoEditionError("Nothing has been published yet, so there is nothing to change.")
        return self.parent

    def finish(self, settings: Settings | None, kind: str, note: str) -> Publication:
        """Compare with the parent and, unless nothing changed, write everything and switch."""
        facts = self._facts(settings)
        digest = tally.content_digest(self.staging.db, facts["digested"])
        counts = tally.counts(self.staging.db, self.sequence)
        parent_id = None if self.parent is None else self.parent.id
        outcome: dict[str, Any] = {
            "parent_id": parent_id,
            "counts": counts,
            "changes": tally.changes(self.staging.db, self.sequence, 1000),
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
            if not self.plan:
                directory.forget_unfinished(self.data)
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
        step("index")
        self.staging.index()
        self.staging.write_out()
        writing = Writing(
            self.folder, self.staging, self.parent, self.workers, is_fit=self._is_fit()
        )
        step("dumps")
        counts["statements"] = writing.dumps()
        self.staging.note_edition(edition_id, kind, note, counts)
        self.staging.write_results(self.work / "results.nt")
        self.staging.close()
        step("graph")
        writing.graph()
        step("report")
        files.write_report(self.work / "results.nt", self.folder / files.REPORT)
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
            "inputs": self.inputs,
            "continued": writing.continued,
        }
        linked = files.linked_files(self.folder, self.parent if writing.continued else None)
        files.write_manifest(self.folder, identity | facts["manifest"], linked)
        step("sync")
        files.sync(self.folder)

    def _switch(self, edition_id: str, keep: int) -> None:
        step = self.progress.step
        step("check")
        edition = Edition(self.folder)
        edition.verify(without=files.linked_files(self.folder, self.parent))
        if self.approve is not None:
            self.approve(edition)
        step("move")
        directory.move_in(self.data, self.folder, edition_id)
        step("current")
        directory.make_current(self.data, edition_id)
        step("prune")
        directory.forget_unfinished(self.data)
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
