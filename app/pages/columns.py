"""Columns: where those of a chart stand. `columns.html` draws them as SVG.

A chart repeats what a list or table beside it says; nothing is told by it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.pages.values import number

# In units of the drawing, of which the widest chart has this many.
WIDTH: Final = 720
_HEIGHT: Final = 96
_ABOVE: Final = 18
_BELOW: Final = 22
_WIDEST_STEP: Final = 72
_GAP: Final = 0.14
# What text needs beside its neighbours.
_PER_CHARACTER: Final = 8.5


@dataclass(frozen=True, slots=True)
class Datum:
    """What one column stands for."""

    label: str
    count: int
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `number` and `label` are empty where there is no room for them."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    number: str
    label: str
    datum: Datum


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns side by side, in units of the drawing."""

    columns: list[Column]
    width: float
    height: int
    baseline: int


def columns(data: Sequence[Datum]) -> Chart:
    """Give the chart of some counts, in their order."""
    step = min(_WIDEST_STEP, WIDTH / max(1, len(data)))
    most = max((datum.count for datum in data), default=0) or 1
    numbers = [number(datum.count) if datum.count else "" for datum in data]
    has_numbers = _per(numbers, step) == 1
    every = _per([datum.label for datum in data], step)
    placed = []
    for at, datum in enumerate(data):
        # Whatever there is at all can be seen.
        height = max(2.0, datum.count / most * _HEIGHT) if datum.count else 0.0
        placed.append(
            Column(
                x=round(at * step + step * _GAP / 2, 1),
                y=round(_ABOVE + _HEIGHT - height, 1),
                width=round(step * (1 - _GAP), 1),
                height=round(height, 1),
                middle=round((at + 0.5) * step, 1),
                number=numbers[at] if has_numbers else "",
                label=datum.label if at % every == 0 else "",
                datum=datum,
            )
        )
    return Chart(placed, round(step * len(data), 1), _ABOVE + _HEIGHT + _BELOW, _ABOVE + _HEIGHT)


def _per(texts: Sequence[str], step: float) -> int:
    """Give of how many neighbours one text has room."""
    longest = max((len(text) for text in texts), default=0)
    return max(1, -int(-longest * _PER_CHARACTER // step))
