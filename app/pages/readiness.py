"""Readiness as people see it: who takes the edition, and what is to be done.

Titles and messages of rules are those of the library, in English.
"""

from dataclasses import dataclass
from typing import Final

from app.language import gettext as _
from app.language import lazy_gettext
from app.pages.values import number
from ld.readiness import Consumer, Finding, Level, Place, Readiness

_LEVELS: Final = {
    Level.FAULT: lazy_gettext("Wrong in this edition"),
    Level.UNSTATED: lazy_gettext("Left out by the settings"),
    Level.REMARK: lazy_gettext("For information"),
}
_SEVERITIES: Final = {Level.FAULT: "violation", Level.UNSTATED: "warning", Level.REMARK: "info"}


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes what an edition offers, and the rules for which it would be refused."""

    title: str
    outcome: str
    severity: str
    reasons: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A rule that is not met; `left_out` is how many places are not shown."""

    anchor: str
    title: str
    level: str
    severity: str
    message: str
    consumers: tuple[Consumer, ...]
    places: tuple[Place, ...]
    count: str
    left_out: int


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """The page of an edition's readiness; `checks` are titles with how much was looked at."""

    severity: str
    verdict: str
    takers: list[Taker]
    sections: list[Section]
    checks: list[tuple[str, str]]


def readiness_page(readiness: Readiness) -> ReadinessPage:
    """Give the page of what came of a check."""
    takers = [_taker(readiness, consumer) for consumer in Consumer]
    return ReadinessPage(
        severity=_severity(readiness, takers),
        verdict=_verdict(readiness, takers),
        takers=takers,
        sections=[_section(finding) for finding in readiness.findings],
        checks=[(one.title, f"{number(one.looked_at)} {one.unit}") for one in readiness.checks],
    )


def _taker(readiness: Readiness, consumer: Consumer) -> Taker:
    reasons = tuple(readiness.refused_by(consumer))
    if not reasons:
        return Taker(consumer.label, _("Would take it"), "ok", reasons)
    is_fault = any(reason.level is Level.FAULT for reason in reasons)
    severity = "violation" if is_fault else "warning"
    return Taker(consumer.label, _("Would refuse it"), severity, reasons)


def _severity(readiness: Readiness, takers: list[Taker]) -> str:
    if not readiness.is_ready:
        return "violation"
    return "warning" if any(taker.reasons for taker in takers) else "ok"


def _verdict(readiness: Readiness, takers: list[Taker]) -> str:
    if not readiness.is_ready:
        return _("Something in this edition is wrong and must be corrected.")
    if any(taker.reasons for taker in takers):
        return _("Nothing in this edition is wrong, but its settings say too little for some.")
    return _("Everybody would take this edition.")


def _section(finding: Finding) -> Section:
    rule = finding.rule
    return Section(
        anchor=rule.id,
        title=rule.title,
        level=_LEVELS[finding.level],
        severity=_SEVERITIES[finding.level],
        message=rule.message,
        consumers=rule.consumers,
        places=finding.places,
        count=number(finding.count),
        left_out=finding.count - len(finding.places),
    )
