"""OAI-PMH 2.0: what is answered, to whatever is asked, and what harvesters end up with.

See: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph
import pytest
from conftest import BASE, Published, seed, write_seeds
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from oai import (
    NAMESPACES,
    Harvester,
    checked,
    datestamp,
    errors,
    identifier,
    is_deleted,
    offline,
    texts,
)
from werkzeug.datastructures import MultiDict

from app import create_app
from app.config import Config
from ld import harvest
from ld.document import Derivation, Document
from ld.edition import FORMAT, Edition, open_current
from ld.harvest.oai import requests
from ld.harvest.oai.agents import inverted
from ld.harvest.oai.formats import edm
from ld.harvest.oai.headers import Span, headers
from ld.harvest.oai.tokens import Token
from ld.harvest.oai.writing import XmlWriter
from ld.publish import publish, rollback
from ld.publish.drafts import Previous, draft
from ld.publish.judging import Verdict
from ld.publish.staging import Staging
from ld.terms import iri, literal, n_triples
from ld.vocabulary import RDF_TYPE, schema

LETTER = f"{BASE}doc/text/letter"
MONTHS = ("2026-03-01T12:00:00Z", "2026-04-01T12:00:00Z", "2026-05-01T12:00:00Z")
SETTINGS = """
base = "http://corpus.example/"
title = "Letters"
language = "en"
publisher = { name = "Example Archive", type = "Organization" }
contact = { name = "Data desk", email = "data@archive.example" }

[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"
"""
FREE = {"LICENSE_NOTE": "Public domain", "AUTHOR": "Ada Lovelace"}


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with create_app(Config(published.data)).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def oai(edition: Edition) -> Harvester:
    return offline(edition)


@pytest.fixture(scope="module")
def paged(edition: Edition) -> Harvester:
    return offline(edition, page_size=4)


def owned(record: Any) -> str:
    """Give the statements in a record in `rdf`, as canonical N-Triples."""
    found = record.find(".//rdf:RDF", NAMESPACES)
    quads = pyoxigraph.parse(etree.tostring(found), format=pyoxigraph.RdfFormat.RDF_XML)
    lines = [f"{quad.subject} {quad.predicate} {quad.object} ." for quad in quads]
    return "".join(f"{line}\n" for line in sorted(lines))


def canonical(statements: Any) -> str:
    lines = n_triples(statements).encode()
    quads = pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return "".join(sorted(f"{q.subject} {q.predicate} {q.object} .\n" for q in quads))


def documents(edition: Edition) -> dict[str, str]:
    return {d.document_iri: canonical(d.owned) for d in edition.documents()}


def withdrawn(edition: Edition) -> set[str]:
    keys = {row["key"] for row in edition.db.execute("SELECT DISTINCT key FROM change")}
    return {f"{edition.base}doc/{key}" for key in keys if key not in edition}


def publisher(folder: Path) -> Callable[..., Edition]:
    """Give a function that publishes seeds, a month after each other."""
    published = 0

    def publish_next(seeds: dict[str, str] | None, settings: str = SETTINGS) -> Edition:
        nonlocal published
        published += 1
        now = datetime(2026, published, 1, tzinfo=UTC)
        if seeds is not None:
            write_seeds(folder / "seeds", seeds, settings)
            publish(folder / "seeds", folder / "data", accept_loss=100, now=lambda: now)
        return open_current(folder / "data")

    return publish_next


# Identify, formats and sets


def test_a_repository_says_what_it_is(oai: Harvester, edition: Edition) -> None:
    found = oai.get("Identify")[-1]

    said = {etree.QName(element).localname: element.text for element in found}
    assert said["repositoryName"] == "Letters and leaflets"
    assert said["baseURL"] == f"{BASE}oai"
    assert said["protocolVersion"] == "2.0"
    assert said["earliestDatestamp"] == MONTHS[0]
    assert said["deletedRecord"] == "persistent"
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert texts(found, ".//dc:rights") == [edition.manifest["licence"]]
    assert texts(found, ".//dc:date") == [edition.created]


def test_an_address_that_is_not_known_is_not_made_up(oai: Harvester) -> None:
    (email,) = texts(oai.get("Identify"), ".//oai:adminEmail")

    assert email.endswith(".invalid")


def test_whom_to_ask_is_who_the_settings_say(tmp_path: Path) -> None:
    edition = publisher(tmp_path)({"a.txt": seed(SOURCE_ID="a", TITLE="A", **FREE)})

    root = offline(edition).get("Identify")

    assert texts(root, ".//oai:adminEmail") == ["data@archive.example"]


def test_each_kind_is_a_set(oai: Harvester, edition: Edition) -> None:
    root = oai.get("ListSets")

    assert texts(root, ".//oai:setSpec") == ["texts", "parts", "agents", "dataset"]
    for kind in ("text", "part", "agent", "dataset"):
        name = kind if kind == "dataset" else f"{kind}s"
        listed = oai.records(metadataPrefix="rdf", set=name)
        there = {identifier(record) for record in listed if not is_deleted(record)}
        assert there == {document.document_iri for document in edition.documents(kind)}


@pytest.mark.parametrize(
    ("key", "prefixes"),
    [
        ("doc/text/letter", ["oai_dc", "rdf", "edm"]),
        ("doc/text/treatise/treatise_1", ["oai_dc", "rdf", "edm"]),
        ("doc/text/bare", ["oai_dc", "rdf"]),  # its rights are not known
        ("doc/agent/ada-lovelace", ["rdf"]),
        ("dataset", ["rdf"]),
        ("doc/text/gone", ["oai_dc", "rdf", "edm"]),  # as a deletion
    ],
)
def test_formats_of_an_item(oai: Harvester, key: str, prefixes: list[str]) -> None:
    root = oai.get("ListMetadataFormats", identifier=BASE + key)

    assert texts(root, ".//oai:metadataPrefix") == prefixes
    for prefix in prefixes:
        assert errors(oai.get("GetRecord", identifier=BASE + key, metadataPrefix=prefix)) == []
    for prefix in {"oai_dc", "rdf", "edm"} - set(prefixes):
        refused = oai.get("GetRecord", identifier=BASE + key, metadataPrefix=prefix)
        assert errors(refused) == ["cannotDisseminateFormat"]


# Requests, as the validator of the Open Archives Initiative makes them


def test_each_answer_leads_to_the_next(client: FlaskClient) -> None:
    def ask(**arguments: str) -> Any:
        root = checked(client.get("/oai", query_string=arguments).data)
        location = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
        assert location.split() == [NAMESPACES["oai"], f"{NAMESPACES['oai']}OAI-PMH.xsd"]
        assert re.fullmatch(r"\S+T\d\d:\d\d:\d\dZ", texts(root, "oai:responseDate")[0])
        return root

    in_set = texts(ask(verb="ListSets"), ".//oai:setSpec")[0]
    listed = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set=in_set)
    there = [h for h in listed.iterfind(".//oai:header", NAMESPACES) if not is_deleted(h)]
    name = identifier(there[0])
    formats = texts(ask(verb="ListMetadataFormats", identifier=name), ".//oai:metadataPrefix")
    one = ask(verb="GetRecord", identifier=name, metadataPrefix=formats[0])
    then = datestamp(one)
    span = {"from": then, "until": then}
    found = ask(verb="ListRecords", metadataPrefix=formats[0], **span)

    assert formats[0] == "oai_dc"
    assert texts(one, ".//oai:setSpec") == [in_set]
    assert name in texts(found, ".//oai:identifier")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("junk", {"badVerb"}),
        ("verb=junk", {"badVerb"}),
        ("verb=GetRecord&metadataPrefix=oai_dc", {"badArgument"}),
        (f"verb=GetRecord&identifier={LETTER}", {"badArgument"}),
        (
            'verb=GetRecord&identifier=invalid"id&metadataPrefix=oai_dc',
            {"badArgument", "idDoesNotExist"},
        ),
        ("verb=ListIdentifiers&until=junk", {"badArgument"}),
        ("verb=ListIdentifiers&from=junk", {"badArgument"}),
        ("verb=ListIdentifiers&resumptionToken=junk&until=2000-02-05", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=junk", {"badArgument"}),
        ("verb=ListRecords&resumptionToken=junk", {"badResumptionToken"}),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=junk&until=1990-01-10",
            {"badArgument"},
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=junk", {"badArgument"}),
        ("verb=ListRecords", {"badArgument"}),
        # Exceptions of version 2.0
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=2002-02-05&until=2002-02-06T05:35:00Z",
            {"badArgument"},
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=2025-03-01T12:00:00Z", {"noRecordsMatch"}),
        # Further ones
        ("", {"badVerb"}),
        ("verb=Identify&verb=Identify", {"badVerb"}),
        ("verb=identify", {"badVerb"}),
        ("verb=Identify&metadataPrefix=oai_dc", {"badArgument"}),
        ("verb=ListSets&resumptionToken=junk", {"badResumptionToken"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=rdf", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=marc21", {"cannotDisseminateFormat"}),
        ("verb=ListRecords&metadataPrefix=", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nothing", {"noRecordsMatch"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=agents", {"noRecordsMatch"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=%3Cb%3E", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=0000-01-01", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00:60Z", {"badArgument"}),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T12:00:00", {"badArgument"}),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=2026-05-01&until=2026-04-01",
            {"badArgument"},
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2040-01-01", {"noRecordsMatch"}),
        (f"verb=GetRecord&identifier={LETTER}&metadataPrefix=x", {"cannotDisseminateFormat"}),
        ("verb=GetRecord&identifier=oai:x:y&metadataPrefix=oai_dc", {"idDoesNotExist"}),
        ("verb=ListMetadataFormats&identifier=really_wrong_id", {"badArgument", "idDoesNotExist"}),
        (f"verb=GetRecord&identifier={BASE}text/letter&metadataPrefix=rdf", {"idDoesNotExist"}),
        ("verb=Identify&%00=%0B", {"badArgument"}),
        ("verb=GetRecord&identifier=a:%0B&metadataPrefix=oai_dc", {"badArgument"}),
    ],
)
def test_errors_are_those_of_the_protocol(client: FlaskClient, query: str, codes: set[str]) -> None:
    response = client.get(f"/oai?{query}")

    root = checked(response.data)
    assert (response.status_code, response.mimetype) == (200, "text/xml")
    assert set(errors(root)) <= codes
    assert errors(root)
    if {"badVerb", "badArgument"} & set(errors(root)):
        assert dict(root.find("oai:request", NAMESPACES).attrib) == {}


@pytest.mark.parametrize(
    "arguments",
    [
        {"verb": "Identify"},
        {"verb": "GetRecord", "identifier": LETTER, "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "metadataPrefix": "rdf", "set": "texts"},
    ],
)
def test_post_answers_as_get(client: FlaskClient, arguments: dict[str, str]) -> None:
    posted = client.post("/oai", data=arguments)

    got = client.get("/oai", query_string=arguments)
    assert posted.status_code == 200
    assert without_date(posted.data) == without_date(got.data)
    request = checked(posted.data).find("oai:request", NAMESPACES)
    assert dict(request.attrib) == arguments


def without_date(answer: bytes) -> bytes:
    return re.sub(rb"<responseDate>[^<]*", b"", answer)


def test_an_answer_is_dated_when_it_is_sent_and_kept_by_no_cache(client: FlaskClient) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    response = client.get("/oai?verb=Identify")

    (sent,) = texts(checked(response.data), "oai:responseDate")
    assert datetime.strptime(sent, "%Y-%m-%dT%H:%M:%S%z") - before < timedelta(minutes=1)
    assert datetime.strptime(sent, "%Y-%m-%dT%H:%M:%S%z") >= before
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_answers_are_compressed_for_whom_takes_that(published: Published) -> None:
    client = create_app(Config(published.data)).test_client()

    response = client.get(
        "/oai?verb=ListRecords&metadataPrefix=rdf", headers={"Accept-Encoding": "gzip"}
    )

    assert response.headers["Content-Encoding"] == "gzip"
    checked(gzip.decompress(response.data))


def test_the_address_is_never_that_of_the_request(client: FlaskClient) -> None:
    response = client.post("/oai", data={"verb": "Identify"}, headers={"Host": "evil.example"})

    assert b"evil.example" not in response.data


def test_a_long_body_is_refused_unread(client: FlaskClient) -> None:
    response = client.post("/oai", data={"verb": "x" * 200_000})

    assert response.status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "application/json"])
def test_a_body_of_another_type_holds_no_arguments(client: FlaskClient, content_type: str) -> None:
    response = client.post("/oai", data=b"verb=Identify", content_type=content_type)

    assert errors(checked(response.data)) == ["badVerb"]


# Records


def test_every_item_has_its_datestamp_from_the_history(oai: Harvester, edition: Edition) -> None:
    found = oai.records(metadataPrefix="rdf")

    keys = {row["key"] for row in edition.db.execute("SELECT DISTINCT key FROM change")}
    told = {identifier(r).removeprefix(BASE).removeprefix("doc/"): datestamp(r) for r in found}
    assert told == {key: edition.history_of(key)[0].datestamp for key in keys}
    assert set(told.values()) == set(MONTHS)


def test_deletions_stay(oai: Harvester, edition: Edition) -> None:
    deleted = [r for r in oai.records(metadataPrefix="oai_dc") if is_deleted(r)]

    assert {identifier(record) for record in deleted} == withdrawn(edition)
    assert {identifier(r): datestamp(r) for r in deleted} == {
        f"{BASE}doc/text/dropped": MONTHS[1],
        f"{BASE}doc/text/gone": MONTHS[2],
    }
    assert all(record.find("oai:metadata", NAMESPACES) is None for record in deleted)
    one = oai.get("GetRecord", identifier=f"{BASE}doc/text/gone", metadataPrefix="oai_dc")
    assert is_deleted(one.find(".//oai:record", NAMESPACES))


def test_a_kept_version_has_not_changed(oai: Harvester) -> None:
    root = oai.get("GetRecord", identifier=f"{BASE}doc/text/kept", metadataPrefix="rdf")

    assert datestamp(root) == MONTHS[0]


def test_rdf_is_what_the_edition_owns(oai: Harvester, edition: Edition) -> None:
    found = oai.records(metadataPrefix="rdf")

    there = {identifier(r).replace("doc/dataset", "dataset"): owned(r) for r in found if len(r) > 1}
    assert there == documents(edition)


def test_dublin_core_has_what_catalogues_want(oai: Harvester) -> None:
    root = oai.get("GetRecord", identifier=LETTER, metadataPrefix="oai_dc")

    def said(name: str) -> list[str]:
        return texts(root, f".//dc:{name}")

    assert said("title") == ["A letter"]
    assert said("creator") == ["Lovelace, Ada"]
    assert said("date") == ["1843"]
    assert said("identifier") == [f"{BASE}text/letter", "letter"]
    assert said("language") == ["en"]
    assert said("type") == ["Text"]
    assert said("format") == ["text/plain"]
    assert said("source") == ["https://library.example/letter"]
    assert said("rights") == [
        "Public domain; see the list of sources",
        "https://creativecommons.org/publicdomain/mark/1.0/",
    ]


def test_parts_and_their_text_point_to_each_other(oai: Harvester) -> None:
    text = oai.get("GetRecord", identifier=f"{BASE}doc/text/treatise", metadataPrefix="oai_dc")
    part = oai.get(
        "GetRecord", identifier=f"{BASE}doc/text/treatise/treatise_1", metadataPrefix="oai_dc"
    )

    assert f"{BASE}text/treatise/treatise_1" in texts(text, ".//dc:relation")
    assert len(texts(text, ".//dc:relation")) == 12
    assert texts(part, ".//dc:relation") == [f"{BASE}text/treatise"]


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("Ada Lovelace", [], None),
        ("Ada Lovelace", ["Countess of Lovelace"], None),
        ("Ada Lovelace", ["Byron, Ada", "Lovelace, Ada"], "Lovelace, Ada"),
        ("Avicenna", ["Ibn Sina, Abu Ali"], "Ibn Sina, Abu Ali"),
        ("Avicenna", ["Ibn Sina, Abu Ali", "Sina, Ibn"], None),
    ],
)
def test_a_name_is_inverted_only_as_the_authority_table_has_it(
    name: str, others: list[str], expected: str | None
) -> None:
    assert inverted(name, others) == expected


def test_titles_with_control_characters_are_well_formed(tmp_path: Path) -> None:
    title = "Bell\x07, tab\x0b, \x1b[0m, \x85, \ufffe & <b> \"'"
    edition = publisher(tmp_path)({"a.txt": seed(SOURCE_ID="a", TITLE=title, **FREE)})

    for prefix in ("oai_dc", "rdf", "edm"):
        (record,) = offline(edition).records(metadataPrefix=prefix, set="texts")
        assert "& <b> \"'" in "".join(record.itertext())


def test_what_xml_cannot_write_is_replaced() -> None:
    xml = XmlWriter()

    xml.element("a", "x\x00\x1f\ufffe\ud800y\t<&>", {"b": '"\x0b\n'})

    root = etree.fromstring(xml.content())
    assert root.text == "x\ufffd\ufffd\ufffd\ufffdy\t<&>"
    assert root.get("b") == '"\ufffd\n'


# Selective harvesting


@pytest.mark.parametrize(
    ("span", "months"),
    [
        ({"from_": MONTHS[1]}, MONTHS[1:]),
        ({"until": MONTHS[1]}, MONTHS[:2]),
        ({"from_": MONTHS[1], "until": MONTHS[1]}, MONTHS[1:2]),
        ({"from_": "2026-04-01"}, MONTHS[1:]),
        ({"until": "2026-04-01"}, MONTHS[:2]),
        ({"from_": "2026-04-01", "until": "2026-04-01"}, MONTHS[1:2]),
        ({"from_": "2026-04-01T12:00:01Z"}, MONTHS[2:]),
        ({"until": "2026-04-01T11:59:59Z"}, MONTHS[:1]),
        ({"until": "9999-12-31T23:59:59Z"}, MONTHS),
        ({"from_": "0001-01-01"}, MONTHS),
    ],
)
def test_both_ends_of_a_span_belong_to_it(
    paged: Harvester, span: dict[str, str], months: tuple[str, ...]
) -> None:
    everything = paged.records(metadataPrefix="rdf")

    found = paged.records(metadataPrefix="rdf", **span)

    expected = [identifier(r) for r in everything if datestamp(r) in months]
    assert [identifier(record) for record in found] == expected


def test_an_agent_under_another_name_changes_what_names_it(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {
        "a.txt": seed(SOURCE_ID="a", TITLE="A", **FREE),
        "b.txt": seed(SOURCE_ID="b", TITLE="B"),
    }
    publish_next(seeds)
    authority = '\n[[authority]]\nname = "Ada Lovelace"\ninverted = "Lovelace, Ada"\n'

    edition = publish_next(seeds, SETTINGS + authority)

    later = {"from_": edition.created}
    told = offline(edition).records(metadataPrefix="oai_dc", **later)
    assert [identifier(record) for record in told] == [f"{BASE}doc/text/a"]
    assert texts(told[0], ".//dc:creator") == ["Lovelace, Ada"]
    changed = offline(edition).records(metadataPrefix="rdf", **later)
    assert [identifier(record) for record in changed] == [f"{BASE}doc/agent/ada-lovelace"]


def test_a_corpus_emptied_on_purpose_delivers_its_tombstones(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    publish_next({f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, **FREE) for n in "abc"})

    edition = publish_next({})

    found = offline(edition).records(metadataPrefix="oai_dc")
    assert [identifier(record)[-1] for record in found if is_deleted(record)] == ["a", "b", "c"]


# Resumption tokens


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("prefix", ["oai_dc", "rdf", "edm"])
def test_pages_make_the_whole_list(
    oai: Harvester, paged: Harvester, verb: str, prefix: str
) -> None:
    (whole,) = oai.pages(verb, metadataPrefix=prefix)
    pages = list(paged.pages(verb, metadataPrefix=prefix))

    listed = texts(whole, ".//oai:identifier")
    assert len(pages) == -(-len(listed) // 4)
    assert [i for page in pages for i in texts(page, ".//oai:identifier")] == listed
    assert whole.find(".//oai:resumptionToken", NAMESPACES) is None
    found = [page.find(".//oai:resumptionToken", NAMESPACES) for page in pages]
    assert [int(token.get("cursor")) for token in found] == list(range(0, len(listed), 4))
    assert [bool(token.text) for token in found] == [True] * (len(pages) - 1) + [False]
    sizes = {token.get("completeListSize") for token in found}
    assert sizes == {str(len(listed))}


def test_a_token_holds_prefix_set_and_end(paged: Harvester) -> None:
    asked = {"metadataPrefix": "rdf", "set": "parts", "until": MONTHS[0]}

    found = paged.records(**asked)

    assert len(found) == 12
    assert {s for record in found for s in texts(record, ".//oai:setSpec")} == {"parts"}
    assert all(record.find(".//rdf:RDF", NAMESPACES) is not None for record in found)


def test_a_token_outlives_restarts_and_editions(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, **FREE) for n in "abcdef"}
    first = publish_next(seeds)
    page = offline(first, 2).get("ListRecords", metadataPrefix="oai_dc")
    (token,) = texts(page, ".//oai:resumptionToken")
    del seeds["a.txt"], seeds["d.txt"]
    seeds["e.txt"] = seed(SOURCE_ID="e", TITLE="e, revised", **FREE)
    seeds["g.txt"] = seed(SOURCE_ID="g", TITLE="g", **FREE)

    second = publish_next(seeds)

    rest = offline(second, 2).records(resumptionToken=token)
    assert [identifier(record)[-1] for record in rest] == ["c", "f", "a", "d", "e", "g"]
    assert [is_deleted(record) for record in rest] == [False, False, True, True, False, False]


def test_a_list_with_an_end_is_never_empty_where_it_goes_on(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, **FREE) for n in "abc"}
    first = publish_next(seeds)
    asked = {"metadataPrefix": "oai_dc", "until": first.created}
    page = offline(first, 2).get("ListRecords", **asked)
    (token,) = texts(page, ".//oai:resumptionToken")
    seeds["c.txt"] = seed(SOURCE_ID="c", TITLE="c, revised", **FREE)
    second = publish_next(seeds)

    root = offline(second, 2).get("ListRecords", resumptionToken=token)

    assert texts(root, ".//oai:identifier") == [f"{BASE}doc/text/b"]
    assert texts(root, ".//oai:resumptionToken") == [""]


SOUND = Token("oai_dc", "", "", MONTHS[0], "text/letter", 4, 9)
FORGED: list[dict[str, Any]] = [
    {"prefix": "marc21"},
    {"prefix": ["oai_dc"]},
    {"set": "nothing"},
    {"until": "soon"},
    {"datestamp": "2026-03-01T12:00:01Z"},
    {"key": "text/never"},
    {"key": None},
    {"cursor": 0},
    {"cursor": -1},
    {"cursor": 10**18},
    {"cursor": True},
    {"cursor": "4"},
    {"size": 0},
]


def test_forged_tokens_are_refused(oai: Harvester) -> None:
    sound = SOUND.encode(BASE)
    forged = [replace(SOUND, **changes).encode(BASE) for changes in FORGED]
    broken = ["", "=", "é", "\x00", "A" * 9000, sound + "=", sound + "A", sound[:-1]]
    elsewhere = SOUND.encode("http://other.example/")

    assert errors(oai.get("ListRecords", resumptionToken=sound)) == []
    for token in [*forged, *broken, elsewhere]:
        root = oai.get("ListRecords", resumptionToken=token)
        assert errors(root) == ["badResumptionToken"], token


# Europeana


def test_europeana_gets_what_it_can_take(oai: Harvester, edition: Edition) -> None:
    listed = oai.records(metadataPrefix="edm")

    there = [record for record in listed if not is_deleted(record)]
    counts = edm.obstacles(edition)
    assert counts[None] == len(there)
    assert counts.total() == edition.counts["texts"] + edition.counts["parts"]
    rights = {
        element.get(f"{{{NAMESPACES['rdf']}}}resource")
        for record in there
        for element in record.iterfind(".//edm:rights", NAMESPACES)
    }
    assert rights == {"http://creativecommons.org/publicdomain/mark/1.0/"}
    refused = oai.get("GetRecord", identifier=f"{BASE}doc/text/bare", metadataPrefix="edm")
    assert errors(refused) == ["cannotDisseminateFormat"]
    assert "rights" in texts(refused, "oai:error")[0]


@pytest.mark.parametrize(
    ("licence", "rights"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", True),
        ("https://creativecommons.org/licenses/by-sa/4.0/", True),
        ("https://creativecommons.org/licenses/by/3.0/de/", True),
        ("https://creativecommons.org/licenses/by/2.1/jp/", True),
        ("https://creativecommons.org/licenses/by/2.1/", False),
        ("https://creativecommons.org/licenses/by/4.0/de/", False),
        ("https://creativecommons.org/licenses/by/5.0/", False),
        ("http://rightsstatements.org/vocab/InC/1.0/", True),
        ("http://rightsstatements.org/vocab/UND/1.0/", False),
        ("https://licence.example/mine", False),
    ],
)
def test_rights_are_those_that_europeana_lists(licence: str, rights: bool) -> None:
    thing = iri(f"{BASE}text/a")
    stated = [
        (thing, iri("http://purl.org/dc/terms/title"), literal("A", language="en")),
        (thing, iri("http://purl.org/dc/terms/license"), iri(licence)),
        (thing, schema("inLanguage"), literal("en")),
    ]

    assert (edm.obstacle(f"{BASE}text/a", stated) is None) == rights


def test_what_europeana_can_no_longer_take_is_told_as_deleted(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {
        "a.txt": seed(SOURCE_ID="a", TITLE="A", **FREE),
        "b.txt": seed(SOURCE_ID="b", TITLE="B"),
        "c.txt": seed(SOURCE_ID="c", TITLE="C"),
    }
    publish_next(seeds)
    seeds["a.txt"] = seed(SOURCE_ID="a", TITLE="A", LICENSE_NOTE="Unclear")
    del seeds["c.txt"]

    edition = publish_next(seeds)

    found = offline(edition).records(metadataPrefix="edm")
    assert [(identifier(r), is_deleted(r)) for r in found] == [(f"{BASE}doc/text/a", True)]
    root = offline(edition).get("GetRecord", identifier=f"{BASE}doc/text/a", metadataPrefix="edm")
    assert is_deleted(root.find(".//oai:record", NAMESPACES))


def test_europeana_is_offered_nothing_that_nobody_provides(tmp_path: Path) -> None:
    settings = 'base = "http://corpus.example/"\nlanguage = "en"\n'
    seeds = {"a.txt": seed(SOURCE_ID="a", TITLE="A", **FREE)}
    harvester = offline(publisher(tmp_path)(seeds, settings))

    formats = texts(harvester.get("ListMetadataFormats"), ".//oai:metadataPrefix")

    assert formats == ["oai_dc", "rdf"]
    refused = harvester.get("ListRecords", metadataPrefix="edm")
    assert errors(refused) == ["cannotDisseminateFormat"]


# Whole corpora


def test_mirrors_hold_what_the_edition_owns(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, **FREE) for n in "abcd"}
    mirror, asked = Mirror(), {"metadataPrefix": "rdf"}
    steps: list[dict[str, str | None]] = [
        {},
        {"e.txt": seed(SOURCE_ID="e", TITLE="e", AUTHOR="Charles Babbage"), "b.txt": None},
        {"a.txt": seed(SOURCE_ID="a", TITLE="a, revised", **FREE), "a_2.txt": a_part()},
        {"b.txt": seed(SOURCE_ID="b", TITLE="b", **FREE), "c.txt": seed(SOURCE_ID="c")},
        {"e.txt": seed(SOURCE_ID="e", TITLE="e", AUTHOR="C. Babbage")},
    ]
    for changes in steps:
        seeds = {n: t for n, t in (seeds | changes).items() if t is not None}
        edition = publish_next(seeds)
        mirror.take_over(offline(edition, 3).records(**asked))
        asked["from_"] = edition.created
        assert mirror == Mirror.of(edition)

    first = next(iter(edition.db.execute("SELECT id FROM edition ORDER BY sequence")))["id"]
    rollback(tmp_path / "data", first, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    edition = publish_next(None)

    mirror.take_over(offline(edition, 3).records(**asked))
    from_scratch = Mirror()
    from_scratch.take_over(offline(edition, 3).records(metadataPrefix="rdf"))
    assert mirror == Mirror.of(edition)
    assert from_scratch == Mirror.of(edition)
    assert mirror.deleted


def test_a_harvest_that_publications_interrupt_misses_nothing(tmp_path: Path) -> None:
    publish_next = publisher(tmp_path)
    seeds = {f"{n}.txt": seed(SOURCE_ID=n, TITLE=n, **FREE) for n in "abcdef"}
    edition = publish_next(seeds)
    mirror = Mirror()
    changes: list[dict[str, str | None]] = [
        {"a.txt": None, "f.txt": seed(SOURCE_ID="f", TITLE="f, revised", **FREE)},
        {"g.txt": seed(SOURCE_ID="g", TITLE="g", AUTHOR="Charles Babbage")},
        {"a.txt": seed(SOURCE_ID="a", TITLE="a", **FREE), "g.txt": None},
    ]
    asked = {"metadataPrefix": "rdf"}

    while True:
        page = offline(edition, 2).get("ListRecords", **asked)
        mirror.take_over(page.findall(".//oai:record", NAMESPACES))
        if not (token := texts(page, ".//oai:resumptionToken")[0]):
            break
        asked = {"resumptionToken": token}
        if changes:
            seeds = {n: t for n, t in (seeds | changes.pop(0)).items() if t is not None}
            edition = publish_next(seeds)

    assert mirror == Mirror.of(edition)


def a_part() -> str:
    return seed(SOURCE_ID="a", TITLE="a, revised", **FREE).replace("Some", "## Two\n\nSome")


@dataclass
class Mirror:
    """A copy of a repository: what each item owns, and which are deleted."""

    items: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def take_over(self, records: list[Any]) -> None:
        for record in records:
            name = identifier(record)
            if is_deleted(record):
                self.items.pop(name, None)
                self.deleted.add(name)
            else:
                self.deleted.discard(name)
                self.items[name] = owned(record)

    @classmethod
    def of(cls, edition: Edition) -> "Mirror":
        """Give what a mirror of an edition should hold."""
        return cls(documents(edition), withdrawn(edition))


def test_a_page_takes_the_same_work_at_any_depth(tmp_path: Path) -> None:
    edition = synthetic(tmp_path, 3000)
    depths = [Span(("text", "part"), "retold", after=(1, f"text/{n:06}")) for n in (0, 1500, 2900)]

    first, *deeper = [steps(edition, span) for span in depths]

    assert max(deeper) <= first


def synthetic(folder: Path, size: int) -> Edition:
    """Give an edition that has nothing but records: so many texts of two statements."""
    staging, nothing = Staging(folder / "records.sqlite", BASE, 1, MONTHS[0]), Previous(None)
    verdict = Verdict()
    for number in range(size):
        thing = iri(f"{BASE}text/{number:06}")
        kind = (thing, RDF_TYPE, schema("CreativeWork"))
        name = (thing, schema("name"), literal(f"Text {number}", language="en"))
        derived = dict.fromkeys((name, kind), Derivation("test"))
        document = Document(f"text/{number:06}", (name, kind), (), derived)
        verdict.drafts.append(draft(document, nothing, BASE))
    staging.enter(verdict)
    staging.note_edition("1-synthetic", "publication", "", {})
    staging.close()
    manifest = {"format": FORMAT, "id": "1-synthetic", "sequence": 1, "base": BASE}
    (folder / "edition.json").write_bytes(orjson.dumps(manifest))
    return Edition(folder)


def steps(edition: Edition, span: Span) -> int:
    """Count the instructions that the database runs to give one page."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1

    edition.db.set_progress_handler(count, 1)
    list(islice(headers(edition, span), 50))
    edition.db.set_progress_handler(None, 1)
    return done


# The service


def test_before_the_first_edition_harvesters_are_told_to_wait(tmp_path: Path) -> None:
    client = create_app(Config(tmp_path)).test_client()

    for response in (client.get("/oai?verb=Identify"), client.post("/oai", data={"verb": "x"})):
        assert response.status_code == 503
        assert "Retry-After" in response.headers


@pytest.mark.parametrize("file", ["edition.json", "records.sqlite"])
@pytest.mark.parametrize("harm", ["empty", "absent", "random"])
def test_a_damaged_edition_is_never_an_empty_list(
    published: Published, tmp_path: Path, file: str, harm: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(published.data, data, symlinks=True)
    path = data / "editions" / published.edition.id / file
    if harm == "absent":
        path.unlink()
    else:
        path.write_bytes(b"" if harm == "empty" else b"\x00\xff" * 4096)
    client = create_app(Config(data)).test_client()

    response = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")

    assert response.status_code == 503
    assert "Retry-After" in response.headers


def test_below_a_path_the_door_has_that_path(tmp_path: Path) -> None:
    settings = SETTINGS.replace(BASE, "https://host.example/corpora/k/")
    publisher(tmp_path)({"a.txt": seed(SOURCE_ID="a", TITLE="A", **FREE)}, settings)
    client = create_app(Config(tmp_path / "data")).test_client()

    root = checked(client.get("/corpora/k/oai?verb=Identify").data)

    assert texts(root, ".//oai:baseURL") == ["https://host.example/corpora/k/oai"]
    assert client.get("/oai?verb=Identify").status_code == 404


def test_every_protocol_has_a_route(client: FlaskClient) -> None:
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}

    assert {f"/{door.PATH}" for door in harvest.DOORS} <= rules


# Whatever is asked

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
VALUE = st.one_of(
    st.sampled_from(
        [
            *requests.VERBS,
            *("oai_dc", "rdf", "edm", "texts", "parts:x", LETTER, f"{BASE}dataset", "a:b#c"),
            *("2026-03-01", "2026-04-01T12:00:00Z", "9999-99-99", SOUND.encode(BASE)),
            *("http://[", "http://a:b/", "a:%zz", "a://", "//a", "http:////", "\ud7ff", "\x0b"),
        ]
    ),
    TEXT,
    st.from_regex(requests.SYNTAX["identifier"], fullmatch=True),
    st.from_regex(requests.SYNTAX["set"], fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}Z"),
)
NAME = st.one_of(
    st.sampled_from(
        ["identifier", "metadataPrefix", "from", "until", "set", "resumptionToken", "verb"]
    ),
    TEXT,
)
VERB = st.one_of(st.sampled_from([*requests.VERBS]), TEXT).map(lambda verb: [("verb", verb)])


@settings(deadline=None)
@given(VERB, st.lists(st.tuples(NAME, VALUE), max_size=4), st.booleans())
def test_whatever_is_asked_the_answer_is_as_the_schema_has_it(
    client: FlaskClient, verb: list[tuple[str, str]], others: list[tuple[str, str]], posts: bool
) -> None:
    arguments = MultiDict([*verb, *others])
    if posts:
        response = client.post("/oai", data=arguments)
    else:
        response = client.get("/oai", query_string=arguments)

    root = checked(response.data)
    assert response.status_code == 200
    assert len(root) >= 3


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_bytes_that_are_no_arguments_get_an_answer(client: FlaskClient, octets: bytes) -> None:
    quoted = "".join(f"%{octet:02X}" for octet in octets)

    for query in (f"verb={quoted}", f"verb=GetRecord&metadataPrefix=rdf&identifier={quoted}"):
        response = client.get(f"/oai?{query}")
        assert response.status_code == 200
        assert errors(checked(response.data))
