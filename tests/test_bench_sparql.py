"""The benchmark of SPARQL: its mix, what it reads of HTTP, and what it says of its figures."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest

from app.prepared import STATISTICS
from bench import measure
from bench.sparql_client import Answer, Client
from bench.sparql_queries import queries
from bench.sparql_report import Figures, Report
from ld.edition import Edition, open_current
from ld.query import examples, guard

JSON = "application/sparql-results+json"
ROWS = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"value": "7"}}]}}'


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("synthetic")
    measure.generate(400, folder / "seeds")
    command = [sys.executable, "-m", "app.cli", "publish", str(folder / "seeds")]
    subprocess.run(
        [*command, "--data", str(folder / "data")], cwd=measure.PROJECT, capture_output=True
    )
    return open_current(folder / "data")


def test_every_query_of_the_mix_finds_something_or_is_a_search(synthetic: Edition) -> None:
    store = ox.Store.read_only(str(synthetic.path / "graph"))
    mix = queries(synthetic.path / "graph", synthetic.base)
    empty = {name for name, text in mix.items() if not list(store.query(text))}  # type: ignore[arg-type]

    assert len(mix) == 19
    assert empty <= {"years before", "words within", "page in order", "regular expression"}


def test_no_query_of_the_mix_is_prepared(synthetic: Edition) -> None:
    mix = queries(synthetic.path / "graph", synthetic.base)
    asked = {guard.normalise(re.sub("(?m)^PREFIX.*", "", text)) for text in mix.values()}
    prepared = {*STATISTICS, *(example.query for example in examples.examples())}

    assert len(asked) == 19
    assert not asked & {guard.normalise(text) for text in prepared}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", f"{JSON}; charset=utf-8")
        if "chunked" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in (ROWS[:10], ROWS[10:], b""):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        else:
            self.send_header("Content-Length", str(len(ROWS)))
            self.end_headers()
            self.wfile.write(ROWS)
        # What closes without saying so is asked again.
        self.close_connection = "closing" in self.path

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("path", ["/whole", "/chunked", "/closing"])
def test_an_answer_is_read_whole_over_one_connection(port: int, path: str) -> None:
    client = Client(port, path)
    answers = [client.ask("SELECT") for _ in range(3)]
    client.close()

    assert {(one.status, one.media_type, one.body) for one in answers} == {(200, JSON, ROWS)}


def test_a_number_alone_is_the_size_of_its_answer() -> None:
    assert Answer(0.1, 200, JSON, ROWS).size() == 7
    assert Answer(0.1, 200, "text/turtle", b"<x:a> <x:b> 1, 2, 2 .").size() == 2
    assert Answer(0.1, 504).size() is None


def test_report_says_which_targets_are_reached() -> None:
    figures = {
        "small": {
            "cached": Figures([0.001], 1),
            "uncached": Figures([0.003], 1),
            "oxigraph": Figures([0.004, 0.002, 0.003], 1),
        },
        "large": {
            "cached": Figures([0.001], 5),
            "uncached": Figures([0.1], 5),
            "oxigraph": Figures([0.05], 4),
        },
    }
    lines = list(Report(100, 4000, figures, ["cached", "uncached", "oxigraph"]).lines())

    assert "- Answers differ: large: cached 5, uncached 5, oxigraph 4." in lines
    reached = "cached at least 2 times native on every query, one after the other"
    assert f"- Reached: {reached}; lowest: small 3.00." in lines
    short = "uncached at least 0.7 of native over 8 ms; short of it: large 0.50."
    assert f"- Not reached: {short}" in lines
    assert any(line.startswith("- Not measured: in memory") for line in lines)
