"""A graph read from disk and from memory: load time, memory of the process tree, query times.

Two brokers stand on the same edition, one per residence, and the rounds go through both. PSS is
that of the broker with all its workers: after the start, at its highest in the run, and at rest
afterwards. Two clients who ask the heaviest query at once make the highest.
"""

import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import psutil

from ld.errors import QueryError
from ld.query import broker, guard, results
from ld.query.client import BrokerClient
from ld.query.pool import Limits
from ld.query.residence import Residence

_PREFIXES: Final = (
    "PREFIX dct: <http://purl.org/dc/terms/> PREFIX schema: <https://schema.org/> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)
#: By what is looked for.
MIX: Final[dict[str, str]] = {
    "one thing": "SELECT ?p ?o {{ <{thing}> ?p ?o }}",
    "describe": "DESCRIBE <{thing}>",
    "works of an author": "SELECT ?t ?title {{ ?t dct:creator <{agent}> ; dct:title ?title }}",
    "filter": "SELECT ?t {{ ?t dct:title ?title FILTER CONTAINS(LCASE(?title), 'river') }}",
    "optional": "SELECT ?t ?d {{ ?t dct:creator <{agent}> OPTIONAL {{ ?t dct:issued ?d }} }}",
    "order": "SELECT ?t ?title {{ ?t dct:title ?title }} ORDER BY ?title LIMIT 20 OFFSET 200",
    "group": "SELECT ?by (COUNT(*) AS ?n) {{ ?t dct:creator ?by }} GROUP BY ?by ORDER BY DESC(?n) "
    "LIMIT 10",
    "join": "SELECT ?by (COUNT(DISTINCT ?l) AS ?n) {{ ?t dct:creator ?by ; dct:language ?l }} "
    "GROUP BY ?by ORDER BY DESC(?n) LIMIT 10",
    "not exists": "SELECT (COUNT(*) AS ?n) {{ ?t dct:title ?x "
    "FILTER NOT EXISTS {{ ?t dct:issued ?d }} }}",
    "count": "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }}",
}
HEAVIEST: Final = "SELECT (COUNT(DISTINCT ?o) AS ?n) {{ ?s ?p ?o }}"


def _text(query: str, facts: dict[str, str], number: int) -> guard.Query:
    # A comment makes it another text, should anything remember.
    return guard.check(f"{_PREFIXES}{query.format(**facts)} # {number}")


def _ask(client: BrokerClient, query: guard.Query) -> bytes:
    media_type = results.media_types(query.form)[0]
    return b"".join(client.query(query, media_type, client=f"bench {threading.get_ident()}"))


def _facts(client: BrokerClient) -> dict[str, str]:
    found = {}
    for name, text in (
        ("thing", "SELECT ?x { ?x dct:title ?t } LIMIT 1"),
        ("agent", "SELECT ?x { ?t dct:creator ?x FILTER isIRI(?x) } LIMIT 1"),
    ):
        query = guard.check(_PREFIXES + text)
        rows = b"".join(client.query(query, "text/csv", client="bench")).decode().splitlines()
        found[name] = rows[1]
    return found


def _pss() -> int:
    """Give the PSS of the brokers that this process runs, with all they started."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


@contextmanager
def _highest(into: list[int]) -> Iterator[None]:
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            into.append(_pss())

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield
    finally:
        is_over.set()
        watch.join()


def _load_seconds(client: BrokerClient) -> float:
    begun = time.monotonic()
    while not client.served().memory:
        time.sleep(0.02)
    return time.monotonic() - begun


def _times(clients: dict[str, BrokerClient], rounds: int) -> dict[str, dict[str, float]]:
    facts = _facts(next(iter(clients.values())))
    times: dict[str, dict[str, list[float]]] = {name: {} for name in MIX}
    for number in range(rounds + 1):
        for name, text in MIX.items():
            query = _text(text, facts, number)
            for residence, client in clients.items():
                begun = time.monotonic()
                _ask(client, query)
                if number:
                    taken = (time.monotonic() - begun) * 1000
                    times[name].setdefault(residence, []).append(taken)
    return {
        name: {residence: statistics.median(taken) for residence, taken in row.items()}
        for name, row in times.items()
    }


def _crowd(client: BrokerClient, facts: dict[str, str]) -> int:
    """Let two ask the heaviest query at once, twice; give how many got no answer."""
    failed = []

    def ask(number: int) -> None:
        try:
            _ask(client, _text(HEAVIEST, facts, number))
        except QueryError as error:
            failed.append(error)

    for number in (0, 2):
        threads = [threading.Thread(target=ask, args=(number + n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return len(failed)


def _memory(data: Path, residence: Residence, limits: Limits) -> dict[str, float]:
    with broker.running(data, limits, residence) as path:
        client = BrokerClient(path)
        client.served()
        loaded = _load_seconds(client) if residence is Residence.ALWAYS else 0.0
        facts = _facts(client)
        started = _pss()
        seen: list[int] = []
        with _highest(seen):
            for number in range(3):
                for text in MIX.values():
                    _ask(client, _text(text, facts, number))
            failed = _crowd(client, facts)
        time.sleep(1)
        return {
            "load s": loaded,
            "graph MB": client.served().memory / 1e6,
            "PSS at start MB": started / 1e6,
            "PSS at most MB": max(seen) / 1e6,
            "PSS at rest MB": _pss() / 1e6,
            "refused of 4 scans": failed,
        }


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=5, show_default=True)
@click.option("--query-memory", default=900, show_default=True, metavar="MIB")
def main(data: tuple[Path, ...], rounds: int, query_memory: int) -> None:
    """Measure both residences on the published corpora in DATA."""
    os.environ["RUST_BACKTRACE"] = "0"
    limits = Limits(deadline=60, total_memory=query_memory << 20)
    for folder in data:
        rows = {
            "disk": _memory(folder, Residence.NEVER, limits),
            "memory": _memory(folder, Residence.ALWAYS, limits),
        }
        click.echo(f"\n{folder}\n\n| | disk | memory |\n|---|--:|--:|")
        for name in rows["disk"]:
            click.echo(f"| {name} | {rows['disk'][name]:.1f} | {rows['memory'][name]:.1f} |")
        with (
            broker.running(folder, limits, Residence.NEVER) as on_disk,
            broker.running(folder, limits, Residence.ALWAYS) as in_memory,
        ):
            clients = {"disk": BrokerClient(on_disk), "memory": BrokerClient(in_memory)}
            _load_seconds(clients["memory"])
            times = _times(clients, rounds)
        click.echo("\n| ms, median | disk | memory | disk / memory |\n|---|--:|--:|--:|")
        for name, row in times.items():
            ratio = row["disk"] / row["memory"]
            click.echo(f"| {name} | {row['disk']:.1f} | {row['memory']:.1f} | {ratio:.2f} |")
        ratios = [row["disk"] / row["memory"] for row in times.values()]
        click.echo(f"| geometric mean | | | {statistics.geometric_mean(ratios):.2f} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
