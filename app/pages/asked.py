"""What a reader asks of the list of texts: read from an address, and written as one.

Nothing that stands in an address is an error: a value that nothing has, however absurd, leaves
an empty list, and what is unknown is ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, get_args
from urllib.parse import urlencode

from ld.browse import FACETS, KINDS, LONGEST, Choice, FacetValue, Order
from ld.iri import AGENT

PATH: Final = "texts"
#: In an address, the value of a facet that is not stated; no author, language or host is this.
NOT_STATED: Final = "-"
#: In an address, texts and parts together.
ANY_KIND: Final = "any"
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

_DECADE: Final = re.compile(r"(-?[0-9]{1,6}0|0)s")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# In characters, of any value; licences are addresses.
_LONGEST_VALUE: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice and the page of it; `after` and `before` are keys."""

    choice: Choice
    after: str | None = None
    before: str | None = None

    def address(self, path: str = PATH) -> str:
        """Write this as a path with a query, without what goes without saying."""
        pairs = self.choice_pairs()
        if self.after is not None:
            pairs.append(("after", self.after))
        elif self.before is not None:
            pairs.append(("before", self.before))
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def choice_pairs(self, *, with_order: bool = True) -> list[tuple[str, str]]:
        """Give the names and values of a choice, in a fixed order."""
        choice = self.choice
        pairs = [("q", choice.words)] if choice.words else []
        if choice.kind != KINDS[0]:
            pairs.append(("kind", choice.kind or ANY_KIND))
        pairs += [
            (name, written(name, choice.facets[name])) for name in FACETS if name in choice.facets
        ]
        if with_order and choice.order != usual_order(choice.words):
            pairs.append(("sort", choice.order))
        return pairs

    def without_place(self) -> "Asked":
        """Give the beginning of the same list."""
        return Asked(self.choice)

    def at(self, *, after: str | None = None, before: str | None = None) -> "Asked":
        """Give another page of the same list."""
        return Asked(self.choice, after, before)

    def with_words(self, words: str) -> "Asked":
        """Give the same choice with other words, sorted as is usual then."""
        return Asked(replace(self.choice, words=words, order=usual_order(words)))

    def with_kind(self, kind: str | None) -> "Asked":
        """Give the same choice of another kind."""
        return Asked(replace(self.choice, kind=kind))

    def with_facet(self, name: str, value: FacetValue) -> "Asked":
        """Give the choice narrowed by a value of a facet."""
        return Asked(replace(self.choice, facets={**self.choice.facets, name: value}))

    def without_facet(self, name: str) -> "Asked":
        """Give the choice widened by a facet."""
        others = {other: value for other, value in self.choice.facets.items() if other != name}
        return Asked(replace(self.choice, facets=others))

    def with_order(self, order: Order) -> "Asked":
        """Give the same choice sorted otherwise."""
        return Asked(replace(self.choice, order=order))


def asked(arguments: Mapping[str, str]) -> Asked:
    """Read what the query of an address asks for."""
    words = " ".join(_CONTROL.sub(" ", arguments.get("q", ""))[:LONGEST].split())
    kind = arguments.get("kind", KINDS[0])
    order = arguments.get("sort", "")
    facets = {
        name: _read(name, arguments[name][:_LONGEST_VALUE])
        for name in FACETS
        if arguments.get(name)
    }
    choice = Choice(
        words=words,
        kind=None if kind == ANY_KIND else kind if kind in KINDS else KINDS[0],
        facets=facets,
        order=next((known for known in ORDERS if known == order), usual_order(words)),
    )
    return Asked(choice, arguments.get("after") or None, arguments.get("before"))


def usual_order(words: str) -> Order:
    """Give what a list is sorted by if nobody says: by relevance if words are looked for."""
    return "relevance" if words else "title"


def written(name: str, value: FacetValue) -> str:
    """Write the value of a facet as it stands in an address."""
    if value is None:
        return NOT_STATED
    if isinstance(value, int):
        return f"{value}s"
    return str(value).removeprefix(AGENT) if name == "author" else str(value)


def _read(name: str, value: str) -> FacetValue:
    if value == NOT_STATED:
        return None
    if name == "author":
        return AGENT + value
    if name == "decade":
        match = _DECADE.fullmatch(value)
        return int(match[1]) if match else value
    return value
