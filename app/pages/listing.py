"""Lists of texts, parts and agents, page by page.

A page begins after a key, so that it stays right whatever is published meanwhile, and costs the
same at the end of a list as at its beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlencode

from app.language import gettext as _
from app.language import ngettext
from app.pages.facts import Facts
from app.pages.record import title_of
from app.pages.values import Value, number
from app.variants import address
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.stored import Entry, StoredDocument


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list.

    `detail` is the date of a text or the number of an agent's texts; `note` is a remark.
    """

    title: Value
    authors: list[Value]
    detail: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list.

    `first` and `following` are the addresses of the first and the next page, where there are
    such. `start` is the number of the first line, where the lines are numbered.
    """

    lines: list[Line]
    count: str
    total: int
    first: str | None
    following: str | None
    start: int = 1


def texts(edition: Edition, after: str, limit: int) -> Listing:
    """List texts with their authors, by key."""
    documents = list(islice(edition.documents("text", after), limit + 1))
    lines = [_text(edition, document) for document in documents[:limit]]
    keys = [document.key for document in documents]
    return _listing(lines, edition.counts.get("texts", 0), "texts", after, keys, limit)


def agents(edition: Edition, after: str, limit: int) -> Listing:
    """List agents, by key."""
    entries = edition.entries("agent", after=after, limit=limit + 1)
    lines = [
        Line(_label(entry), [], _texts(edition.count_referring(entry.key)))
        for entry in entries[:limit]
    ]
    keys = [entry.key for entry in entries]
    return _listing(lines, edition.counts.get("agents", 0), "agents", after, keys, limit)


def works(edition: Edition, agent: StoredDocument, path: str, after: str, limit: int) -> Listing:
    """List the texts that refer to an agent, by key."""
    entries = edition.entries("text", referring_to=agent.key, after=after, limit=limit + 1)
    keys = [entry.key for entry in entries]
    lines = [_text(edition, edition.document(key), fewest_authors=2) for key in keys[:limit]]
    return _listing(lines, edition.count_referring(agent.key), path, after, keys, limit)


def parts(edition: Edition, text: StoredDocument, path: str, after: str, limit: int) -> Listing:
    """List the parts of a text, in their order."""
    entries = edition.parts_of(text.key)
    keys = [entry.key for entry in entries]
    start = keys.index(after) + 1 if after in keys else 0
    lines = [Line(_label(entry), [], None, _note(entry.state)) for entry in entries[start:][:limit]]
    page = _listing(lines, len(entries), path, after if start else "", keys[start:], limit)
    return replace(page, start=start + 1)


def _text(edition: Edition, document: StoredDocument, fewest_authors: int = 1) -> Line:
    facts = Facts(edition, document)
    authors = facts.authors().values
    return Line(
        replace(title_of(document, facts), href=address(DOCUMENT + document.key)),
        authors if len(authors) >= fewest_authors else [],
        next((value.text for value in facts.date().values), None),
        _note(document.state),
    )


def _texts(count: int) -> str | None:
    if count == 0:
        return None
    return ngettext("%(number)s text", "%(number)s texts", count, number=number(count))


def _note(state: str) -> str | None:
    return _("kept from an earlier edition") if state == "kept" else None


def _label(entry: Entry) -> Value:
    href = address(DOCUMENT + entry.key)
    if entry.label == entry.key:
        return Value(entry.key.rpartition("/")[2], href=href, is_code=True)
    return Value(entry.label, entry.label_language or "und", href)


def _listing(
    lines: list[Line], total: int, path: str, after: str, keys: Sequence[str], limit: int
) -> Listing:
    following = None
    if len(keys) > limit:
        following = f"{address(path)}?{urlencode({'after': keys[limit - 1]})}"
    return Listing(lines, number(total), total, address(path) if after else None, following)
