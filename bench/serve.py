"""Requests per second beside nginx with the same bytes as files, on one core.

The server has core 0 and wrk core 1, or both share one (`--client-core 0`). Pressmark runs twice:
with its cache warm, and without one, so that each request is rendered. Between it and nginx stands
granian alone. Requests per CPU second of the server's processes stand beside requests per second,
because they depend less on what else runs on the machine. Needs wrk, nginx and taskset.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import click
import psutil  # type: ignore[import-untyped]

from bench import floor, measure
from ld.edition import open_current
from ld.publish import publish

SERVER_CORE: Final = "0"
#: For the cache, in bytes: room for all that is asked for, about 65 kB per record.
AMPLE: Final = 256 * 2**20
PATIENCE: Final = 30  # seconds that a server may take to answer first
FORMATS: Final = {"ttl": "Turtle", "jsonld": "JSON-LD", "html": "HTML"}
SIDES: Final = ("nginx", "floor", "cached", "uncached")
HEAD: Final = """\
| record as | nginx | granian alone | ratio | cached | ratio | uncached | ratio |
|---|--:|--:|--:|--:|--:|--:|--:|"""
CYCLE: Final = """\
local requests, last = {}, 0
function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  last = last % #requests + 1
  return requests[last]
end
"""
NGINX: Final = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  open_file_cache max=10000; open_file_cache_valid 1h;
  types {{ text/turtle ttl; application/ld+json jsonld; text/html html; }}
  charset utf-8; charset_types text/turtle text/html;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


class Server(NamedTuple):
    """A server that runs: its first process, and the port where it answers."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Give the CPU seconds that its processes have used."""
        first = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
        return float(sum(one.user + one.system for one in times))


class Rate(NamedTuple):
    """Requests per second, and per CPU second of the server."""

    per_second: float
    per_cpu_second: float


def require(*programs: str) -> None:
    """Raises: ClickException naming the programs that are not there."""
    missing = [name for name in programs if shutil.which(name, path=_path()) is None]
    if missing:
        raise click.ClickException(
            f"This needs {' and '.join(missing)}. On Debian: "
            "apt-get install wrk nginx-light util-linux"
        )


def _path() -> str:
    return os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"


def free_port() -> int:
    """Give a port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[Server]:
    """Keep a server running on its core; gives it once it answers at its port.

    Raises: ClickException if it does not.
    """
    with log.open("wb") as told:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            cwd=measure.PROJECT,
            stdout=told,
            stderr=told,
            env=os.environ | {"PATH": _path()} | environment,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise click.ClickException(f"{command[0]} did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def pressmark(data: Path, log: Path, cache_bytes: int) -> contextlib.AbstractContextManager[Server]:
    """Keep `pressmark serve` running, with one worker and a cache of this size."""
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "serve", "--data", str(data), "--port", str(port)]
    return running(command, port, log, PRESSMARK_CACHE_BYTES=str(cache_bytes))


def nginx(folder: Path) -> contextlib.AbstractContextManager[Server]:
    """Keep nginx running on the files in a folder, with one worker."""
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
    return running(["nginx", "-c", str(settings)], port, folder / "nginx.log")


def granian(folder: Path) -> contextlib.AbstractContextManager[Server]:
    """Keep granian running with an application that does nothing but answer (`bench.floor`)."""
    port = free_port()
    command = [sys.executable, "-m", "bench.floor"]
    environment = {floor.FILES: str(folder / "files"), "BENCH_PORT": str(port)}
    return running(command, port, folder / "floor.log", **environment)


def fetched(port: int, paths: list[str]) -> Iterator[bytes]:
    """Give the body of each path.

    Raises: ClickException for another status than 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        for path in paths:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise click.ClickException(f"{path}: {answer.status} {body[:500]!r}")
            yield body


def rate(server: Server, paths: Path, script: Path, core: int, seconds: int) -> Rate:
    """Drive a server with wrk over these paths, again and again.

    Raises: ClickException if an answer was an error.
    """
    command = [
        "taskset", "-c", str(core), "wrk", "-t1", "-c8", f"-d{seconds}s", "-s", str(script),
        f"http://127.0.0.1:{server.port}/", "--", str(paths),
    ]  # fmt: skip
    before = server.cpu()
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    count = re.search(r"([0-9]+) requests in", told)
    per_second = re.search(r"Requests/sec:\s*([0-9.]+)", told)
    if count is None or per_second is None or "Non-2xx" in told or "Socket errors" in told:
        raise click.ClickException(f"wrk met errors:\n{told}")
    return Rate(float(per_second[1]), int(count[1]) / spent)


def prepare(files: Path, port: int, paths: dict[str, list[str]]) -> None:
    """Write what Pressmark answers to these paths as files, which also fills its cache."""
    headers = {}
    for suffix, some in paths.items():
        for path, body in zip(some, fetched(port, some), strict=True):
            file = files / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        headers[f".{suffix}"] = headers_of(port, some[0])
    (files / floor.HEADERS).write_text(json.dumps(headers), encoding="utf-8")


def headers_of(port: int, path: str) -> list[tuple[str, str]]:
    """Give the headers of an answer, without those that servers add and the length."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    left_out = {"content-length", "date", "server"}
    return [pair for pair in answer.getheaders() if pair[0].lower() not in left_out]


def paths_of(data: Path) -> dict[str, list[str]]:
    """Give the paths of all texts and parts in each format."""
    edition = open_current(data)
    rows = edition.db.execute("SELECT key FROM document WHERE kind IN ('text', 'part')")
    keys = [row["key"] for row in rows]
    return {suffix: [f"/doc/{key}.{suffix}" for key in keys] for suffix in FORMATS}


def measured(
    data: Path, folder: Path, core: int, rounds: int, seconds: int
) -> dict[str, dict[str, list[Rate]]]:
    """Give the rates by format and side; the rounds go through all sides in turn."""
    paths = paths_of(data)
    script = folder / "cycle.lua"
    script.write_text(CYCLE, encoding="utf-8")
    lists = {suffix: folder / f"{suffix}.paths" for suffix in FORMATS}
    for suffix, file in lists.items():
        file.write_text("".join(f"{path}\n" for path in paths[suffix]), encoding="utf-8")
    rates: dict[str, dict[str, list[Rate]]] = {
        suffix: {side: [] for side in SIDES} for suffix in FORMATS
    }
    with ExitStack() as stack:
        enter = stack.enter_context
        cached = enter(pressmark(data, folder / "cached.log", AMPLE))
        prepare(folder / "files", cached.port, paths)
        servers = {
            "nginx": enter(nginx(folder)),
            "floor": enter(granian(folder)),
            "cached": cached,
            "uncached": enter(pressmark(data, folder / "bare.log", 0)),
        }
        for suffix, some in paths.items():
            for server in servers.values():
                _require_same_bytes(folder, server.port, some[:: len(some) // 20])
                rate(server, lists[suffix], script, core, 1)
        for _ in range(rounds):
            for suffix in FORMATS:
                for side, server in servers.items():
                    rates[suffix][side].append(rate(server, lists[suffix], script, core, seconds))
    return rates


def _require_same_bytes(folder: Path, port: int, paths: list[str]) -> None:
    for path, body in zip(paths, fetched(port, paths), strict=True):
        if body != (folder / "files" / path.lstrip("/")).read_bytes():
            raise click.ClickException(f"{path} is not the same everywhere")


@click.command()
@click.option("--size", type=click.IntRange(20), default=1000, show_default=True, help="Seeds.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--client-core", type=click.IntRange(0), default=1, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True)
def main(size: int, rounds: int, client_core: int, seconds: int) -> None:
    """Compare serving with nginx on files of the same bytes."""
    require("wrk", "nginx", "taskset")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx leaves root's rights behind
        measure.generate(size, folder / "seeds")
        publish(folder / "seeds", folder / "data")
        rates = measured(folder / "data", folder, client_core, rounds, seconds)
    for unit, of in (("second", 0), ("CPU second of the server", 1)):
        click.echo(f"\nRequests per {unit}\n\n{HEAD}")
        for suffix, label in FORMATS.items():
            files, *others = (median(r[of] for r in rates[suffix][side]) for side in SIDES)
            cells = [f"{other:,.0f} | {other / files:.2f}" for other in others]
            click.echo(f"| {label} | {files:,.0f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
