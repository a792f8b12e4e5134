"""What publishing costs beside the pipelines that people would use for it.

`bench.naive` is rdflib throughout: one graph, pySHACL once, four serialisations. The other is
morph-kgc on tables (`bench.morph`), then pySHACL on the whole graph with our shapes, then
`oxigraph load`. Each part is a process of its own; CPU is user and system time of its tree.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

import click

from bench import measure, morph, naive
from bench.measure import Run
from bench.publish import oxigraph
from bench.targets import Target, table, tell

LEAST_OF_NAIVE: Final = 15
LEAST_OF_MORPH: Final = 3
#: Pipelines count as doing the same work if their triples differ by less than this share.
SAME_WORK: Final = 0.03
#: pySHACL ends with 1 if there is anything to report, a warning for example.
_REPORTED: Final = (0, 1)
_MODULE: Final = "import morph_kgc"


def interpreter(given: Path | None, folder: Path) -> Path | None:
    """Give a Python that has morph-kgc: the given one, or that of a new environment in a folder.

    None if it cannot be installed.
    """
    if given is not None:
        if subprocess.run([given, "-c", _MODULE], capture_output=True, check=False).returncode:
            raise click.ClickException(f"{given} has no morph-kgc. Install it there with pip.")
        return given
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "morph-kgc"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        click.echo("Left out: morph-kgc, which pip could not install.", err=True)
        return None
    return python


def of_tables(seeds: Path, folder: Path, python: Path) -> tuple[dict[str, Run], int]:
    """Give what morph-kgc, pySHACL and the load cost, by name, and the number of triples."""
    tables, shapes = folder / "tables", folder / "shapes.ttl"
    morph.write(seeds, tables)
    naive.shapes(morph.BASE).serialize(shapes, format="turtle")
    graph = tables / morph.GRAPH
    command: list[str | Path] = [python, "-m", "morph_kgc", morph.CONFIGURATION]
    runs = {"morph-kgc": measure.run_program(command, tables)}
    with graph.open("rb") as lines:
        triples = sum(1 for _ in lines)
    report = folder / "report.ttl"
    command = [sys.executable, "-m", "pyshacl", "-s", shapes, "-sf", "turtle", "-df", "nt",
               "-f", "turtle", "-o", report, graph]  # fmt: skip
    runs["pySHACL"] = measure.run_program(command, accepted=_REPORTED)
    program = oxigraph()
    if program is None:
        raise click.ClickException("This needs oxigraph: pip install oxigraph")
    command = [program, "load", "--location", folder / "store", "--file", graph]
    runs["oxigraph load"] = measure.run_program(command)
    return runs, triples


def require_same_work(triples: dict[str, int]) -> None:
    """Raises: ClickException if the pipelines did not state about the same."""
    if max(triples.values()) > (1 + SAME_WORK) * min(triples.values()):
        told = ", ".join(f"{name} {number:,}" for name, number in triples.items())
        raise click.ClickException(f"The pipelines differ in their triples: {told}.")


def row(name: str, triples: int, run: Run, ours: Run) -> tuple[str, ...]:
    """Give a row of the table."""
    return (name, f"{triples:,}", f"{run.cpu:.1f}", f"{run.cpu / ours.cpu:.1f}", f"{run.peak:.0f}")


@click.command()
@click.option("--size", type=click.IntRange(10), default=10_000, show_default=True)
@click.option("--workers", type=click.IntRange(0), default=2, show_default=True)
@click.option(
    "--morph", "given", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PYTHON", help="A Python that has morph-kgc; else one is set up for this run.",
)  # fmt: skip
@click.option("--without-naive", is_flag=True, help="Leave out rdflib throughout.")
def main(size: int, workers: int, given: Path | None, *, without_naive: bool) -> None:
    """Publish a synthetic corpus of so many seeds with Pressmark and with its peers."""
    targets = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        seeds = folder / "seeds"
        measure.generate(size, seeds)
        ours = measure.run("bench.pressmark", seeds, folder / "data", "--workers", str(workers))
        triples = {"Pressmark": ours.told["triples"]}
        rows = [row("Pressmark", triples["Pressmark"], ours, ours)]
        if not without_naive:
            peer = measure.run("bench.naive", seeds, folder / "naive", "--turtle")
            triples["rdflib throughout"] = peer.told["triples"]
            rows.append(row("rdflib throughout", peer.told["triples"], peer, ours))
            turtle = peer.told["steps"]["turtle"]
            rows.append(("of that, its Turtle", "", f"{turtle:.1f}",
                         f"{turtle / ours.cpu:.1f}", ""))  # fmt: skip
            ratio = peer.cpu / ours.cpu
            targets.append(Target("CPU of rdflib throughout over ours", ratio, LEAST_OF_NAIVE,
                                  at_least=True))  # fmt: skip
        python = interpreter(given, folder)
        if python is not None:
            parts, number = of_tables(seeds, folder, python)
            triples["morph-kgc"] = number
            rows += [row(name, number, run, ours) for name, run in parts.items()]
            spent = sum(run.cpu for run in parts.values())
            rows.append(("these three together", f"{number:,}", f"{spent:.1f}",
                         f"{spent / ours.cpu:.1f}", ""))  # fmt: skip
            targets.append(Target("CPU of morph-kgc, pySHACL and the load over ours",
                                  spent / ours.cpu, LEAST_OF_MORPH, at_least=True))  # fmt: skip
    head = (f"{size:,} seeds", "triples", "CPU s", "times ours", "peak MB")
    click.echo(table(head, rows))
    require_same_work(triples)
    tell(targets)


if __name__ == "__main__":
    main()
