"""Ten things that scholars and cataloguers come for, each done with the keyboard alone."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import serving
from seed_folders import BASE, SETTINGS, seed, write

from ld.publish import publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

#: The name of what has the focus, as it is read out.
NAME = """() => {
  const here = document.activeElement;
  return (here.getAttribute("aria-label") || here.textContent).replace(/\\s+/g, " ").trim();
}"""
MOST_TABS = 250
AUTHORITY = """
[[authority]]
name = "Émile Zola"
type = "Person"
inverted = "Zola, Émile"
"""


def work(identifier: str, title: str, author: str, year: str) -> str:
    return seed(SOURCE_ID=identifier, TITLE=title, AUTHOR=author, YEAR=year)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a second edition: one title is corrected, one text added, one withheld."""
    folder = tmp_path_factory.mktemp("browser_tasks")
    documents = {
        "germinal.txt": work("germinal", "Germinal", "Émile Zola", "1885"),
        "therese.txt": work("therese", "Thérèse Raquin", "Émile Zola", "1867"),
        "nana.txt": work("nana", "Nana", "Émile Zola", "1880"),
        "notes.txt": work("notes", "Notes on the engine", "Ada Lovelace", "1843"),
    }
    publish_in(folder, documents, 1)
    documents["notes.txt"] = work("notes", "Notes on the Analytical Engine", "Ada Lovelace", "1843")
    documents["money.txt"] = work("money", "L’Argent", "Émile Zola", "1891")
    for box in ("box", "chest"):
        documents[f"{box}/part_1.txt"] = work("memoir", "A memoir", "Ada Lovelace", "1850")
    publish_in(folder, documents, 2)
    with serving(folder / "data") as address:
        yield address


def publish_in(folder: Path, documents: dict[str, str], month: int) -> None:
    write(folder / "seeds", dict(documents), SETTINGS + AUTHORITY)
    moment = datetime(2026, month, 1, 12, tzinfo=UTC)
    publish(folder / "seeds", folder / "data", now=lambda: moment)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def home(browser: Any, address: str) -> Iterator[Any]:
    """The home, in a window of its own; nothing has the focus."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address.rstrip("/"))
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def focus(page: Any, name: str) -> None:
    """Go with the tabulator to the next thing with this name; a pattern, of the whole name."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if re.fullmatch(name, page.evaluate(NAME)):
            return
    raise AssertionError(f"The tabulator does not reach {name!r} on {page.url}")


def follow(page: Any, name: str) -> None:
    """Go to a link and follow it."""
    before = page.url
    focus(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)


def saved(page: Any, name: str) -> str:
    """Go to a link that leads to a file, and give what is in the file."""
    focus(page, name)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    return Path(download.value.path()).read_text(encoding="utf-8")


def search(page: Any, words: str) -> None:
    """Look for words from wherever there is a field for them."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/texts\?"))


def titles(page: Any) -> list[str]:
    return [str(title) for title in page.locator(".results .title").all_inner_texts()]


def test_find_the_works_of_the_1880s(home: Any) -> None:
    follow(home, "1880s: 2")

    assert titles(home) == ["Germinal", "Nana"]


def test_open_the_oldest_work_of_an_author(home: Any) -> None:
    follow(home, "Émile Zola")
    follow(home, "Year")
    follow(home, "Thérèse Raquin")

    assert home.get_by_role("heading", level=1).inner_text() == "Thérèse Raquin"
    assert "1867" in home.locator(".byline").inner_text()


def test_cite_a_text_in_chicago_style(home: Any) -> None:
    search(home, "germinal")
    follow(home, "Germinal")
    focus(home, "Chicago.*")
    if not home.evaluate("document.activeElement.parentElement.open"):
        home.keyboard.press("Enter")
    focus(home, "Copy the Chicago.*")
    home.keyboard.press("Enter")
    home.get_by_text("Copied", exact=True).wait_for()
    copied = home.evaluate("navigator.clipboard.readText()")

    assert copied.startswith("Zola, Émile. 1885. “Germinal.”")
    assert f"{BASE}text/germinal" in copied


def test_download_one_record_as_ris(home: Any) -> None:
    search(home, "nana")
    follow(home, "Nana")
    reference = saved(home, "RIS")

    assert re.search(r"^AU  - Zola, Émile$", reference, re.MULTILINE)
    assert re.search(r"^(TI|T1)  - Nana$", reference, re.MULTILINE)


def test_download_a_filtered_list_as_a_table(home: Any) -> None:
    follow(home, "Texts")
    follow(home, "Émile Zola")
    table = list(csv.DictReader(io.StringIO(saved(home, "CSV"))))

    assert [row["title"] for row in table] == ["Germinal", "L’Argent", "Nana", "Thérèse Raquin"]
    assert {row["authors"] for row in table} == {"Émile Zola"}


def test_see_why_a_record_was_withheld_and_where(home: Any) -> None:
    follow(home, "Data quality")
    focus(home, "Seed documents held back")
    row = home.locator("tr", has_text="chest/part_1.txt, line 4").first.inner_text()

    assert "Withheld" in row
    assert "the same part" in row


def test_see_what_changed_since_the_last_edition(home: Any) -> None:
    follow(home, "Changes")
    follow(home, "2-[0-9a-f]+")
    changes = home.locator("main").inner_text()

    assert "L’Argent" in changes
    field = home.locator(".differences div", has_text="Title").first.inner_text()
    assert re.search("Notes on the engine → Notes on the Analytical Engine", field)


def test_copy_the_query_of_a_list_and_run_it(home: Any) -> None:
    follow(home, "1880s: 2")
    follow(home, "See this list as a SPARQL query")
    to_the_editor(home)
    home.keyboard.press("Control+A")
    home.keyboard.press("Control+C")
    follow_from_the_top(home, "Query")
    to_the_editor(home)
    home.keyboard.press("Control+A")
    home.keyboard.press("Control+V")
    home.keyboard.press("Control+Enter")
    home.locator("table.answers, table.bars, ol.timeline").first.wait_for()
    answers = home.locator(".results").inner_text()

    assert "2 results" in answers
    assert "Germinal" in answers
    assert "Nana" in answers


def test_find_where_a_date_comes_from(home: Any) -> None:
    search(home, "thérèse")
    follow(home, "Thérèse Raquin")
    focus(home, "Show the statements")
    home.keyboard.press("Enter")
    row = home.locator("table.statements tr", has_text="dcterms:date").first

    assert re.search(r"therese\.txt, line 3, YEAR: .1867.", row.inner_text())


def test_reach_the_oai_pmh_address(home: Any, address: str) -> None:
    focus(home, f"{BASE}oai")
    home.keyboard.press("Enter")
    home.wait_for_url(f"{address}oai?verb=Identify")

    assert f"{BASE}oai" in home.content()


def to_the_editor(page: Any) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName") == "textarea":
            return
    raise AssertionError("The tabulator does not reach the editor")


def follow_from_the_top(page: Any, name: str) -> None:
    """Go back with the tabulator, as far as to a link that stands before what has the focus."""
    before = page.url
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab")
        if re.fullmatch(name, page.evaluate(NAME)):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
