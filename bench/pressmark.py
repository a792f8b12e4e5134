"""One publication with `ld.publish`, as the benchmarks measure it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bench.measure import Steps
from ld.publish import Progress, publish


class _Listening(Progress):
    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def step(self, name: str) -> None:
        self.steps.begin(name)


@click.command()
@click.argument("seeds", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("data", type=click.Path(path_type=Path, file_okay=False))
@click.option("--workers", type=click.IntRange(0), default=0, help="0: one per processor.")
@click.option("--whole", is_flag=True, help="Build from all seeds, not only what changed.")
@click.option("--now", type=click.DateTime(), help="The moment of publication, in UTC.")
def main(seeds: Path, data: Path, workers: int, *, whole: bool, now: datetime | None) -> None:
    """Publish the SEEDS into DATA."""
    steps = Steps()
    publication = publish(
        seeds,
        data,
        progress=_Listening(steps),
        workers=workers,
        whole=whole,
        now=lambda: now.replace(tzinfo=UTC) if now else datetime.now(UTC),
    )
    counts = publication.counts
    steps.tell(triples=counts["statements"], withheld=counts["withheld"], state=publication.state)


if __name__ == "__main__":
    main()
