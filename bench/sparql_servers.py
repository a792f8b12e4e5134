"""The endpoints that are compared: each over the same edition, on the loopback, told how to end.

Peers are optional. What one needs: `pip install oxigraph` and `pip install
'rdflib-endpoint[cli]'`, on Debian `apt-get install virtuoso-opensource-7`.
"""

import http.client
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import psutil  # type: ignore[import-untyped]

from app.serving import free_port
from bench.measure import PROJECT
from bench.sparql_client import Client
from ld.edition import Edition

#: Seconds that an endpoint may take until it answers: loading is a part of starting for some.
PATIENCE: Final = 1800.0
#: In MiB, for all query processes with a graph in memory: that of 100,000 texts has room twice.
_QUERY_MEMORY: Final = 4096
_HOST: Final = "127.0.0.1"
_ASK: Final = "ASK {}"
_VIRTUOSO_INI: Final = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = {dumps}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
MaxQueryMem = 2G
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 10
KeepAliveTimeout = 3600
MaxKeepAlives = 10
EnabledGzipContent = 0
[SPARQL]
ResultSetMaxRows = 100000000
MaxQueryCostEstimationTime = 3600
MaxQueryExecutionTime = 3600
"""
_VIRTUOSO_LOAD: Final = """\
ld_dir('{dumps}', 'corpus.nt.gz', '{graph}');
rdf_loader_run();
checkpoint;
"""


class MissingError(Exception):
    """A peer is not installed; the message says how to install it."""


class Endpoint(NamedTuple):
    """An endpoint that answers, and how to ask it."""

    process: subprocess.Popen[bytes]
    client: Client
    is_replaced: bool = False

    def recover(self) -> None:
        """Have the process replaced that is at work on an unfinished query, where one can."""
        if self.is_replaced:
            for child in psutil.Process(self.process.pid).children():
                child.kill()
            while self.client.ask(_ASK).status != 200:
                time.sleep(0.1)


class Place(NamedTuple):
    """What an endpoint serves, and a folder for what it writes."""

    edition: Edition
    data: Path
    folder: Path


def pressmark(
    place: Place, *, cached: bool = False, in_memory: bool = False
) -> AbstractContextManager[Endpoint]:
    """Our own service. Without its cache, no query comes twice in the same words either."""
    port = free_port(_HOST)
    command = [sys.executable, "-m", "app.cli", "serve", "--data", str(place.data)]
    command += ["--port", str(port), "--memory-graph", "always" if in_memory else "never"]
    if in_memory:
        command += ["--query-memory", str(_QUERY_MEMORY)]
    path = "/" + place.edition.service_url.split("/", 3)[3] + "sparql"
    return _running(
        command,
        Client(port, path, anew=not cached),
        place.folder / f"pressmark-{port}.log",
        port,
        path,
        awaited="is in memory" if in_memory else "",
        PRESSMARK_CACHE_BYTES=str(2**28 if cached else 0),
    )


def oxigraph(place: Place) -> AbstractContextManager[Endpoint]:
    """The native server, on the very files that our own service reads.

    Without `--timeout-s`, with which it keeps a thread for each query that it has answered.
    Raises: MissingError.
    """
    program = shutil.which("oxigraph", path=_path())
    if program is None:
        raise MissingError("oxigraph: pip install oxigraph")
    port = free_port(_HOST)
    command = [program, "serve-read-only", "--location", str(place.edition.path / "graph")]
    log = place.folder / "oxigraph.log"
    client = Client(port, "/query")
    return _running([*command, "--bind", f"127.0.0.1:{port}"], client, log, port, "/query")


@contextmanager
def rdflib_endpoint(place: Place) -> Iterator[Endpoint]:
    """rdflib-endpoint with rdflib's own store, loaded from the dump. Raises: MissingError."""
    if not all(importlib.util.find_spec(name) for name in ("rdflib_endpoint", "uvicorn")):
        raise MissingError("rdflib-endpoint: pip install 'rdflib-endpoint[cli]'")
    port = free_port(_HOST)
    dump = place.edition.path / "dumps" / "corpus.nt.gz"
    command = [sys.executable, "-m", "bench.sparql_rdflib", str(dump), str(port)]
    log = place.folder / "rdflib-endpoint.log"
    with _running(command, Client(port, "/sparql"), log, port, "/sparql") as endpoint:
        yield endpoint._replace(is_replaced=True)


@contextmanager
def virtuoso(place: Place) -> Iterator[Endpoint]:
    """Virtuoso on a database of its own, loaded from the dump. Raises: MissingError."""
    programs = [shutil.which(name, path=_path()) for name in ("virtuoso-t", "isql-vt")]
    if None in programs:
        raise MissingError("Virtuoso: apt-get install virtuoso-opensource-7")
    server, terminal = map(str, programs)
    folder, port, sql_port = place.folder / "virtuoso", free_port(_HOST), free_port(_HOST)
    folder.mkdir()
    facts = {"dumps": place.edition.path / "dumps", "graph": place.edition.base}
    (folder / "virtuoso.ini").write_text(
        _VIRTUOSO_INI.format(folder=folder, port=port, sql_port=sql_port, **facts)
    )
    (folder / "load.sql").write_text(_VIRTUOSO_LOAD.format(**facts))
    command = [server, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    client = Client(port, "/sparql", {"default-graph-uri": place.edition.base})
    with _running(command, client, folder / "server.log", port, "/sparql") as endpoint:
        load = [terminal, f"127.0.0.1:{sql_port}", "dba", "dba", str(folder / "load.sql")]
        subprocess.run(load, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=True)
        yield endpoint


#: By the name in the tables.
ENDPOINTS: Final[dict[str, Callable[[Place], AbstractContextManager[Endpoint]]]] = {
    "cached": partial(pressmark, cached=True),
    "uncached": pressmark,
    "in memory": partial(pressmark, in_memory=True),
    "oxigraph": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
    "Virtuoso": virtuoso,
}


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


@contextmanager
def _running(
    command: list[str],
    client: Client,
    log: Path,
    port: int,
    path: str,
    awaited: str = "",
    **environment: str,
) -> Iterator[Endpoint]:
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=told, stderr=told, env=os.environ | environment
        )
    try:
        _await(process, port, path, log, awaited)
        yield Endpoint(process, client)
    finally:
        client.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(
    process: "subprocess.Popen[bytes]", port: int, path: str, log: Path, awaited: str
) -> None:
    """Wait until an endpoint answers a query and has said what is awaited.

    Raises: RuntimeError with what it said.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", f"{path}?query=ASK%7B%7D")
            if connection.getresponse().status == 200 and awaited in log.read_text():
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer: {log.read_text()[-2000:]}")
