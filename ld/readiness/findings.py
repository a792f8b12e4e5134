"""What a check of an edition finds: rules that are not met, where, and who would refuse it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

#: Places that one finding names; all are counted.
MOST_PLACES: Final = 20


class Progress(Protocol):
    """What a check tells while it runs."""

    def step(self, name: str, /) -> None:
        """Called before each step."""

    def count(self, done: int, total: int | None, /) -> None:
        """Called within a step that takes long."""


class Consumer(StrEnum):
    """Who takes what an edition offers."""

    NDE = "nde"
    DCAT_AP = "dcat-ap"
    EUROPEANA = "europeana"
    OAI = "oai"
    MIRRORS = "mirrors"

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self]


_LABELS: Final = {
    Consumer.NDE: "Dataset register of the NDE",
    Consumer.DCAT_AP: "Portals that harvest DCAT-AP",
    Consumer.EUROPEANA: "Europeana",
    Consumer.OAI: "Harvesters by OAI-PMH",
    Consumer.MIRRORS: "Clients that keep a copy (dumps, ResourceSync, LDES)",
}
EVERYONE: Final = tuple(Consumer)


class Level(StrEnum):
    """How much a finding matters, the worst first.

    A fault is wrong in the edition. What is unstated is missing because the settings leave it
    out: nothing is wrong, but whoever asks for it refuses. A remark stops nobody.
    """

    FAULT = "fault"
    UNSTATED = "unstated"
    REMARK = "remark"


_ORDER: Final = {level: place for place, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What should be true of an edition, for whom, and what follows if it is not.

    `setting` is the one whose absence makes a finding unstated instead of a fault.
    """

    id: str
    title: str
    message: str
    consumers: tuple[Consumer, ...]
    level: Level = Level.FAULT
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is not met: an IRI or a file, and what is there."""

    where: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not met, so many times, with the first places."""

    rule: Rule
    level: Level
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the work, and how much it looked at; none means that nothing could be seen."""

    title: str
    looked_at: int
    unit: str


@dataclass(frozen=True)
class Readiness:
    """What came of checking one edition."""

    edition_id: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing in the edition is wrong."""
        return all(finding.level is not Level.FAULT for finding in self.findings)

    def refused_by(self, consumer: Consumer) -> list[Finding]:
        """List why a consumer would refuse the edition or a part of it; empty if it takes it."""
        return [
            finding
            for finding in self.findings
            if consumer in finding.rule.consumers and finding.level is not Level.REMARK
        ]

    def is_ready_for(self, consumers: Iterable[Consumer]) -> bool:
        """Say whether nothing is wrong and none of these consumers would refuse."""
        return self.is_ready and not any(self.refused_by(consumer) for consumer in consumers)


@dataclass
class Findings:
    """Collects what is found, rule by rule, in bounded memory.

    `stated` says of every setting whether the corpus states it.
    """

    stated: Mapping[str, bool]
    _counts: Counter[tuple[Rule, Level]] = field(default_factory=Counter)
    _places: dict[tuple[Rule, Level], list[Place]] = field(default_factory=dict)

    def add(self, rule: Rule, where: str, what: str = "") -> None:
        """Note that a rule is not met at a place."""
        level = rule.level
        is_unstated = rule.setting is not None and not self.stated.get(rule.setting, True)
        if is_unstated and level is Level.FAULT:
            level = Level.UNSTATED
        self._counts[rule, level] += 1
        places = self._places.setdefault((rule, level), [])
        if len(places) < MOST_PLACES:
            places.append(Place(where, what))

    def listed(self) -> tuple[Finding, ...]:
        """List what was found, the worst first."""
        found = [
            Finding(rule, level, count, tuple(self._places[rule, level]))
            for (rule, level), count in self._counts.items()
        ]
        return tuple(sorted(found, key=lambda one: (_ORDER[one.level], one.rule.id)))
