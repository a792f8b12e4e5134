"""What pages cost the server on a small and a large edition, and beside nginx with static files.

The pages are rendered for each request, without a cache, by one `pressmark serve`; a time is that
between sending a request on an open connection and having its whole answer. Both editions must
exist: `pressmark publish`. The last table needs wrk, nginx and taskset.
"""

import http.client
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

import click

from bench import serve
from ld import browse
from ld.browse import Choice
from ld.edition import Edition, open_current

PAGES: Final = ("record", "first page", "last page")
#: What the large edition may take of the time of the small one, and searches in milliseconds.
MOST_RATIO: Final = 1.5
MOST_MEDIAN: Final = 150
MOST_WORST: Final = 600
LEAST_OF_NGINX: Final = 0.6
#: In so large a share of the titles is the word that most searches are for.
COMMON: Final = 0.3
# Of titles, whose frequency decides what a search costs.
_LOOKED_AT: Final = 5000


class Search(NamedTuple):
    """A search with a name."""

    name: str
    path: str


@contextmanager
def uncached(data: Path, folder: Path) -> Iterator[serve.Server]:
    """Keep a server without a cache running."""
    with serve.pressmark(data, folder / f"{data.name}.log", 0) as server:
        yield server


def times(port: int, paths: list[str], rounds: int) -> dict[str, float]:
    """Give the median time of each path in milliseconds; the rounds go through all in turn."""
    taken: dict[str, list[float]] = {path: [] for path in paths}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=serve.PATIENCE)
    with closing(connection):
        for number in range(rounds + 1):
            for path in paths:
                started = time.perf_counter()
                connection.request("GET", path, headers={"Accept": "text/html"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise click.ClickException(f"{path}: {answer.status}")
                # The first round opens files and fills the caches of the system.
                if number:
                    taken[path].append((time.perf_counter() - started) * 1000)
    return {path: median(some) for path, some in taken.items()}


def pages_of(edition: Edition) -> list[str]:
    """Give the paths of a record, and of the first and the last page of all texts."""
    prefix = urlsplit(edition.service_url).path
    key = _key_in_the_middle(edition)
    return [f"{prefix}doc/{key}", f"{prefix}texts", f"{prefix}texts?before="]


def _key_in_the_middle(edition: Edition) -> str:
    row = edition.db.execute(
        "SELECT key FROM listing WHERE kind = 'text' AND number >= "
        "(SELECT max(number) / 2 FROM listing) ORDER BY number LIMIT 1"
    ).fetchone()
    return str(row["key"])


def searches(edition: Edition) -> list[Search]:
    """Give twenty searches of what a corpus has, from the rarest to the most frequent."""
    words = _words(edition)
    middling, rare = words[len(words) // 2], words[-1]
    number = edition.counts["texts"]
    shares = {
        word: browse.counts(edition, Choice(word)).total("text") / number for word in words[:20]
    }
    common = min(shares, key=lambda word: abs(COMMON - shares[word]))
    click.echo(f"\nThe common word is in {shares[common]:.0%} of the texts.")
    facets = _facets(edition)
    kinds = {
        "a rare word": f"q={rare}",
        "a middling word": f"q={middling}",
        "a common word": f"q={common}",
        "a common word with five facets": f"q={common}&{'&'.join(facets.values())}",
        "a common word, by title": f"q={common}&sort=title",
        "a common word, by year": f"q={common}&sort=year",
        "a common word, by author": f"q={common}&sort=author",
        "a common word, last page": f"q={common}&sort=title&before=",
        "a common word, parts too": f"q={common}&kind=any",
        "the beginning of a word": f"q={common[:2]}",
        "two words": f"q={common}+{middling}",
        "two words that never meet": f"q={rare}+zzzzzz",
        "a word of an author": f"q={quote(_author_word(edition))}",
        "five facets": "&".join(facets.values()),
        "parts by year": "kind=part&sort=year",
        "texts and parts": "kind=any",
        "texts without an author": "author=-",
    }
    kinds |= {f"one {name}": facet for name, facet in facets.items()}
    prefix = urlsplit(edition.service_url).path
    return [Search(name, f"{prefix}texts?{query}") for name, query in kinds.items()][:20]


def _words(edition: Edition) -> list[str]:
    """Give the words of some titles, the most frequent first."""
    counted: dict[str, int] = {}
    # Evenly over all: neighbours by key are often called alike.
    step = max(1, edition.counts["texts"] // _LOOKED_AT)
    rows = edition.db.execute("SELECT title FROM listing WHERE number % ? = 0", (step,))
    for (title,) in rows:
        for word in {piece for piece in title.lower().split() if piece.isascii()}:
            if not word.isalpha():
                continue
            counted[word] = counted.get(word, 0) + 1
    return sorted(counted, key=lambda word: (-counted[word], word))


def _facets(edition: Edition) -> dict[str, str]:
    found = {}
    for name in browse.FACETS:
        values = browse.values(edition, name).counted
        if not values:
            found[name] = f"{name}=-"
            continue
        value = values[0][0]
        written = f"{value}s" if name == "decade" else str(value).removeprefix("agent/")
        found[name] = f"{name}={quote(written, safe='')}"
    return found


def _author_word(edition: Edition) -> str:
    authors = [str(key) for key, _ in browse.values(edition, "author").counted[:1]]
    named = browse.entries(edition, authors)
    return named[0].label.split()[0] if named else "a"


def tell_growth(small: Path, large: Path, folder: Path, rounds: int) -> bool:
    """Print the times of pages on both editions; says whether they grow no more than they may."""
    found = []
    for data in (small, large):
        edition = open_current(data)
        with uncached(data, folder) as server:
            found.append((edition.counts["texts"], times(server.port, pages_of(edition), rounds)))
    (small_texts, small_times), (large_texts, large_times) = found
    click.echo(
        f"\n| ms | {small_texts:,} texts | {large_texts:,} texts | ratio |\n|---|--:|--:|--:|"
    )
    is_good = True
    for name, one, other in zip(PAGES, small_times.values(), large_times.values(), strict=True):
        is_good &= other / one <= MOST_RATIO
        click.echo(f"| {name} | {one:.1f} | {other:.1f} | {other / one:.2f} |")
    return is_good


def tell_searches(data: Path, folder: Path, rounds: int) -> bool:
    """Print the times of searches; says whether they are within what they may take."""
    edition = open_current(data)
    asked = searches(edition)
    with uncached(data, folder) as server:
        taken = times(server.port, [one.path for one in asked], rounds)
    click.echo("\n| search | ms |\n|---|--:|")
    for one in asked:
        click.echo(f"| {one.name} | {taken[one.path]:.1f} |")
    middle, worst = median(taken.values()), max(taken.values())
    click.echo(f"\nMedian {middle:.1f} ms, worst {worst:.1f} ms of {len(asked)} searches.")
    return middle <= MOST_MEDIAN and worst <= MOST_WORST


def tell_cached(data: Path, folder: Path, core: int, rounds: int, seconds: int) -> bool:
    """Print requests per second of cached pages beside nginx; says whether they are enough."""
    edition = open_current(data)
    prefix = urlsplit(edition.service_url).path
    keys = [entry.key for entry in edition.entries("text", limit=200)]
    paths = [f"{prefix}doc/{key}.html" for key in keys]
    script, listed = folder / "cycle.lua", folder / "pages.paths"
    script.write_text(serve.CYCLE, encoding="utf-8")
    listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    rates: dict[str, list[float]] = {"nginx": [], "cached": []}
    with ExitStack() as stack:
        cached = stack.enter_context(serve.pressmark(data, folder / "cached.log", serve.AMPLE))
        serve.prepare(folder / "files", cached.port, {"html": paths})
        servers = {"nginx": stack.enter_context(serve.nginx(folder)), "cached": cached}
        for server in servers.values():
            serve.rate(server, listed, script, core, 1)
        for _ in range(rounds):
            for name, server in servers.items():
                rates[name].append(serve.rate(server, listed, script, core, seconds).per_second)
    files, answers = median(rates["nginx"]), median(rates["cached"])
    click.echo("\n| pages | nginx | cached | ratio |\n|---|--:|--:|--:|")
    click.echo(f"| requests per second | {files:,.0f} | {answers:,.0f} | {answers / files:.2f} |")
    return answers / files >= LEAST_OF_NGINX


@click.command()
@click.option("--small", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--large", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--rounds", type=click.IntRange(1), default=9, show_default=True)
@click.option("--client-core", type=click.IntRange(0), default=0, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True)
def main(small: Path, large: Path, rounds: int, client_core: int, seconds: int) -> None:
    """Measure pages on two data directories: SMALL and LARGE."""
    serve.require("wrk", "nginx", "taskset")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx leaves root's rights behind
        is_good = [
            tell_growth(small, large, folder, rounds),
            tell_searches(large, folder, rounds),
            tell_cached(small, folder, client_core, rounds, seconds),
        ]
    if not all(is_good):
        raise click.ClickException("Something costs more than it may.")


if __name__ == "__main__":
    main()
