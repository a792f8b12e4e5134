"""The query page in a browser: its editor by keyboard, its answers with and without scripts."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import PROJECT

NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
RULES = (
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
    "best-practice",
)
LISTEN = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.blockedURI));
"""
YEARS = "SELECT ?year ?n { VALUES (?year ?n) { (1880 1) (1890 2) } }"
HOSTILE = (
    "SELECT ?x { VALUES ?x { <javascript:alert(1)> "
    "'</textarea><img src=x onerror=blocked.push(1)>' '\u202egnp.exe' '"
    + "Unbroken" * 1250
    + "' } }"
)
PAGES = {
    "start": "sparql",
    "table": "sparql?example=texts-and-authors&view=table",
    "bars": "sparql?query=" + quote(YEARS),
    "timeline": "sparql?view=timeline&query=" + quote(YEARS),
    "graph": "sparql?example=dataset",
    "truth": "sparql?example=every-text-has-an-author",
    "nothing": "sparql?query=" + quote("SELECT * { ?s ?s ?s }"),
    "error": "sparql?query=" + quote("SELECT ?s\nWHERE ?s"),
    "hostile": "sparql?query=" + quote(HOSTILE),
    "examples": ".well-known/sparql-examples",
}
WIDTHS = (320, 768, 1280)


@pytest.mark.clients
@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_functions_of_the_editor(tmp_path: Path) -> None:
    # Node takes a file for a module by its name.
    copy = tmp_path / "editor.mjs"
    shutil.copyfile(PROJECT / "app/static/sparql-editor.js", copy)

    run = subprocess.run(
        [NODE or "", "--test", "sparql_editor.test.mjs"],
        cwd=PROJECT / "tests/clients",
        env=os.environ | {"EDITOR": copy.as_uri()},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 0, run.stdout


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, live_server: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(LISTEN)
    found = context.new_page()
    found.goto(f"{live_server}sparql")
    found.locator("sparql-editor[data-vocabulary=loaded]").wait_for()
    yield found
    assert found.evaluate("blocked") == []
    context.close()


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def write(page: Any, text: str) -> None:
    """Put text in place of the query, as a keyboard would."""
    page.get_by_label("Your query").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def query_of(page: Any) -> str:
    return str(page.get_by_label("Your query").input_value())


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_query_pages_are_accessible_and_keep_to_themselves(
    browser: Any, live_server: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(color_scheme=scheme)
    context.add_init_script(LISTEN)
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    problems: dict[str, Any] = {}
    for name, path in PAGES.items():
        page.goto(live_server + path)
        unfold(page)
        found = axe.Axe().run(page, options={"runOnly": list(RULES)}).response["violations"]
        nodes = [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
        if nodes := nodes + page.evaluate("blocked"):
            problems[name] = nodes
    context.close()

    assert problems == {}
    assert {url for url in requested if not url.startswith(live_server)} == set()


@pytest.mark.browser
def test_query_pages_fit_every_width(browser: Any, live_server: str) -> None:
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


@pytest.mark.browser
def test_the_text_in_colours_lies_behind_the_text(page: Any) -> None:
    write(page, "SELECT ?s {\n?s a <a:b> } # end\n\n\nLIMIT 5")

    painted = page.locator(".paint")
    assert painted.text_content() == query_of(page) + "\n"
    assert painted.locator(".keyword").all_text_contents() == ["SELECT", "a", "LIMIT"]
    boxes = [page.locator(one).bounding_box() for one in (".paint", "sparql-editor textarea")]
    assert boxes[0] == boxes[1]
    heights = page.evaluate("[document.querySelector('textarea').scrollHeight, "
                            "document.querySelector('textarea').clientHeight]")  # fmt: skip
    assert heights[0] <= heights[1]


@pytest.mark.browser
def test_terms_are_completed_by_keyboard_and_their_prefix_is_declared(page: Any) -> None:
    write(page, "SELECT * { ?s lic")
    options = page.get_by_role("option")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    active = page.get_by_label("Your query").get_attribute("aria-activedescendant")
    selected = page.locator(f"#{active}").text_content()
    page.keyboard.press("Enter")

    assert "licence" in selected
    assert query_of(page) == (
        "PREFIX dcterms: <http://purl.org/dc/terms/>\nSELECT * { ?s dcterms:license"
    )
    assert options.count() == 0
    page.keyboard.press("Control+Z")
    page.keyboard.press("Control+Z")
    assert query_of(page) == "SELECT * { ?s lic"


@pytest.mark.browser
def test_suggestions_can_be_asked_for_and_sent_away(page: Any) -> None:
    write(page, "SELECT * { ?s a ")
    page.keyboard.press("Control+Space")
    page.get_by_role("option", name="schema:CreativeWork").wait_for()
    page.keyboard.press("Escape")

    assert page.get_by_role("option").count() == 0
    assert query_of(page) == "SELECT * { ?s a "


@pytest.mark.browser
def test_a_suggestion_can_be_clicked(page: Any) -> None:
    write(page, "SELECT ?title { ?s schema:name ?ti")
    page.get_by_role("option", name="?title").click()

    assert query_of(page).endswith("{ ?s schema:name ?title")
    assert page.evaluate("document.activeElement.id") == "query"


@pytest.mark.browser
def test_a_prefix_is_declared_when_it_is_typed(page: Any) -> None:
    write(page, "ASK { ?s foaf:name 'foaf:x' }")

    assert (
        query_of(page) == "PREFIX foaf: <http://xmlns.com/foaf/0.1/>\nASK { ?s foaf:name 'foaf:x' }"
    )
    write(page, "PREFIX foaf: <a:b>")
    assert query_of(page) == "PREFIX foaf: <a:b>"


@pytest.mark.browser
def test_enter_keeps_the_indentation_and_tab_leaves(page: Any) -> None:
    write(page, "ASK {\n?s ?p ?o .\n?a ?b ?c")
    page.keyboard.press("Tab")

    assert query_of(page) == "ASK {\n  ?s ?p ?o .\n  ?a ?b ?c"
    assert page.evaluate("document.activeElement.textContent") == "Run the query"


@pytest.mark.browser
def test_a_query_is_asked_and_corrected_by_keyboard_alone(page: Any) -> None:
    write(page, "SELECT ?title {\n?s dcterms:title ?title")
    page.keyboard.press("Control+Enter")
    page.get_by_text("This query could not be read").wait_for()
    focused = page.evaluate("document.activeElement.id")
    described = page.get_by_label("Your query").get_attribute("aria-describedby").split()[0]
    marked = page.locator(".wrong").text_content()

    assert (focused, marked) == ("query", "?title")
    assert "Line 3, column" in page.locator(f"#{described}").inner_text()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n} LIMIT 3")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="3 results").wait_for()
    assert page.url.endswith("#results")


@pytest.mark.browser
def test_a_very_long_query_is_sent_in_the_body(page: Any) -> None:
    page.get_by_label("Your query").fill("ASK {} #" + "é" * 20_000)
    page.get_by_role("button", name="Run the query").click()
    page.get_by_role("heading", name="Yes").wait_for()

    assert len(page.url) < 200


@pytest.mark.browser
def test_recipes_are_copied_with_their_lines(browser: Any, live_server: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    page = context.new_page()
    page.goto(f"{live_server}sparql?query={quote(YEARS)}")
    page.get_by_text("Python", exact=True).click()
    page.locator("[data-copy=recipe-python]").click()
    page.get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()

    assert YEARS in copied
    assert "from urllib.request import Request, urlopen\n" in copied


@pytest.mark.browser
def test_everything_works_without_scripts(browser: Any, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}sparql")
    page.get_by_role("link", name="How many texts are there of each decade?").click()
    bars = page.locator("table.bars tbody tr").count()
    page.get_by_role("link", name="Table", exact=True).click()
    rows = page.locator("table.answers tbody tr").count()
    page.get_by_label("Your query").fill("SELECT ?text { ?text a schema:CreativeWork } LIMIT 2")
    page.get_by_role("button", name="Run the query").click()
    heading = page.locator("#results").inner_text()
    text = page.get_by_label("Your query").input_value()
    page.get_by_text("cURL", exact=True).click()
    recipe = page.locator("#recipe-curl").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    name = download.value.suggested_filename
    context.close()

    assert bars == rows >= 2
    assert heading == "2 results"
    assert text.startswith("PREFIX schema: <https://schema.org/>\nSELECT ?text")
    assert recipe
    assert name == "answer.csv"
