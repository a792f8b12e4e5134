"""Editions change under a running server; it alone has a server of its own, since it publishes."""

import http.client
import itertools
import json
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

from conftest import SETTINGS, seed, serving, write_seeds

from ld.publish import publish

EDITIONS = 8
READERS = 4
TEXTS = ("one", "two", "three")
COUNT = (
    "SELECT ?title { ?text <http://purl.org/dc/terms/title> ?title ; "
    "a <https://schema.org/CreativeWork> }"
)


def documents(number: int) -> dict[str, str]:
    return {f"{name}.txt": seed(SOURCE_ID=name, TITLE=f"Title {number}") for name in TEXTS}


class Reader(threading.Thread):
    """A client that asks for everything in turn and remembers which edition said what."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self.is_over = threading.Event()
        self.wrong: list[object] = []
        self.seen: Counter[int] = Counter()

    def run(self) -> None:
        paths = [f"/doc/text/{name}.jsonld" for name in TEXTS]
        paths += ["/", f"/sparql?query={quote(COUNT)}", "/texts"]
        for path in itertools.cycle(paths):
            if self.is_over.is_set():
                break
            self.ask(path)
        self.connection.close()

    def ask(self, path: str) -> None:
        self.connection.request("GET", path, headers={"Accept": "*/*"})
        response = self.connection.getresponse()
        body = response.read().decode()
        edition = int(response.headers["Pressmark-Edition"].partition("-")[0])
        self.seen[edition] += 1
        others = {n for n in range(1, EDITIONS + 1) if n != edition and f"Title {n}" in body}
        if response.status != 200 or f"Title {edition}" not in body or others:
            self.wrong.append((path, response.status, edition, others, body[:500]))


def test_readers_see_one_edition_at_a_time_and_never_an_error(tmp_path: Path) -> None:
    data, seeds = tmp_path / "data", tmp_path / "seeds"
    publish(write_seeds(seeds, documents(1), SETTINGS), data)

    with serving(data) as address:
        readers = [Reader(address) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        for number in range(2, EDITIONS + 1):
            publish(write_seeds(seeds, documents(number), SETTINGS), data)
        last = latest(address)
        for reader in readers:
            reader.is_over.set()
            reader.join()

    assert [reader.wrong for reader in readers] == [[]] * READERS
    assert len(sum((reader.seen for reader in readers), Counter())) > 2
    assert last.startswith(f"{EDITIONS}-")


def latest(address: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("GET", "/health")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return str(answer["edition"])
