"""Map, validate and judge: which documents are published, which kept, which withheld.

    published   conforms, or has remarks only
    kept        violates a shape, so its previous version stands
    withheld    violates a shape and has no previous version that may stand

Documents are validated in batches; time and memory per document do not depend on how many there
are.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TextIO

from ld import iri
from ld.corpus import Settings
from ld.document import Document
from ld.mapping.documents import (
    MappedText,
    agent_document,
    dataset_document,
    map_text,
    publisher_of,
)
from ld.publish.scratch import Rejected, Scratch
from ld.publish.staging import Staging
from ld.record import Record
from ld.report import Finding, Severity
from ld.stored import kind_of, record_keeping
from ld.terms import Statement, iri_of, text_of
from ld.validate.authority import Result
from ld.validate.gate import Gate

#: Documents per batch: pySHACL gains nothing above a hundred, and memory grows with it.
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class _Seed:
    """A seed file on its way: which text it belongs to, and its size and time."""

    path: str
    size: int
    mtime_ns: int


class Builder:
    """Takes the records of one text after the other and decides what stands."""

    def __init__(
        self,
        staging: Staging,
        settings: Settings,
        gate: Gate,
        report: TextIO,
        now: datetime,
        *,
        may_keep: bool,
    ) -> None:
        """`may_keep` is false where the previous versions must not stand any more, because the
        rules on rights changed since."""
        self.staging = staging
        self.settings = settings
        self.gate = gate
        self.report = report
        self.now = now
        self.may_keep = may_keep
        self.reasons: dict[str, str] = {}  # why documents that the parent had are gone
        self._held: dict[str, str] = {}  # texts that stay as they are, and why
        self._waiting: list[tuple[MappedText, list[_Seed]]] = []
        self._size = 0

    def hold(self, rejected: Rejected, key: str) -> None:
        """Note a seed file that no record could be made of.

        `key` is that of the document that the file went into before. Its text stays as it was,
        if it may: what the file would have changed in it is not known.
        """
        path, size, mtime_ns, reason = rejected
        text = iri.text_of_part(key) or key
        if key and self.may_keep and self.staging.stands(text):
            self._held.setdefault(text, f"{path} cannot be read: {reason}")
            state = "kept"
        else:
            state = "withheld"
            self.reasons[key] = reason
        self.staging.note_seed(path, size, mtime_ns, key, state, reason)

    def keep_held(self) -> None:
        """Let the texts stand as they were of which a file could not be read."""
        for key in self._held:
            self.staging.keep_text(key)

    def add(self, records: list[Record]) -> MappedText:
        """Map the records of one text; it is judged with its batch."""
        mapped = map_text(records, self.settings, self.now)
        seeds = [_Seed(r.file.path, r.file.size, r.file.mtime_ns) for r in records]
        key = mapped.documents[0].key
        withdrawn = self.staging.withdrawal(key)
        if withdrawn is not None:
            # Nothing that was taken down may come back as a remark on it.
            self.staging.forget_findings(seed.path for seed in seeds)
            self._leave_out(mapped, seeds, f"Withdrawn: {withdrawn}")
        elif key in self._held:
            self.staging.report(mapped.findings)
            self._leave_out(mapped, seeds, self._held[key])
        else:
            self._waiting.append((mapped, seeds))
            self._size += len(mapped.documents)
        if self._size >= BATCH:
            self.flush()
        return mapped

    def _leave_out(self, mapped: MappedText, seeds: list[_Seed], reason: str) -> None:
        for seed in seeds:
            key = mapped.files.get(seed.path, "")
            state = "kept" if self.staging.stands(key) else "withheld"
            self.staging.note_seed(seed.path, seed.size, seed.mtime_ns, key, state, reason)

    def flush(self) -> None:
        """Validate and judge the texts that wait."""
        documents = [d for mapped, _ in self._waiting for d in mapped.documents]
        violations = self._validate(documents)
        for mapped, seeds in self._waiting:
            self._judge_text(mapped, seeds, violations)
        self._waiting.clear()
        self._size = 0

    def add_dataset(self) -> None:
        """Judge the document of the dataset."""
        self._judge_alone([dataset_document(self.settings)])

    def add_agents(self, scratch: Scratch) -> None:
        """Judge the agents that standing documents refer to, and the publisher."""
        publisher = publisher_of(self.settings)
        keys = list(self.staging.agents_in_use())
        batch: list[Document] = []
        for key in keys:
            agent = scratch.agent(key, self.settings)
            if publisher is not None and key == publisher.value.key:
                agent = publisher
            if agent is None:  # only documents that are kept refer to it
                self.staging.keep(key)
                continue
            batch.append(agent_document(agent, self.settings))
            if len(batch) >= BATCH:
                self._judge_alone(batch)
                batch = []
        self._judge_alone(batch)

    def _validate(self, documents: list[Document]) -> dict[str, Finding]:
        """Validate documents; report what was found and give the first violation of each."""
        if not documents:
            return {}
        outcome = self.gate.judge([self._owned(document) for document in documents])
        self.report.write(outcome.report)
        by_key = {document.key: document for document in documents}
        violations: dict[str, Finding] = {}
        findings = []
        for result in outcome.results:
            key = self._key_of(result.focus_node)
            finding = self._finding(result, key, by_key.get(key))
            findings.append(finding)
            if finding.severity is Severity.VIOLATION:
                violations.setdefault(key, finding)
        self.staging.report(sorted(findings, key=lambda f: (f.key, f.rule, f.value or "")))
        return violations

    def _owned(self, document: Document) -> list[Statement]:
        base, key, created = self.settings.base, document.key, self.staging.created
        kept = record_keeping(base, key, kind_of(key), created)
        return [*document.stated, *document.volatile, *kept]

    def _key_of(self, focus_node: str) -> str:
        path = iri_of(focus_node).removeprefix(self.settings.base).partition("#")[0]
        return path.removeprefix(iri.DOCUMENT)

    def _finding(self, result: Result, key: str, document: Document | None) -> Finding:
        file = line = field = value = None
        if document is not None:
            statement = (result.focus_node, result.path or "", result.value or "")
            derivation = document.derivations.get(statement)
            if derivation is not None and derivation.origins:
                origin = derivation.origins[0]
                file, line, field, value = origin.file, origin.line, origin.field, origin.raw
            else:
                file = _file_of(document)
        if value is None and result.value is not None:
            value = text_of(result.value)
        rule = result.source_shape.removeprefix(f"{self.settings.base}shapes/")
        return Finding(result.severity, rule, result.message, file, line, field, value, key)

    def _judge_text(
        self, mapped: MappedText, seeds: list[_Seed], violations: dict[str, Finding]
    ) -> None:
        self.staging.report(mapped.findings)
        text, *parts = mapped.documents
        states = {text.key: self._state(text.key, violations)}
        for part in parts:
            states[part.key] = self._state(part.key, violations)
            if states[text.key][0] == "withheld":
                states[part.key] = ("withheld", f"Its text is not published: {states[text.key][1]}")
        absent = {
            f"<{self.settings.base}{key}>" for key, (state, _) in states.items()
            if state == "withheld"
        }  # fmt: skip
        self._settle(_without(text, absent) if absent else text, states)
        for part in parts:
            self._settle(part, states)
        for seed in seeds:
            key = mapped.files.get(seed.path, "")
            state, reason = states.get(key, ("withheld", "Another file is the same part."))
            self.staging.note_seed(seed.path, seed.size, seed.mtime_ns, key, state, reason)

    def _judge_alone(self, documents: list[Document]) -> None:
        violations = self._validate(documents)
        for document in documents:
            states = {document.key: self._state(document.key, violations)}
            self._settle(document, states)

    def _state(self, key: str, violations: dict[str, Finding]) -> tuple[str, str]:
        withdrawn = self.staging.withdrawal(key)
        if withdrawn is not None:
            return "withheld", f"Withdrawn: {withdrawn}"
        if key not in violations:
            return "published", ""
        reason = violations[key].message
        if self.may_keep and self.staging.stands(key):
            return "kept", reason
        return "withheld", reason

    def _settle(self, document: Document, states: dict[str, tuple[str, str]]) -> None:
        state, reason = states[document.key]
        if state == "published":
            self.staging.put(document)
        elif state == "kept":
            self.staging.keep(document.key)
        else:
            self.reasons[document.key] = reason


def _without(document: Document, objects: set[str]) -> Document:
    """Leave out statements that point to parts which are not published."""
    stated = tuple(s for s in document.stated if s[2] not in objects)
    return replace(document, stated=stated)


def _file_of(document: Document) -> str | None:
    """Give the seed file that most of a document was read from."""
    counts: dict[str, int] = defaultdict(int)
    for derivation in document.derivations.values():
        for origin in derivation.origins:
            if origin.line is not None:
                counts[origin.file] += 1
    return max(counts, key=lambda file: counts[file]) if counts else None
