"""Atom: the latest changes as a feed for people, and all of them in its archive.

A document keeps one id, so a reader shows its latest state; what was deleted is an entry of its
own kind. See: RFC 4287, RFC 5005 (section 4, archived feeds) and RFC 6721 (tombstones).
"""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ld import history
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.stored import DATASET, Change, document_iri

NAME: Final = "Atom"
PATH: Final = "atom"
MEDIA_TYPE: Final = "application/atom+xml"

_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:at="http://purl.org/atompub/tombstones/1.0" '
    'xmlns:fh="http://purl.org/syndication/history/1.0">\n'
)
_WORDS: Final = {"created": "New", "updated": "Changed"}
# Characters that XML 1.0 cannot write at all.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def entry_point(edition: Edition) -> bytes:
    """Write the feed of the latest changes, latest first, and where its archive begins."""
    changes = history.latest(edition, history.SIZE)
    last = history.last_page(edition)
    links = [("self", edition.service_url + PATH), ("alternate", edition.service_url)]
    if last is not None and last.previous is not None:
        links.append(("prev-archive", address(edition, last.previous)))
    updated = changes[0].datestamp if changes else edition.created
    return _write(edition, edition.base + PATH, updated, links, "", changes)


def page(edition: Edition, page: history.Page) -> bytes:
    """Write one page of the archive, latest first."""
    here = address(edition, page.first)
    links = [("self", here), ("current", edition.service_url + PATH)]
    for rel, beginning in (("prev-archive", page.previous), ("next-archive", page.following)):
        if beginning is not None:
            links.append((rel, address(edition, beginning)))
    latest_first = list(reversed(page.changes))
    updated = latest_first[0].datestamp
    return _write(edition, here, updated, links, "  <fh:archive/>\n", latest_first)


def address(edition: Edition, first: Change) -> str:
    """Give the address of the page of the archive that begins with this change."""
    return f"{edition.service_url}{PATH}/{first.sequence}/{first.key}"


def _write(
    edition: Edition,
    identifier: str,
    updated: str,
    links: list[tuple[str, str]],
    marks: str,
    changes: list[Change],
) -> bytes:
    publisher = edition.manifest["publisher"]
    author = publisher["name"] if publisher else edition.manifest["title"]
    head = [
        f"  <id>{_text(identifier)}</id>\n",
        f"  <title>{_text(edition.manifest['title'])}</title>\n",
        f"  <updated>{updated}</updated>\n",
        f"  <author><name>{_text(author)}</name></author>\n",
        f"  <rights>{_text(edition.manifest['licence'])}</rights>\n",
        *[f"  <link rel={quoteattr(rel)} href={quoteattr(href)}/>\n" for rel, href in links],
        marks,
    ]
    entries = (_entry(edition, change) for change in changes)
    return "".join([_START, *head, *entries, "</feed>\n"]).encode()


def _entry(edition: Edition, change: Change) -> str:
    document = document_iri(edition.base, change.key)
    if change.kind == "deleted":
        return (
            f"  <at:deleted-entry ref={quoteattr(document)} when={quoteattr(change.datestamp)}>\n"
            f"    <at:comment>{_text(change.reason)}</at:comment>\n  </at:deleted-entry>\n"
        )
    name = history.label(edition, change.key, history.statements(edition, change))
    page = edition.service_url + ("" if change.key == DATASET else DOCUMENT) + change.key
    data = quoteattr(history.owned_address(edition, change.key))
    kind = quoteattr(history.OWNED_MEDIA_TYPE)
    word = _WORDS[change.kind]
    return (
        f"  <entry>\n    <id>{_text(document)}</id>\n    <title>{_text(name)}</title>\n"
        f"    <updated>{change.datestamp}</updated>\n"
        f'    <category term={quoteattr(change.kind)} label="{word}"/>\n'
        f'    <link rel="alternate" href={quoteattr(page)}/>\n'
        f'    <link rel="describedby" type={kind} href={data}/>\n'
        f"    <summary>{_text(f'{word} in edition {change.edition}. {change.reason}'.strip())}"
        "</summary>\n  </entry>\n"
    )


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", text))
