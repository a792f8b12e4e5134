"""Judging: which documents of some texts are published, which kept, which withheld.

    published   conforms, or has remarks only
    kept        violates a shape, so its previous version stands
    withheld    violates a shape and has no previous version that may stand

`Judge` maps, validates and judges one shard of texts or agents without writing anything: the same
shard gives the same verdict, in whichever process and however often.
"""

import hashlib
import os
import pickle
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from ld import iri, records
from ld.corpus import Settings
from ld.document import Document
from ld.mapping.documents import (
    MappedText,
    agent_document,
    dataset_document,
    map_text,
    publisher_of,
)
from ld.mapping.facts import Fact, agent_of
from ld.publish.drafts import Draft, Previous, draft
from ld.publish.packing import pack_origins, unpack, unpack_origins
from ld.record import Record
from ld.report import Finding, Severity
from ld.stored import DATASET, kind_of, record_keeping
from ld.terms import Statement, iri_of, text_of
from ld.validate import shapes
from ld.validate.authority import Result
from ld.validate.gate import Gate
from ld.vocabulary import dcterms

#: How many texts a shard has at least if its verdict outlasts the publication: fewer are judged
#: again sooner than they are read.
WORTH_KEEPING: Final = 100

# What reading back raises if the classes of what was left behind changed since.
_OF_ANOTHER_VERSION: Final = (AttributeError, ImportError, TypeError, ValueError)

_RANDOM: Final = random.SystemRandom()
_CREATOR: Final = dcterms("creator")


class TextSeeds(NamedTuple):
    """One text to be judged: its packed records in order.

    `held` is the reason for which it must stay as it was, empty if it need not.
    """

    key: str
    records: Sequence[bytes]
    held: str = ""


class AgentSource(NamedTuple):
    """One agent to be judged: its name and, packed, where it was read; None to keep it as it is.

    `source` is the document that names it there.
    """

    key: str
    name: str | None
    origins: bytes = b"[]"
    source: str = ""


class SeedState(NamedTuple):
    """What became of one seed file: a row of the table `seed`."""

    path: str
    size: int
    mtime_ns: int
    text: str
    key: str
    state: str
    reason: str


@dataclass(slots=True)
class Verdict:
    """What was decided about a shard.

    `drafts` are published; `kept` are keys whose previous version stands; `reasons` say why
    documents are withheld. `retracted` are the files about which nothing may be said any more.
    `results` are pySHACL's, as N-Triples lines by document; `agents` those that texts refer to;
    `sample` are the packed statements of some documents that passed.
    """

    drafts: list[Draft] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    seeds: list[SeedState] = field(default_factory=list)
    agents: list[AgentSource] = field(default_factory=list)
    sample: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Rules:
    """What a whole publication is judged by.

    `parent` is the records file of the parent edition. `may_keep` is false where its versions must
    not stand any more, because the rules on rights changed since. `unfinished` is the folder in
    which verdicts wait, should this publication be killed, for the next one.
    """

    settings: Settings
    started: datetime
    created: str
    parent: Path | None
    may_keep: bool
    unfinished: Path | None = None


@lru_cache(maxsize=8)
def _gate(base: str) -> Gate:
    return Gate(shapes.load(base))


class Judge:
    """Judges shards by the same rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.settings = rules.settings

    def __reduce__(self) -> tuple[type["Judge"], tuple[Rules]]:
        return Judge, (self.rules,)  # to another process, without what is open in this one

    @cached_property
    def previous(self) -> Previous:
        """What the parent edition has."""
        return Previous(self.rules.parent)

    def texts(self, shard: Sequence[TextSeeds], sample: int) -> Verdict:
        """Judge texts, and draw a random sample of those that pass without pySHACL.

        A verdict that an earlier publication of the same inputs left behind is taken as it is.
        """
        folder = self.rules.unfinished
        if folder is None or len(shard) < WORTH_KEEPING:
            return self._texts(shard, sample)
        folder.mkdir(exist_ok=True)
        path = folder / hashlib.sha256(pickle.dumps(shard)).hexdigest()
        try:
            left: Verdict = pickle.loads(path.read_bytes())  # noqa: S301 - from our own directory
        except (FileNotFoundError, EOFError, pickle.UnpicklingError, *_OF_ANOTHER_VERSION):
            verdict = self._texts(shard, sample)
            beside = path.with_name(f"{path.name}.{os.getpid()}")
            beside.write_bytes(pickle.dumps(verdict))
            beside.replace(path)
            return verdict
        return left

    def _texts(self, shard: Sequence[TextSeeds], sample: int) -> Verdict:
        verdict = Verdict()
        waiting: list[tuple[MappedText, list[Record]]] = []
        for key, packed, held in shard:
            records = [unpack(one) for one in packed]
            mapped = map_text(records, self.settings, self.rules.started) if records else None
            self._enter(verdict, key, held, mapped, records, waiting)
        documents = [d for mapped, _ in waiting for d in mapped.documents]
        violations = self._validate(verdict, documents, sample)
        for mapped, records in waiting:
            self._judge_text(verdict, mapped, records, violations)
        return verdict

    def _enter(
        self,
        verdict: Verdict,
        key: str,
        held: str,
        mapped: MappedText | None,
        records: list[Record],
        waiting: list[tuple[MappedText, list[Record]]],
    ) -> None:
        withdrawn = self.previous.withdrawal(key)
        if withdrawn is not None:
            # Nothing that was taken down may come back as a remark on it.
            verdict.retracted += [record.file.path for record in records]
            self._leave_out(verdict, mapped, records, f"Withdrawn: {withdrawn}")
        elif held:
            verdict.kept += self.previous.standing(key)
            if mapped is not None:
                verdict.findings += mapped.findings
                self._leave_out(verdict, mapped, records, held)
        elif mapped is not None:
            waiting.append((mapped, records))

    def _leave_out(
        self, verdict: Verdict, mapped: MappedText | None, records: list[Record], reason: str
    ) -> None:
        if mapped is None:
            return
        for record in records:
            key = mapped.files.get(record.file.path, "")
            state = "kept" if self.previous.stands(key) else "withheld"
            verdict.seeds.append(_seed(record, mapped, key, state, reason))

    def agents(self, shard: Sequence[AgentSource], sample: int) -> Verdict:
        """Judge agents, and the dataset if it is among them."""
        verdict = Verdict()
        publisher = publisher_of(self.settings)
        documents: list[Document] = []
        for key, name, origins, _ in shard:
            if key == DATASET:
                documents.append(dataset_document(self.settings))
            elif publisher is not None and key == publisher.value.key:
                documents.append(agent_document(publisher, self.settings))
            elif name is None:
                verdict.kept.append(key)
            else:
                agent = Fact(agent_of(name, self.settings), unpack_origins(origins))
                documents.append(agent_document(agent, self.settings))
        violations = self._validate(verdict, documents, sample)
        for document in documents:
            states = {document.key: self._state(document.key, violations)}
            self._settle(verdict, document, states)
        return verdict

    def check(self, sample: Sequence[bytes]) -> None:
        """Let pySHACL look at documents that passed, packed.

        Raises: PublicationError if it finds anything in one.
        """
        _gate(self.settings.base).check(map(records.unpack, sample))

    def _validate(
        self, verdict: Verdict, documents: Sequence[Document], sample: int
    ) -> dict[str, Finding]:
        """Validate documents; note what was found and give the first violation of each."""
        gate = _gate(self.settings.base)
        owned = [self._owned(document) for document in documents]
        outcome = gate.judge(owned)
        chosen = _RANDOM.sample(outcome.passed, min(sample, len(outcome.passed)))
        verdict.sample += [records.pack(owned[number]) for number in chosen]
        if not outcome.results:
            return {}
        for focus_node, lines in outcome.reports.items():
            key = self._key_of(focus_node)
            verdict.results[key] = verdict.results.get(key, "") + lines
        by_key = {document.key: document for document in documents}
        violations: dict[str, Finding] = {}
        findings = []
        for result in outcome.results:
            key = self._key_of(result.focus_node)
            finding = self._finding(result, key, by_key.get(key))
            findings.append(finding)
            if finding.severity is Severity.VIOLATION:
                violations.setdefault(key, finding)
        verdict.findings += sorted(findings, key=lambda f: (f.key, f.rule, f.value or ""))
        return violations

    def _owned(self, document: Document) -> list[Statement]:
        key = document.key
        kept = record_keeping(self.settings.base, key, kind_of(key), self.rules.created)
        return [*document.stated, *document.volatile, *kept]

    def _key_of(self, focus_node: str) -> str:
        path = iri_of(focus_node).removeprefix(self.settings.base).partition("#")[0]
        return path.removeprefix(iri.DOCUMENT)

    def _finding(self, result: Result, key: str, document: Document | None) -> Finding:
        file = line = field_name = value = None
        if document is not None:
            statement = (result.focus_node, result.path or "", result.value or "")
            derivation = document.derivations.get(statement)
            if derivation is not None and derivation.origins:
                origin = derivation.origins[0]
                file, line, field_name, value = origin.file, origin.line, origin.field, origin.raw
            else:
                file = _file_of(document)
        if value is None and result.value is not None:
            value = text_of(result.value)
        rule = result.source_shape.removeprefix(f"{self.settings.base}shapes/")
        return Finding(result.severity, rule, result.message, file, line, field_name, value, key)

    def _judge_text(
        self,
        verdict: Verdict,
        mapped: MappedText,
        records: list[Record],
        violations: dict[str, Finding],
    ) -> None:
        verdict.findings += mapped.findings
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
        names = {agent.value.key: agent.value.name for agent in mapped.agents}
        for document in (_without(text, absent) if absent else text, *parts):
            self._settle(verdict, document, states)
            if states[document.key][0] == "published":
                verdict.agents += self._named(document, names)
        for record in records:
            key = mapped.files.get(record.file.path, "")
            state, reason = states.get(key, ("withheld", "Another file is the same part."))
            verdict.seeds.append(_seed(record, mapped, key, state, reason))

    def _named(self, document: Document, names: dict[str, str]) -> Iterator[AgentSource]:
        """Give the agents that a document names, and where it does."""
        length = len(self.settings.base) + 1
        for (_, predicate, obj), why in document.derivations.items():
            if predicate == _CREATOR:
                key = obj[length:-1]
                yield AgentSource(key, names[key], pack_origins(why.origins), document.key)

    def _state(self, key: str, violations: dict[str, Finding]) -> tuple[str, str]:
        withdrawn = self.previous.withdrawal(key)
        if withdrawn is not None:
            return "withheld", f"Withdrawn: {withdrawn}"
        if key not in violations:
            return "published", ""
        reason = violations[key].message
        if self.rules.may_keep and self.previous.stands(key):
            return "kept", reason
        return "withheld", reason

    def _settle(
        self, verdict: Verdict, document: Document, states: dict[str, tuple[str, str]]
    ) -> None:
        state, reason = states[document.key]
        if state == "published":
            verdict.drafts.append(draft(document, self.previous, self.settings.base))
        elif state == "kept":
            verdict.kept.append(document.key)
        else:
            verdict.reasons[document.key] = reason


def _seed(record: Record, mapped: MappedText, key: str, state: str, reason: str) -> SeedState:
    file, text = record.file, mapped.documents[0].key
    return SeedState(file.path, file.size, file.mtime_ns, text, key, state, reason)


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
