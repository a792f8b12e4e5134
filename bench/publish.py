"""Publish synthetic corpora from small to large: what it costs, how that grows, how it is served.

Each publication is a process of its own. CPU is user and system time of the process and its
children; memory is what the tree of processes holds together, looked at ten times a second.
Beside it stands the CPU of `oxigraph load` on the same N-Triples. The largest edition is then
served beside the smallest, without a cache: random documents and pages of lists, in turn.
"""

import http.client
import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote, urlsplit

import click
import zstandard

from bench import measure, pages
from bench.measure import Run
from bench.targets import Target, table, tell
from ld.edition import Edition, open_current

#: The step in which the store loads the graph.
LOADING: Final = "graph"
MOST_MEMORY: Final = 2000
MOST_OF_LOAD: Final = 2.5
MOST_GROWTH: Final = 1.15
MOST_SERVED: Final = 1.5
#: Documents and pages of lists that are asked for, and in how many rounds after the first.
ASKED: Final = 200
ROUNDS: Final = 3
#: Seconds after which files are no longer so new that the next publication reads them again.
SETTLED: Final = 3
ORDERS: Final = ("", "&sort=title", "&sort=year", "&sort=author")


@dataclass(frozen=True, slots=True)
class Published:
    """A corpus of so many seeds, what its publication cost, and what loading its graph alone."""

    size: int
    data: Path
    run: Run
    load: Run | None

    def memory(self) -> tuple[float, float, float]:
        """Give the most memory before the store loads, while it does, and afterwards, in MB."""
        names = list(self.run.tree)
        at = names.index(LOADING) if LOADING in names else len(names)
        before, loading, after = names[:at], names[at : at + 1], names[at + 1 :]
        most = [max((self.run.tree[n] for n in some), default=0.0) for some in
                (before, loading, after)]  # fmt: skip
        return most[0], most[1], most[2]


def published(size: int, folder: Path, workers: int, *, load: bool = True) -> Published:
    """Publish a corpus of so many seeds anew into a folder, as `bench.sparql --keep` finds it."""
    seeds, data = folder / f"{size}-seeds", folder / str(size)
    if not seeds.is_dir():
        measure.generate(size, seeds)
        time.sleep(SETTLED)
    if data.exists():
        shutil.rmtree(data)
    run = measure.run("bench.pressmark", seeds, data, "--workers", str(workers), watch=True)
    loaded = load_alone(open_current(data), folder) if load else None
    return Published(size, data, run, loaded)


def oxigraph() -> str | None:
    """Give the path of the program `oxigraph`: the one of this environment, or any."""
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which(
        "oxigraph", path=os.environ.get("PATH", os.defpath)
    )


def load_alone(edition: Edition, folder: Path) -> Run | None:
    """Measure `oxigraph load` on the N-Triples of an edition, unpacked; None if it is missing."""
    program = oxigraph()
    if program is None:
        click.echo("Left out: oxigraph load. pip install oxigraph", err=True)
        return None
    with tempfile.TemporaryDirectory(prefix="load-", dir=folder) as name:
        lines = Path(name) / "corpus.nt"
        with (edition.path / "dumps/corpus.nt.zst").open("rb") as packed, lines.open("wb") as out:
            reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
            shutil.copyfileobj(reader, out, 2**20)
        store = Path(name) / "store"
        return measure.run_program([program, "load", "--location", store, "--file", lines])


def paths_of(edition: Edition, count: int) -> dict[str, list[str]]:
    """Give paths of random documents, and of pages of lists that begin at random places."""
    rows = edition.db.execute("SELECT key FROM listing WHERE kind = 'text' ORDER BY number")
    keys = [key for (key,) in rows]
    draw = random.Random(1)
    prefix = urlsplit(edition.service_url).path
    documents = [f"{prefix}doc/{key}" for key in draw.choices(keys, k=count)]
    lists = [
        f"{prefix}texts?after={quote(key, safe='')}{draw.choice(ORDERS)}"
        for key in draw.choices(keys, k=count)
    ]
    return {"documents": documents, "lists": lists}


def served(small: Path, large: Path, count: int = ASKED) -> dict[str, tuple[float, float]]:
    """Give the median time of documents and lists on two editions, asked in turn, in ms."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        connections = [
            stack.enter_context(
                closing(
                    http.client.HTTPConnection(
                        "127.0.0.1",
                        stack.enter_context(pages.uncached(data, Path(name))).port,
                        timeout=60,
                    )
                )
            )
            for data in (small, large)
        ]
        asked = [paths_of(open_current(data), count) for data in (small, large)]
        found = {}
        for kind in asked[0]:
            taken: tuple[list[float], list[float]] = ([], [])
            for number in range(ROUNDS + 1):
                for pair in zip(asked[0][kind], asked[1][kind], strict=True):
                    for connection, path, times in zip(connections, pair, taken, strict=True):
                        seconds = _asked(connection, path)
                        if number:  # the first round opens files
                            times.append(seconds * 1000)
            found[kind] = (median(taken[0]), median(taken[1]))
        return found


def _asked(connection: http.client.HTTPConnection, path: str) -> float:
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise click.ClickException(f"{path}: {answer.status}")
    return time.perf_counter() - started


def growth(less: Published, more: Published) -> float:
    """Give how many times more CPU a larger corpus took than in proportion to its seeds."""
    return more.run.cpu / less.run.cpu / (more.size / less.size)


def of_load(one: Published) -> float | None:
    """Give how many times the CPU of the load alone the publication took."""
    return None if one.load is None else one.run.cpu / one.load.cpu


def costs(done: list[Published]) -> str:
    """Give the table of what the publications cost."""
    rows = []
    for before, one in zip([None, *done], done, strict=False):
        ratio = of_load(one)
        rows.append((
            f"{one.size:,}", f"{one.run.told['triples']:,}", f"{one.run.cpu:.1f}",
            f"{one.run.wall:.1f}", "" if before is None else f"{growth(before, one):.2f}",
            *(f"{most:.0f}" for most in one.memory()),
            "" if one.load is None else f"{one.load.cpu:.1f}",
            "" if ratio is None else f"{ratio:.2f}",
        ))  # fmt: skip
    head = ("seeds", "triples", "CPU s", "wall s", "CPU over linear", "MB before the load",
            "MB in the load", "MB after it", "oxigraph load: CPU s", "ratio")  # fmt: skip
    return table(head, rows)


def steps(done: list[Published]) -> str:
    """Give the tables of steps: CPU of the main process, and memory of the whole tree."""
    names = list(dict.fromkeys(name for one in done for name in one.run.told["steps"]))
    rows = []
    for name in names:
        cells = [(one.run.told["steps"].get(name, 0.0), one.run.tree.get(name)) for one in done]
        if any(seconds >= one.run.cpu / 200 for (seconds, _), one in zip(cells, done, strict=True)):
            rows.append((
                name,
                *(f"{seconds:.1f}" for seconds, _ in cells),
                *("" if held is None else f"{held:.0f}" for _, held in cells),
            ))  # fmt: skip
    workers = [f"{one.run.cpu - sum(one.run.told['steps'].values()):.1f}" for one in done]
    rows.append(("workers, and the end", *workers, *[""] * len(done)))
    sizes = [f"{one.size:,}" for one in done]
    return table(["step", *(f"CPU s, {s}" for s in sizes), *(f"MB, {s}" for s in sizes)], rows)


def targets_of(done: list[Published], answered: dict[str, tuple[float, float]]) -> list[Target]:
    """Give what the largest corpus has to reach."""
    last = done[-1]
    before, _, after = last.memory()
    size = f"{last.size:,}"
    found = [Target(f"memory apart from the load, {size}", max(before, after), MOST_MEMORY, "MB")]
    if (ratio := of_load(last)) is not None:
        found.append(Target(f"CPU over oxigraph load, {size}", ratio, MOST_OF_LOAD))
    if len(done) > 1:
        name = f"CPU over linear, {done[-2].size:,} to {size}"
        found.append(Target(name, growth(done[-2], last), MOST_GROWTH))
    for kind, (small, large) in answered.items():
        found.append(Target(f"{kind} served, {size} over {done[0].size:,}",
                            large / small, MOST_SERVED))  # fmt: skip
    return found


@click.command()
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="In order.")
@click.option("--workers", type=click.IntRange(0), default=2, show_default=True)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Keep seeds (DIR/SIZE-seeds) and editions (DIR/SIZE) for other benchmarks; what was "
    "published there before is published anew.",
)  # fmt: skip
@click.option("--asked", type=click.IntRange(1), default=ASKED, show_default=True,
              help="Documents, and pages of lists, that are asked for.")  # fmt: skip
def main(sizes: str, workers: int, keep: Path | None, asked: int) -> None:
    """Measure publishing synthetic corpora of these sizes, and serving the largest."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        done = []
        for size in map(int, sizes.split(",")):
            done.append(published(size, folder, workers))
            click.echo(f"{size:,}: {done[-1].run.cpu:.1f} s of CPU", err=True)
        answered = served(done[0].data, done[-1].data, asked) if len(done) > 1 else {}
        click.echo("\n" + costs(done) + "\n\n" + steps(done))
        if answered:
            head = ("ms, median", f"{done[0].size:,}", f"{done[-1].size:,}", "ratio")
            rows = [(k, f"{a:.1f}", f"{b:.1f}", f"{b / a:.2f}") for k, (a, b) in answered.items()]
            click.echo("\n" + table(head, rows))
        tell(targets_of(done, answered))


if __name__ == "__main__":
    main()
