"""OAI-PMH before those who speak it: harvesters from elsewhere, and Europeana's own rules."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import xmlschema
from conftest import Published, serving
from lxml import etree
from mirrors import Copies, Corpus, served
from oai import NAMESPACES, Harvester, is_deleted, offline, texts
from oaipmh_scythe import Scythe
from saxonche import PySaxonProcessor
from sickle import Sickle

from ld.edition import Edition
from ld.formats import n_triples
from ld.harvest.oai.formats import edm

EUROPEANA = Path(__file__).parents[1].parent / "shared/conformance/consumers/europeana/schema_xsds"
PREFIXES = ("oai_dc", "rdf", "edm")

#: What was harvested: by identifier, the datestamp and whether it is deleted.
Harvest = dict[str, tuple[str, bool]]


@dataclass(frozen=True)
class Repository:
    """A repository behind a real server, and the edition that it serves."""

    address: str
    edition: Edition

    def told(self, prefix: str, **arguments: str) -> Harvest:
        """Give what the edition itself tells, asked without a server."""
        pages = offline(self.edition).pages("ListIdentifiers", metadataPrefix=prefix, **arguments)
        headers = [
            header for page in pages for header in page.iterfind(".//oai:header", NAMESPACES)
        ]
        return {
            texts(header, "oai:identifier")[0]: (
                texts(header, "oai:datestamp")[0],
                is_deleted(header),
            )
            for header in headers
        }


@pytest.fixture(scope="module")
def small(published: Published, live_server: str) -> Repository:
    return Repository(f"{live_server}oai", published.edition)


@pytest.fixture(scope="module")
def large(published_kropotkin: Edition) -> Iterator[Repository]:
    """Some hundred records, so that lists have pages."""
    with serving(published_kropotkin.path.parents[1]) as address:
        host = address.removesuffix("kropotkin/")
        yield Repository(f"{host}kropotkin/oai", published_kropotkin)


@pytest.fixture(params=["small", "large"])
def repository(request: pytest.FixtureRequest) -> Repository:
    found: Repository = request.getfixturevalue(request.param)
    return found


# Harvesters


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sickle_harvests_every_record(repository: Repository, prefix: str, method: str) -> None:
    sickle = Sickle(repository.address, http_method=method)

    found = [record.header for record in sickle.ListRecords(metadataPrefix=prefix)]
    listed = [header.identifier for header in sickle.ListIdentifiers(metadataPrefix=prefix)]

    assert {h.identifier: (h.datestamp, h.deleted) for h in found} == repository.told(prefix)
    assert len(found) == len(listed) == len(set(listed)) == len(repository.told(prefix))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_scythe_harvests_every_record(repository: Repository, prefix: str) -> None:
    with Scythe(repository.address) as scythe:
        found = [record.header for record in scythe.list_records(metadata_prefix=prefix)]

    assert {h.identifier: (h.datestamp, h.deleted) for h in found} == repository.told(prefix)


def test_harvesters_take_what_changed_since(small: Repository) -> None:
    span = {"from": "2026-04-01T12:00:00Z", "until": "2026-04-30"}
    span["until"] += "T23:59:59Z"
    sickle = Sickle(small.address)

    found = list(sickle.ListRecords(metadataPrefix="oai_dc", **span))

    told = small.told("oai_dc", from_=span["from"], until=span["until"])
    assert [record.header.identifier for record in found] == list(told)
    assert [record.deleted for record in found] == [True]


def test_harvesters_read_what_a_repository_is(small: Repository) -> None:
    sickle = Sickle(small.address)

    identify = sickle.Identify()
    formats = {fmt.metadataPrefix for fmt in sickle.ListMetadataFormats()}
    sets = [found.setSpec for found in sickle.ListSets()]
    letter = sickle.GetRecord(
        identifier=f"{small.edition.base}doc/text/letter", metadataPrefix="oai_dc"
    )

    assert identify.baseURL == f"{small.edition.service_url}oai"
    assert (identify.deletedRecord, identify.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert formats == set(PREFIXES)
    assert sets == ["texts", "parts", "agents", "dataset"]
    assert letter.metadata["creator"] == ["Lovelace, Ada"]


@pytest.mark.clients
def test_catmandu_harvests_every_record(repository: Repository) -> None:
    catmandu = shutil.which("catmandu")
    if catmandu is None:
        pytest.skip("catmandu is missing: apt-get install libcatmandu-oai-perl libcatmandu-perl")

    finished = subprocess.run(
        [catmandu, "convert", "OAI", "--url", repository.address, "to", "JSON"],
        capture_output=True,
        check=True,
        timeout=120,
    )

    found = json.loads(finished.stdout)
    assert {
        record["_identifier"]: (record["_datestamp"], record.get("_status") == "deleted")
        for record in found
    } == repository.told("oai_dc")
    titles = {title for record in found for title in record.get("title", [])}
    assert {entry.label for entry in repository.edition.entries("text")} <= titles


# A mirror


class SickleMirror:
    """A copy of a corpus that sickle follows by OAI-PMH, from the last answer's date on."""

    def __init__(self, base: str) -> None:
        self.copies: Copies = {}
        self.deleted: set[str] = set()
        self._sickle = Sickle(f"{base}oai")
        self._asked: dict[str, str] = {"metadataPrefix": "rdf"}

    def synchronise(self) -> None:
        for record in self._sickle.ListRecords(**self._asked):
            name = record.header.identifier
            if record.deleted:
                self.copies.pop(name, None)
                self.deleted.add(name)
            else:
                self.deleted.discard(name)
                self.copies[name] = statements(record.xml)
            self._asked["from"] = max(self._asked.get("from", ""), record.header.datestamp)


def statements(record: Any) -> str:
    """Give the statements in a record in canonical N-Triples, sorted as an edition sorts them."""
    found = record.find(".//rdf:RDF", NAMESPACES)
    quads = pyoxigraph.parse(etree.tostring(found), format=pyoxigraph.RdfFormat.RDF_XML)
    triples = sorted(tuple(map(str, (q.subject, q.predicate, q.object))) for q in quads)
    return n_triples.write(triples).decode()


@pytest.mark.parametrize("path", ["", "corpora/k/"], ids=["at the root", "below a path"])
def test_mirrors_by_sickle_hold_what_the_edition_has(tmp_path: Path, path: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as host:
        corpus = Corpus(tmp_path / "seeds", data, host + path)
        incremental = SickleMirror(corpus.base)

        def check() -> None:
            from_scratch = SickleMirror(corpus.base)
            for mirror in (incremental, from_scratch):
                mirror.synchronise()
                assert mirror.copies == corpus.copies()
                assert mirror.deleted == corpus.deletions()

        corpus.publish_eight(check)


# Europeana


@pytest.fixture(scope="module")
def validate() -> Iterator[Callable[[Any], list[str]]]:
    """Give what Europeana's schema and its Schematron rules find in a record."""
    if not EUROPEANA.is_dir():
        pytest.skip("the schemas of Europeana lie beside the project and are not here")
    schema = xmlschema.XMLSchema(EUROPEANA / "EDM.xsd")
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(EUROPEANA / "schematron/schematron.xsl")
        )

        def found(record: Any) -> list[str]:
            violations = [str(error.reason) for error in schema.iter_errors(record)]
            node = saxon.parse_xml(xml_text=etree.tostring(record, encoding="unicode"))
            report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
            failed = report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
            return violations + ["".join(assertion.itertext()).strip() for assertion in failed]

        yield found


def test_europeana_accepts_every_record(
    repository: Repository, validate: Callable[[Any], list[str]]
) -> None:
    records = in_edm(offline(repository.edition))

    found = [violation for record in records for violation in validate(record)]

    assert found == []
    assert len(records) == edm.obstacles(repository.edition)[None] > 10


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".//edm:ProvidedCHO", "language"),
        (".//edm:ProvidedCHO", "title"),
        (".//ore:Aggregation", "rights"),
        (".//ore:Aggregation", "dataProvider"),
    ],
)
def test_europeana_finds_what_is_missing(
    small: Repository, validate: Callable[[Any], list[str]], path: str, name: str
) -> None:
    record = in_edm(offline(small.edition))[0]
    parent = record.find(path, {**NAMESPACES, "ore": "http://www.openarchives.org/ore/terms/"})
    for child in parent:
        if etree.QName(child).localname == name:
            parent.remove(child)

    assert validate(record) != []


def in_edm(harvester: Harvester) -> list[Any]:
    """Give the metadata of every record that Europeana gets, each a document of its own."""
    return [
        etree.fromstring(etree.tostring(record.find(".//rdf:RDF", NAMESPACES)))
        for record in harvester.records(metadataPrefix="edm")
        if not is_deleted(record)
    ]
