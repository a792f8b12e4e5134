"""Data quality as people see it: the verdict, the rules, the places, the trend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from app.language import gettext as _
from app.language import lazy_gettext, ngettext
from app.pages import dates
from app.pages.columns import Chart, Datum, columns
from app.pages.rules import rule_of
from app.pages.values import Value, number, shortened
from app.variants import address
from ld import browse, quality
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.quality import Broken, Held, Past
from ld.report import Finding, Severity
from ld.stored import Entry

#: Findings of one rule on the page, held-back seeds, and editions in the trend.
MOST: Final = 50
MOST_EDITIONS: Final = 12
_LONGEST: Final = 300
_LEVELS: Final = {
    Severity.VIOLATION: lazy_gettext("Must be corrected"),
    Severity.WARNING: lazy_gettext("Should be corrected"),
    Severity.INFO: lazy_gettext("For information"),
}
_EVENTS: Final = {
    "publication": lazy_gettext("Publication"),
    "rollback": lazy_gettext("Rollback"),
    "withdrawal": lazy_gettext("Withdrawal"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of the edition; `severity` is that of the worst, or `ok`."""

    severity: str
    sentence: str
    checked: str


@dataclass(frozen=True, slots=True)
class Place:
    """A finding: what it is about, where it lies, and what stands there."""

    record: Value | None
    file: str | None
    line: int | None
    field: str | None
    value: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A rule that was not met, with its findings; `left_out` is how many are not shown.

    The remedy is in English, in the words of the shape or the reader.
    """

    anchor: str
    title: Value
    remedy: str
    level: str
    severity: str
    count: str
    places: list[Place]
    left_out: int
    table: str


@dataclass(frozen=True, slots=True)
class HeldSeed:
    """A seed file that is not published as it is."""

    file: str
    line: int | None
    record: Value | None
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition in figures."""

    id: str
    href: str
    day: str
    instant: str
    event: str
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The page of an edition's quality."""

    verdict: Verdict
    sections: list[Section]
    held: list[HeldSeed]
    held_count: int
    trend: Chart | None
    editions: list[EditionRow]


#: The columns of the trend: what is counted, and its heading.
COUNTED: Final = (
    ("in", lazy_gettext("Seeds")),
    ("published", lazy_gettext("Published")),
    ("kept", lazy_gettext("Kept")),
    ("withheld", lazy_gettext("Withheld")),
    ("violations", lazy_gettext("Must be corrected")),
    ("warnings", lazy_gettext("Should be corrected")),
    ("remarks", lazy_gettext("For information")),
)


def quality_page(edition: Edition) -> QualityPage:
    """Give the page of an edition."""
    broken = quality.broken_rules(edition)
    found = {
        (one.severity, one.rule): quality.findings(edition, one.severity, one.rule, MOST)
        for one in broken
    }
    held = quality.held_back(edition, MOST)
    keys = {finding.key for some in found.values() for finding in some} | {one.key for one in held}
    names = _entries(edition, keys)
    pasts = quality.editions(edition, MOST_EDITIONS)
    counts = edition.counts
    return QualityPage(
        verdict=_verdict(edition),
        sections=[_section(one, found[one.severity, one.rule], names) for one in broken],
        held=[_held(one, names) for one in held],
        held_count=counts["kept"] + counts["withheld"],
        trend=_trend(pasts),
        editions=[_row(one) for one in pasts],
    )


def _verdict(edition: Edition) -> Verdict:
    counts = edition.counts
    must, should = counts["violations"], counts["warnings"]
    if must:
        sentence = ngettext(
            "%(number)s problem must be corrected; what it concerns is held back.",
            "%(number)s problems must be corrected; what they concern is held back.",
            must,
            number=number(must),
        )
    elif should:
        sentence = _("All that is published conforms.")
    else:
        sentence = _("All that is published conforms, and nothing could be better.")
    if should:
        better = ngettext(
            "%(number)s thing could be better.",
            "%(number)s things could be better.",
            should,
            number=number(should),
        )
        sentence = f"{sentence} {better}"
    severity = "violation" if must else "warning" if should else "ok"
    return Verdict(severity, sentence, f"{_checked(edition)} {_outcome(counts)}")


def _checked(edition: Edition) -> str:
    seeds = edition.counts["in"]
    return ngettext(
        "%(number)s seed document was checked on %(date)s.",
        "%(number)s seed documents were checked on %(date)s.",
        seeds,
        number=number(seeds),
        date=dates.minute(edition.created),
    )


def _outcome(counts: Mapping[str, int]) -> str:
    published, kept, withheld = (number(counts[name]) for name in ("published", "kept", "withheld"))
    if counts["kept"] or counts["withheld"]:
        return _(
            "Published as they are: %(published)s; kept as in an earlier edition: %(kept)s; "
            "withheld: %(withheld)s.",
            published=published,
            kept=kept,
            withheld=withheld,
        )
    return _("Published as they are: %(published)s.", published=published)


def _section(broken: Broken, found: Sequence[Finding], names: dict[str, Entry]) -> Section:
    rule = rule_of(broken)
    # What all of them say is said once.
    is_one_message = len({one.message for one in found}) == 1
    remedy = rule.remedy or (broken.message if is_one_message else "")
    places = [_place(one, names, with_message=not is_one_message) for one in found]
    return Section(
        anchor="rule-" + "".join(c if c.isalnum() else "-" for c in broken.rule),
        title=rule.title,
        remedy=remedy,
        level=_LEVELS[broken.severity],
        severity=broken.severity.lower(),
        count=number(broken.count),
        places=places,
        left_out=broken.count - len(places),
        table=f"{address('quality.csv')}?{urlencode({'rule': broken.rule})}",
    )


def _place(found: Finding, names: dict[str, Entry], *, with_message: bool) -> Place:
    return Place(
        record=_record(found.key, names),
        file=found.file,
        line=found.line,
        field=found.field,
        value=None if found.value is None else shortened(found.value, _LONGEST),
        message=found.message if with_message else None,
    )


def _held(held: Held, names: dict[str, Entry]) -> HeldSeed:
    outcome = _("Kept as in an earlier edition") if held.state == "kept" else _("Withheld")
    return HeldSeed(held.file, held.line, _record(held.key, names), outcome, held.reason)


def _record(key: str, names: dict[str, Entry]) -> Value | None:
    if not key:
        return None
    entry = names.get(key)
    if entry is None:
        return Value(key, is_code=True)
    href = address(key if key == "dataset" else DOCUMENT + key)
    if entry.label == key:
        return Value(key, href=href, is_code=True)
    return Value(shortened(entry.label, _LONGEST), entry.label_language or "und", href)


def _entries(edition: Edition, keys: Iterable[str]) -> dict[str, Entry]:
    wanted = sorted(set(keys) - {""})
    return {
        entry.key: entry
        for start in range(0, len(wanted), 500)
        for entry in browse.entries(edition, wanted[start : start + 500])
    }


def _trend(pasts: Sequence[Past]) -> Chart | None:
    if len(pasts) < 2:
        return None
    return columns(
        [
            Datum(
                str(one.sequence),
                one.counts["violations"] + one.counts["warnings"],
                address(f"changes/{one.id}"),
            )
            for one in reversed(pasts)
        ]
    )


def _row(past: Past) -> EditionRow:
    return EditionRow(
        id=past.id,
        href=address(f"changes/{past.id}"),
        day=dates.day(past.created),
        instant=past.created,
        event=_EVENTS.get(past.kind, past.kind),
        numbers=[number(past.counts.get(name, 0)) for name, _label in COUNTED],
    )
