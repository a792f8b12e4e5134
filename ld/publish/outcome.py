"""What a publication tells: its steps while it runs, and what came of it."""

from dataclasses import dataclass, field
from typing import Final

from ld.report import Finding

#: The steps of a publication, in order; `Progress.step` is called before each.
STEPS: Final = (
    "lock", "sweep", "stage", "read", "map", "agents", "compare", "index", "dumps", "graph",
    "report", "manifest", "sync", "check", "move", "current", "prune",
)  # fmt: skip


class Progress:
    """What a publication tells while it runs; this one listens to nothing."""

    def step(self, name: str) -> None:
        """Called before each step with its name, one of STEPS."""

    def count(self, done: int, total: int | None) -> None:
        """Called within a step that takes long; `total` is None where it is not known."""


@dataclass(frozen=True)
class Publication:
    """What came of it.

    `edition_id` is the current edition afterwards; `state` is published, unchanged or planned.
    `changes` are (key, kind, reason), the first thousand; `findings` the first thousand too.
    `remarks` say in words what else there is to know.
    """

    state: str
    edition_id: str | None
    parent_id: str | None
    counts: dict[str, int]
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
