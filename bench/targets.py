"""What the figures must reach, said in one line each."""

from collections.abc import Sequence
from typing import NamedTuple

import click


class Target(NamedTuple):
    """A figure and the limit that it must reach: from above, or with `at_least` from below."""

    name: str
    figure: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """Say whether the figure is on the right side of the limit."""
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    def __str__(self) -> str:
        reached = "reached" if self.is_reached else "not reached"
        side = "at least" if self.at_least else "at most"
        unit = f" {self.unit}" if self.unit else ""
        return f"{reached}: {self.name}: {self.figure:,.2f}{unit} ({side} {self.limit:,g}{unit})"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Give a Markdown table; the first column is text, the others are figures."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def tell(targets: Sequence[Target]) -> None:
    """Print which targets are reached."""
    click.echo("\n" + "\n".join(map(str, targets)))
