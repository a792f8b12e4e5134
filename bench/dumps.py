"""Bytes per second of one dump: Pressmark alone, behind nginx as the docs have it, and nginx alone.

All three send the same file of one edition. The front server runs the very configuration of
`docs/operation.md`, with its paths and ports put in. The server has core 0 and wrk core 1; since
that is the slower side where nothing but `sendfile` is done, bytes per CPU second of the server's
processes stand beside bytes per second. Needs wrk, nginx and taskset.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import click
import psutil  # type: ignore[import-untyped]

from bench import measure
from bench.harvest import answering
from bench.serve import Server, free_port, require, running
from ld.edition import Edition, open_current

DOCUMENTED: Final = measure.PROJECT / "docs" / "operation.md"
HEAD: Final = """\
| | MB/s | of nginx | MB per CPU second | of nginx |
|---|--:|--:|--:|--:|"""
_BLOCK: Final = re.compile(r"```nginx\n(.*?)```", re.DOTALL)
_TRANSFER: Final = re.compile(r"Transfer/sec:\s+([0-9.]+)([KMG]?)B")
_BYTES: Final = re.compile(r"requests in [0-9.]+\w+, ([0-9.]+)([KMG]?)B read")
_UNITS: Final = {"": 1e-6, "K": 1.024e-3, "M": 1.048576, "G": 1073.741824}
_PLAIN: Final = """\
server {{ listen 127.0.0.1:{port}; sendfile on; tcp_nopush on; root {root}; }}
"""
_AROUND: Final = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  {servers}
}}
"""


class Rate(NamedTuple):
    """MB per second, and per CPU second of the server's processes."""

    per_second: float
    per_cpu_second: float


def documented(data: Path, port: int, behind: int) -> str:
    """Give the configuration of the front server as the docs have it, for these places.

    Raises: ClickException if the docs no longer have what is to be put in.
    """
    block = _BLOCK.search(DOCUMENTED.read_text(encoding="utf-8"))
    text = "" if block is None else block[1]
    for written, meant in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};"),
        ("/srv/pressmark", str(data)),
    ):
        if written not in text:
            raise click.ClickException(f"{DOCUMENTED.name} has no configuration with {written!r}")
        text = text.replace(written, meant)
    return text


def start_nginx(stack: ExitStack, folder: Path, port: int, servers: str) -> Server:
    """Keep nginx running with one worker on these server blocks."""
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(folder=folder, servers=servers, user=user))
    command = ["nginx", "-c", str(configuration), "-p", str(folder)]
    return stack.enter_context(running(command, port, folder / "told.log"))


def everyone(server: Server) -> list[psutil.Process]:
    """Give the processes of a server of files."""
    first = psutil.Process(server.process.pid)
    return [first, *first.children(recursive=True)]


def spent_by(processes: list[psutil.Process]) -> float:
    """Give the CPU seconds that processes have used."""
    times = [one.cpu_times() for one in processes]
    return float(sum(one.user + one.system for one in times))


def rate(processes: list[psutil.Process], address: str, seconds: int) -> Rate:
    """Have wrk fetch one address for some seconds."""
    before = spent_by(processes)
    command = ["taskset", "-c", "1", "wrk", "-t1", "-c4", f"-d{seconds}s", address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = spent_by(processes) - before
    speed, total = _TRANSFER.search(told), _BYTES.search(told)
    if speed is None or total is None or "Non-2xx" in told:
        raise click.ClickException(told)
    megabytes = float(total[1]) * _UNITS[total[2]]
    return Rate(float(speed[1]) * _UNITS[speed[2]], megabytes / max(spent, 0.01))


def largest(edition: Edition) -> tuple[str, int]:
    """Give the name and size of the largest dump."""
    files = edition.manifest["files"]
    name = max((n for n in files if n.startswith("dumps/")), key=lambda n: files[n]["size"])
    return name.removeprefix("dumps/"), files[name]["size"]


def check(edition: Edition, name: str, addresses: dict[str, str]) -> None:
    """Compare what each side serves with the checksum, whole and from the middle on.

    Raises: ClickException naming the side that differs.
    """
    facts = edition.manifest["files"][f"dumps/{name}"]
    middle = facts["size"] // 2
    for side, address in addresses.items():
        with urllib.request.urlopen(address, timeout=60) as answer:
            whole = answer.read()
        asked = urllib.request.Request(address, headers={"Range": f"bytes={middle}-"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            rest, status = answer.read(), answer.status
        same = hashlib.sha256(whole).hexdigest() == facts["sha256"] and rest == whole[middle:]
        if not same or status != 206:
            raise click.ClickException(f"{side} does not serve {name} as it is")


@click.command()
@click.option("--size", type=click.IntRange(1), default=10_000, show_default=True, help="Seeds.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Serve this data directory, and generate nothing.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True)
def main(size: int, data: Path | None, rounds: int, seconds: int) -> None:
    """Compare how fast one dump is sent."""
    require("wrk", "nginx", "taskset")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        folder.chmod(0o755)
        if data is None:
            data = folder / "data"
            measure.generate(size, folder / "seeds")
            measure.run("bench.pressmark", folder / "seeds", data)
        edition = open_current(data)
        name, octets = largest(edition)
        ports = {side: free_port() for side in ("Pressmark", "behind nginx", "nginx")}
        log, port = folder / "serve.log", ports["Pressmark"]
        serve = ["serve", "--data", str(data), "--port", str(port)]
        alone = stack.enter_context(running([sys.executable, "-m", "app.cli", *serve], port, log))
        front = start_nginx(
            stack, folder / "front", ports["behind nginx"],
            documented(data.resolve(), ports["behind nginx"], port),
        )  # fmt: skip
        root = edition.path.resolve() / "dumps"
        plain = start_nginx(
            stack, folder / "plain", ports["nginx"],
            _PLAIN.format(port=ports["nginx"], root=root),
        )  # fmt: skip
        addresses = {
            side: f"http://127.0.0.1:{port}/{'' if side == 'nginx' else 'dump/'}{name}"
            for side, port in ports.items()
        }
        check(edition, name, addresses)
        ours = answering(alone)
        servers = {
            "Pressmark": ours,
            "behind nginx": [*ours, *everyone(front)],
            "nginx": everyone(plain),
        }
        found: dict[str, list[Rate]] = {side: [] for side in servers}
        for _ in range(rounds):
            for side, processes in servers.items():
                found[side].append(rate(processes, addresses[side], seconds))
    medians = {
        side: Rate(*(median(column) for column in zip(*rates, strict=True)))
        for side, rates in found.items()
    }
    click.echo(f"{name}, {octets / 1e6:.1f} MB, medians of {rounds}\n\n{HEAD}")
    best = medians["nginx"]
    for side, one in medians.items():
        click.echo(
            f"| {side} | {one.per_second:,.0f} | {one.per_second / best.per_second:.2f} | "
            f"{one.per_cpu_second:,.0f} | {one.per_cpu_second / best.per_cpu_second:.2f} |"
        )


if __name__ == "__main__":
    main()
