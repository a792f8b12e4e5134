"""Every link that can be reached from home leads somewhere, and nothing is far away."""

import http.client
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from conftest import serving
from lxml import html  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app import create_app
from app.config import Config
from ld.edition import Edition

#: What no page leads to: what is asked for by name, or by programs that know where it is.
BY_NAME = {
    "documents.thing",  # an identifier; pages lead to the documents that it leads to
    "operation.favicon",
    "operation.robots",
    "problem",
    "query.vocabulary",
    "query.one_example",
    "feeds.feed_page",
    "dumps.dumps_variant",
    "versions.edition_variant",
}
STEPS = 3


@dataclass(frozen=True)
class Answer:
    """What came of a link."""

    status: int
    media_type: str
    steps: int
    found_on: str


@dataclass
class Crawl:
    """All addresses of the service that were met, without fragments, and what they answered."""

    answers: dict[str, Answer] = field(default_factory=dict)
    anchors: dict[str, set[str]] = field(default_factory=dict)
    fragments: set[tuple[str, str]] = field(default_factory=set)


class Crawler:
    """Follows links on one connection; what is marked nofollow is asked for and not read."""

    def __init__(self, address: str, service_url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._service_url = service_url
        self.crawl = Crawl()

    def run(self) -> Crawl:
        home = self._service_url
        waiting = deque([(home, 0, "", True)])
        met = {home}
        while waiting:
            address, steps, found_on, is_read = waiting.popleft()
            status, media_type, body = self._get(address)
            self.crawl.answers[address] = Answer(status, media_type, steps, found_on)
            if not is_read or media_type != "text/html" or status != 200:
                continue
            page = html.fromstring(body)
            self.crawl.anchors[address] = set(page.xpath("//@id"))
            for target, is_followed in self._links(page, address):
                bare, fragment = urldefrag(target)
                if fragment:
                    self.crawl.fragments.add((bare, fragment))
                if bare not in met:
                    met.add(bare)
                    waiting.append((bare, steps + 1, address, is_followed))
        self._connection.close()
        return self.crawl

    def _links(self, page: html.HtmlElement, address: str) -> Iterator[tuple[str, bool]]:
        for element in page.xpath("//a[@href] | //link[@href]"):
            target = urljoin(address, element.get("href"))
            if not target.startswith(self._service_url):
                continue
            # Of the other languages of a page those near home are enough to know.
            if "lang" in dict(parse_qsl(urlsplit(target).query)):
                if address == self._service_url:
                    yield target, False
                continue
            yield target, "nofollow" not in (element.get("rel") or "").split()
        for source in page.xpath("//script/@src | //img/@src"):
            yield urljoin(address, source), False

    def _get(self, address: str) -> tuple[int, str, bytes]:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._connection.request("GET", path, headers={"Accept": "text/html, */*;q=0.5"})
        answer = self._connection.getresponse()
        body = answer.read()
        media_type = (answer.getheader("Content-Type") or "").partition(";")[0]
        return answer.status, media_type, body


@pytest.fixture(scope="module")
def crawl(published_kropotkin: Edition) -> Crawl:
    edition = published_kropotkin
    with serving(edition.path.parents[1]) as address:
        return Crawler(address, edition.service_url).run()


def test_no_link_is_broken(crawl: Crawl) -> None:
    broken = {
        address: answer
        for address, answer in crawl.answers.items()
        if not 200 <= answer.status < 400
    }

    assert broken == {}
    assert len(crawl.answers) > 300


def test_every_fragment_has_its_anchor(crawl: Crawl) -> None:
    missing = {
        (address, fragment)
        for address, fragment in crawl.fragments
        if address in crawl.anchors and fragment not in crawl.anchors[address]
    }

    assert missing == set()


def test_every_kind_of_page_is_at_most_three_steps_from_home(
    crawl: Crawl, published_kropotkin: Edition
) -> None:
    app = create_app(Config(published_kropotkin.path.parents[1]))
    prefix = urlsplit(published_kropotkin.service_url).path.rstrip("/")
    adapter = app.url_map.bind("x.example", script_name=prefix)
    steps: dict[str, int] = {}
    for address, answer in crawl.answers.items():
        endpoint = endpoint_of(adapter, urlsplit(address).path.removeprefix(prefix))
        steps[endpoint] = min(answer.steps, steps.get(endpoint, answer.steps))
    served = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert served - set(steps) <= BY_NAME
    assert {endpoint for endpoint, far in steps.items() if far > STEPS} == set()


def test_every_text_part_and_agent_is_at_most_three_steps_from_home(
    crawl: Crawl, published_kropotkin: Edition
) -> None:
    edition = published_kropotkin
    documents = {
        f"{edition.service_url}doc/{document.key}"
        for kind in ("text", "part", "agent")
        for document in edition.documents(kind)
    }
    near = {address for address, answer in crawl.answers.items() if answer.steps <= STEPS}

    assert documents - near == set()


def test_the_oai_pmh_address_is_on_the_home(crawl: Crawl, published_kropotkin: Edition) -> None:
    address = f"{published_kropotkin.service_url}oai?verb=Identify"

    assert crawl.answers[address].steps == 1
    assert crawl.answers[address].media_type == "text/xml"


def endpoint_of(adapter: MapAdapter, path: str) -> str:
    try:
        endpoint, _ = adapter.match(path or "/", method="GET")
    except HTTPException:
        return "none"
    return str(endpoint)
