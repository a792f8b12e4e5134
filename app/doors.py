"""Doors: the protocols by which others come, and how a page tells of them."""

from dataclasses import dataclass, replace
from typing import Final

from app.language import lazy_gettext
from ld.describe import CATALOG
from ld.edition import Edition
from ld.harvest import activity_streams, atom, ldes, oai_pmh, resource_sync, sitemap


@dataclass(frozen=True, slots=True)
class Door:
    """One way in; `rel` is how the head of a page links to it, None if it does not."""

    name: str
    address: str
    rel: str | None
    media_type: str
    what: str


#: The addresses are below the service's.
_DOORS: Final = (
    Door(
        "DCAT-AP 3",
        CATALOG,
        None,
        "text/turtle",
        lazy_gettext("The description of the dataset, for registers of datasets and catalogues."),
    ),
    Door(
        "SPARQL 1.1",
        "sparql",
        "service-desc",
        "text/turtle",
        lazy_gettext("Queries over the whole dataset."),
    ),
    Door(
        "OAI-PMH 2.0",
        f"{oai_pmh.PATH}?verb=Identify",
        "service-desc",
        oai_pmh.MEDIA_TYPE,
        lazy_gettext("Records for aggregators, in Dublin Core, RDF and the Europeana Data Model."),
    ),
    Door(
        resource_sync.NAME,
        resource_sync.CAPABILITY_LIST,
        "resourcesync",
        resource_sync.MEDIA_TYPE,
        lazy_gettext("Lists of all records and of all changes, with checksums."),
    ),
    Door(
        ldes.NAME,
        ldes.PATH,
        "alternate",
        ldes.MEDIA_TYPE,
        lazy_gettext("Every version of every record, as a stream of linked data events."),
    ),
    Door(
        activity_streams.NAME,
        activity_streams.PATH,
        "alternate",
        activity_streams.MEDIA_TYPE,
        lazy_gettext("What changed, in the form of IIIF Change Discovery."),
    ),
    Door(
        atom.NAME,
        atom.PATH,
        "alternate",
        atom.MEDIA_TYPE,
        lazy_gettext("What changed, for feed readers."),
    ),
    Door(
        sitemap.NAME,
        sitemap.PATH,
        "sitemap",
        sitemap.MEDIA_TYPE,
        lazy_gettext("All pages, for search engines."),
    ),
)


def doors(edition: Edition, *, can_query: bool) -> list[Door]:
    """Give the doors of the service, at their whole addresses."""
    return [
        replace(door, address=edition.service_url + door.address)
        for door in _DOORS
        if can_query or door.address != "sparql"
    ]
