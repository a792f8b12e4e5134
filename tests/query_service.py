"""A service with limits of its own, and requests from as many addresses as are wanted."""

import http.client
import os
import re
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil
from conftest import PROJECT, _await_health

from app.serving import THREADS, free_port
from ld.query.broker import running
from ld.query.pool import Limits
from ld.query.residence import Residence

JSON = "application/sparql-results+json"


class Reply(NamedTuple):
    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Service:
    """Where it is, and the processes that it has."""

    port: int
    process: psutil.Process

    def ask(self, query: str, client: str = "192.0.2.1", accept: str = "*/*") -> Reply:
        """Ask a query, and read the answer to its end."""
        connection, response = self.begin(query, client, accept)
        try:
            return Reply(response.status, response.headers.get_content_type(), response.read())
        finally:
            connection.close()

    def begin(
        self, query: str, client: str = "192.0.2.1", accept: str = "*/*"
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Ask a query, and read the head of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(
            "POST",
            "/sparql",
            urllib.parse.urlencode({"query": query}),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": accept,
                "X-Forwarded-For": client,
            },
        )
        return connection, connection.getresponse()

    def works(self) -> bool:
        """Say whether somebody new is answered."""
        return self.ask("ASK {}", "198.51.100.1").status == 200

    def memory(self) -> int:
        """Give the PSS of all processes of the service and of its broker, in bytes."""
        total = 0
        for process in {*self.process.children(recursive=True), *psutil.Process().children(True)}:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        return total


@contextmanager
def service(data: Path, limits: Limits) -> Iterator[Service]:
    """Run granian and a broker with these limits, as `pressmark serve` does with its own."""
    port = free_port("127.0.0.1")
    with running(data, limits, Residence.NEVER) as socket:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
                *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
                *("--blocking-threads", str(THREADS), "--no-ws", "app.wsgi:application"),
            ],
            env=os.environ
            | {
                "PYTHONPATH": str(PROJECT),
                "PRESSMARK_DATA": str(data),
                "PRESSMARK_QUERY_SOCKET": str(socket),
                "PRESSMARK_TRUSTED_PROXIES": "127.0.0.1",
            },
        )
        try:
            _await_health(f"http://127.0.0.1:{port}/")
            yield Service(port, psutil.Process(process.pid))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def killers(path: Path) -> dict[str, str]:
    """Give the queries of a file that is a Python program with a dictionary of them."""
    found: dict[str, object] = {}
    exec(re.sub(r"^import .*$", "", path.read_text(), flags=re.M), found)
    return next(
        value for value in found.values() if isinstance(value, dict) and "long_path" in value
    )
