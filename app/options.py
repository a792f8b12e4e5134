"""Options that several commands have, and how they end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from ld.errors import PressmarkError, SettingsError

F = TypeVar("F", bound=Callable[..., Any])

#: Exit codes.
REFUSED = 1
WRONG_USE = 2


def data_option(command: F) -> F:
    """Add --data, which every command has."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("pressmark-data"),
        show_default=True,
        help="The directory that holds the editions.",
    )(command)


def corpus_options(command: F) -> F:
    """Add the options of the commands that read a folder of seeds."""
    command = click.option(
        "--settings",
        "settings_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The settings of the corpus.  [default: corpus.toml beside the seeds]",
    )(command)
    return click.option(
        "--base",
        metavar="IRI",
        help="What every IRI begins with; instead of the one in the settings.",
    )(command)


def json_option(command: F) -> F:
    """Add --json."""
    return click.option("--json", "in_json", is_flag=True, help="Answer in JSON.")(command)


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn what the library raises into a message and an exit code."""
    try:
        yield
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_USE)
    except PressmarkError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(REFUSED)
