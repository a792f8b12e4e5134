"""Publication: from a folder of seeds to the next edition. The only part that writes.

An edition is built beside the current one, brought to the disk, checked, renamed into its place,
and made current by moving one link. Whatever happens before that leaves the current edition as it
is; what a killed publication left behind is swept by the next.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ld import corpus
from ld.edition import Edition
from ld.errors import PublicationError
from ld.publish import directory
from ld.publish.making import Making, key_of
from ld.publish.outcome import STEPS, Progress, Publication
from ld.publish.workers import default_number


def publish(
    seeds: Path,
    data: Path,
    *,
    settings_file: Path | None = None,
    base: str | None = None,
    accept_loss: int = 0,
    whole: bool = False,
    workers: int = 0,
    plan: bool = False,
    approve: Callable[[Edition], None] | None = None,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Publication:
    """Publish the seeds in a folder as the next edition; with `plan` only say what would change.

    Up to `accept_loss` documents may be withheld or disappear. Of a corpus that was published
    before only what changed is built, unless `whole`; the edition is the same. `workers` is the
    number of processes, 0 for one per processor. `approve` is given the finished edition before it
    becomes current, and may raise what stops it.
    Units: `now` gives UTC. Raises: SettingsError, ShapesError, RefusedError, PublicationError.
    """
    if not seeds.is_dir():
        raise PublicationError(f"{seeds} is not a folder. Name the folder that holds the seeds.")
    settings = corpus.load(seeds, settings_file=settings_file, base=base)
    number = workers or default_number()
    making = Making(data, progress or Progress(), now, plan=plan, workers=number, approve=approve)
    with making.begun():
        making.require_base(settings.base)
        making.build(seeds, settings, accept_loss=accept_loss, whole=whole)
        return making.finish(settings, "publication", _loss_note(accept_loss))


def rollback(
    data: Path,
    edition_id: str,
    *,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Publication:
    """Publish a new edition with the documents that an older one had, under new datestamps.

    What the curator withdrew since then comes back with it. Raises: EditionError if there is no
    such edition in the history, PublicationError.
    """
    with Making(data, progress or Progress(), now).begun() as making:
        making.take_back(edition_id)
        return making.finish(None, "rollback", f"Rolled back to {edition_id}.")


def withdraw(
    data: Path,
    identifiers: list[str],
    *,
    reason: str,
    purge: bool = False,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Publication:
    """Publish a new edition without these texts, and leave them out from now on.

    With `purge` their statements are removed from the history and all older editions from disk.
    Raises: DocumentNotFoundError if one was never published, PublicationError.
    """
    with Making(data, progress or Progress(), now).begun() as making:
        making.withdraw([key_of(identifier) for identifier in identifiers], reason, purge=purge)
        note = f"Withdrawn: {', '.join(identifiers)}. {reason}"
        published = making.finish(None, "withdrawal", note)
        if purge:
            directory.prune(data, keep=1)
        return published


def _loss_note(accept_loss: int) -> str:
    return f"A loss of up to {accept_loss} documents was accepted." if accept_loss else ""


__all__ = ["STEPS", "Progress", "Publication", "publish", "rollback", "withdraw"]
