"""Probing: the served application asked from within, whether addresses lead where they should.

It works on any edition, since an application is made for it alone: its data directory holds one
link to the edition and one that says that it is the current one. No socket is opened.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import pyoxigraph
from werkzeug.test import Client, TestResponse

from app import create_app
from app.config import Config
from ld.describe import catalog_statements
from ld.edition import CURRENT, EDITIONS, Edition
from ld.harvest import oai_pmh, resource_sync, sitemap
from ld.readiness import Check, Findings, Progress, rules
from ld.readiness.documents import sample
from ld.stored import StoredDocument
from ld.terms import Statement, iri_of, is_iri_term
from ld.vocabulary import DCTERMS, FOAF, RDFS, SCHEMA

#: Documents whose IRI is asked for, further IRIs that they name, and withdrawn documents.
_DOCUMENTS: Final = 40
_IRIS: Final = 200
_WITHDRAWN: Final = 10
_REDIRECTIONS: Final = 3
_TURTLE: Final = "text/turtle"
_NAMES: Final = {
    f"<{name}>" for name in (SCHEMA + "name", DCTERMS + "title", FOAF + "name", RDFS + "label")
}
#: What every service has beside what its description names.
_DOORS: Final = (
    f"{oai_pmh.PATH}?verb=Identify", resource_sync.SOURCE, resource_sync.RESOURCE_LIST,
    sitemap.PATH, "robots.txt", ".well-known/void",
)  # fmt: skip
# Queries need the broker, which runs beside the served application only.
_NOT_ASKED: Final = ("sparql",)


def check_addresses(edition: Edition, findings: Findings, progress: Progress) -> Check:
    """Ask for a sample of IRIs, for what was withdrawn, and for every address described."""
    with _served(edition) as client:
        probe = _Probe(edition, client, findings)
        documents = sample(edition, _DOCUMENTS)
        others = _others(edition, documents)
        withdrawn = list(_withdrawn(edition))
        doors = list(_doors(edition))
        total = len(documents) + len(others) + len(withdrawn) + len(doors)
        for document in documents:
            probe.names_itself(document.iri)
            progress.count(probe.asked, total)
        for other in others:
            probe.resolves(other)
            progress.count(probe.asked, total)
        for key in withdrawn:
            probe.is_gone(key)
        for door in doors:
            probe.answers(door)
            progress.count(probe.asked, total)
        return Check("Addresses", probe.asked, "addresses")


class _Probe:
    def __init__(self, edition: Edition, client: Client, findings: Findings) -> None:
        self._edition = edition
        self._client = client
        self._findings = findings
        self.asked = 0

    def resolves(self, address: str) -> bytes | None:
        """Note an IRI that leads to no data; give what it leads to."""
        response = self._follow(address, _TURTLE)
        if response.status_code != 200 or response.mimetype != _TURTLE:
            self._findings.add(rules.IRI_RESOLVES, address, _told(response))
            return None
        return response.get_data()

    def names_itself(self, address: str) -> None:
        """Note an IRI that leads to no data, or to data that does not name it."""
        found = self.resolves(address)
        if found is None:
            return
        try:
            quads = list(pyoxigraph.parse(input=found, format=pyoxigraph.RdfFormat.TURTLE))
        except (SyntaxError, ValueError) as error:
            self._findings.add(rules.IRI_RESOLVES, address, str(error))
            return
        if not any(
            str(quad.subject) == f"<{address}>" and str(quad.predicate) in _NAMES for quad in quads
        ):
            self._findings.add(rules.IRI_NAMED, address)

    def is_gone(self, key: str) -> None:
        """Note a withdrawn document that does not say that it is gone."""
        response = self._ask(self._edition.base + key, _TURTLE)
        if response.status_code == 303:
            response = self._follow(self._edition.base + key, _TURTLE)
        if response.status_code not in {301, 308, 410}:
            self._findings.add(rules.GONE_TOLD, self._edition.base + key, _told(response))

    def answers(self, address: str) -> None:
        """Note an address of the description at which nothing is served."""
        response = self._follow(address, "*/*", "HEAD")
        if response.status_code != 200:
            self._findings.add(rules.DOOR_ANSWERS, address, _told(response))

    def _follow(self, address: str, accept: str, method: str = "GET") -> TestResponse:
        response = self._ask(address, accept, method)
        for _ in range(_REDIRECTIONS):
            if response.status_code not in {301, 302, 303, 307, 308}:
                break
            address = urljoin(self._local(address), response.headers["Location"])
            response = self._ask(address, accept, method)
        return response

    def _ask(self, address: str, accept: str, method: str = "GET") -> TestResponse:
        self.asked += 1
        return self._client.open(
            self._local(address), method=method, headers={"Accept": accept}, buffered=True
        )

    def _local(self, address: str) -> str:
        """Give the path of an address; one below the base is where the service has it."""
        base, service = self._edition.base, self._edition.service_url
        if address.startswith(base):
            address = service + address.removeprefix(base)
        parts = urlsplit(address)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def make_current(edition: Edition, data: Path) -> None:
    """Make an edition the current one of an empty data directory, without copying it."""
    editions = data / EDITIONS
    editions.mkdir()
    (editions / edition.id).symlink_to(edition.path.resolve())
    (data / CURRENT).symlink_to(f"{EDITIONS}/{edition.id}")


@contextmanager
def _served(edition: Edition) -> Iterator[Client]:
    with tempfile.TemporaryDirectory(prefix="pressmark-") as folder:
        make_current(edition, Path(folder))
        app = create_app(Config(Path(folder), cache_bytes=0))
        app.logger.setLevel(logging.CRITICAL)  # what fails is told as a finding
        yield Client(app)


def _others(edition: Edition, documents: list[StoredDocument]) -> list[str]:
    """Give the IRIs of the corpus that documents mention, without fragments, each once."""
    asked = {document.iri for document in documents}
    found = dict.fromkeys(
        address
        for document in documents
        for address in _mentioned(document.owned)
        if address.startswith(edition.base) and address not in asked
    )
    return list(found)[:_IRIS]


def _mentioned(statements: tuple[Statement, ...]) -> Iterator[str]:
    for _, predicate, obj in statements:
        for term in (predicate, obj):
            if is_iri_term(term):
                yield iri_of(term).partition("#")[0]


def _withdrawn(edition: Edition) -> Iterator[str]:
    rows = edition.db.execute(
        "SELECT DISTINCT key FROM change WHERE kind = 'deleted' ORDER BY key LIMIT ?",
        (_WITHDRAWN,),
    )
    for row in rows.fetchall():
        if row["key"] not in edition:
            yield row["key"]


def _doors(edition: Edition) -> Iterator[str]:
    mentioned = dict.fromkeys(
        iri_of(obj).partition("#")[0]
        for _, _, obj in catalog_statements(edition)
        if is_iri_term(obj)
    )
    for address in mentioned:
        is_ours = address.startswith((edition.base, edition.service_url))
        if is_ours and not address.endswith(_NOT_ASKED):
            yield address
    for door in _DOORS:
        yield edition.service_url + door


def _told(response: TestResponse) -> str:
    return f"{response.status} as {response.mimetype or 'nothing'}"
