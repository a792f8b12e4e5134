"""OAI-PMH 2.0: the six verbs.

The only state is the history: datestamps are those of the editions, deletions stay for ever, and
a list goes on from a place in the history. A list that is open at its end takes in what changes
while it is read; its records move to the end and are given again.
See: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ld.edition import Edition
from ld.harvest.oai import headers, listing, requests, tokens
from ld.harvest.oai.agents import Agents
from ld.harvest.oai.errors import OaiError
from ld.harvest.oai.formats import FORMATS, Format, oai_dc
from ld.harvest.oai.headers import SETS, Header
from ld.harvest.oai.items import Item, item, items
from ld.harvest.oai.requests import Request
from ld.harvest.oai.source import source
from ld.harvest.oai.writing import XmlWriter, schema_location
from ld.stored import DATASET, kind_of

PATH: Final = "oai"
MEDIA_TYPE: Final = "text/xml"

#: What one answer holds at most: headers, records, and about so many characters.
HEADERS: Final = 500
RECORDS: Final = 100
CHARACTERS: Final = 2_000_000

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_ROOT: Final = {
    "xmlns": _NAMESPACE,
    **schema_location(_NAMESPACE, _NAMESPACE + "OAI-PMH.xsd"),
}
_EMAIL: Final = re.compile(r"[^\s@]+@(?:[^\s@.]+\.)+[^\s@.]+")
# The protocol demands an address; under this name there can be none (RFC 2606).
_NO_EMAIL: Final = "not-stated@contact.invalid"


def answer(
    edition: Edition,
    arguments: Sequence[tuple[str, str]],
    now: datetime,
    *,
    page_size: int | None = None,
) -> bytes:
    """Answer a request with these arguments, whatever they are.

    `page_size` replaces the number of headers and records that one answer holds.
    """
    attributes: Mapping[str, str] = {}
    content = XmlWriter()
    try:
        request = requests.read(arguments)
        attributes = request.attributes
        _VERBS[request.verb](_Answer(edition, request, page_size), content)
    except OaiError as error:
        if not error.tells_arguments:
            attributes = {}
        content = XmlWriter()
        content.element("error", error.message, {"code": error.code})
    document = XmlWriter()
    document.declaration()
    with document.within("OAI-PMH", _ROOT):
        document.element("responseDate", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        document.element("request", edition.service_url + PATH, attributes)
        document.fragment(content.content())
    return document.content().encode()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one answer is made from."""

    edition: Edition
    request: Request
    page_size: int | None

    @property
    def arguments(self) -> Mapping[str, str]:
        return self.request.arguments


def _identify(asked: _Answer, xml: XmlWriter) -> None:
    edition = asked.edition
    facts = edition.manifest
    email = (facts.get("contact") or {}).get("email", "")
    with xml.within("Identify"):
        xml.element("repositoryName", facts.get("title") or edition.base)
        xml.element("baseURL", edition.service_url + PATH)
        xml.element("protocolVersion", "2.0")
        xml.element("adminEmail", email if _EMAIL.fullmatch(email) else _NO_EMAIL)
        xml.element("earliestDatestamp", headers.earliest(edition))
        xml.element("deletedRecord", "persistent")
        xml.element("granularity", "YYYY-MM-DDThh:mm:ssZ")
        with xml.within("description"):
            _describe(
                xml,
                {
                    "title": facts.get("title"),
                    "description": facts.get("description"),
                    "publisher": (facts.get("publisher") or {}).get("name"),
                    "date": edition.created,
                    "type": "Dataset",
                    "identifier": edition.base + DATASET,
                    "rights": facts["licence"],
                },
            )


def _list_metadata_formats(asked: _Answer, xml: XmlWriter) -> None:
    edition = asked.edition
    formats = [fmt for fmt in FORMATS if fmt.is_offered(edition)]
    if "identifier" in asked.arguments:
        key = _key(edition, asked.arguments["identifier"])
        formats = [fmt for fmt in formats if item(edition, fmt, key) is not None]
    with xml.within("ListMetadataFormats"):
        for fmt in formats:
            with xml.within("metadataFormat"):
                xml.element("metadataPrefix", fmt.PREFIX)
                xml.element("schema", fmt.SCHEMA)
                xml.element("metadataNamespace", fmt.NAMESPACE)


def _list_sets(asked: _Answer, xml: XmlWriter) -> None:
    if asked.arguments:
        raise tokens.bad_token()
    counts = asked.edition.counts
    with xml.within("ListSets"):
        for name, (_, title) in SETS.items():
            with xml.within("set"):
                xml.element("setSpec", name)
                xml.element("setName", title)
                if name in counts:
                    with xml.within("setDescription"):
                        _describe(xml, {"description": f"{counts[name]} published"})


def _get_record(asked: _Answer, xml: XmlWriter) -> None:
    edition = asked.edition
    key = _key(edition, asked.arguments["identifier"])
    fmt = listing.offered(edition, asked.arguments["metadataPrefix"])
    found = item(edition, fmt, key)
    if found is None:
        raise OaiError("cannotDisseminateFormat", _why_not(edition, fmt, key))
    with xml.within("GetRecord"):
        _write_record(asked, xml, fmt, found, Agents(edition))


def _list_identifiers(asked: _Answer, xml: XmlWriter) -> None:
    rest = _listing(asked)

    def write(found: Item) -> None:
        _write_header(asked, xml, found.header)

    with xml.within("ListIdentifiers"):
        most = asked.page_size or HEADERS
        _write_page(asked, xml, rest, most, write, complete=False)


def _list_records(asked: _Answer, xml: XmlWriter) -> None:
    rest, agents = _listing(asked), Agents(asked.edition)

    def write(found: Item) -> None:
        _write_record(asked, xml, rest.format, found, agents)

    with xml.within("ListRecords"):
        most = asked.page_size or RECORDS
        _write_page(asked, xml, rest, most, write, complete=True)


_VERBS: Final[Mapping[str, Callable[[_Answer, XmlWriter], None]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_metadata_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}


def _listing(asked: _Answer) -> listing.Listing:
    token = asked.arguments.get("resumptionToken")
    if token is not None:
        return listing.resume(asked.edition, token)
    return listing.begin(asked.edition, asked.arguments)


def _key(edition: Edition, identifier: str) -> str:
    key = headers.key_of(edition, identifier)
    if key is None or not headers.is_known(edition, key):
        raise OaiError("idDoesNotExist", "There is and was no item with this identifier.")
    return key


def _why_not(edition: Edition, fmt: Format, key: str) -> str:
    if kind_of(key) not in fmt.KINDS:
        return f"This format is not for items of the kind {kind_of(key)}."
    if key not in edition:
        return "This item is deleted, and it never was there in this format."
    found = source(edition, key)
    return f"This item is not there in this format: {fmt.obstacle(found.iri, found.stated)}."


def _write_page(
    asked: _Answer,
    xml: XmlWriter,
    rest: listing.Listing,
    most: int,
    write: Callable[[Item], None],
    *,
    complete: bool,
) -> None:
    given, last = 0, None
    for found in items(asked.edition, rest.format, rest.span, complete=complete):
        if last is not None and (given == most or xml.length > CHARACTERS):
            _write_token(xml, rest, rest.after(last, given).encode(asked.edition.base))
            return
        write(found)
        given, last = given + 1, found.header
    if given == 0:
        write(_last_given(asked.edition, rest))
    if rest.is_resumed:
        _write_token(xml, rest, "")


def _last_given(edition: Edition, rest: listing.Listing) -> Item:
    """Give the record again that a list was broken off at.

    Since then all others have changed and left the span; a list may not be empty, and an error
    would undo what was harvested.
    """
    if not rest.is_resumed:
        raise OaiError("noRecordsMatch", "Nothing in this set changed in this time.")
    found = item(edition, rest.format, rest.token.key)
    if found is None:
        raise tokens.bad_token()
    return found


def _write_token(xml: XmlWriter, rest: listing.Listing, text: str) -> None:
    counts = {"cursor": str(rest.token.cursor), "completeListSize": str(rest.token.size)}
    xml.element("resumptionToken", text, counts)


def _write_record(asked: _Answer, xml: XmlWriter, fmt: Format, found: Item, agents: Agents) -> None:
    with xml.within("record"):
        _write_header(asked, xml, found.header)
        if found.source is not None:
            with xml.within("metadata"):
                fmt.write(xml, asked.edition, found.source, agents)


def _write_header(asked: _Answer, xml: XmlWriter, header: Header) -> None:
    with xml.within("header", {"status": "deleted"} if header.is_deleted else {}):
        xml.element("identifier", headers.identifier(asked.edition, header.key))
        xml.element("datestamp", header.datestamp)
        xml.element("setSpec", header.set)


def _describe(xml: XmlWriter, elements: Mapping[str, str | None]) -> None:
    with xml.within("oai_dc:dc", oai_dc.ROOT):
        for name, value in elements.items():
            if value:
                xml.element(f"dc:{name}", value)
