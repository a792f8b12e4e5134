"""Versions as people see them: editions and their files, and documents as they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.language import gettext as _
from app.language import lazy_gettext
from app.pages import dates
from app.pages.changes import EditionLine, Field, edition_line, fields, place_of, title_of
from app.pages.corpus import Figure, figures, outcome
from app.pages.values import Value, size
from app.variants import address
from ld import differences, history, kept, quality
from ld.describe.distributions import CODINGS, DUMPS
from ld.describe.editions import neighbours, path_of
from ld.differences import Difference
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.quality import Past
from ld.stored import DATASET, Change
from ld.terms import Statement, iri

EVENTS: Final = {
    "created": lazy_gettext("Published"),
    "updated": lazy_gettext("Changed"),
    "deleted": lazy_gettext("No longer published"),
}
_FOLDER: Final = "dumps/"
_DIFFERENCES: Final = {
    "removed": lazy_gettext("Removed since the edition before"),
    "added": lazy_gettext("Added since the edition before"),
}
# Of one document in one version.
_MOST_FIELDS: Final = 60


@dataclass(frozen=True, slots=True)
class File:
    """A file of an edition; `path` is its place inside the edition."""

    name: str
    path: str
    label: str
    coding: str
    media_type: str
    href: str
    size: str
    octets: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EditionPage:
    """An edition that is on disk."""

    edition: EditionLine
    href: str
    is_current: bool
    figures: list[Figure]
    outcome: str
    files: list[File]
    differences: list[File]
    report: str
    earlier: "Neighbour | None"
    later: "Neighbour | None"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The edition before or after another one."""

    id: str
    href: str


@dataclass(frozen=True, slots=True)
class Version:
    """A document after one change; `href` is None where nothing is left of it."""

    instant: str
    moment: str
    what: str
    reason: str
    edition: str
    edition_href: str
    href: str | None
    fields: list[Field]
    left_out: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What happened to a document, latest first."""

    title: Value
    is_current: bool
    versions: list[Version]
    time_map: str


@dataclass(frozen=True, slots=True)
class MementoPage:
    """A document as it was."""

    title: Value
    version: Version
    until: str | None
    facts: list[Field]
    left_out: int
    current: str | None
    history: str
    earlier: str | None
    later: str | None
    downloads: list[tuple[str, str, str]]  # name, address, media type


def files(edition: Edition) -> list[File]:
    """Give the files of an edition that can be fetched, by name."""
    found = []
    for path, facts in sorted(edition.manifest["files"].items()):
        if not path.startswith(_FOLDER):
            continue
        name = path.removeprefix(_FOLDER)
        what, *kind, syntax, coding = name.split(".")
        label = DUMPS[syntax].name if what == "corpus" else _DIFFERENCES[kind[0]]
        found.append(
            File(
                name=name,
                path=path,
                label=str(label),
                coding=CODINGS[coding].name,
                media_type=CODINGS[coding].media_type,
                href=address(f"{path_of(edition.id)}dump/{name}"),
                size=size(facts["size"]),
                octets=facts["size"],
                sha256=facts["sha256"],
            )
        )
    return found


def edition_page(current: Edition, edition: Edition, past: Past) -> EditionPage:
    """Give the page of an edition that is on disk, as the current one knows it."""
    earlier, later = neighbours(current, past)
    offered = files(edition)
    return EditionPage(
        edition=edition_line(past),
        href=address(path_of(past.id)),
        is_current=later is None,
        figures=figures(edition),
        outcome=outcome(edition),
        files=[file for file in offered if file.name.startswith("corpus.")],
        differences=[file for file in offered if not file.name.startswith("corpus.")],
        report=address(f"{path_of(past.id)}report.ttl"),
        earlier=_neighbour(earlier),
        later=_neighbour(later),
    )


def kept_editions(current: Edition) -> list[EditionPage]:
    """Give the editions that are on disk, latest first."""
    found = ((edition, quality.past(current, edition.id)) for edition in kept.editions(current))
    return [edition_page(current, edition, past) for edition, past in found if past is not None]


def history_page(edition: Edition, key: str, changes: Sequence[Change]) -> HistoryPage:
    """Give the history of a document from its changes, latest first."""
    return HistoryPage(
        title=title_of(edition, key, differences.last_stated(edition, key)),
        is_current=key in edition,
        versions=[_version(edition, change) for change in changes],
        time_map=address(f"timemap/{key}"),
    )


def memento_page(
    edition: Edition,
    changes: Sequence[Change],
    change: Change,
    said: Sequence[Statement],
    downloads: list[tuple[str, str, str]],
) -> MementoPage:
    """Give a document as it was after one of its changes, which come latest first."""
    key, place = change.key, changes.index(change)
    later = changes[place - 1] if place else None
    earlier = changes[place + 1] if place + 1 < len(changes) else None
    facts = fields(edition, sorted(_about(edition, key, said), key=place_of))
    return MementoPage(
        title=title_of(edition, key, said),
        version=_version(edition, change),
        until=None if later is None else dates.minute(later.datestamp),
        facts=facts[:_MOST_FIELDS],
        left_out=max(0, len(facts) - _MOST_FIELDS),
        current=address(key if key == DATASET else DOCUMENT + key) if key in edition else None,
        history=address(f"history/{key}"),
        earlier=None if earlier is None else memento_address(edition, earlier),
        later=None if later is None else memento_address(edition, later),
        downloads=downloads,
    )


def _about(edition: Edition, key: str, said: Sequence[Statement]) -> list[Difference]:
    """Give what is said of a thing and its file; the record itself is in the data."""
    thing, file = (iri(f"{edition.base}{key}{fragment}") for fragment in ("", "#file"))
    return [one for one in differences.between([], said) if one.subject in (thing, file)]


def memento_address(edition: Edition, change: Change) -> str:
    """Give the address of the version that a change made."""
    return address(history.version_iri(edition, change).removeprefix(edition.base))


def _neighbour(past: Past | None) -> Neighbour | None:
    return None if past is None else Neighbour(past.id, address(path_of(past.id)))


def _version(edition: Edition, change: Change) -> Version:
    # A version that was purged leaves its date.
    is_left = change.version is not None
    is_update = change.kind == "updated" and is_left
    found = fields(edition, differences.of_change(edition, change)) if is_update else []
    what = EVENTS.get(change.kind, change.kind)
    return Version(
        instant=change.datestamp,
        moment=dates.minute(change.datestamp),
        what=str(what) if is_left or change.kind == "deleted" else _("Removed from the history"),
        reason=change.reason,
        edition=change.edition,
        edition_href=address(f"changes/{change.edition}"),
        href=memento_address(edition, change) if is_left else None,
        fields=found[:_MOST_FIELDS],
        left_out=max(0, len(found) - _MOST_FIELDS),
    )
