"""Sitemaps: the pages that crawlers should know, and when each last changed.

A list that would grow too long is an index of lists, each named by the document that it begins
with. See: https://www.sitemaps.org/protocol.html
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.stored import DATASET, kind_of

NAME: Final = "Sitemap"
PATH: Final = "sitemap.xml"
MEDIA_TYPE: Final = "application/xml"
#: Pages in one list; the protocol allows 50,000 and 50 MB, and half of that is still cached.
SIZE: Final = 25_000

_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
# What an address may hold as it is: RFC 3986, sections 2.2 and 2.3, and what is escaped already.
_AS_IT_IS: Final = ":/?#[]@!$&'()*+,;=-._~%"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def sitemap(edition: Edition) -> bytes:
    """Write the list of all pages, or the index of its lists."""
    if edition.counts["documents"] <= SIZE:
        return _pages(edition, "")
    found = beginnings(edition, SIZE)
    return index([f"{edition.service_url}{PATH}?from={key}" for key in found])


def part(edition: Edition, first: str) -> bytes | None:
    """Write the list that begins with this document; None if there is no such document."""
    return _pages(edition, first) if first in edition else None


def beginnings(edition: Edition, size: int) -> list[str]:
    """Give the key that every list of so many documents begins with."""
    rows = edition.db.execute(
        "SELECT key FROM (SELECT key, row_number() OVER (ORDER BY kind, key) AS number "
        "FROM document) WHERE number % ? = 1",
        (size,),
    )
    return [row["key"] for row in rows]


def urlset(entries: Iterable[str], attributes: str = "", head: str = "") -> bytes:
    """Write a list of entries."""
    start = f'{_DECLARATION}<urlset xmlns="{_NAMESPACE}"{attributes}>\n{head}'
    return "".join([start, *entries, "</urlset>\n"]).encode()


def index(addresses: Iterable[str], attributes: str = "", head: str = "") -> bytes:
    """Write an index of lists by their addresses."""
    start = f'{_DECLARATION}<sitemapindex xmlns="{_NAMESPACE}"{attributes}>\n{head}'
    lists = (f"<sitemap>{loc(address)}</sitemap>\n" for address in addresses)
    return "".join([start, *lists, "</sitemapindex>\n"]).encode()


def entry(address: str, modified: str, rest: str = "") -> str:
    """Write one entry of a list."""
    return f"<url>{loc(address)}<lastmod>{modified}</lastmod>{rest}</url>\n"


def loc(address: str) -> str:
    """Write an address, which may be an IRI, as the protocol has it: in ASCII."""
    return f"<loc>{escape(quote(address, safe=_AS_IT_IS))}</loc>"


def attributes(**values: str | int) -> str:
    """Write attributes of an element; a name may end in an underscore."""
    pairs = [f" {name.rstrip('_')}={quoteattr(str(value))}" for name, value in values.items()]
    return "".join(pairs)


def _pages(edition: Edition, first: str) -> bytes:
    rows = edition.db.execute(
        "SELECT d.key, v.datestamp FROM document d JOIN version v ON v.version = d.version "
        "WHERE (d.kind, d.key) >= (?, ?) ORDER BY d.kind, d.key LIMIT ?",
        (kind_of(first) if first else "", first, SIZE),
    )
    entries = [_page(edition, row["key"], row["datestamp"]) for row in rows]
    if not first or first == _first(edition):
        entries.insert(0, entry(edition.service_url, edition.created))
    return urlset(entries)


def _page(edition: Edition, key: str, datestamp: str) -> str:
    # What is counted of the dataset changes with every edition.
    if key == DATASET:
        return entry(edition.service_url + DATASET, edition.created)
    return entry(f"{edition.service_url}{DOCUMENT}{key}", datestamp)


def _first(edition: Edition) -> str:
    row = edition.db.execute("SELECT key FROM document ORDER BY kind, key LIMIT 1").fetchone()
    return str(row["key"])
