"""The one process that answers all queries of a service.

There is one broker however many web workers there are, so that limits hold for the service as a
whole. It follows `{data}/current`: a new edition is taken up with the next query, and queries
that run on the old one finish there.
"""

import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urljoin

import orjson

import ld
from ld.errors import (
    EditionError,
    NoEditionError,
    PressmarkError,
    QueryBusyError,
    QueryLimitError,
    QuerySyntaxError,
)
from ld.query import frames
from ld.query.client import Served
from ld.query.pool import HungUpError, Job, Limits, Pool
from ld.terms import is_iri

MAX_GRAPHS: Final = 100

_CONNECTIONS: Final = 64
_REQUEST_SECONDS: Final = 5.0
# A reader may pause this long, and may on the whole be this slow (bytes per second).
_PAUSE_SECONDS: Final = 30.0
_SLOWEST: Final = 16 * 1024
_IN_MEMORY: Final = 1 << 20
_CHUNK: Final = 64 * 1024
_RESTART_SECONDS: Final = 1.0
_PACKAGES: Final = str(Path(ld.__file__).parents[1])


@contextmanager
def running(data: Path, workers: int = 1, limits: Limits | None = None) -> Iterator[Path]:
    """Keep a broker process running; give the path of its socket.

    The socket lies in a directory that only this user can enter, and stays open while a broker
    that died is replaced: who asks then, waits.
    """
    settings = orjson.dumps([str(data), workers, asdict(limits or Limits())]).decode()
    lock = threading.Lock()
    is_ending = threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="pressmark-") as directory,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        path = Path(directory, "query")
        listener.bind(str(path))
        listener.listen(128)
        process = _start(listener, settings)

        def replace_when_dead() -> None:
            nonlocal process
            while True:
                with process:
                    process.wait()
                if is_ending.wait(_RESTART_SECONDS):
                    return
                with lock:
                    if not is_ending.is_set():
                        process = _start(listener, settings)

        watch = threading.Thread(target=replace_when_dead, name="query broker", daemon=True)
        watch.start()
        try:
            yield path
        finally:
            is_ending.set()
            with lock:
                process.kill()
            watch.join()


def _start(listener: socket.socket, settings: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "ld.query.broker", str(listener.fileno()), settings],
        # The other end closes when this process ends, however it ends.
        stdin=subprocess.PIPE,
        pass_fds=[listener.fileno()],
        env={**os.environ, "PYTHONPATH": _PACKAGES},
        start_new_session=True,
    )


def serve(
    listener: socket.socket, data: Path, workers: int = 1, limits: Limits | None = None
) -> None:
    """Answer queries at a listening socket until this process is ended."""
    broker = Broker(data, workers, limits)
    with _Server(listener, broker) as server:
        # The first pool starts before the first query comes; what is wrong is said to that one.
        with suppress(PressmarkError), broker.edition():
            pass
        server.serve_forever()


class _OpenEdition:
    """One edition with its pool; closed when it has been replaced and its last query is done."""

    def __init__(self, directory: Path, workers: int, limits: Limits) -> None:
        self.edition = directory.name
        try:
            manifest = orjson.loads((directory / "edition.json").read_bytes())
            self.base: str = manifest["base"]
            self.service_url: str = manifest.get("service_url") or self.base
        except (OSError, ValueError, KeyError) as error:
            raise EditionError(f"{directory / 'edition.json'}: not readable: {error!r}") from error
        self.pool = Pool(directory / "graph", workers, limits)
        self.users = 0
        self.is_replaced = False

    def facts(self) -> Served:
        return Served(self.edition, self.base, self.service_url, self.pool.network)

    def close_if_done(self) -> None:
        if self.is_replaced and not self.users:
            self.pool.close()


class Broker:
    """Answers queries on the current edition of a data directory."""

    def __init__(self, data: Path, workers: int = 1, limits: Limits | None = None) -> None:
        self._link = data / "current"
        self._workers = workers
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._served: _OpenEdition | None = None
        self._refused: Path | None = None

    @contextmanager
    def edition(self) -> Iterator[_OpenEdition]:
        """Give the current edition, to be kept open until the query is done.

        An edition that cannot be opened is passed over as long as there is one that can.
        Raises: NoEditionError, EditionError.
        """
        with self._lock:
            served = self._follow()
            served.users += 1
        try:
            yield served
        finally:
            with self._lock:
                served.users -= 1
                served.close_if_done()

    def _follow(self) -> _OpenEdition:
        try:
            directory = self._link.resolve(strict=True)
        except OSError:
            if self._served is None:
                raise NoEditionError("Nothing has been published yet.") from None
            return self._served
        if self._served is not None and directory.name == self._served.edition:
            return self._served
        if self._served is not None and directory == self._refused:
            return self._served
        try:
            following = _OpenEdition(directory, self._workers, self._limits)
        except EditionError as error:
            if self._served is None:
                raise
            self._refused = directory
            sys.stderr.write(f"query broker: {error}; {self._served.edition} stays\n")
            return self._served
        if self._served is not None:
            self._served.is_replaced = True
            self._served.close_if_done()
        self._served = following
        return following

    def answer(
        self, request: dict[str, Any], connection: socket.socket, body: IO[bytes]
    ) -> dict[str, Any]:
        """Give the facts of the answer to a client's request, and write its bytes to `body`.

        The whole result is written before a byte of it is sent. So a query that fails late has a
        true status too (a WSGI server ends a body that breaks off as if it were complete), and
        no client, however slow it reads, holds a worker.
        """
        with self.edition() as served:
            if not request:
                return asdict(served.facts())
            job, unknown = _job(request, served.base)
            with closing(served.pool.run(job, request["client"], connection)) as chunks:
                for chunk in chunks:
                    body.write(chunk)
            return {
                "edition": served.edition,
                "unknown_graphs": unknown,
                "length": body.tell(),
            }


def _job(request: dict[str, Any], base: str) -> tuple[Job, list[str]]:
    default, named = (
        [urljoin(base, graph) for graph in request[name]]
        for name in ("default_graphs", "named_graphs")
    )
    if len(default) + len(named) > MAX_GRAPHS:
        raise QueryLimitError(f"A query may name {MAX_GRAPHS} graphs at most.")
    for graph in (*default, *named):
        if not is_iri(graph):
            raise QuerySyntaxError(f"{graph!r} is not the IRI of a graph.")
    job = Job(request["text"], request["media_type"], base_iri=base)
    if not default and not named:
        return job, []
    dataset = base + "dataset"
    unknown = [graph for graph in dict.fromkeys(default) if graph != dataset] + named
    # An edition has a default graph only: graphs of other names are empty.
    default_graphs = (None,) if dataset in default else ()
    job = Job(job.query, job.media_type, base, default_graphs=default_graphs, named_graphs=())
    return job, list(dict.fromkeys(unknown))


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"
    request: socket.socket

    def handle(self) -> None:
        # A client that is gone is told nothing.
        with suppress(HungUpError, ConnectionError, TimeoutError):
            self.request.settimeout(_REQUEST_SECONDS)
            _, payload = frames.receive(self.request, bytearray())
            if not self.server.places.acquire(blocking=False):
                busy = QueryBusyError("Too many queries are under way.", retry_after=1)
                self.request.sendall(frames.pack_error(busy))
                return
            try:
                with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
                    head = self._head(payload, body)
                    _send(self.request, head, body)
            finally:
                self.server.places.release()

    def _head(self, payload: bytes, body: IO[bytes]) -> bytes:
        try:
            head = self.server.broker.answer(orjson.loads(payload), self.request, body)
        except PressmarkError as error:
            body.truncate(0)
            return frames.pack_error(error)
        return frames.pack_json(frames.HEAD, head)


def _send(connection: socket.socket, head: bytes, body: IO[bytes]) -> None:
    until = time.monotonic() + _PAUSE_SECONDS + body.tell() / _SLOWEST
    connection.settimeout(_PAUSE_SECONDS)
    connection.sendall(head)
    body.seek(0)
    while (chunk := body.read(_CHUNK)) and time.monotonic() < until:
        connection.sendall(chunk)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, broker: Broker) -> None:
        super().__init__("", _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.broker = broker
        self.places = threading.BoundedSemaphore(_CONNECTIONS)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _data, _workers, _limits = orjson.loads(sys.argv[2])
    serve(socket.socket(fileno=int(sys.argv[1])), Path(_data), _workers, Limits(**_limits))
