"""What the command line tells of readiness: who would take an edition, and what is to be done."""

from typing import Final

import click
import orjson

from app.telling import Bars
from ld.readiness import Consumer, Finding, Level, Readiness
from ld.readiness.report import as_object

_WORDS: Final = {
    "files": "Reading files", "dumps": "Reading dumps", "records": "Judging records",
    "harvest": "Harvesting", "addresses": "Asking for addresses", "profiles": "Applying profiles",
}  # fmt: skip
_LEVELS: Final = {
    Level.FAULT: ("Wrong", "red"),
    Level.UNSTATED: ("Not stated", "yellow"),
    Level.REMARK: ("Remark", "blue"),
}
_PLACES: Final = 5


class CheckBars(Bars):
    """Progress bars of a check."""

    def step(self, name: str) -> None:
        """Begin a step."""
        super().step(name)
        self._word = _WORDS.get(name, "")


def tell(readiness: Readiness) -> str:
    """Say what came of a check, in plain words."""
    lines = [_finding(finding) for finding in readiness.findings]
    lines += ["Would be taken by:"]
    for consumer in Consumer:
        reasons = ", ".join(sorted({one.rule.id for one in readiness.refused_by(consumer)}))
        mark = click.style("no ", fg="red") if reasons else click.style("yes", fg="green")
        lines.append(f"  {mark}  {consumer.label}{f' ({reasons})' if reasons else ''}")
    faults = sum(finding.level is Level.FAULT for finding in readiness.findings)
    verdict = (
        "nothing in it is wrong" if readiness.is_ready
        else "one rule is not met" if faults == 1
        else f"{faults} rules are not met"
    )  # fmt: skip
    return "\n".join([*lines, f"Edition {readiness.edition_id}: {verdict}."])


def as_json(readiness: Readiness) -> str:
    """Give the outcome as JSON, for programs."""
    return orjson.dumps(as_object(readiness), option=orjson.OPT_INDENT_2).decode()


def _finding(finding: Finding) -> str:
    rule = finding.rule
    word, colour = _LEVELS[finding.level]
    lines = [f"{click.style(word, fg=colour)}: {rule.title} [{rule.id}]", f"  {rule.message}"]
    for place in finding.places[:_PLACES]:
        lines.append(f"  - {place.where}{f': {place.what}' if place.what else ''}")
    if finding.count > _PLACES:
        lines.append(f"  … and {finding.count - min(_PLACES, len(finding.places)):,} more")
    return "\n".join(lines) + "\n"
