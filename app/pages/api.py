"""The interfaces as people see them: each with a command that can be copied and run."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from app.interfaces import TOPICS, Operation
from app.variants import address
from ld.edition import Edition


@dataclass(frozen=True, slots=True)
class Recipe:
    """A request: where it goes, what it is for, what it can give, and a command for it.

    `href` is the address of its example or page, where a link can ask for it.
    """

    anchor: str
    method: str
    path: str
    what: str
    media_types: tuple[str, ...]
    command: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """Recipes that serve one purpose."""

    name: str
    label: str
    recipes: list[Recipe]


def api_page(edition: Edition, examples: Mapping[str, str]) -> list[Section]:
    """Give the recipes; those whose example needs what the edition does not have show none."""
    return [
        Section(
            topic.name,
            str(topic.label),
            [
                _recipe(edition, operation, examples, f"{topic.name}-{number}")
                for number, operation in enumerate(topic.operations, start=1)
            ],
        )
        for topic in TOPICS
    ]


def _recipe(
    edition: Edition, operation: Operation, examples: Mapping[str, str], anchor: str
) -> Recipe:
    return Recipe(
        anchor=anchor,
        method=operation.method.upper(),
        path=f"/{operation.path}",
        what=str(operation.what),
        media_types=operation.media_types,
        command=_command(edition, operation, examples),
        href=_href(operation, examples),
    )


def _href(operation: Operation, examples: Mapping[str, str]) -> str | None:
    if operation.method != "get" or operation.form:
        return None
    try:
        return address((operation.example or operation.path).format_map(examples))
    except KeyError:
        return None


def _command(edition: Edition, operation: Operation, examples: Mapping[str, str]) -> str | None:
    if operation.example is None:
        return None
    try:
        path = operation.example.format_map(examples)
    except KeyError:
        return None
    words = ["curl"]
    if operation.redirects is not None:
        words.append("--location")
    if operation.path.startswith("dump/"):
        words.append("--remote-name")
    if operation.method == "get" and operation.form:
        words.append("--get")
    lines = [" ".join([*words, shlex.quote(edition.service_url + path)])]
    if operation.accept is not None:
        lines.append(f"--header {shlex.quote(f'Accept: {operation.accept}')}")
    lines += [f"--data-urlencode {shlex.quote(f'{name}={text}')}" for name, text in operation.form]
    return " \\\n  ".join(lines)
