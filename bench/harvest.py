"""Harvest a whole synthetic corpus by OAI-PMH from `pressmark serve`, page after page.

What should not grow with depth is the time that a page takes: after the harvest its first and its
last pages are asked for again, in turn, so that whatever else the machine does strikes both. What
should not grow with what was harvested is the memory of the processes that answer: their resident
memory, read between pages. The query service, which loads its store meanwhile, is left out. The
client reads the pages and parses nothing but their token.
"""

import http.client
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

import click
import psutil  # type: ignore[import-untyped]

from bench import measure
from bench.serve import PATIENCE, Server, free_port, running
from ld.edition import open_current

PREFIXES: Final = ("oai_dc", "rdf")
HEAD: Final = """\
| metadata | records | pages | records/s | first pages, ms | last pages, ms | last / first \
| MB at start | in the middle | at the end |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""
_TOKEN: Final = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")
# Pages that are asked for again, of the first and of the last.
_AGAIN: Final = 20
# Reading a process's memory takes time, too.
_EVERY: Final = 5


@dataclass(slots=True)
class Harvest:
    """The pages that were asked for, and the MB that the server held now and then."""

    records: int = 0
    seconds: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    held: list[float] = field(default_factory=list)


def answering(server: Server) -> list[psutil.Process]:
    """Give the processes of `pressmark serve` without those of its query service."""
    first = psutil.Process(server.process.pid)
    return [first, *(one for one in first.children() if one.cmdline() == first.cmdline())]


class Harvester:
    """A client of one server, by one connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)

    def page(self, arguments: dict[str, str]) -> tuple[bytes, float]:
        """Give a page and the seconds that it took.

        Raises: ClickException for another status than 200.
        """
        begun = time.perf_counter()
        self._connection.request("GET", f"/oai?{urlencode(arguments)}")
        answer = self._connection.getresponse()
        page = answer.read()
        spent = time.perf_counter() - begun
        if answer.status != 200:
            raise click.ClickException(f"{answer.status} for {arguments}: {page[:500]!r}")
        return page, spent

    def harvest(self, prefix: str) -> Harvest:
        """Harvest everything in one format."""
        found = Harvest()
        arguments = {"verb": "ListRecords", "metadataPrefix": prefix}
        while True:
            page, seconds = self.page(arguments)
            if len(found.asked) % _EVERY == 0:
                found.held.append(self.held())
            found.asked.append(arguments)
            found.sizes.append(len(page))
            found.records += page.count(b"<record>")
            found.seconds += seconds
            token = _TOKEN.search(page)
            if token is None:
                found.held.append(self.held())
                return found
            arguments = {"verb": "ListRecords", "resumptionToken": token[1].decode()}

    def ends(self, found: Harvest) -> tuple[float, float]:
        """Give the median milliseconds of a harvest's first pages and of its last."""
        # The last page is seldom full, and so no measure of depth; nor are pages of agents, which
        # come first and say little, beside pages of texts.
        usual = 0.8 * median(found.sizes)
        full = [asked for asked, size in zip(found.asked, found.sizes, strict=True) if size > usual]
        some = min(_AGAIN, len(full))
        pairs = zip(full[:some], full[-some:], strict=True)
        times = [[self.page(arguments)[1] for arguments in pair] for pair in pairs]
        first, last = (median(column) * 1000 for column in zip(*times, strict=True))
        return first, last

    def held(self) -> float:
        """Give the resident memory of the processes that answer, in MB."""
        return float(sum(one.memory_info().rss for one in answering(self.server)) / 1e6)


def row(prefix: str, found: Harvest, ends: tuple[float, float]) -> str:
    """Give a row of the table."""
    first, last = ends
    held = found.held
    return (
        f"| `{prefix}` | {found.records:,} | {len(found.asked):,} | "
        f"{found.records / found.seconds:,.0f} | {first:.1f} | {last:.1f} | {last / first:.2f} | "
        f"{held[0]:.0f} | {held[len(held) // 2]:.0f} | {held[-1]:.0f} |"
    )


@click.command()
@click.option("--size", type=click.IntRange(1), default=10_000, show_default=True, help="Seeds.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Harvest this data directory, and generate nothing.",
)  # fmt: skip
def main(size: int, data: Path | None) -> None:
    """Measure the first pages, the last pages, and the memory between them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        if data is None:
            data = folder / "data"
            measure.generate(size, folder / "seeds")
            measure.run("bench.pressmark", folder / "seeds", data)
        documents = open_current(data).counts["documents"]
        port = free_port()
        serve = ["serve", "--data", str(data), "--port", str(port)]
        command = [sys.executable, "-m", "app.cli", *serve]
        click.echo(HEAD)
        with running(command, port, folder / "serve.log") as server:
            for prefix in PREFIXES:
                harvester = Harvester(server)
                found = harvester.harvest(prefix)
                click.echo(row(prefix, found, harvester.ends(found)))
        click.echo(f"\nDocuments in the edition: {documents:,}")


if __name__ == "__main__":
    main()
