"""The lists, the quality and the changes in a browser: accessible, of any width, without script."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import HOSTILE, seed, seeds, serving, write_seeds

from ld.publish import publish, withdraw

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = pytest.mark.browser

WIDTHS = (320, 768, 1280)
RULES = (
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
    "best-practice",
)
LISTEN = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));
"""
BIDI = "\u202e\u2066sdrawkcab\u2069" * 30


def month(number: int) -> datetime:
    return datetime(2026, number, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a corpus with changes of every kind, four decades, and titles that are hard."""
    folder = tmp_path_factory.mktemp("browser_browse")
    documents = seeds()
    documents["long.txt"] = seed(SOURCE_ID="long", TITLE="Endless" * 1400, YEAR="1862")
    documents["bidi.txt"] = seed(SOURCE_ID="bidi", TITLE=BIDI, AUTHOR=BIDI, YEAR="1871")
    publish_in(folder, documents, 1)
    documents["letter.txt"] = seed(SOURCE_ID="letter", TITLE=HOSTILE, AUTHOR=BIDI, YEAR=HOSTILE)
    documents["new.txt"] = seed(SOURCE_ID="new", TITLE="A new letter", AUTHOR="Zoë", YEAR="1885")
    documents["nameless.txt"] = seed(TITLE="Nameless")
    documents["kept.txt"] = documents["kept.txt"].replace("TITLE: To be kept\n", "")
    del documents["dropped.txt"]
    publish_in(folder, documents, 2)
    withdraw(folder / "data", ["gone"], reason="Asked for.", now=lambda: month(3))
    with serving(folder / "data") as address:
        yield address


def publish_in(folder: Path, documents: dict[str, str], number: int) -> None:
    write_seeds(folder / "seeds", documents)
    publish(folder / "seeds", folder / "data", now=lambda: month(number))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def paths(browser: Any, address: str) -> dict[str, str]:
    page = browser.new_page()
    page.goto(f"{address}changes")
    named = page.locator("table.editions tbody a").all()
    editions = [link.get_attribute("href").lstrip("/") for link in named]
    page.close()
    return {
        "all texts": "texts",
        "texts and parts": "texts?kind=any&sort=year",
        "a search": "texts?q=letter",
        "filters": "texts?q=letter&decade=1880s&language=en&author=-",
        "nothing": "texts?q=zzz&host=%E2%80%AE" + "x" * 200,
        "in the middle": "texts?after=text/bare",
        "agents": "agents",
        "quality": "quality",
        "changes": "changes",
        "an edition": editions[1],
        "the first edition": f"{editions[2]}?kind=created",
    }


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_keep_to_themselves(
    browser: Any, address: str, paths: dict[str, str], scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme)
    context.add_init_script(LISTEN)
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    problems: dict[str, Any] = {}
    for name, path in paths.items():
        page.goto(address + path)
        found = axe.Axe().run(page, options={"runOnly": list(RULES)}).response["violations"]
        wrong = [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
        if wrong := wrong + page.evaluate("blocked"):
            problems[name] = wrong
    context.close()

    assert problems == {}
    assert {url for url in requested if not url.startswith(address)} == set()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_every_width(
    browser: Any, address: str, paths: dict[str, str], width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    wide = []
    for name, path in paths.items():
        page.goto(address + path)
        unfold(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    page.close()

    assert wide == []


def test_phones_get_the_filters_closed_and_desktops_open(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 900})
    page.goto(f"{address}texts")
    decade = page.get_by_role("link", name="1860s", exact=True)
    is_shown_on_phone = decade.is_visible()
    page.get_by_text("Filter this list").click()
    is_shown_when_opened = decade.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    is_shown_on_desktop = decade.is_visible()
    page.close()

    assert (is_shown_on_phone, is_shown_when_opened, is_shown_on_desktop) == (False, True, True)


def test_a_search_is_narrowed_widened_and_cleared_without_scripts(
    browser: Any, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}texts")
    page.get_by_role("link", name="Texts and parts").click()
    page.get_by_role("searchbox").fill("treat")
    page.get_by_role("button", name="Search").click()
    found = page.get_by_role("heading", level=2, name=re.compile("parts?$")).inner_text()
    page.get_by_role("link", name=re.compile("Type: Texts and parts")).click()
    narrowed = page.get_by_role("heading", level=2, name=re.compile("texts?$")).inner_text()
    page.get_by_role("link", name=re.compile("Words: .treat.")).click()
    chips = page.get_by_role("list", name="Filters in force").count()
    context.close()

    assert found == "1 text or part"
    assert narrowed == "1 text"
    assert chips == 0


def test_the_keyboard_alone_finds_the_texts_of_a_decade_and_takes_them_as_a_table(
    browser: Any, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    reach(page, "Texts")
    reach(page, "1880s")
    titles = page.locator(".lines .title").all_inner_texts()
    with page.expect_download() as download:
        reach(page, "CSV")
    table = Path(download.value.path()).read_text(encoding="utf-8")
    page.close()

    assert titles == ["A new letter"]
    assert [line.split(",")[3] for line in table.splitlines()] == ["title", "A new letter"]


def test_the_keyboard_alone_finds_why_a_record_was_withheld_and_where(
    browser: Any, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    reach(page, "Data quality")
    row = page.get_by_role("row", name=re.compile("nameless.txt")).first.inner_text()
    page.close()

    assert "Withheld" in row
    assert "SOURCE_ID" in row


def test_the_keyboard_alone_sees_what_changed_since_the_last_edition(
    browser: Any, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    reach(page, "Changes")
    page.locator("table.editions tbody a").nth(1).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=re.compile("^Edition 2-")).wait_for()
    field = page.locator(".differences div", has_text="Title").first.inner_text()
    page.close()

    assert "A letter" in field
    assert "→" in field


def reach(page: Any, name: str) -> None:
    """Go with the tabulator to a link with this name, and follow it."""
    before = page.url
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    page.keyboard.press("Enter")
    if name != "CSV":
        page.wait_for_url(lambda url: url != before)
