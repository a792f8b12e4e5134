"""Pictures of every type of page, for docs/pages.md: in Chromium, and four pages in Firefox.

Of the corpus PLAIN all types of pages are taken, wide and light, and some of them narrow, dark, on
paper, in French and in German; of MIXED those that only a corpus with a history has. Needs
Chromium, and firefox-esr for its pictures.
"""

import base64
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import click
from playwright.sync_api import sync_playwright

from app.language import DEFAULT, FIELD
from bench import serve
from bench.page_types import page_types
from ld.edition import open_current

WIDE: Final = 1280
NARROW: Final = 320
#: Of a picture, beyond which it ends; in CSS pixels.
_MOST_HEIGHT: Final = {WIDE: 1500, NARROW: 2000}
_QUALITY: Final = 40
_NONE: Final[dict[str, str]] = {}
_NOT_ACCEPTED: Final = {"Accept": "text/html", "Accept-Encoding": "identity;q=0"}


class Picture(NamedTuple):
    """What is taken: a type of page, and how it is looked at."""

    kind: str
    width: int = WIDE
    scheme: str = "light"
    language: str = DEFAULT
    is_printed: bool = False

    @property
    def name(self) -> str:
        """Its file name without suffix."""
        how = [
            f"{self.width}" if self.width != WIDE else "",
            self.scheme if self.scheme != "light" else "",
            self.language if self.language != DEFAULT else "",
            "print" if self.is_printed else "",
        ]
        return "-".join(re.sub(r"\W+", "-", part) for part in [self.kind, *how] if part)


#: What only a corpus with a history, or with several scripts, has.
MIXED: Final = [
    *map(
        Picture,
        (
            "search", "changes", "changes of an edition", "history", "memento", "withdrawn",
            "edition", "dumps", "quality", "text from right to left",
        ),
    ),
    Picture("text from right to left", NARROW),
    Picture("search", NARROW),
    Picture("search", scheme="dark"),
]  # fmt: skip
VARIED: Final = [
    *(Picture(kind, NARROW) for kind in ("home", "text", "answer as a chart", "model")),
    *(Picture(kind, scheme="dark") for kind in ("home", "text", "answer as a table")),
    *(Picture(kind, language="fr") for kind in ("home", "text")),
    *(Picture(kind, language="de") for kind in ("list", "readiness")),
    Picture("text", is_printed=True),
]
FIREFOX: Final = [
    Picture(kind, width) for width in (WIDE, NARROW) for kind in ("home", "text", "list", "query")
]


def take(browser: Any, address: str, wanted: Picture, headers: dict[str, str] = _NONE) -> bytes:
    """Give a picture of a page, as WebP."""
    context = browser.new_context(
        viewport={"width": wanted.width, "height": 800},
        color_scheme=wanted.scheme,
    )
    page = context.new_page()
    if headers:
        # Some that Chromium would not send by itself.
        page.route(address, lambda route: route.fulfill(response=route.fetch(headers=headers)))
    if wanted.is_printed:
        page.emulate_media(media="print")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    shown = min(height, _MOST_HEIGHT[wanted.width])
    page.set_viewport_size({"width": wanted.width, "height": shown})
    return _shot(context, page)


def _shot(context: Any, page: Any) -> bytes:
    session = context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    context.close()
    return base64.b64decode(taken["data"])


def take_in_firefox(browser: Any, address: str, wanted: Picture) -> bytes:
    """Give a picture of a page in Firefox, which writes PNG, as WebP."""
    size = f"--window-size={wanted.width},{_MOST_HEIGHT[wanted.width]}"
    with tempfile.TemporaryDirectory(prefix="firefox-") as profile:
        file = Path(profile) / "picture.png"
        command = ["firefox-esr", "--headless", "--profile", profile, "--screenshot", str(file)]
        subprocess.run([*command, size, address], capture_output=True, check=True)
        encoded = base64.b64encode(file.read_bytes()).decode("ascii")
    context = browser.new_context(
        viewport={"width": wanted.width, "height": _MOST_HEIGHT[wanted.width]}
    )
    page = context.new_page()
    page.set_content(f'<body style="margin: 0"><img src="data:image/png;base64,{encoded}">')
    page.wait_for_function("document.images[0].complete")
    return _shot(context, page)


@contextmanager
def served(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Keep a server running; gives the address of its home, and of its pages below that."""
    edition = open_current(data)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as folder,
        serve.pressmark(data, Path(folder) / "server.log", serve.AMPLE) as server,
    ):
        path = urlsplit(edition.service_url).path
        yield f"http://127.0.0.1:{server.port}{path}", page_types(edition)


def _in_language(address: str, wanted: Picture) -> str:
    if wanted.language == DEFAULT:
        return address
    return f"{address}{'&' if '?' in address else '?'}{FIELD}={wanted.language}"


def _of_plain(browser: Any, data: Path, only: str) -> Iterator[tuple[str, bytes]]:
    with served(data) as (home, types):
        of_mixed = {one.kind for one in MIXED}
        for one in [*map(Picture, sorted(types.keys() - of_mixed)), *VARIED]:
            if re.search(only, one.name):
                yield one.name, take(browser, _in_language(home + types[one.kind], one), one)
        if re.search(only, "not-acceptable"):
            shown = take(browser, f"{home}about", Picture("about"), _NOT_ACCEPTED)
            yield "not-acceptable", shown
        for one in FIREFOX if shutil.which("firefox-esr") else ():
            if re.search(only, name := f"firefox-{one.name}"):
                yield name, take_in_firefox(browser, home + types[one.kind], one)


def _of_mixed(browser: Any, data: Path, only: str) -> Iterator[tuple[str, bytes]]:
    with served(data) as (home, types):
        for one in MIXED:
            if re.search(only, one.name):
                yield one.name, take(browser, home + types[one.kind], one)


@click.command()
@click.argument("plain", type=click.Path(path_type=Path, exists=True))
@click.argument("mixed", type=click.Path(path_type=Path, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", default="", help="A regular expression that names have to match.")
def main(plain: Path, mixed: Path, folder: Path, only: str) -> None:
    """Take pictures of the editions in two data directories, and put them into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        taken = chain(_of_plain(browser, plain, only), _of_mixed(browser, mixed, only))
        for name, picture in taken:
            (folder / f"{name}.webp").write_bytes(picture)
            click.echo(f"{name}: {len(picture) / 1000:.0f} kB")
        browser.close()
    octets = sum(path.stat().st_size for path in folder.iterdir())
    click.echo(f"All pictures: {octets / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
