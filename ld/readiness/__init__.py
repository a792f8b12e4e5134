"""Readiness: what registers, portals and harvesters would refuse of an edition, and why.

The checks are those that the services on the other side make, and they work on any edition, the
current one or one that is being made. A fault is wrong in the edition; what is unstated is left
out by the settings, and closes a register; a remark stops nobody.

    registers    rules for the description of the dataset and for records (shapes/)
    files        files and dumps against their checksums, sizes, media types and counts
    json_ld      dumps in JSON-LD, read node by node
    documents    records, and whether all counts are equal
    harvesting   OAI-PMH as a harvester meets it
    profiles     the original shapes of registers, if there are any at hand
    findings, rules, report
"""

import ipaddress
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from ld.describe import catalog_statements
from ld.edition import Edition
from ld.readiness import registers, rules
from ld.readiness.documents import check_counts, check_documents, check_store
from ld.readiness.files import check_dumps, check_files
from ld.readiness.findings import (
    Check,
    Consumer,
    Finding,
    Findings,
    Level,
    Place,
    Progress,
    Readiness,
    Rule,
)
from ld.readiness.harvesting import check_harvesting
from ld.readiness.profiles import check_profiles
from ld.readiness.rules import all_rules

__all__ = [
    "Check", "Consumer", "Finding", "Findings", "Level", "Place", "Progress", "Readiness", "Rule",
    "all_rules", "check", "glance",
]  # fmt: skip

#: The steps of a check, in order.
STEPS = ("files", "dumps", "description", "counts", "records", "harvest", "addresses", "profiles")
_LOCAL = (".localhost", ".local", ".internal", ".invalid")
#: Records that a glance looks at.
_GLANCE = 200

#: A check that is added to the others, as those that need the served application.
Further = Callable[[Edition, Findings, Progress], Check]


class _Silence:
    def step(self, name: str, /) -> None:
        """Listen to nothing."""

    def count(self, done: int, total: int | None, /) -> None:
        """Listen to nothing."""


def check(
    edition: Edition,
    *,
    profiles: Path | None = None,
    addresses: Further | None = None,
    progress: Progress | None = None,
) -> Readiness:
    """Check all of an edition; it takes as long as reading all of it some times.

    `profiles` is a folder of original shapes, `addresses` the check that needs the application.
    """
    work = _Work(edition, progress or _Silence())
    work.do("files", lambda: check_files(edition, work.findings, work.progress))
    work.do("dumps", lambda: check_dumps(edition, work.findings, work.progress))
    _look(work, whole=True)
    if addresses is not None:
        work.do("addresses", lambda: addresses(edition, work.findings, work.progress))
    if profiles is not None:
        work.do("profiles", lambda: check_profiles(edition, profiles, work.findings, work.progress))
    return work.outcome()


def glance(edition: Edition) -> Readiness:
    """Check what can be seen in about a second: the description, some records, the counts that
    an index gives, and the first answers of OAI-PMH. No file is read whole."""
    work = _Work(edition, _Silence())
    _look(work, whole=False)
    return work.outcome()


def _look(work: "_Work", *, whole: bool) -> None:
    edition, findings, progress = work.edition, work.findings, work.progress
    work.do("description", lambda: _check_description(edition, findings))
    work.do("counts", lambda: check_counts(edition, findings))
    if whole:
        work.do("store", lambda: check_store(edition, findings))
    most = None if whole else _GLANCE
    work.do("records", lambda: check_documents(edition, findings, progress, most))
    work.do("harvest", lambda: check_harvesting(edition, findings, progress, whole=whole))


class _Work:
    """The checks of one edition, one after the other."""

    def __init__(self, edition: Edition, progress: Progress) -> None:
        self.edition = edition
        self.progress = progress
        manifest = edition.manifest
        named = ("title", "description", "publisher", "contact")
        self.findings = Findings({name: bool(manifest.get(name)) for name in named})
        self._checks: list[Check] = []

    def do(self, step: str, part: Callable[[], Check]) -> None:
        """Carry out one part; what cannot be carried out is a finding."""
        self.progress.step(step)
        try:
            self._checks.append(part())
        except Exception as error:  # noqa: BLE001 - damaged files raise what nobody foresees
            self.findings.add(rules.CHECKABLE, step, f"{type(error).__name__}: {error}")

    def outcome(self) -> Readiness:
        """Give what came of all parts."""
        return Readiness(self.edition.id, tuple(self._checks), self.findings.listed())


def _check_description(edition: Edition, findings: Findings) -> Check:
    if _is_local(edition.base):
        findings.add(rules.BASE, edition.base)
    description = catalog_statements(edition)
    for name in registers.OF_DATASET:
        registers.register(name).judge(description, findings)
    return Check("Description of the dataset", len(description), "statements")


def _is_local(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL)
