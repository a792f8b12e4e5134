"""Bars: a table whose rows are drawn as bars too, so that nothing is told by length alone.

`columns.html` draws them; the link of a row covers all of it, its bar included.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.pages.values import Value, number


@dataclass(frozen=True, slots=True)
class Bar:
    """One row; `share` is the length of its bar in hundredths of the longest."""

    label: Value
    count: str
    share: str


def bars(counted: Iterable[tuple[Value, int]]) -> list[Bar]:
    """Give a bar for each value, in their order; a value is a link where it has an address."""
    pairs = list(counted)
    most = max((count for _, count in pairs), default=0) or 1
    # Whatever there is at all can be seen.
    return [
        Bar(label, number(count), f"{max(1.0, count / most * 100) if count else 0:.1f}")
        for label, count in pairs
    ]
