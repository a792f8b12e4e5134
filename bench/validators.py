"""The compiled validator, the gate and pySHACL on the same documents with faults planted.

Each side is a process of its own and reads a published corpus document by document. `compiled`
only says which documents conform; `gate` lets pySHACL report on the others, as a publication
does; `pyshacl` is given the whole graph, and the shapes as they are written. CPU is that of
validating, with what it takes to index the data; reading documents is left out on all sides.
What the gate and pySHACL report is compared result by result, with messages and details.
"""

import hashlib
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from bench import measure
from bench.measure import Run, Steps
from bench.publish import published
from bench.targets import Target, table, tell
from ld.edition import open_current
from ld.terms import Statement, literal
from ld.validate import authority, shapes
from ld.validate.authority import Outcome
from ld.validate.compiled import compile_shapes
from ld.validate.gate import Gate
from ld.vocabulary import RDF_TYPE, SH

LEAST_SAVED: Final = 20
#: The compiled validator's memory at the largest size may differ from the smallest by so much.
MOST_MEMORY_GROWTH: Final = 1.1
#: One document in so many has a fault of its own, one in so many a fault across documents.
FAULTY: Final = 100
ACROSS: Final = 250
#: As many as a publication hands to the gate at a time.
BATCH: Final = 1024
#: As many as are held for the compiled validator, which takes one at a time.
AT_ONCE: Final = 128
SIDES: Final = ("compiled", "gate", "pyshacl")

Document = Sequence[Statement]

_RESULT: Final = URIRef(SH + "result")


def _without(document: Document, predicate: str) -> Document:
    return [s for s in document if s[1] != predicate]


def _worded(document: Document, predicate: str) -> Document:
    return [(s, p, literal("planted") if p == predicate else o) for s, p, o in document]


def _pointed(document: Document, predicate: str) -> Document:
    elsewhere = "<https://elsewhere.example.org/planted>"
    return [(s, p, elsewhere if p == predicate else o) for s, p, o in document]


def _doubled(document: Document, predicate: str) -> Document:
    more = [(s, p, literal("another", language="en")) for s, p, _ in document if p == predicate]
    return [*document, *more]


_FAULTS: Final[tuple[Callable[[Document, str], Document], ...]] = (
    _without, _worded, _pointed, _doubled,
)  # fmt: skip


def planted(
    documents: Iterable[Document], faulty: int = FAULTY, across: int = ACROSS
) -> Iterator[Document]:
    """Give the documents, one of so many with a fault: the same at each call.

    A fault across documents is a value that a document takes over from the one before: its
    identifier, its text, its page, its file. pySHACL cannot compare an order of years with text,
    so those are only left out.
    """
    draw = random.Random(1)
    before: Document = ()
    for number, document in enumerate(documents, 1):
        changed = document
        if number % faulty == 0:
            predicate = draw.choice(sorted({p for _, p, _ in document}))
            ordered = predicate.endswith("Year>")
            changed = (_without if ordered else draw.choice(_FAULTS))(document, predicate)
        elif number % across == 1:
            changed = _taken_over(document, before, draw)
        before = document
        yield changed


def _taken_over(document: Document, before: Document, draw: random.Random) -> Document:
    theirs = {p: o for _, p, o in before}
    common = sorted({p for _, p, _ in document if p in theirs and p != RDF_TYPE})
    if not common:
        return document
    predicate = draw.choice(common)
    also = [(s, p, theirs[p]) for s, p, _ in document if p == predicate]
    return sorted({*(_without(document, predicate) if draw.random() < 0.5 else document), *also})


def stated_twice(documents: Iterable[Document]) -> int:
    """Count the things that more than one document says something of."""
    seen: set[bytes] = set()
    twice = 0
    for document in documents:
        for subject in {s for s, _, _ in document}:
            digest = hashlib.blake2b(subject.encode(), digest_size=12).digest()
            twice += digest in seen
            seen.add(digest)
    return twice


def forms(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Give each result as one text that is the same for the same result, with all its details."""
    counted: Counter[str] = Counter()
    for outcome in outcomes:
        for lines in outcome.reports.values():
            graph = Graph().parse(data=lines, format="nt")
            for node in graph.objects(None, _RESULT):
                counted[_form(graph, node)] += 1
    return counted


def _form(graph: Graph, node: Node) -> str:
    if not isinstance(node, BNode):
        return node.n3()
    said = sorted(f"{p.n3()} {_form(graph, o)}" for p, o in graph.predicate_objects(node))
    return f"[{' ; '.join(said)}]"


class _Clock:
    """CPU seconds within its blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> None:
        self._since = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.process_time() - self._since


def validated(side: str, data: Path) -> dict[str, Any]:
    """Give what one side spends on the documents of a corpus, and finds."""
    edition = open_current(data)
    loaded = shapes.load(edition.base)
    documents = planted(list(d.owned) for d in edition.documents())
    clock = _Clock()
    facts: dict[str, Any] = {}
    if side == "compiled":
        conforms = compile_shapes(loaded).conforms
        passed = number = 0
        while batch := list(islice(documents, AT_ONCE)):
            with clock:
                passed += sum(map(conforms, batch))
            number += len(batch)
        facts = {"documents": number, "suspect": number - passed}
    elif side == "gate":
        gate = Gate(loaded)
        outcomes = []
        while batch := list(islice(documents, BATCH)):
            with clock:
                outcome = gate.judge(batch)
            outcomes.append(Outcome([], outcome.reports))
        facts = {"forms": _digested(outcomes)}
    else:
        statements = [s for document in documents for s in document]
        with clock:
            outcome = authority.validate(statements, loaded)
        facts = {"forms": _digested([outcome])}
    return facts | {"seconds": clock.seconds}


def _digested(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(forms(outcomes))


def compared(data: Path, folder: Path) -> dict[str, tuple[Run, dict[str, Any]]]:
    """Run all sides on one corpus, each in a process of its own."""
    return {side: _ran(side, data, folder) for side in SIDES}


def _ran(side: str, data: Path, folder: Path) -> tuple[Run, dict[str, Any]]:
    found = folder / f"{side}.json"
    run = measure.run("bench.validators", "--side", side, "--data", data, "--found", found)
    return run, json.loads(found.read_text(encoding="utf-8"))


def tell_equal(sides: dict[str, tuple[Run, dict[str, Any]]]) -> int:
    """Print how many results both reports have; gives the number of those that only one has."""
    ours, theirs = (Counter(sides[side][1]["forms"]) for side in ("gate", "pyshacl"))
    details = sum(form.count(f"<{SH}detail>") * n for form, n in theirs.items())
    only = [*((ours - theirs).elements()), *((theirs - ours).elements())]
    click.echo(
        f"\nResults of pySHACL on the whole: {theirs.total():,}, with {details:,} details; of the "
        f"gate: {ours.total():,}; in one of the two only: {len(only):,}."
    )
    for form in only[:5]:
        click.echo(f"  {form[:300]}")
    return len(only)


@click.command()
@click.option("--size", type=click.IntRange(10), default=10_000, show_default=True)
@click.option("--memory-sizes", default="1000,10000,100000", show_default=True,
              help="Seeds at which the memory of the compiled validator is looked at.")  # fmt: skip
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Use the editions that `bench.publish --keep` left there; those missing are added.",
)  # fmt: skip
@click.option("--side", type=click.Choice(SIDES), hidden=True)
@click.option("--data", type=click.Path(path_type=Path), hidden=True)
@click.option("--found", type=click.Path(path_type=Path), hidden=True)
def main(
    size: int,
    memory_sizes: str,
    keep: Path | None,
    side: str | None,
    data: Path | None,
    found: Path | None,
) -> None:
    """Compare the validators on a synthetic corpus of so many seeds with faults planted."""
    if side and data and found:
        steps = Steps()
        found.write_text(json.dumps(validated(side, data)), encoding="utf-8")
        steps.tell()
        return
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=keep) as name:
        folder = Path(name).resolve()
        place = folder if keep is None else keep.resolve()
        targets = _compare(_corpus(size, place), folder, size)
        targets.append(_memory([int(n) for n in memory_sizes.split(",")], place, folder))
    tell(targets)


def _corpus(size: int, place: Path) -> Path:
    data = place / str(size)
    return data if data.is_dir() else published(size, place, 0, load=False).data


def _compare(data: Path, folder: Path, size: int) -> list[Target]:
    shared = stated_twice(d.owned for d in open_current(data).documents())
    sides = compared(data, folder)
    seconds = {side: facts["seconds"] for side, (_, facts) in sides.items()}
    counted = sides["compiled"][1]
    click.echo(
        f"{size:,} seeds, {counted['documents']:,} documents, of which pySHACL has to look at "
        f"{counted['suspect']:,}. Things of which two documents speak: {shared:,}.\n"
    )
    rows = [
        (side, f"{seconds[side]:.2f}", f"{seconds['pyshacl'] / seconds[side]:.1f}",
         f"{run.peak:.0f}") for side, (run, _) in sides.items()
    ]  # fmt: skip
    click.echo(table(("", "CPU s", "times less than pySHACL", "peak MB"), rows))
    differing = tell_equal(sides)
    ratio = seconds["pyshacl"] / seconds["compiled"]
    return [
        Target("CPU of pySHACL over the compiled validator", ratio, LEAST_SAVED, at_least=True),
        Target("results in one of the two reports only", differing, 0),
    ]


def _memory(sizes: list[int], place: Path, folder: Path) -> Target:
    peaks = [_ran("compiled", _corpus(size, place), folder)[0].peak for size in sizes]
    rows = [(f"{size:,}", f"{peak:.0f}") for size, peak in zip(sizes, peaks, strict=True)]
    click.echo("\n" + table(("seeds", "compiled: peak MB"), rows))
    name = f"peak memory of the compiled validator, {sizes[-1]:,} over {sizes[0]:,}"
    return Target(name, peaks[-1] / peaks[0], MOST_MEMORY_GROWTH)


if __name__ == "__main__":
    main()
