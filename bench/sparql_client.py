"""One who asks an endpoint over a connection that stays open, and takes the time.

It reads of HTTP what it needs. `http.client` parses all headers, which takes longer than some
servers take for a small answer, and the longer the more there is said in them.
"""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox

#: Seconds after which a query counts as unfinished.
CUT_OFF: Final = 60.0
_SOLUTIONS: Final = "application/sparql-results+json"
_GRAPHS: Final = "application/n-triples, text/turtle;q=0.5"
_PIECE: Final = 1 << 18
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the seconds until its last byte, its status (0: no answer), its body."""

    seconds: float
    status: int
    media_type: str = ""
    body: bytes = b""

    def size(self) -> int | None:
        """Give the number of its rows or statements, or what it counted; None if it is none.

        A single number in a single row stands for itself, so that counts are compared too.
        """
        if self.status != 200:
            return None
        if self.media_type != _SOLUTIONS:
            syntax = ox.RdfFormat.from_media_type(self.media_type) or ox.RdfFormat.RDF_XML
            return len({quad.triple for quad in ox.parse(self.body, syntax)})
        rows = json.loads(self.body)["results"]["bindings"]
        if len(rows) == 1 and len(rows[0]) == 1:
            value = next(iter(rows[0].values()))["value"]
            return int(value) if value.isdecimal() else 1
        return len(rows)


class Client:
    """Asks one endpoint of this machine; `anew` makes each query a text not seen before."""

    def __init__(
        self,
        port: int,
        path: str,
        parameters: Mapping[str, str] = MappingProxyType({}),
        *,
        anew: bool = False,
    ) -> None:
        self._port = port
        self._path = path
        self._parameters = parameters
        self._anew = anew
        self._asked = 0
        self._connection: socket.socket | None = None

    def accept(self, query: str) -> str:
        """Give the media types in which the answer to a query is asked for."""
        return _SOLUTIONS if "SELECT" in query else _GRAPHS

    def address(self, query: str) -> str:
        """Give the address that asks a query."""
        return f"http://127.0.0.1:{self._port}{self._target(query)}"

    def _target(self, query: str) -> str:
        return f"{self._path}?{urlencode({'query': query, **self._parameters})}"

    def _request(self, query: str) -> bytes:
        return (
            f"GET {self._target(query)} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._port}\r\nAccept: {self.accept(query)}\r\n\r\n"
        ).encode()

    def ask(self, query: str) -> Answer:
        """Give the answer to a query, or that there was none within `CUT_OFF`."""
        self._asked += 1
        request = self._request(f"{query}\n# {self._asked}" if self._anew else query)
        for _ in range(2):  # some close a connection that has been idle for a while
            try:
                return self._answer(request)
            except TimeoutError:
                self.close()
                return Answer(CUT_OFF, 0)
            except OSError:
                self.close()
        return Answer(0.0, 0)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, request: bytes) -> Answer:
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port), CUT_OFF)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = time.perf_counter()
        self._connection.sendall(request)
        received = bytearray()
        while (end := received.find(_END)) < 0:
            self._receive(received, begun)
        head = received[:end].decode("latin-1").lower()
        status, headers = head.split("\r\n", 1)[0], f"\r\n{head}\r\n"
        del received[: end + len(_END)]
        length = _value(headers, "content-length")
        if length:
            while len(received) < int(length):
                self._receive(received, begun)
        elif _value(headers, "transfer-encoding") == "chunked":
            # The last chunk may end as a piece of content would; then a parser would refuse it.
            while not received.endswith(b"\r\n0" + _END):
                self._receive(received, begun)
        seconds = time.perf_counter() - begun
        if _value(headers, "connection") == "close":
            self.close()
        body = bytes(received) if length else _joined(received)
        media_type = _value(headers, "content-type").partition(";")[0].strip()
        return Answer(seconds, int(status.split()[1]), media_type, body)

    def _receive(self, received: bytearray, begun: float) -> None:
        assert self._connection is not None
        piece = self._connection.recv(_PIECE)
        if not piece:
            raise ConnectionError("the other end closed the connection")
        received += piece
        if time.perf_counter() - begun > CUT_OFF:
            raise TimeoutError


def _value(headers: str, name: str) -> str:
    return headers.partition(f"\r\n{name}:")[2].partition("\r\n")[0].strip()


def _joined(chunks: bytearray) -> bytes:
    """Give what was sent in chunks."""
    body, at = bytearray(), 0
    while at < len(chunks):
        line = chunks.index(b"\r\n", at)
        size = int(chunks[at:line], 16)
        body += chunks[line + 2 : line + 2 + size]
        at = line + 2 + size + 2
    return bytes(body)
