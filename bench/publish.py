"""Publish synthetic corpora with Pressmark and with the naive pipeline, side by side.

Each run is a process of its own. CPU is user and system time of the process and its children;
memory is the peak of resident memory as the kernel counted it.
"""

import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import click

from bench import measure
from bench.measure import Run

SIDES: Final = ("bench.pressmark", "bench.naive")
#: The two pipelines count as doing the same work if their triples differ by less than this.
SAME_WORK: Final = 0.03


def rounds_of(size: int, rounds: int, folder: Path, *, turtle: bool) -> dict[str, list[Run]]:
    """Run both sides in turn on a corpus of this many seeds."""
    seeds, out = folder / "seeds", folder / "out"
    measure.generate(size, seeds)
    runs: dict[str, list[Run]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            options = ["--turtle"] if turtle and side == "bench.naive" else []
            runs[side].append(measure.run(side, seeds, out, *options))
            shutil.rmtree(out)
    return runs


def compared(size: int, pressmark: list[Run], naive: list[Run]) -> str:
    """Give a row of the table: medians of CPU and peak memory, and their ratios.

    Raises: ClickException if the two did not do the same work.
    """
    triples = [side[0].told["triples"] for side in (pressmark, naive)]
    if abs(triples[0] - triples[1]) > SAME_WORK * triples[1]:
        raise click.ClickException(f"the sides differ: {triples[0]} and {triples[1]} triples")
    ours, theirs = (median(run.cpu for run in side) for side in (pressmark, naive))
    peaks = [median(run.peak for run in side) for side in (pressmark, naive)]
    return (
        f"| {size:,} | {triples[0]:,} | {triples[1]:,} | {ours:.1f} | {theirs:.1f} | "
        f"{ours / theirs:.2f} | {peaks[0]:.0f} | {peaks[1]:.0f} |"
    )


HEAD: Final = """\
| seeds | triples | naive: triples | CPU s | naive: CPU s | ratio \
| peak MB | naive: peak MB |
|---:|---:|---:|---:|---:|---:|---:|---:|"""


def steps_of(size: int, runs: dict[str, list[Run]]) -> str:
    """Say where the CPU seconds of the last round went, from half a percent on."""
    lines = []
    for side, done in runs.items():
        last = done[-1]
        spent = [
            f"{name} {seconds:.1f}"
            for name, seconds in last.told["steps"].items()
            if seconds >= last.cpu / 200
        ]
        lines.append(f"{size:,} {side.removeprefix('bench.')}: {', '.join(spent)}")
    return "\n".join(lines)


@click.command()
@click.option(
    "--sizes", default="2000,10000", show_default=True, help="Seeds, from small to large."
)
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--turtle", is_flag=True,
    help="Let the naive pipeline write Turtle too, as Pressmark does. rdflib takes time there "
    "that grows with the square of the corpus.",
)  # fmt: skip
def main(sizes: str, rounds: int, *, turtle: bool) -> None:
    """Compare what publishing costs with what the naive pipeline costs."""
    rows, steps, peaks = [], [], []
    for size in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            runs = rounds_of(size, rounds, Path(folder), turtle=turtle)
        pressmark, naive = (runs[side] for side in SIDES)
        rows.append(compared(size, pressmark, naive))
        steps.append(steps_of(size, runs))
        peaks.append(median(run.peak for run in pressmark))
    click.echo("\n".join([HEAD, *rows, "", *steps]))
    click.echo(f"\nPeak memory, largest over smallest corpus: {peaks[-1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
