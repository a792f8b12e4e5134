"""Page types by width, colour scheme and scripts: on real corpora, in a browser.

On the Kropotkin corpus every page type is looked at in every combination, on the seeds and on a
large corpus pairwise. Axe takes most of the time: in the gate it has one combination of each page
type, and none of the large corpus. It has all of them in `-m soak`.
"""

import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from conftest import PROJECT, serving

from bench.page_types import page_types
from ld.edition import Edition, open_current
from ld.publish import publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = pytest.mark.browser

RULES = (
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
    "best-practice",
)
LISTEN = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));
"""
LARGE = 2000


class Combination(NamedTuple):
    """How a page is looked at."""

    width: int
    scheme: str
    has_scripts: bool


EVERY = [
    Combination(*values) for values in product((320, 768, 1280), ("light", "dark"), (True, False))
]
#: Together these two have every pair of values; a page type gets one of them.
PAIRWISE = (
    (
        Combination(320, "light", True),
        Combination(768, "dark", False),
        Combination(1280, "light", False),
    ),
    (
        Combination(320, "dark", False),
        Combination(768, "light", True),
        Combination(1280, "dark", True),
    ),
)
#: For axe in the gate: of the Kropotkin corpus, and of the seeds (every other type of page).
FOR_AXE = ((Combination(1280, "dark", True),), (Combination(320, "light", True),))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """An edition of a synthetic corpus with five scripts, parts and dirty values."""
    folder = tmp_path_factory.mktemp("large")
    command = [sys.executable, "-m", "bench.generate", str(LARGE), str(folder / "seeds")]
    subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
    publish(folder / "seeds", folder / "data")
    return open_current(folder / "data")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


def problems(
    browser: Any,
    edition: Edition,
    wanted: dict[str, Iterable[Combination]],
    for_axe: Collection[Combination],
) -> dict[tuple[str, Combination], list[Any]]:
    """Give what is wrong by page type and combination."""
    found: dict[tuple[str, Combination], list[Any]] = {}
    addresses = page_types(edition)
    with serving(edition.path.parents[1]) as address:
        home = f"http://{urlsplit(address).netloc}{urlsplit(edition.service_url).path}"
        for has_scripts in (True, False):
            context = browser.new_context()
            context.add_init_script(LISTEN)
            page = context.new_page()
            if not has_scripts:
                # With scripts switched off altogether axe could not run either.
                page.route("**/*.js*", lambda route: route.abort())
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            for name, combinations in wanted.items():
                chosen = [one for one in combinations if one.has_scripts is has_scripts]
                if not chosen:
                    continue
                page.goto(home + addresses[name])
                for one in chosen:
                    page.set_viewport_size({"width": one.width, "height": 900})
                    page.emulate_media(color_scheme=one.scheme)
                    if wrong := _wrong(page, one, asked, home, has_axe=one in for_axe):
                        found[name, one] = wrong
            context.close()
    return found


def _wrong(page: Any, one: Combination, asked: list[str], home: str, *, has_axe: bool) -> list[Any]:
    wrong: list[Any] = [url for url in asked if not url.startswith(home)]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > one.width:
        wrong.append(width)
    wrong += page.evaluate("blocked")
    if has_axe:
        rules = axe.Axe().run(page, options={"runOnly": list(RULES)}).response["violations"]
        wrong += [(rule["id"], node["html"]) for rule in rules for node in rule["nodes"]]
    return wrong


def pairwise(edition: Edition) -> dict[str, Iterable[Combination]]:
    return {name: PAIRWISE[at % 2] for at, name in enumerate(page_types(edition))}


def test_the_chosen_combinations_have_every_pair() -> None:
    chosen = [one for some in PAIRWISE for one in some]

    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert {(one[first], one[second]) for one in chosen} == {
            (one[first], one[second]) for one in EVERY
        }


def test_every_page_type_of_the_kropotkin_corpus(
    browser: Any, published_kropotkin: Edition
) -> None:
    wanted: dict[str, Iterable[Combination]] = dict.fromkeys(page_types(published_kropotkin), EVERY)

    assert problems(browser, published_kropotkin, wanted, FOR_AXE[0]) == {}


def test_every_page_type_of_the_seeds(browser: Any, published_seeds: Edition) -> None:
    assert problems(browser, published_seeds, pairwise(published_seeds), FOR_AXE[1]) == {}


def test_every_page_type_of_a_large_corpus(browser: Any, large: Edition) -> None:
    assert problems(browser, large, pairwise(large), ()) == {}


@pytest.mark.soak
@pytest.mark.parametrize("corpus", ["published_seeds", "published_kropotkin", "large"])
def test_every_page_type_in_every_combination(
    browser: Any, corpus: str, request: pytest.FixtureRequest
) -> None:
    edition: Edition = request.getfixturevalue(corpus)
    wanted: dict[str, Iterable[Combination]] = dict.fromkeys(page_types(edition), EVERY)

    assert problems(browser, edition, wanted, EVERY) == {}
