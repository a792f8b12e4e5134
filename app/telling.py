"""What the command line tells: progress bars, findings and summaries in plain words."""

import sys
from collections import Counter
from dataclasses import asdict
from types import TracebackType
from typing import Any

import click
import orjson

from ld.publish import Progress, Publication

_WORDS = {"read": "Reading seeds", "map": "Mapping and validating"}
_COLOURS = {"Violation": "red", "Warning": "yellow", "Info": "blue"}


class Bars(Progress):
    """Progress bars on standard error, and nothing where nobody looks on."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._is_shown = not quiet and sys.stderr.isatty()
        self._bar: Any = None
        self._word = ""

    def __enter__(self) -> "Bars":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def step(self, name: str) -> None:
        """Begin a step."""
        self._end()
        self._word = _WORDS.get(name, "")

    def count(self, done: int, total: int | None) -> None:
        """Move the bar of the step."""
        if not self._is_shown or not self._word:
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=total or 0, label=self._word, file=sys.stderr, show_pos=True
            )
            self._bar.__enter__()
        if total is None:
            self._bar.length = done
        self._bar.update(done - self._bar.pos)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def summary(outcome: Publication) -> str:
    """Say in plain words what came of a publication."""
    counts = outcome.counts
    what = {
        "published": f"Edition {outcome.edition_id} is published.",
        "unchanged": f"Nothing changed; edition {outcome.edition_id} stands.",
        "planned": "This is a plan; nothing was written.",
    }[outcome.state]
    lines = [*outcome.remarks, what, _seeds(counts)]
    lines.append(
        f"{_number(counts['texts'], 'text')}, {_number(counts['parts'], 'part')}, "
        f"{_number(counts['agents'], 'agent')}: {counts['created']:,} created, "
        f"{counts['updated']:,} updated, {counts['deleted']:,} deleted."
    )
    if outcome.state == "planned":
        lines += [f"  {kind:<8} {key}" for key, kind, _ in outcome.changes]
        if len(outcome.changes) < sum(counts[k] for k in ("created", "updated", "deleted")):
            lines.append("  … and more")
    return "\n".join(lines)


def tell_findings(outcome: Publication, limit: int | None) -> None:
    """Print the findings on standard error, most severe first, at most `limit` of each rule."""
    told: Counter[str] = Counter()
    for finding in outcome.findings:
        told[finding.rule] += 1
        if limit is None or told[finding.rule] <= max(1, limit // 4):
            word = click.style(f"{finding.severity.value}:", fg=_COLOURS[finding.severity.value])
            click.echo(f"{word} {finding}", err=True)
    left = sum(count - max(1, (limit or count) // 4) for count in told.values() if limit)
    if limit is not None and left > 0:
        click.echo("More of the same kinds are listed by pressmark validate.", err=True)
    counts = outcome.counts
    if limit is None:
        verdict = "All seeds can be published." if not counts["withheld"] else _seeds(counts)
        click.echo(verdict)
        click.echo(
            f"{_number(counts['violations'], 'violation')}, "
            f"{_number(counts['warnings'], 'warning')}, {_number(counts['remarks'], 'remark')}."
        )


def as_json(outcome: Publication) -> str:
    """Give a publication as JSON, for programs."""
    return orjson.dumps(asdict(outcome), option=orjson.OPT_INDENT_2).decode()


def _seeds(counts: dict[str, int]) -> str:
    return (
        f"{_number(counts['in'], 'seed document')} in: {counts['published']:,} published, "
        f"{counts['kept']:,} kept, {counts['withheld']:,} withheld."
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
