"""Pages in a browser: nothing blocked, nothing from elsewhere, fits a phone, accessible (AAA)."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = pytest.mark.browser

PAGES = {
    "home": "",
    "text": "doc/text/letter",
    "text with parts": "doc/text/treatise",
    "part": "doc/text/treatise/treatise_3",
    "right to left": "doc/text/arabic",
    "hostile": "doc/text/hostile",
    "kept": "doc/text/kept",
    "agent": "doc/agent/ada-lovelace",
    "publisher": "doc/agent/example-archive",
    "dataset": "dataset",
    "catalogue": "catalog",
    "vocabulary": "vocab",
    "model": "model",
    "interfaces": "api",
    "about": "about",
    "licence": "licence",
    "misspelt": "doc/text/lettre",
    "texts": "texts",
    "agents": "agents",
    "not found": "nowhere",
    "gone": "doc/text/gone",
}
WIDTHS = (320, 768, 1280)
# Every rule of WCAG 2.2 that axe knows, up to AAA, and its best practices.
RULES = (
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
    "best-practice",
)
# The policy's violations are events of the document, there before any of our scripts.
LISTEN = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def violations(page: Any) -> list[tuple[str, str]]:
    found = axe.Axe().run(page, options={"runOnly": list(RULES)}).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_keep_to_themselves(
    browser: Any, live_server: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme)
    context.add_init_script(LISTEN)
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    problems: dict[str, Any] = {}
    for name, path in PAGES.items():
        page.goto(live_server + path)
        unfold(page)
        if found := violations(page) + page.evaluate("blocked"):
            problems[name] = found
    context.close()

    assert problems == {}
    assert {url for url in requested if not url.startswith(live_server)} == set()


def test_pages_fit_every_width(browser: Any, live_server: str) -> None:
    page = browser.new_page()
    wide = []
    for name, path in PAGES.items():
        page.goto(live_server + path)
        unfold(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    page.close()

    assert wide == []


def test_pages_work_without_scripts(browser: Any, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server)
    page.get_by_role("link", name="A letter", exact=True).click()
    heading = page.get_by_role("heading", level=1).inner_text()
    buttons = page.get_by_role("button").count()
    page.get_by_text("Show the statements").click()
    shown = page.get_by_text("rule dublin_core.title").is_visible()
    context.close()

    assert heading == "A letter"
    assert buttons == 0
    assert shown


def test_a_text_is_cited_and_downloaded_without_scripts(browser: Any, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}doc/text/treatise/treatise_3")
    shown = page.locator(".citation:visible").all_inner_texts()
    page.locator("summary", has_text="MLA").focus()
    page.keyboard.press("Enter")
    opened = page.locator(".citation:visible").count()
    with page.expect_download() as started:
        page.get_by_role("link", name="RIS").press("Enter")
    name = started.value.suggested_filename
    text = started.value.path().read_text(encoding="utf-8")
    context.close()

    assert shown == [
        "Lovelace, Ada, and Charles Babbage. [1850?]. “Chapter 3.” In A Treatise in Parts. "
        "http://corpus.example/text/treatise/treatise_3."
    ]
    assert opened == 2
    assert name == "treatise_3.ris"
    assert text.startswith("TY  - CHAP")


def test_parts_are_read_one_after_the_other_by_keyboard(browser: Any, live_server: str) -> None:
    page = browser.new_page()
    page.goto(f"{live_server}doc/text/treatise/treatise_1")
    headings = []
    for _ in range(3):
        headings.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("navigation", name="Parts of this text").get_by_role("link").last.press(
            "Enter"
        )
        page.wait_for_load_state()
    page.close()

    assert headings == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_titles_run_in_their_own_direction(browser: Any, live_server: str) -> None:
    page = browser.new_page()
    page.goto(f"{live_server}doc/text/arabic")
    direction = page.evaluate("getComputedStyle(document.querySelector('h1 bdi')).direction")
    of_page = page.evaluate("getComputedStyle(document.body).direction")
    page.close()

    assert (direction, of_page) == ("rtl", "ltr")


def test_where_a_date_comes_from_is_found_by_keyboard(browser: Any, live_server: str) -> None:
    page = browser.new_page()
    page.goto(f"{live_server}doc/text/letter")
    page.get_by_text("Show the statements").press("Enter")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="dcterms:date"))
    why = row.inner_text()
    page.close()

    assert "letter.txt, line 3" in why
    assert "YEAR" in why
    assert "rule dublin_core.date" in why


def test_a_citation_can_be_copied(browser: Any, live_server: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    page = context.new_page()
    page.goto(f"{live_server}doc/text/letter")
    page.get_by_role("button", name="Copy the Chicago citation").press("Enter")
    page.get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()

    assert copied == "Lovelace, Ada. 1843. “A Letter.” http://corpus.example/text/letter."


def test_the_identifier_can_be_copied(browser: Any, live_server: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    page = context.new_page()
    page.goto(f"{live_server}doc/text/letter")
    page.get_by_role("button", name="Copy the address").click()
    page.get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()

    assert copied == "http://corpus.example/text/letter"


def test_the_keyboard_reaches_the_content_first(browser: Any, live_server: str) -> None:
    page = browser.new_page()
    page.goto(live_server)
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    reached = page.evaluate("document.activeElement.id")
    page.close()

    assert (first, reached) == ("Skip to the content", "main")
