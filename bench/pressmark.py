"""One publication with `ld.publish`, as `bench.publish` measures it."""

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
def main(seeds: Path, data: Path) -> None:
    """Publish the SEEDS into DATA."""
    steps = Steps()
    publication = publish(seeds, data, progress=_Listening(steps))
    steps.tell(triples=publication.counts["statements"], withheld=publication.counts["withheld"])


if __name__ == "__main__":
    main()
