"""ActivityStreams, in the form of IIIF Change Discovery: one activity per change of a document.

See: https://iiif.io/api/discovery/1.0/ and https://www.w3.org/TR/activitystreams-core/
"""

from typing import Any, Final

import orjson

from ld import history
from ld.edition import Edition
from ld.stored import DATASET, Change, document_iri

NAME: Final = "ActivityStreams"
PATH: Final = "activity"
CONTEXT: Final = "http://iiif.io/api/discovery/1/context.json"
MEDIA_TYPE: Final = f'application/ld+json;profile="{CONTEXT}"'

_TYPES: Final = {"created": "Create", "updated": "Update", "deleted": "Delete"}


def entry_point(edition: Edition) -> bytes:
    """Write the collection: how many activities there are, and its first and last page."""
    members: dict[str, Any] = {
        "@context": CONTEXT,
        "id": edition.service_url + PATH,
        "type": "OrderedCollection",
        "totalItems": history.count(edition),
        "rights": edition.manifest["licence"],
        "seeAlso": [_data(f"{edition.service_url}{DATASET}.jsonld", "application/ld+json")],
    }
    first, last = history.first(edition), history.last_page(edition)
    if first is not None and last is not None:
        members |= {"first": _page(edition, first), "last": _page(edition, last.first)}
    return orjson.dumps(members)


def page(edition: Edition, page: history.Page) -> bytes:
    """Write one page of the collection, its activities in the order in which they happened."""
    members: dict[str, Any] = {
        "@context": CONTEXT,
        **_page(edition, page.first),
        "partOf": {"id": edition.service_url + PATH, "type": "OrderedCollection"},
    }
    for name, beginning in (("prev", page.previous), ("next", page.following)):
        if beginning is not None:
            members[name] = _page(edition, beginning)
    members["orderedItems"] = [_activity(edition, change) for change in page.changes]
    return orjson.dumps(members)


def address(edition: Edition, first: Change) -> str:
    """Give the address of the page that begins with this change."""
    return f"{edition.service_url}{PATH}/{first.sequence}/{first.key}"


def _page(edition: Edition, first: Change) -> dict[str, str]:
    return {"id": address(edition, first), "type": "OrderedCollectionPage"}


def _activity(edition: Edition, change: Change) -> dict[str, Any]:
    thing: dict[str, Any] = {
        "id": document_iri(edition.base, change.key),
        "type": "Document",
        "canonical": edition.base + change.key,
    }
    if change.kind != "deleted":
        owned = history.owned_address(edition, change.key)
        thing["seeAlso"] = [_data(owned, history.OWNED_MEDIA_TYPE)]
    activity = {"type": _TYPES[change.kind], "object": thing, "endTime": change.datestamp}
    return activity | ({"summary": change.reason} if change.reason else {})


def _data(address: str, media_type: str) -> dict[str, str]:
    return {"id": address, "type": "Dataset", "format": media_type}
