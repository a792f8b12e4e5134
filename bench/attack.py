"""Hostile queries under load: what clients who ask normally notice of them.

Twenty attackers at as many loopback addresses send the queries of `bench.hostile` without pause,
beside two clients who ask what scholars ask. The load runs on one core and the service on the
other. Then the same with everybody behind one trusted proxy. Nothing leaves this machine.
"""

import http.client
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import click
import psutil

from bench.hostile import HOSTILE
from bench.measure import PROJECT
from ld.errors import QueryError
from ld.query import guard
from ld.query.pool import Limits

ATTACKERS: Final = 20
NORMAL: Final = 2
#: Between two requests of one client, in seconds; so many at most in a run.
PAUSE: Final = 0.02
MOST_REQUESTS: Final = 20_000
#: What the service promises.
MOST_PSS: Final = 1.5e9
MOST_SLOWER: Final = 10
MOST_P95: Final = 0.5
MOST_ATTACK: Final = Limits().deadline + 1

_DCT: Final = "PREFIX dct: <http://purl.org/dc/terms/> "
_QUESTIONS: Final = (
    _DCT + "SELECT ?text ?title {{ ?text dct:title ?title }} LIMIT {n}",
    _DCT + "SELECT ?text ?by {{ ?text dct:creator ?by }} OFFSET {n} LIMIT 20",
    _DCT + "SELECT ?by (COUNT(*) AS ?n) {{ ?text dct:creator ?by }} GROUP BY ?by LIMIT {n}",
    _DCT + "SELECT ?t {{ ?text dct:title ?t FILTER CONTAINS(LCASE(?t), 'a{n}') }} LIMIT 10",
    _DCT + "CONSTRUCT {{ ?s ?p ?o }} {{ {{ SELECT ?s {{ ?s dct:title ?t }} OFFSET {n} LIMIT 1 }} "
    "?s ?p ?o }}",
    "ASK {{ ?s ?p {n} }}",
)


@dataclass
class Outcome:
    """Seconds per answer, and how many answers had which status; 0 stands for none.

    The slowest answer has its status and the beginning of its query.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, int, str] = (0.0, 0, "")


@dataclass(frozen=True)
class Client:
    """One who asks, from a loopback address of its own or from behind a proxy."""

    port: int
    path: str
    address: str
    is_behind_proxy: bool

    def ask(self, query: str) -> int:
        """Give the status of the answer, having read it; 0 if there was none."""
        source = "127.0.0.1" if self.is_behind_proxy else self.address
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.is_behind_proxy:
            headers["X-Forwarded-For"] = self.address
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(source, 0)
        )
        try:
            body = urllib.parse.urlencode({"query": query})
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            connection.close()


def _ask_until(client: Client, end: float, queries: Iterator[str], outcome: Outcome) -> None:
    for query, _ in zip(queries, range(MOST_REQUESTS), strict=False):
        begun = time.monotonic()
        if begun >= end:
            return
        status = client.ask(query)
        taken = time.monotonic() - begun
        outcome.statuses[status] += 1
        outcome.seconds.append(taken)
        outcome.slowest = max(outcome.slowest, (taken, status, query[:60]))
        time.sleep(PAUSE)


def _questions(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    while True:
        yield chance.choice(_QUESTIONS).format(n=chance.randrange(1, 1000))


def _attacks(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    texts = list(HOSTILE.values())
    for number in range(sys.maxsize):
        # Another text each time, so that none is remembered.
        yield f"{chance.choice(texts)} # {seed} {number}"


def _run(clients: list[Client], end: float, are_hostile: bool, core: int, to: Connection) -> None:
    os.sched_setaffinity(0, {core})
    outcomes = [Outcome() for _ in clients]
    threads = [
        threading.Thread(
            target=_ask_until,
            args=(client, end, (_attacks if are_hostile else _questions)(number), outcome),
        )
        for number, (client, outcome) in enumerate(zip(clients, outcomes, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = [second for outcome in outcomes for second in outcome.seconds]
    statuses: Counter[int] = Counter()
    for outcome in outcomes:
        statuses.update(outcome.statuses)
    to.send(Outcome(seconds, statuses, max(outcome.slowest for outcome in outcomes)))


def _started(
    clients: list[Client], end: float, *, are_hostile: bool, core: int
) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_run, args=(clients, end, are_hostile, core, theirs))
    process.start()
    return process, ours


@contextmanager
def _service(data: Path, core: int) -> Iterator[tuple[psutil.Process, int, str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--data", str(data), "--port", "0"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "PRESSMARK_TRUSTED_PROXIES": "127.0.0.1"},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    ) as process:
        assert process.stdout is not None
        url = urllib.parse.urlsplit(process.stdout.readline().split(" at ")[1].strip())
        assert url.port is not None
        try:
            yield psutil.Process(process.pid), url.port, f"{url.path}sparql"
        finally:
            process.terminate()


def _tree(service: psutil.Process) -> list[psutil.Process]:
    return [service, *service.children(recursive=True)]


def _pss(service: psutil.Process) -> int:
    total = 0
    for process in _tree(service):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def _cpu(service: psutil.Process) -> float:
    total = 0.0
    for process in _tree(service):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _round(
    service: psutil.Process,
    normal: list[Client],
    attackers: list[Client],
    seconds: float,
    core: int,
) -> tuple[Outcome, Outcome, int]:
    end = time.monotonic() + seconds
    started = [_started(normal, end, are_hostile=False, core=core)]
    if attackers:
        started.append(_started(attackers, end, are_hostile=True, core=core))
    peak = 0
    while time.monotonic() < end:
        peak = max(peak, _pss(service))
        time.sleep(0.2)
    outcomes = []
    for process, connection in started:
        outcomes.append(connection.recv())
        process.join()
    return outcomes[0], outcomes[1] if attackers else Outcome(), peak


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    return {
        "median": round(statistics.median(ranked) * 1000, 1),
        "p95": round(ranked[int(len(ranked) * 0.95)] * 1000, 1),
        "max": round(ranked[-1] * 1000, 1),
    }


def _refused_by_reading() -> int:
    refused = 0
    for query in HOSTILE.values():
        try:
            guard.check(query)
        except QueryError:
            refused += 1
    return refused


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seconds", default=60, show_default=True, help="How long each attack lasts.")
@click.option("--service-core", default=0, show_default=True)
@click.option("--client-core", default=1, show_default=True)
def main(data: Path, seconds: int, service_core: int, client_core: int) -> None:
    """Attack the service of a published corpus in DATA, and say whether it keeps its promises."""
    click.echo(f"{len(HOSTILE)} hostile queries, {_refused_by_reading()} refused by reading them")
    kept = True
    for is_behind_proxy in (False, True):
        with _service(data, service_core) as (service, port, path):
            clients = [
                Client(port, path, f"127.0.0.{number + 2}", is_behind_proxy)
                for number in range(NORMAL + ATTACKERS)
            ]
            normal, attackers = clients[:NORMAL], clients[NORMAL:]
            while normal[0].ask("ASK {}") != 200:
                time.sleep(0.1)
            quiet, _, _ = _round(service, normal, [], min(10, seconds), client_core)
            attacked, attack, peak = _round(service, normal, attackers, seconds, client_core)
            time.sleep(3)
            before = _cpu(service)
            time.sleep(2)
            busy = (_cpu(service) - before) / 2
        failures = sum(n for status, n in attacked.statuses.items() if status != 200)
        slower = statistics.median(attacked.seconds) / statistics.median(quiet.seconds)
        p95 = _milliseconds(attacked.seconds)["p95"] / 1000
        promises = {
            "no normal query fails": failures == 0,
            f"median at most {MOST_SLOWER} times quiet": slower <= MOST_SLOWER,
            f"p95 at most {MOST_P95} s": p95 <= MOST_P95,
            f"PSS at most {MOST_PSS / 1e9} GB": peak <= MOST_PSS,
            "idle 3 s after": busy < 0.1,
            "each attack is answered a second after its deadline": attack.slowest[0] <= MOST_ATTACK,
        }
        kept = kept and all(promises.values())
        report = {
            "behind": "one trusted proxy" if is_behind_proxy else "addresses of their own",
            "quiet": _milliseconds(quiet.seconds) | {"queries": len(quiet.seconds)},
            "attacked": _milliseconds(attacked.seconds) | {"queries": len(attacked.seconds)},
            "failures": failures,
            "slower": round(slower, 1),
            "attackers": dict(sorted(attack.statuses.items())),
            "slowest_attack": attack.slowest,
            "pss_mb": round(peak / 1e6),
            "busy_after": round(busy, 3),
            "promises": promises,
        }
        click.echo(json.dumps(report, indent=2))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
