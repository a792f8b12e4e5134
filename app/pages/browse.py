"""The list of texts as people see it: what was asked for, what it leaves, and where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.language import gettext as _
from app.language import lazy_gettext, ngettext
from app.pages import dates
from app.pages.asked import ORDERS, Asked
from app.pages.columns import Chart, Datum, columns
from app.pages.values import (
    NOT_STATED,
    Value,
    language_name,
    licence_name,
    number,
    shortened,
)
from app.variants import address
from ld import browse
from ld.browse import Choice, Counts, FacetValue, Listed
from ld.edition import Edition
from ld.iri import AGENT, DOCUMENT, text_of_part
from ld.stored import Entry

#: Values of one facet that a page shows.
MOST_VALUES: Final = 12
_MOST_AUTHORS: Final = 5
# A chart shows decades side by side, those that have nothing too.
_FEWEST_DECADES: Final = 3
_MOST_DECADES: Final = 60
_LONGEST_TITLE: Final = 300
_LONGEST_CHIP: Final = 60

_FACETS: Final = {
    "author": lazy_gettext("Author"),
    "decade": lazy_gettext("Decade"),
    "language": lazy_gettext("Language"),
    "licence": lazy_gettext("Licence"),
    "host": lazy_gettext("Source"),
}
_KIND_LABELS: Final = {
    "text": lazy_gettext("Texts"),
    "part": lazy_gettext("Parts of texts"),
    None: lazy_gettext("Texts and parts"),
}
_ORDER_LABELS: Final = {
    "title": lazy_gettext("Title"),
    "year": lazy_gettext("Year"),
    "author": lazy_gettext("Author"),
    "relevance": lazy_gettext("Relevance"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: a value of a facet, a kind, or an order."""

    label: Value
    href: str
    count: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A facet with its values; `left_out` is how many more there are."""

    name: str
    label: str
    options: list[Option]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force, and the address of the list without it."""

    label: str
    value: Value
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list; `whole` is the text that a part belongs to."""

    title: Value
    whole: Value | None
    authors: list[Value]
    details: list[Value]
    note: str | None


@dataclass(frozen=True, slots=True)
class Paging:
    """The addresses of other pages of the list, where there are such."""

    first: str | None = None
    previous: str | None = None
    following: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class BrowsePage:
    """One page of the list of texts."""

    title: str
    words: str
    hidden: list[tuple[str, str]]  # what the search form carries along
    count: str
    total: int
    chips: list[Chip]
    clear: str
    kinds: list[Option]
    groups: list[Group]
    orders: list[Option]
    lines: list[Line]
    paging: Paging
    others: list[Option]  # the same search among the other kinds, if this one finds nothing
    is_bounded: bool
    decades: Chart | None


def browse_page(edition: Edition, asked: Asked, limit: int) -> BrowsePage:
    """Give the page that was asked for.

    Raises: DocumentNotFoundError if it is to begin after something that is not in the list.
    """
    choice = asked.choice
    found = browse.page(edition, choice, limit, after=asked.after, before=asked.before)
    listed = browse.listed(edition, found.numbers)
    counts = browse.counts(edition, choice)
    names = _names(edition, choice, counts, listed)
    total = counts.total(choice.kind)
    chips = _chips(asked, names)
    kinds = _kinds(asked, counts)
    return BrowsePage(
        title=_title(choice, chips),
        words=choice.words,
        hidden=[pair for pair in asked.choice_pairs(with_order=False) if pair[0] != "q"],
        count=_count(total, choice.kind, is_bounded=counts.is_bounded),
        total=total,
        chips=chips,
        clear=address("texts"),
        kinds=kinds,
        groups=[_group(name, asked, counts, names) for name in _FACETS],
        orders=_orders(asked),
        lines=[_line(line, choice, names) for line in listed],
        paging=_paging(asked, found, listed),
        others=[] if total else [kind for kind in kinds if kind.count and not kind.is_chosen],
        is_bounded=counts.is_bounded,
        decades=_decades(asked, counts),
    )


def title_of(edition: Edition, asked: Asked) -> str:
    """Give the words for what was asked for: what it is, and the conditions in force."""
    author = asked.choice.facets.get("author")
    named = browse.entries(edition, [str(author)]) if author else []
    return _title(asked.choice, _chips(asked, {entry.key: entry for entry in named}))


def label_of(name: str, value: FacetValue, names: dict[str, Entry]) -> Value:
    """Show the value of a facet by the name that people know."""
    if value is None:
        return Value(NOT_STATED)
    text = str(value)
    match name:
        case "author":
            entry = names.get(text)
            if entry is None:
                return Value(shortened(text.removeprefix(AGENT), _LONGEST_CHIP), is_code=True)
            return _name(entry)
        case "decade" if isinstance(value, int):
            return Value(dates.decade(value))
        case "language":
            return Value(shortened(_language(text), _LONGEST_CHIP))
        case "licence":
            return Value(shortened(licence_name(text), _LONGEST_CHIP))
        case _:
            return Value(shortened(text, _LONGEST_CHIP), is_code=True)


def _language(tag: str) -> str:
    try:
        return language_name(tag)
    except ValueError:  # a reader may write anything into an address
        return tag


def _title(choice: Choice, chips: Sequence[Chip]) -> str:
    kind = str(_KIND_LABELS[choice.kind])
    conditions = [
        _("%(field)s not stated", field=chip.label)
        if chip.value.text == NOT_STATED
        else str(chip.value.text)
        for chip in chips
        if chip.value.text != kind
    ]
    return f"{kind}: {', '.join(conditions)}" if conditions else kind


def _count(total: int, kind: str | None, *, is_bounded: bool) -> str:
    written = number(total)
    match kind:
        case "text":
            if is_bounded:
                return _("More than %(number)s texts", number=written)
            if total == 0:
                return _("No texts")
            return ngettext("%(number)s text", "%(number)s texts", total, number=written)
        case "part":
            if is_bounded:
                return _("More than %(number)s parts", number=written)
            if total == 0:
                return _("No parts")
            return ngettext("%(number)s part", "%(number)s parts", total, number=written)
    if is_bounded:
        return _("More than %(number)s texts and parts", number=written)
    if total == 0:
        return _("No texts or parts")
    return ngettext("%(number)s text or part", "%(number)s texts and parts", total, number=written)


def _names(
    edition: Edition, choice: Choice, counts: Counts, listed: Sequence[Listed]
) -> dict[str, Entry]:
    """Give the entries of all that the page names beside what it lists."""
    keys = {str(pair[0]) for pair in counts.facets["author"].counted[:MOST_VALUES]}
    keys.add(str(choice.facets.get("author")))
    keys |= {whole for line in listed if (whole := text_of_part(line.entry.key)) is not None}
    return {entry.key: entry for entry in browse.entries(edition, sorted(keys))}


def _chips(asked: Asked, names: dict[str, Entry]) -> list[Chip]:
    choice = asked.choice
    chips = []
    if choice.words:
        words = Value(f"“{shortened(choice.words, _LONGEST_CHIP)}”", "und")
        chips.append(Chip(_("Words"), words, address(asked.with_words("").address())))
    if choice.kind != "text":
        kind = Value(_KIND_LABELS[choice.kind])
        chips.append(Chip(_("Type"), kind, address(asked.with_kind("text").address())))
    for name, label in _FACETS.items():
        if name in choice.facets:
            value = label_of(name, choice.facets[name], names)
            chips.append(Chip(label, value, address(asked.without_facet(name).address())))
    return chips


def _kinds(asked: Asked, counts: Counts) -> list[Option]:
    return [
        Option(
            Value(_KIND_LABELS[kind]),
            address(asked.with_kind(kind).address()),
            number(total) if (total := counts.total(kind)) else None,
            asked.choice.kind == kind,
        )
        for kind in ("text", "part", None)
    ]


def _group(name: str, asked: Asked, counts: Counts, names: dict[str, Entry]) -> Group:
    values = counts.facets[name]
    is_chosen = name in asked.choice.facets
    shown: list[tuple[FacetValue, int]] = list(values.counted)
    if name == "decade":
        shown.sort(key=lambda pair: int(pair[0] or 0))
    else:
        shown = shown[:MOST_VALUES]
    left_out = len(values.counted) - len(shown) + values.left_out
    if values.not_stated:
        shown.append((None, values.not_stated))
    if is_chosen:
        chosen = asked.choice.facets[name]
        shown = [pair for pair in shown if pair[0] == chosen]
        left_out = 0
    options = []
    for value, count in shown:
        other = asked.without_facet(name) if is_chosen else asked.with_facet(name, value)
        label = label_of(name, value, names)
        options.append(Option(label, address(other.address()), number(count), is_chosen))
    return Group(name, _FACETS[name], options, left_out)


def _decades(asked: Asked, counts: Counts) -> Chart | None:
    counted = {int(decade): count for decade, count in counts.facets["decade"].counted}
    if len(counted) < _FEWEST_DECADES or counts.facets["decade"].left_out:
        return None
    decades = range(min(counted), max(counted) + 1, 10)
    if len(decades) > _MOST_DECADES:
        return None
    data = []
    for decade in decades:
        href = address(asked.with_facet("decade", decade).address()) if decade in counted else None
        data.append(Datum(dates.decade(decade), counted.get(decade, 0), href))
    return columns(data)


def _orders(asked: Asked) -> list[Option]:
    chosen = asked.choice.sorted_by
    return [
        Option(
            Value(_ORDER_LABELS[order]),
            address(asked.with_order(order).address()),
            is_chosen=order == chosen,
        )
        for order in ORDERS
        if order != "relevance" or asked.choice.match is not None
    ]


def _line(listed: Listed, choice: Choice, names: dict[str, Entry]) -> Line:
    authors = [_name(author, href=address(DOCUMENT + author.key)) for author in listed.authors]
    details = []
    if len(authors) > _MOST_AUTHORS:
        left = len(authors) - _MOST_AUTHORS
        details.append(
            Value(
                ngettext("and %(number)s other", "and %(number)s others", left, number=number(left))
            )
        )
    if listed.date is not None:
        details.append(Value(dates.wording(listed.date)))
    if listed.language is not None and "language" not in choice.facets:
        details.append(Value(_language(listed.language)))
    if listed.licence is not None and "licence" not in choice.facets:
        details.append(Value(licence_name(listed.licence)))
    whole = names.get(text_of_part(listed.entry.key) or "")
    return Line(
        title=_name(listed.entry, href=address(DOCUMENT + listed.entry.key)),
        whole=None if whole is None else _name(whole, address(DOCUMENT + whole.key)),
        authors=authors[:_MOST_AUTHORS],
        details=details,
        note=_("kept from an earlier edition") if listed.entry.state == "kept" else None,
    )


def _name(entry: Entry, href: str | None = None) -> Value:
    if entry.label == entry.key:
        return Value(entry.key.rpartition("/")[2], href=href, is_code=True)
    return Value(shortened(entry.label, _LONGEST_TITLE), entry.label_language or "und", href)


def _paging(asked: Asked, found: browse.Page, listed: Sequence[Listed]) -> Paging:
    keys = [line.entry.key for line in listed]
    if not keys:
        is_elsewhere = asked.after is not None or asked.before is not None
        return Paging(first=address(asked.without_place().address()) if is_elsewhere else None)
    before = address(asked.at(before=keys[0]).address()) if found.has_previous else None
    after = address(asked.at(after=keys[-1]).address()) if found.has_following else None
    return Paging(
        first=address(asked.without_place().address()) if before else None,
        previous=before,
        following=after,
        last=address(asked.at(before="").address()) if after else None,
    )
