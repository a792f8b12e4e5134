"""The home of a corpus: what it is, counted; where to begin; how to get, cite and trust it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.language import ngettext
from app.pages import dates
from app.pages.asked import Asked
from app.pages.browse import label_of
from app.pages.charts import Bar, bars
from app.pages.columns import Chart, Datum, columns
from app.pages.corpus import Figure, figures
from app.pages.values import Value, number
from app.variants import address
from ld import browse
from ld.browse import Choice, FacetValue, Values
from ld.edition import Edition

#: Authors whose bars are shown.
MOST_AUTHORS: Final = 10
# Decades stand side by side; beyond so many the widest gaps between them would be most of it.
_MOST_DECADES: Final = 60

# What a text may leave unsaid, in the order in which people ask.
_GAPS: Final[dict[str, Callable[[int], str]]] = {
    "author": lambda n: ngettext(
        "%(count)s text without an author", "%(count)s texts without an author", n, count=number(n)
    ),
    "decade": lambda n: ngettext(
        "%(count)s text without a date", "%(count)s texts without a date", n, count=number(n)
    ),
    "language": lambda n: ngettext(
        "%(count)s text without a language",
        "%(count)s texts without a language",
        n,
        count=number(n),
    ),
    "licence": lambda n: ngettext(
        "%(count)s text without a licence",
        "%(count)s texts without a licence",
        n,
        count=number(n),
    ),
    "host": lambda n: ngettext(
        "%(count)s text without a source", "%(count)s texts without a source", n, count=number(n)
    ),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that texts do not state, how many of them, and the list of these."""

    what: str
    href: str


@dataclass(frozen=True, slots=True)
class Home:
    """What the home shows beside the description of the dataset.

    `columns` is None where the decades do not fit side by side; `decades` has them all the same.
    """

    figures: list[Figure]
    decades: list[Bar]
    columns: Chart | None
    authors: list[Bar]
    more_authors: str | None
    gaps: list[Gap]


def home(edition: Edition) -> Home:
    """Give the home of the corpus as this edition has it."""
    values = {name: browse.values(edition, name) for name in browse.FACETS}
    decades = sorted((int(value), count) for value, count in values["decade"].counted)
    return Home(
        figures=[*figures(edition), *_figures(edition, values)],
        decades=bars((_linked("decade", value), count) for value, count in decades),
        columns=None if values["decade"].left_out else _columns(dict(decades)),
        authors=_authors(edition, values["author"]),
        more_authors=_more(values["author"]),
        gaps=[
            Gap(what(count), _address(name, None))
            for name, what in _GAPS.items()
            if (count := values[name].not_stated)
        ],
    )


def _figures(edition: Edition, values: dict[str, Values]) -> list[Figure]:
    found = []
    if years := _years(edition, values["decade"]):
        label = ngettext("Year", "Years", len(years))
        found.append(Figure(label, "–".join(dates.year(year) for year in years)))
    if count := _distinct(values["language"]):
        found.append(Figure(ngettext("Language", "Languages", count), number(count)))
    if count := _distinct(values["licence"]):
        found.append(Figure(ngettext("Licence", "Licences", count), number(count)))
    return found


def _distinct(values: Values) -> int:
    return len(values.counted) + values.left_out


def _years(edition: Edition, decades: Values) -> list[int]:
    """Give the earliest year of the oldest and of the newest text; one if they are the same."""
    if not decades.counted or decades.left_out:
        return []
    known = sorted(int(decade) for decade, _count in decades.counted)
    oldest = Choice(facets={"decade": known[0]}, order="year")
    newest = Choice(facets={"decade": known[-1]}, order="year")
    pages = (browse.page(edition, oldest, 1), browse.page(edition, newest, 1, before=""))
    numbers = [number for page in pages for number in page.numbers]
    years = {line.entry.year for line in browse.listed(edition, numbers)}
    return sorted(year for year in years if year is not None)


def _columns(counted: dict[int, int]) -> Chart | None:
    if not counted:
        return None
    decades = range(min(counted), max(counted) + 1, 10)
    if len(decades) > _MOST_DECADES:
        return None
    return columns(
        [
            Datum(
                dates.decade(decade),
                counted.get(decade, 0),
                _address("decade", decade) if decade in counted else None,
            )
            for decade in decades
        ]
    )


def _authors(edition: Edition, authors: Values) -> list[Bar]:
    shown = authors.counted[:MOST_AUTHORS]
    keys = [str(key) for key, _count in shown]
    names = {entry.key: entry for entry in browse.entries(edition, keys)}
    return bars(
        (replace(label_of("author", key, names), href=_address("author", key)), count)
        for key, count in shown
    )


def _more(authors: Values) -> str | None:
    left_out = _distinct(authors) - MOST_AUTHORS
    return number(left_out) if left_out > 0 else None


def _linked(name: str, value: FacetValue) -> Value:
    return replace(label_of(name, value, {}), href=_address(name, value))


def _address(name: str, value: FacetValue) -> str:
    return address(Asked(Choice(facets={name: value})).address())
