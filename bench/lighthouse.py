"""Lighthouse's four scores for pages, as the median of several runs, and the audits that failed.

Needs Chromium, Node and `npm ci --ignore-scripts` in bench/page_checks.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

import click

from bench import serve
from bench.page_types import page_types
from ld.edition import open_current

LEAST: Final = 98
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
_LIGHTHOUSE: Final = Path(__file__).parent / "page_checks/node_modules/.bin/lighthouse"
_PAGES: Final = ("home", "text", "list", "query")
_CHROMIUM: Final = "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage"


def report(address: str, chromium: str) -> dict[str, Any]:
    """Give what Lighthouse reports of a page after one run, for a phone, as it does by default."""
    command = [
        str(_LIGHTHOUSE), address, "--quiet", "--output=json", "--output-path=stdout",
        f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={_CHROMIUM}",
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": chromium}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def failed(found: dict[str, Any]) -> set[str]:
    """Give the audits that cost points in one run."""
    return {
        f"{category}: {audit['id']} ({audit.get('displayValue', '') or audit['score']})"
        for category in CATEGORIES
        for one in found["categories"][category]["auditRefs"]
        if one["weight"] and (audit := found["audits"][one["id"]])["score"] not in (None, 1)
    }


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
@click.option("--page", "pages", multiple=True, default=_PAGES, show_default=True)
def main(data: Path, runs: int, pages: tuple[str, ...]) -> None:
    """Score pages of the edition in the data directory DATA."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not _LIGHTHOUSE.exists():
        raise click.ClickException("Install Chromium, and run npm ci in bench/page_checks.")
    edition = open_current(data)
    types = page_types(edition)
    audits: dict[str, set[str]] = {}
    is_good = True
    click.echo(f"| page | {' | '.join(CATEGORIES)} |\n|---|--:|--:|--:|--:|")
    with (
        tempfile.TemporaryDirectory(prefix="lighthouse-") as folder,
        serve.pressmark(data, Path(folder) / "server.log", serve.AMPLE) as server,
    ):
        home = f"http://127.0.0.1:{server.port}{urlsplit(edition.service_url).path}"
        for page in pages:
            found = [report(home + types[page], chromium) for _ in range(runs)]
            scores = [
                round(100 * median(one["categories"][category]["score"] or 0 for one in found))
                for category in CATEGORIES
            ]
            is_good &= min(scores) >= LEAST
            click.echo(f"| {page} | {' | '.join(map(str, scores))} |")
            audits[page] = set().union(*map(failed, found))
    for page, some in audits.items():
        for audit in sorted(some):
            click.echo(f"{page}: {audit}")
    if not is_good:
        raise click.ClickException(f"A score is below {LEAST}.")


if __name__ == "__main__":
    main()
