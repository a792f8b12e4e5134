"""What a small change costs beside building everything, and how soon it is served.

A share of a synthetic corpus gets new titles. Two copies of its edition take that up, each in a
process of its own at the same moment: one as a change, the other from all seeds. Both must hold
the same. Then one file of the Kropotkin corpus changes again and again: a second is one between
the start of `pressmark publish` and the first answer of a running server with the new title.
"""

import gzip
import hashlib
import http.client
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlsplit

import click

from bench import measure, serve
from bench.measure import Run
from bench.publish import SETTLED, published
from bench.targets import Target, table, tell
from ld.edition import Edition, open_current
from ld.publish import publish

KROPOTKIN: Final = measure.PROJECT.parent / "shared" / "corpora" / "kropotkin"
SETTINGS: Final = measure.PROJECT / "tests" / "kropotkin.toml"
LEAST_SAVED: Final = 40
MOST_SECONDS: Final = 2.0
#: Seconds that the server may take to answer with what was published.
PATIENCE: Final = 60.0
_TITLE: Final = b"TITLE: "
#: Of an N-Triples dump, the sum of the digests of its lines: the same in any order.
_MODULUS: Final = 2**128


def retitled(seeds: Path, count: int) -> None:
    """Give so many seed files, drawn at random, another title."""
    files = sorted(path for path in seeds.rglob("*.txt"))
    for number, path in enumerate(random.Random(1).sample(files, count)):
        path.write_bytes(path.read_bytes().replace(_TITLE, b"TITLE: Changed %d " % number, 1))


def compared(folder: Path, kept: Path, changed: int, workers: int) -> tuple[Run, Run, list[str]]:
    """Give what the change costs, what building everything costs, and what differs after both.

    `kept` is the data directory of the edition before, and its seeds lie beside it.
    """
    seeds = folder / "seeds"
    shutil.copytree(kept.with_name(f"{kept.name}-seeds"), seeds)
    retitled(seeds, changed)
    # The same for both; and later than any file was written, as everything changed is now.
    now = (datetime.now(UTC) + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S")
    runs, editions = [], []
    for name, options in (("change", []), ("whole", ["--whole"])):
        data = folder / name
        shutil.copytree(kept, data, symlinks=True)
        runs.append(
            measure.run(
                "bench.pressmark", seeds, data, "--workers", str(workers), "--now", now, *options
            )
        )
        editions.append(open_current(data))
    return runs[0], runs[1], list(differences(*editions))


def differences(one: Edition, other: Edition) -> Iterator[str]:
    """Name what two editions do not have in common: digest, counts, and each dump."""
    for name in ("digest", "counts"):
        if one.manifest[name] != other.manifest[name]:
            yield name
    for path in sorted((one.path / "dumps").glob("corpus.*.gz")):
        if _dumped(path) != _dumped(other.path / "dumps" / path.name):
            yield path.name


def _dumped(path: Path) -> tuple[int, int]:
    """Give the number of lines and the sum of their digests, without regard to their order."""
    number = total = 0
    with gzip.open(path) as lines:
        for line in lines:
            number += 1
            total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())
    return number, total % _MODULUS


def seconds_to_served(rounds: int) -> list[float] | None:
    """Give the seconds from the command to the answer, by round; None without the corpus."""
    if not KROPOTKIN.is_dir():
        return None
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        for part in ("kropotkin_corpus", "metadata"):
            shutil.copytree(KROPOTKIN / part, folder / part, copy_function=shutil.copyfile)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        seeds, data = folder / "kropotkin_corpus", folder / "data"
        shutil.copyfile(SETTINGS, seeds / "corpus.toml")
        time.sleep(SETTLED)
        publish(seeds, data)
        edition = open_current(data)
        (first, key) = edition.db.execute(
            "SELECT path, key FROM seed WHERE state = 'published' ORDER BY path LIMIT 1"
        ).fetchone()
        address = f"{urlsplit(edition.service_url).path}doc/{key}.nt"
        server = stack.enter_context(serve.pressmark(data, folder / "log", serve.AMPLE))
        taken = []
        for number in range(rounds):
            title = f"Changed {number}"
            _retitle(seeds / first, title)
            time.sleep(SETTLED)
            taken.append(_until_served(seeds, data, server.port, address, title.encode()))
        return taken


def _retitle(path: Path, title: str) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith(_TITLE))
    lines[at] = _TITLE + title.encode() + b"\n"
    path.write_bytes(b"".join(lines))


def _until_served(seeds: Path, data: Path, port: int, address: str, title: bytes) -> float:
    command = [sys.executable, "-m", "app.cli", "publish", str(seeds), "--data", str(data)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=measure.PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while title not in _body(port, address):
            if process.poll() or time.perf_counter() - started > PATIENCE:
                process.terminate()
                _, told = process.communicate()
                raise click.ClickException(f"{title!r} was not served: {told.decode()[-1000:]}")
            time.sleep(0.01)
        seconds = time.perf_counter() - started
        process.communicate()
    return seconds


def _body(port: int, address: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=serve.PATIENCE)
    with closing(connection):
        connection.request("GET", address)
        return connection.getresponse().read()


@click.command()
@click.option("--size", type=click.IntRange(100), default=100_000, show_default=True)
@click.option("--changed", type=click.IntRange(1), default=100, show_default=True)
@click.option("--workers", type=click.IntRange(0), default=2, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Use the edition and the seeds that `bench.publish --keep` left there.",
)  # fmt: skip
def main(size: int, changed: int, workers: int, rounds: int, keep: Path | None) -> None:
    """Compare a publication of what changed with one of everything, and time one change."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=keep) as name:
        folder = Path(name).resolve()
        kept = None if keep is None else keep.resolve() / str(size)
        if kept is None or not kept.is_dir():
            kept = published(size, folder, workers, load=False).data
        change, whole, differing = compared(folder, kept, changed, workers)
    rows = [
        (name, f"{run.cpu:.2f}", f"{run.wall:.2f}", f"{run.peak:.0f}",
         ", ".join(f"{n} {s:.2f}" for n, s in run.told["steps"].items() if s >= run.cpu / 50))
        for name, run in ((f"{changed:,} of {size:,}", change), ("everything", whole))
    ]  # fmt: skip
    click.echo(table(("published", "CPU s", "wall s", "peak MB", "steps"), rows))
    targets = [Target("CPU of everything over the change", whole.cpu / change.cpu, LEAST_SAVED,
                      at_least=True)]  # fmt: skip
    click.echo(f"\nDiffers between the two editions: {', '.join(differing) or 'nothing'}.")
    targets.append(Target("contents that differ", len(differing), 0))
    taken = seconds_to_served(rounds)
    if taken is None:
        click.echo("Left out: the Kropotkin corpus, which lies beside the project, is not here.")
    else:
        click.echo(f"From the command to served: {', '.join(f'{s:.2f}' for s in taken)} s.")
        targets.append(Target("command to served, median", median(taken), MOST_SECONDS, "s"))
    tell(targets)


if __name__ == "__main__":
    main()
