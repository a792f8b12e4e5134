"""The mix of queries over HTTP: our service beside other endpoints on the same statements.

Pressmark runs three times: with its cache warm, without a cache on disk, and without a cache in
memory. The rounds go through all endpoints for each query, each round begins with another. What
takes less than some hundredths of a second is asked several times in a round. An endpoint that
takes longer than `LONG` for a query is not asked it again. Where wrk is installed, it asks what
native is quick to answer over several connections, of the cache and of native.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import click

from bench import measure, sparql_rates
from bench.sparql_client import CUT_OFF, Answer, Client
from bench.sparql_queries import queries
from bench.sparql_report import LONG, SMALL, Figures, Report
from bench.sparql_servers import ENDPOINTS, Endpoint, MissingError, Place
from ld.edition import Edition, open_current
from ld.errors import NoEditionError

SIZES: Final = (1_000, 20_000, 100_000)
OK: Final = 200
BUSY: Final = 429
#: Seconds that one endpoint gets for one query in one round, unless one answer takes more.
_TURN: Final = 0.03
_MOST_IN_TURN: Final = 20
_RATED: Final = ("cached", "oxigraph")


def published(size: int, folder: Path) -> Path:
    """Give a data directory with a synthetic corpus of so many seeds; made if it is not there."""
    data = folder / str(size)
    try:
        open_current(data)
    except NoEditionError:
        seeds = folder / f"{size}-seeds"
        if not seeds.is_dir():
            measure.generate(size, seeds)
        command = [sys.executable, "-m", "app.cli", "publish", str(seeds), "--data", str(data)]
        subprocess.run(command, cwd=measure.PROJECT, capture_output=True, check=True)
    return data


def compared(
    texts: dict[str, str], endpoints: dict[str, Endpoint], rounds: int
) -> dict[str, dict[str, Figures]]:
    """Give the figures of each query by endpoint; the first answers are for warming up."""
    figures: dict[str, dict[str, Figures]] = {}
    for name, text in texts.items():
        figures[name] = {side: _first(text, one) for side, one in endpoints.items()}
    for number in range(rounds):
        order = list(endpoints)[number % len(endpoints) :] + list(endpoints)
        for name, text in texts.items():
            for side in dict.fromkeys(order):
                if not figures[name][side].is_final:
                    _take_turn(endpoints[side].client, text, figures[name][side])
            _take_rates(endpoints, text, figures[name])
    return figures


def _first(text: str, endpoint: Endpoint) -> Figures:
    answer = endpoint.client.ask(text)
    while answer.status == BUSY:  # whose queries had to be ended, waits
        time.sleep(1)
        answer = endpoint.client.ask(text)
    if answer.status == OK:
        return Figures([answer.seconds] if answer.seconds > LONG else [], answer.size())
    if answer.seconds >= CUT_OFF:
        endpoint.recover()
        return Figures([CUT_OFF], failure="not finished in 60 s")
    return Figures(failure=_failure(answer))


def _take_turn(client: Client, text: str, figures: Figures) -> None:
    seconds: list[float] = []
    while sum(seconds) < _TURN and len(seconds) < _MOST_IN_TURN:
        answer = client.ask(text)
        if answer.status != OK:
            figures.rounds.clear()
            figures.failure = _failure(answer)
            return
        seconds.append(answer.seconds)
    figures.rounds.append(median(seconds))


def _take_rates(endpoints: dict[str, Endpoint], text: str, figures: dict[str, Figures]) -> None:
    """Measure answers per second where native is quick enough for it to say something."""
    wrk = sparql_rates.program()
    if wrk is None or not set(_RATED) <= set(endpoints):
        return
    native = figures["oxigraph"].seconds
    if native is not None and native <= SMALL:
        for side in _RATED:
            figures[side].rates.append(sparql_rates.rate(wrk, endpoints[side].client, text))


def _failure(answer: Answer) -> str:
    return f"status {answer.status} after {answer.seconds:.1f} s" if answer.status else "no answer"


@contextmanager
def endpoints_of(data: Path, edition: Edition, names: list[str]) -> Iterator[dict[str, Endpoint]]:
    """Keep the endpoints of these names running; what is not installed is said and left out."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        place = Place(edition, data, Path(folder))
        running = {}
        for name in names:
            begun = time.monotonic()
            try:
                running[name] = stack.enter_context(ENDPOINTS[name](place))
            except MissingError as error:
                click.echo(f"Left out: {error}", err=True)
            else:
                click.echo(f"{name}: started in {time.monotonic() - begun:.1f} s", err=True)
        yield running


def report_on(data: Path, names: list[str], rounds: int) -> Report:
    """Give what the endpoints of these names take for the mix on a published corpus."""
    edition = open_current(data)
    texts = queries(edition.path / "graph", edition.base)
    with endpoints_of(data, edition, names) as endpoints:
        figures = compared(texts, endpoints, rounds)
    counts = edition.counts
    return Report(counts["in"], counts["statements"], figures, list(endpoints))


@click.command()
@click.option("--sizes", default=",".join(map(str, SIZES)), show_default=True, help="Seeds.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Publish the corpora into DIR, and use what is there already.",
)  # fmt: skip
@click.option(
    "--data", "directories", type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True, help="A published synthetic corpus, instead of --sizes; may be repeated.",
)  # fmt: skip
@click.option(
    "--without", type=click.Choice(list(ENDPOINTS)), multiple=True, help="May be repeated."
)
def main(
    sizes: str,
    rounds: int,
    keep: Path | None,
    directories: tuple[Path, ...],
    without: tuple[str, ...],
) -> None:
    """Compare SPARQL over HTTP with oxigraph, rdflib-endpoint and Virtuoso, as far as installed."""
    names = [name for name in ENDPOINTS if name not in without]
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        made = (published(int(size), folder) for size in sizes.split(","))
        for data in directories or made:
            report = report_on(data.resolve(), names, rounds)
            click.echo("\n" + "\n".join(report.lines()) + "\n")


if __name__ == "__main__":
    main()
