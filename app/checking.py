"""The command `readiness`: what registers, portals and harvesters would refuse of an edition."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app import probing, verdicts
from app.options import REFUSED, corpus_options, data_option, errors_told, json_option
from app.telling import Bars
from ld import publish as publishing
from ld.edition import Edition, open_current
from ld.errors import RefusedError
from ld.publish import directory
from ld.readiness import Consumer, Readiness, check


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option(
    "--for", "required", type=click.Choice([consumer.value for consumer in Consumer]),
    multiple=True, help="Also fail if this one would refuse the edition; may be repeated.",
)  # fmt: skip
@click.option(
    "--profiles", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A directory with the original shapes of registers (*.ttl), to judge by them too.",
)  # fmt: skip
@corpus_options
@data_option
@json_option
def readiness(
    folder: Path | None,
    required: tuple[str, ...],
    profiles: Path | None,
    settings_file: Path | None,
    base: str | None,
    data: Path,
    in_json: bool,
) -> None:
    """Check what registers, portals and harvesters check, and say what they would refuse.

    Without FOLDER the current edition is checked; with it, the edition that publishing its seeds
    would make, while the editions in --data stay as they are.

    \b
    Examples:
      pressmark readiness
      pressmark readiness seeds/ --for nde --for dcat-ap
      pressmark readiness --profiles shapes-of-registers/

    \b
    Wrong       something in the edition contradicts itself: exit code 1
    Not stated  the settings leave out what somebody asks for: exit code 1 with --for
    Remark      nobody refuses the edition for it

    Exit codes: 0 ready, 1 not ready, 2 wrong use.
    """
    if profiles is not None and not any(profiles.glob("*.ttl")):
        raise click.UsageError(f"There are no Turtle files (*.ttl) in {profiles}.")
    if folder is None and (settings_file or base):
        raise click.UsageError("--settings and --base go with FOLDER, the folder of the seeds.")
    with errors_told():
        if folder is None:
            outcome = _checked(open_current(data), profiles, quiet=in_json)
        else:
            with _staged(folder, data, settings_file, base, quiet=in_json) as edition:
                outcome = _checked(edition, profiles, quiet=in_json)
    click.echo(verdicts.as_json(outcome) if in_json else verdicts.tell(outcome))
    sys.exit(0 if outcome.is_ready_for(Consumer(one) for one in required) else REFUSED)


def require_ready(edition: Edition) -> None:
    """Let an edition that is being made become current only if nothing in it is wrong.

    Raises: RefusedError with what is wrong.
    """
    outcome = check(edition, addresses=probing.check_addresses)
    if not outcome.is_ready:
        raise RefusedError(
            f"The edition is not ready, and the current one stays.\n{verdicts.tell(outcome)}"
        )


def _checked(edition: Edition, profiles: Path | None, *, quiet: bool) -> Readiness:
    with verdicts.CheckBars(quiet=quiet) as bars:
        return check(edition, profiles=profiles, addresses=probing.check_addresses, progress=bars)


@contextmanager
def _staged(
    folder: Path, data: Path, settings_file: Path | None, base: str | None, *, quiet: bool
) -> Iterator[Edition]:
    """Give the edition that publishing these seeds would make."""
    # On the disk of the data, so that its files can be linked, under a name that is swept.
    there = data if data.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="staging-readiness-", dir=there) as beside:
        if directory.current(data) is not None:
            probing.make_current(open_current(data), Path(beside))
        with Bars(quiet=quiet) as bars:
            publishing.publish(
                folder, Path(beside), settings_file=settings_file, base=base, progress=bars
            )
        yield open_current(Path(beside))
