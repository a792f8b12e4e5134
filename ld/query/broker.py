"""The one process that answers all queries of a service.

There is one broker however many web workers there are, so that limits hold for the service as a
whole. It follows `{data}/current`: a new edition is taken up with the next query, and queries
that run on the old one finish there.
"""

import gc
import math
import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import orjson

import ld
from ld.errors import (
    EditionError,
    NoEditionError,
    PressmarkError,
    QueryLimitError,
    QuerySyntaxError,
)
from ld.query import frames, rewrite, standard
from ld.query.client import Served
from ld.query.lanes import Places
from ld.query.memory import MemoryWatch
from ld.query.outbox import Outbox, StoreRoom
from ld.query.penalties import Penalties
from ld.query.pool import HungUpError, Job, Limits, Pool
from ld.query.residence import Residence, is_wanted, room_for_graph
from ld.terms import is_iri

MAX_GRAPHS: Final = 100

#: A result of so many bytes may be sent while it goes on.
HEAD_BYTES: Final = 64 * 1024

_CONNECTIONS: Final = 64
_REQUEST_SECONDS: Final = 5.0
_REQUEST_BYTES: Final = 1 << 18
# What is whole after this time is sent whole, with its length, and can be kept by caches.
_WHOLE_SECONDS: Final = 0.1
_STORED_BYTES: Final = 1 << 30
_RESTART_SECONDS: Final = 1.0
_PACKAGES: Final = str(Path(ld.__file__).parents[1])


@contextmanager
def running(
    data: Path, limits: Limits | None = None, residence: Residence = Residence.AUTO
) -> Iterator[Path]:
    """Keep a broker process running; give the path of its socket.

    The socket lies in a directory that only this user can enter, and stays open while a broker
    that died is replaced: who asks then, waits.
    """
    settings = orjson.dumps([str(data), asdict(limits or Limits()), residence]).decode()
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
    listener: socket.socket,
    data: Path,
    limits: Limits | None = None,
    residence: Residence = Residence.AUTO,
) -> None:
    """Answer queries at a listening socket until this process is ended."""
    broker = Broker(data, limits, residence)
    with _Server(listener, broker) as server:
        # The first pool starts before the first query comes; what is wrong is said to that one.
        with suppress(PressmarkError), broker.edition():
            pass
        # What is here by now stays: it need not be gone through while queries wait.
        gc.freeze()
        server.serve_forever()


class _OpenEdition:
    """One edition with its pool; closed when it has been replaced and its last query is done."""

    def __init__(
        self,
        directory: Path,
        limits: Limits,
        penalties: Penalties,
        memory: MemoryWatch,
        *,
        in_memory: bool = False,
    ) -> None:
        self.directory = directory
        self.edition = directory.name
        try:
            manifest = orjson.loads((directory / "edition.json").read_bytes())
            self.base: str = manifest["base"]
            self.service_url: str = manifest.get("service_url") or self.base
            self.licence: str | None = manifest.get("licence")
            self.triples: int | None = manifest.get("counts", {}).get("statements")
        except (OSError, ValueError, KeyError) as error:
            raise EditionError(f"{directory / 'edition.json'}: not readable: {error!r}") from error
        self.pool = Pool(directory / "graph", limits, penalties, memory, in_memory=in_memory)
        self.users = 0
        self.is_replaced = False
        #: What clients are told of it.
        self.facts: dict[str, Any] = asdict(
            Served(
                edition=self.edition,
                base=self.base,
                service_url=self.service_url,
                licence=self.licence,
                network=self.pool.opened.network,
                memory=self.pool.opened.held,
                limits={"deadline": limits.deadline, "result_bytes": limits.result_bytes},
            )
        )

    def close_if_done(self) -> None:
        if self.is_replaced and not self.users:
            self.pool.close()


class Broker:
    """Answers queries on the current edition of a data directory."""

    def __init__(
        self,
        data: Path,
        limits: Limits | None = None,
        residence: Residence = Residence.AUTO,
    ) -> None:
        self._link = data / "current"
        self._limits = limits or Limits()
        self._residence = residence
        # Both outlast an edition, or each publication would set an attacker free.
        self._penalties = Penalties()
        self._memory = MemoryWatch(self._limits.total_memory)
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
            if self._served is not None and self._is_named(self._served.edition):
                return self._served
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
            following = self._open(directory)
        except EditionError as error:
            if self._served is None:
                raise
            self._refused = directory
            sys.stderr.write(f"query broker: {error}; {self._served.edition} stays\n")
            return self._served
        self._replace(following)
        if is_wanted(self._residence, following.triples, self._limits.total_memory):
            threading.Thread(target=self._load, args=(following,), daemon=True).start()
        return following

    def _is_named(self, edition: str) -> bool:
        return os.path.basename(os.readlink(self._link)) == edition  # noqa: PTH115, PTH119

    def _open(self, directory: Path, *, in_memory: bool = False) -> _OpenEdition:
        return _OpenEdition(
            directory, self._limits, self._penalties, self._memory, in_memory=in_memory
        )

    def _replace(self, following: _OpenEdition) -> None:
        if self._served is not None:
            self._served.is_replaced = True
            self._served.close_if_done()
        self._served = following

    def _load(self, on_disk: _OpenEdition) -> None:
        """Let an edition that is read from disk be read from memory, as soon as it is there."""
        begun = time.monotonic()
        try:
            loaded = self._open(on_disk.directory, in_memory=True)
        except EditionError as error:
            sys.stderr.write(f"query broker: {error}; it stays on disk\n")
            return
        held = loaded.pool.opened.held
        is_fitting = self._residence is Residence.ALWAYS or held <= room_for_graph(
            self._limits.total_memory
        )
        with self._lock:
            is_current = self._served is on_disk
            if is_fitting and is_current:
                self._replace(loaded)
        if not is_fitting or not is_current:
            loaded.pool.close()
        elif is_current:
            sys.stderr.write(
                f"query broker: {loaded.edition} is in memory: {held >> 20} MiB, "
                f"loaded in {time.monotonic() - begun:.1f} s\n"
            )

    def answer(self, request: dict[str, Any], connection: socket.socket, outbox: Outbox) -> None:
        """Put the answer to a client's request into its outbox.

        A small or quick result is whole before its head is sent, so that an error that comes late
        has a true status; a long one is sent while it is made if the client can take that. Either
        way it is taken from the worker at once: no client, however slow it reads, holds one.
        """
        with self.edition() as served:
            if not request:
                outbox.open(served.facts)
                return
            job, unknown = _job(request, served)
            head = {"served": served.facts, "unknown_graphs": unknown}
            streams_from = time.monotonic() + _WHOLE_SECONDS if request["may_stream"] else math.inf
            with closing(_chunks(served.pool, job, request["client"], connection)) as chunks:
                for chunk in chunks:
                    enough = outbox.size + len(chunk) >= HEAD_BYTES
                    if enough and time.monotonic() >= streams_from:
                        outbox.open(head | {"length": None})
                    outbox.put(frames.DATA, chunk)
            outbox.put(frames.END)
            outbox.open(head | {"length": outbox.size})


def _chunks(
    pool: Pool, job: Job, client: str, connection: socket.socket
) -> Generator[bytes, None, None]:
    text = standard.conforming(job.query)
    if job.named_graphs is None:
        text = rewrite.quicker(text)
    if text != job.query:
        try:
            yield from pool.run(replace(job, query=text), client, connection)
        except QuerySyntaxError:
            # Where the error is, is asked of the query as it came. Nothing has been sent.
            yield from pool.run(job, client, connection)
    else:
        yield from pool.run(job, client, connection)


def _job(request: dict[str, Any], served: _OpenEdition) -> tuple[Job, list[str]]:
    base = served.base
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
    # Graphs that are not there are empty. An edition has no graph but its default graph.
    known = served.pool.opened.graphs
    dataset = base + "dataset"
    job = replace(
        job,
        default_graphs=tuple(
            None if graph == dataset else graph
            for graph in dict.fromkeys(default)
            if graph == dataset or graph in known
        ),
        named_graphs=tuple(graph for graph in named if graph in known),
    )
    unknown = [g for g in (*(g for g in default if g != dataset), *named) if g not in known]
    return job, list(dict.fromkeys(unknown))


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"
    request: socket.socket

    def handle(self) -> None:
        # A client that is gone is told nothing.
        with suppress(HungUpError, ConnectionError, TimeoutError):
            while self._answer_next():
                pass

    def _answer_next(self) -> bool:
        """Say whether the client may ask again on this connection: not after an error."""
        self.request.settimeout(None)
        buffer = bytearray(self.request.recv(_REQUEST_BYTES))
        if not buffer:
            return False
        self.request.settimeout(_REQUEST_SECONDS)
        _, payload = frames.receive(self.request, buffer)
        request = orjson.loads(payload)
        with Outbox(self.request, self.server.store_room) as outbox:
            try:
                with self.server.places.taken_by(request.get("client", "")):
                    self.server.broker.answer(request, self.request, outbox)
                    outbox.empty()
            except PressmarkError as error:
                outbox.fail(error)
                return False
        return True


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, broker: Broker) -> None:
        super().__init__("", _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.broker = broker
        self.places = Places(_CONNECTIONS)
        self.store_room = StoreRoom(_STORED_BYTES)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _data, _limits, _residence = orjson.loads(sys.argv[2])
    serve(
        socket.socket(fileno=int(sys.argv[1])),
        Path(_data),
        Limits(**_limits),
        Residence(_residence),
    )
