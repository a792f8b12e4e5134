"""Building: seeds → what stands in the edition, all of them or only those that changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Final, TypeVar

from ld.corpus import Settings
from ld.publish.judging import AgentSource, Judge, Rules, SeedState, TextSeeds, Verdict
from ld.publish.outcome import Progress
from ld.publish.packing import pack_origins
from ld.publish.reading import Folder, Rejected
from ld.publish.scratch import Scratch, number_of_documents
from ld.publish.staging import Staging
from ld.publish.survey import Survey
from ld.publish.workers import Workers
from ld.readers import folder
from ld.report import Finding
from ld.stored import DATASET
from ld.validate import across
from ld.validate.gate import SAMPLE_LEAST, SAMPLE_SHARE

T = TypeVar("T")

#: How many files or documents a worker takes at a time: enough that pySHACL, which takes long to
#: begin, is asked seldom; memory grows with it.
FILES: Final = 512
DOCUMENTS: Final = 1024
MOST_DOCUMENTS: Final = 4 * DOCUMENTS
_END: Final = (2**32 // DOCUMENTS).to_bytes(4, "big")


class Build:
    """Reads, maps, validates and judges, and lets the staging take up what was decided."""

    def __init__(
        self, staging: Staging, rules: Rules, scratch: Scratch, workers: Workers, progress: Progress
    ) -> None:
        self.staging = staging
        self.rules = rules
        self.scratch = scratch
        self.workers = workers
        self.progress = progress
        self.judge = Judge(rules)
        self.reasons: dict[str, str] = {}  # why documents that stood are to go
        self._held: dict[str, str] = {}  # texts that must stay as they are, and why
        self._rejected: list[SeedState] = []
        self._files = 0

    @property
    def settings(self) -> Settings:
        """What the corpus is read by."""
        return self.rules.settings

    def whole(self, seeds: Path) -> None:
        """Build from all seeds."""
        self.progress.step("read")
        self.staging.report(self.scratch.read_manifest(self.settings, seeds))
        self._read(seeds, self._found(seeds), None)
        self.scratch.sort()
        self.staging.report(self.scratch.unused_rows(self.settings))
        self.progress.step("map")
        self._judge_texts()
        self.staging.delete_unmet(self.reasons)
        self.progress.step("agents")
        self._judge_agents([AgentSource(DATASET, None)])  # first, since it refers to its publisher
        self._judge_agents(self.scratch.agent(key) for key in self.staging.agents_in_use())
        self.progress.step("compare")
        self.staging.delete_unmet_agents(self.reasons)
        self.staging.report(across.dangling(self.staging.db))
        self.staging.report(across.suffix_collisions(self.staging.db))

    def changed(self, seeds: Path, survey: Survey) -> None:
        """Build from the texts that a survey found changed; all others stand as they do."""
        staging = self.staging
        self.progress.step("read")
        for _ in self.scratch.read_manifest(self.settings, seeds):
            pass  # it is as it was, and so is what was found in it
        paths = survey.changed_paths()
        staging.forget_files([*paths, *survey.gone_paths()])
        staging.forget_rules(folder.RULES)
        staging.report(survey.findings)
        self._read(seeds, paths, survey)
        texts, agents = list[str](), set[str]()
        # A file that was changed since the survey may turn out to be of yet another text.
        while more := survey.more_texts():
            others = survey.other_paths()
            agents |= self._agents_of(more)
            staging.forget_texts(more)
            self._read(seeds, others, survey)
            texts += more
        self.scratch.sort()
        self.progress.step("map")
        self._judge_texts()
        staging.delete_all(staging.unmet_of(texts), self.reasons)
        self.progress.step("agents")
        agents |= self._agents_of(texts)
        used = [key for key in sorted(agents) if staging.is_referred_to(key)]
        self._judge_agents(map(self._agent_again, used))
        self.progress.step("compare")
        gone = agents.difference(used)
        staging.delete_all([key for key in sorted(gone) if staging.stands(key)], self.reasons)
        staging.forget_rules(across.RULES)
        staging.report(across.dangling(staging.db))
        staging.report(across.suffix_collisions(staging.db))

    def _found(self, seeds: Path) -> Iterator[str]:
        for found in folder.walk(seeds):
            if isinstance(found, Finding):
                self.staging.report([found])
            else:
                yield found.path

    def _read(self, seeds: Path, paths: Iterable[str], survey: Survey | None) -> None:
        reader = Folder(seeds, self.settings)
        shards = ((batch, self.scratch.rows_of(batch)) for batch in _batches(paths, FILES))
        for reading in self.workers.each(reader.read, shards):
            if survey is not None:
                survey.note([row[0] for row in reading.records])
            self.scratch.note_records(reading.records)
            self.staging.report(reading.findings)
            for rejected in reading.rejected:
                self._hold(rejected)
            self._files += len(reading.records) + len(reading.rejected)
            self.progress.count(self._files, None)

    def _hold(self, rejected: Rejected) -> None:
        """Note a seed file that no record could be made of.

        The text that it went into before stays as it was, if it may: what the file would have
        changed in it is not known.
        """
        path, size, mtime_ns, reason = rejected
        text, key = self.judge.previous.seed(path)
        withdrawn = self.judge.previous.withdrawal(text)
        if withdrawn is not None:
            # Nothing that was taken down may come back as a remark on it.
            self.staging.enter(Verdict(retracted=[path]))
            state, reason = "withheld", f"Withdrawn: {withdrawn}"
        elif key and self.rules.may_keep and self.judge.previous.stands(text):
            self._held.setdefault(text, f"{path} cannot be read: {reason}")
            state = "kept"
        else:
            state = "withheld"
            self._note_reasons({key: reason})
        self._rejected.append(SeedState(path, size, mtime_ns, text, key, state, reason))

    def _note_reasons(self, reasons: Mapping[str, str]) -> None:
        # Of what never stood nobody asks why it is gone, and there may be a whole corpus of it.
        self.reasons |= {key: why for key, why in reasons.items() if self.staging.stands(key)}

    def _judge_texts(self) -> None:
        total = self.scratch.count_documents()
        done, sample = 0, list[bytes]()
        shards = ((s, sample_of(s, total)) for s in self._text_shards())
        for verdict in self.workers.each(self.judge.texts, shards):
            self.staging.enter(verdict)
            self.scratch.note_agents(verdict.agents)
            self._note_reasons(verdict.reasons)
            sample += verdict.sample
            done += len(verdict.seeds)
            self.progress.count(done, self._files - len(self._rejected))
        self.staging.note_seeds(self._rejected)
        self._check(sample)

    def _check(self, sample: Sequence[bytes]) -> None:
        for _ in self.workers.each(self.judge.check, ((some,) for some in _batches(sample, 100))):
            pass

    def _text_shards(self) -> Iterator[list[TextSeeds]]:
        held = dict(self._held)
        shard: list[TextSeeds] = []
        size = 0
        for key, packed in self.scratch.texts():
            shard.append(TextSeeds(key, packed, held.pop(key, "")))
            size += len(packed)
            if size >= MOST_DOCUMENTS or _ends_shard(key):
                yield shard
                shard, size = [], 0
        shard += [TextSeeds(key, (), reason) for key, reason in held.items()]
        if shard:
            yield shard

    def _judge_agents(self, agents: Iterable[AgentSource]) -> None:
        shards = ((batch, 1) for batch in _batches(agents, DOCUMENTS))
        for verdict in self.workers.each(self.judge.agents, shards):
            self.staging.enter(verdict)
            self._note_reasons(verdict.reasons)
            self._check(verdict.sample)

    def _agents_of(self, texts: Iterable[str]) -> set[str]:
        return {key for text in texts for key in self.staging.agents_of(text)}

    def _agent_again(self, key: str) -> AgentSource:
        """Give an agent as the first published text names it; without a name if none does."""
        if not self.staging.stands(key):
            return self.scratch.agent(key)
        named = self.staging.first_naming(key)
        return (
            AgentSource(key, None)
            if named is None
            else AgentSource(key, named[0], pack_origins(named[1]))
        )


def _ends_shard(key: str) -> bool:
    """Say whether a shard ends with this text.

    By the key alone, so that other texts, which came or went, leave the shard as it is.
    """
    return hashlib.blake2b(key.encode(), digest_size=4).digest() < _END


def sample_of(shard: Sequence[TextSeeds], total: int) -> int:
    """Give how many documents of a shard pySHACL looks at though they pass."""
    size = sum(number_of_documents(len(text.records)) for text in shard)
    return -(-size * max(SAMPLE_LEAST, ceil(SAMPLE_SHARE * total)) // max(total, 1))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
