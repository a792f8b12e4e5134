"""The processes that hold the store: one zygote, and the workers it forks.

The zygote has Python and pyoxigraph loaded and has left the network; a fork of it is ready in
tens of milliseconds. A worker answers one query at a time and may be killed at any moment.
"""

import os
import re
import resource
import signal
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Final, NoReturn, cast

import orjson
import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, QueryTriples, RdfFormat, Store, Triple

from ld.errors import EditionError, QueryError, QueryLimitError, QueryRefusedError, QuerySyntaxError
from ld.query import frames, residence
from ld.query.footprint import data_bytes, private_bytes
from ld.query.guard import BASE_CHARS, NAME_CHARS
from ld.query.isolation import leave_network
from ld.query.results import BY_MEDIA_TYPE
from ld.vocabulary import PREFIXES

CHUNK: Final = 64 * 1024
#: How the zygote says which process it forked, beside the pidfd.
PID: Final = struct.Struct(">i")

# With this stack no chain of operators that fits into a query overflows the engine's recursion.
_STACK_BYTES: Final = 64 << 20
# The pool kills at the deadline; a worker whose pool is gone ends itself this much later.
_GRACE_SECONDS: Final = 2.0
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# RDF/XML writes a predicate as an element, whose name is the end of its IRI.
_ELEMENT_NAME = re.compile(rf"[{BASE_CHARS}_][{NAME_CHARS}.]*\Z")
_NEVER_IN_NAMES = re.compile(rf"[^\x00-\x7f{NAME_CHARS}]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may use. Sizes are in bytes, times in seconds.

    One query: `deadline` from its arrival to its end, at most `queue` of it waiting for a place;
    `fast_seconds` of processor time among the fast ones; `memory`; `result_bytes`. All together:
    the places, and `total_memory`, which with everything else of the service stays below 1.5 GB.
    Workers for the fast places and `spare_workers` more are kept ready.
    """

    deadline: float = 10.0
    queue: float = 5.0
    fast_seconds: float = 0.15
    memory: int = 1 << 30
    result_bytes: int = 200_000_000
    fast_places: int = 2
    slow_places: int = 2
    spare_workers: int = 1
    total_memory: int = 900 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is asked: a query, in one format, over a dataset.

    In `default_graphs` None stands for the store's own default graph. Where a list is None, the
    query's dataset clauses hold, or else what the store has.
    """

    query: str
    media_type: str
    base_iri: str | None = None
    default_graphs: tuple[str | None, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    def frame(self) -> bytes:
        """Give the frame that carries this job."""
        return frames.pack_json(frames.REQUEST, {name: getattr(self, name) for name in _FIELDS})


_FIELDS: Final = tuple(field.name for field in fields(Job))


class _Outlet:
    """A binary file for the serialisers, which sends frames of CHUNK bytes."""

    def __init__(self, channel: socket.socket, limit: int) -> None:
        self._channel = channel
        self._limit = limit
        self._written = 0
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        self._written += len(data)
        if self._written > self._limit:
            raise QueryLimitError(
                f"The result is longer than {self._limit} bytes; ask for less, or take a dump."
            )
        self._pending += data
        while len(self._pending) >= CHUNK:
            self._channel.sendall(frames.pack(frames.DATA, self._pending[:CHUNK]))
            del self._pending[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Keep what is pending: only whole chunks and the end are sent."""

    def close(self) -> None:
        self._channel.sendall(frames.pack(frames.DATA, self._pending) + frames.pack(frames.END))

    def fail(self, error: QueryError) -> None:
        self._channel.sendall(frames.pack_error(error))


def zygote(control: socket.socket, directory: Path, limits: Limits, *, in_memory: bool) -> NoReturn:
    """Fork a worker for each socket received, and send back its pidfd; end with the pool.

    First it says how it is kept from the network, and how many bytes it holds for all of them.
    """
    network = leave_network()
    _limit(resource.RLIMIT_CORE, 0)
    try:
        store = residence.load(directory) if in_memory else None
        held = private_bytes() if in_memory else 0
        first = frames.pack_json(frames.READY, {"network": network, "held": held})
    except EditionError as error:
        first = frames.pack_error(error)
    try:
        control.sendall(first)
    except ConnectionError:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            control.close()
            _serve(socket.socket(fileno=descriptors[0]), store or directory, limits)
        os.close(descriptors[0])
        # The child cannot have been reaped and its number reused within these few steps.
        with suppress(ProcessLookupError):
            pidfd = os.pidfd_open(pid)
            socket.send_fds(control, [PID.pack(pid)], [pidfd])
            os.close(pidfd)


def _serve(channel: socket.socket, source: Store | Path, limits: Limits) -> NoReturn:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _limit(resource.RLIMIT_STACK, _STACK_BYTES)
        inherited = data_bytes() if isinstance(source, Store) else 0
        _limit(resource.RLIMIT_DATA, inherited + limits.memory)
        try:
            store = source if isinstance(source, Store) else Store.read_only(str(source))
        except (OSError, ValueError) as error:
            channel.sendall(
                frames.pack_error(EditionError(f"{source}: the store does not open: {error}"))
            )
            os._exit(1)
        graphs = [graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode)]
        channel.sendall(frames.pack_json(frames.READY, graphs))
        buffer = bytearray()
        while True:
            _, payload = frames.receive(channel, buffer)
            signal.setitimer(signal.ITIMER_REAL, limits.deadline + _GRACE_SECONDS)
            _answer(store, Job(**orjson.loads(payload)), _Outlet(channel, limits.result_bytes))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (ConnectionError, MemoryError):
        os._exit(1)
    finally:
        # Nothing of the zygote's may run on in a fork of it, whatever happened.
        os._exit(2)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, hard))


def _answer(store: Store, job: Job, outlet: _Outlet) -> None:
    try:
        _write(store, job, outlet)
        outlet.close()
    except ConnectionError:
        raise
    except SyntaxError as error:
        outlet.fail(_syntax_error(error))
    except QueryError as error:
        outlet.fail(error)
    except RuntimeError as error:
        outlet.fail(QueryRefusedError(f"The query cannot be run: {error}."))
    except (OSError, TypeError, ValueError) as error:
        outlet.fail(QueryError(f"The query failed: {error}."))


def _write(store: Store, job: Job, outlet: _Outlet) -> None:
    output = cast("IO[bytes]", outlet)
    syntax = BY_MEDIA_TYPE[job.media_type].syntax
    results = store.query(
        job.query,
        base_iri=job.base_iri,
        default_graph=None
        if job.default_graphs is None
        else [DefaultGraph() if g is None else NamedNode(g) for g in job.default_graphs],
        named_graphs=None
        if job.named_graphs is None
        else [NamedNode(graph) for graph in job.named_graphs],
    )
    if isinstance(results, QueryTriples):
        if not isinstance(syntax, RdfFormat):
            raise TypeError(f"{job.media_type} cannot carry a graph")
        triples: Iterable[Triple] = results
        if syntax == RdfFormat.RDF_XML:
            triples = _writable(results)
        pyoxigraph.serialize(triples, output, syntax, prefixes=PREFIXES)
    elif isinstance(syntax, RdfFormat):
        raise TypeError(f"{job.media_type} cannot carry solutions")
    else:
        results.serialize(output, syntax)


def _writable(triples: Iterable[Triple]) -> Iterator[Triple]:
    # The serialiser writes ill-formed XML where a predicate's IRI gives no name.
    for triple in triples:
        predicate = triple.predicate.value
        if not _ELEMENT_NAME.search(predicate) or _NEVER_IN_NAMES.search(predicate):
            raise QueryRefusedError(
                f"RDF/XML cannot write the predicate <{predicate}>; ask for another format."
            )
        yield triple


def _syntax_error(error: SyntaxError) -> QuerySyntaxError:
    message = str(error.msg)
    position = _POSITION.match(message)
    if position is None:
        return QuerySyntaxError(message)
    line, column = int(position[1]), int(position[2])
    detail = " ".join(position[3].split())
    return QuerySyntaxError(f"Line {line}, column {column}: {detail}.", line, column)


if __name__ == "__main__":
    zygote(
        socket.socket(fileno=int(sys.argv[1])),
        Path(sys.argv[2]),
        Limits(**orjson.loads(sys.argv[3])),
        in_memory=sys.argv[4] == "memory",
    )
