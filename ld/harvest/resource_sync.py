"""ResourceSync: what there is, what changed, and the digest of every copy.

The resources are the statements that each document owns, alone and in canonical N-Triples: their
bytes change with their document and with nothing else, so the digests are true.
See: http://www.openarchives.org/rs/1.1/resourcesync
"""

import hashlib
from typing import Final

from ld import history
from ld.edition import Edition
from ld.formats.n_triples import write
from ld.harvest import sitemap
from ld.history import Position
from ld.stored import DATASET, Change, kind_of
from ld.terms import Statement

NAME: Final = "ResourceSync"
SOURCE: Final = ".well-known/resourcesync"
CAPABILITY_LIST: Final = "capabilitylist.xml"
RESOURCE_LIST: Final = "resourcelist.xml"
CHANGE_LIST: Final = "changelist.xml"
MEDIA_TYPE: Final = sitemap.MEDIA_TYPE
#: Resources in one list: 50,000 are allowed, but each takes a digest, and a list a second.
SIZE: Final = 5_000

_NAMESPACE: Final = sitemap.attributes(**{"xmlns:rs": "http://www.openarchives.org/rs/terms/"})


def source(edition: Edition) -> bytes:
    """Write the source description: where the capability list is."""
    md = _md(capability="capabilitylist")
    head = _ln("describedby", edition.service_url + DATASET) + _md(capability="description")
    return _urlset([_entry(edition.service_url + CAPABILITY_LIST, md)], head)


def capability_list(edition: Edition) -> bytes:
    """Write the capability list: where the resource list and the change list are."""
    head = _ln("up", edition.service_url + SOURCE) + _md(capability="capabilitylist")
    entries = [
        _entry(edition.service_url + RESOURCE_LIST, _md(capability="resourcelist")),
        _entry(edition.service_url + CHANGE_LIST, _md(capability="changelist")),
    ]
    return _urlset(entries, head)


def resource_list(edition: Edition) -> bytes:
    """Write the list of all resources, or the index of its lists."""
    if edition.counts["documents"] <= SIZE:
        return _resources(edition, "", is_part=False)
    found = sitemap.beginnings(edition, SIZE)
    addresses = [f"{edition.service_url}{RESOURCE_LIST}?from={key}" for key in found]
    return sitemap.index(addresses, _NAMESPACE, _head(edition, RESOURCE_LIST, at=edition.created))


def resource_list_part(edition: Edition, first: str) -> bytes | None:
    """Write the list that begins with this document; None if there is no such document."""
    return _resources(edition, first, is_part=True) if first in edition else None


def change_list(edition: Edition) -> bytes:
    """Write the list of all changes, or the index of its lists."""
    found = history.beginnings(edition, SIZE)
    page = history.page(edition, found[0], SIZE) if found else None
    since = page.changes[0].datestamp if page is not None else edition.created
    if page is None or len(found) == 1:
        return _changes(edition, page, _head(edition, CHANGE_LIST, from_=since))
    # Clients read the lists of an index in the order of their addresses, as text.
    start = f"{edition.service_url}{CHANGE_LIST}?from="
    addresses = [f"{start}{sequence:08}/{key}" for sequence, key in found]
    return sitemap.index(addresses, _NAMESPACE, _head(edition, CHANGE_LIST, from_=since))


def change_list_part(edition: Edition, first: Position) -> bytes | None:
    """Write the list that begins with this change; None if there is no such change."""
    page = history.page(edition, first, SIZE)
    if page is None:
        return None
    times = {"from_": page.changes[0].datestamp}
    if page.is_closed:
        times["until"] = page.changes[-1].datestamp
    index = _ln("index", edition.service_url + CHANGE_LIST)
    return _changes(edition, page, index + _head(edition, CHANGE_LIST, **times))


def owned(edition: Edition, key: str) -> bytes:
    """Write the statements that a document owns.

    Raises: DocumentWithdrawnError if it was published once, DocumentNotFoundError if never.
    """
    return write(edition.document(key).owned)


def _resources(edition: Edition, first: str, *, is_part: bool) -> bytes:
    rows = edition.db.execute(
        "SELECT d.key, v.datestamp, v.stated, v.volatile "
        "FROM document d JOIN version v ON v.version = d.version "
        "WHERE (d.kind, d.key) >= (?, ?) ORDER BY d.kind, d.key LIMIT ?",
        (kind_of(first) if first else "", first, SIZE),
    )
    entries = []
    for key, datestamp, stated, volatile in rows:
        statements = history.owned(edition.base, key, datestamp, stated, volatile)
        address = history.owned_address(edition, key)
        entries.append(sitemap.entry(address, datestamp, _md(**_facts(statements))))
    index = _ln("index", edition.service_url + RESOURCE_LIST) if is_part else ""
    return _urlset(entries, index + _head(edition, RESOURCE_LIST, at=edition.created))


def _changes(edition: Edition, page: history.Page | None, head: str) -> bytes:
    changes = () if page is None else page.changes
    return _urlset([_change(edition, change) for change in changes], head)


def _change(edition: Edition, change: Change) -> str:
    statements = history.statements(edition, change)
    facts = _facts(statements) if statements else {}
    md = _md(change=change.kind, datetime=change.datestamp, **facts)
    return sitemap.entry(history.owned_address(edition, change.key), change.datestamp, md)


def _facts(statements: tuple[Statement, ...]) -> dict[str, str | int]:
    written = write(statements)
    digest = hashlib.sha256(written).hexdigest()
    media_type = history.OWNED_MEDIA_TYPE
    return {"hash": f"sha-256:{digest}", "length": len(written), "type": media_type}


def _head(edition: Edition, path: str, **times: str) -> str:
    capability = path.removesuffix(".xml")
    up = _ln("up", edition.service_url + CAPABILITY_LIST)
    return up + _md(capability=capability, **times)


def _urlset(entries: list[str], head: str) -> bytes:
    return sitemap.urlset(entries, _NAMESPACE, head)


def _entry(address: str, md: str) -> str:
    return f"<url>{sitemap.loc(address)}{md}</url>\n"


def _md(**values: str | int) -> str:
    return f"<rs:md{sitemap.attributes(**values)}/>"


def _ln(rel: str, href: str) -> str:
    return f"<rs:ln{sitemap.attributes(rel=rel, href=href)}/>\n"
