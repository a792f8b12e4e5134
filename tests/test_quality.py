"""The quality of an edition: what was found and held back, and how page and tables say it."""

import ast
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyoxigraph
import pytest
from conftest import Published
from flask.testing import FlaskClient
from seed_folders import letters, seed, write

from app import create_app
from app.config import Config
from app.pages import rules
from ld import quality
from ld.edition import Edition, open_current
from ld.publish import publish
from ld.report import Severity

PROJECT = Path(__file__).parents[1]
BROWSER = {"Accept": "text/html"}
HOSTILE = "</td><script>alert(1)</script>\u202e"


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with create_app(Config(published.data)).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("flawed")
    files = {
        "good.txt": seed(SOURCE_ID="good"),
        "untitled.txt": seed(SOURCE_ID="untitled", TITLE=None),
        "nameless.txt": seed(SOURCE_ID=None),
        "dated.txt": seed(SOURCE_ID="dated", YEAR=HOSTILE),
        **letters([f"letter{number}" for number in range(60)], AUTHOR=None),
    }
    write(folder / "seeds", dict(files))
    publish(folder / "seeds", folder / "data")
    return open_current(folder / "data")


def page_of(edition: Edition) -> str:
    with create_app(Config(edition.path.parents[1])).test_client() as client:
        response = client.get("/quality", headers=BROWSER)
    assert response.status_code == 200
    return response.text


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


# What is read


def test_rules_are_counted_and_the_most_severe_come_first(published: Published) -> None:
    expected = Counter((f.severity, f.rule) for f in published.edition.findings())
    broken = quality.broken_rules(published.edition)

    assert {(one.severity, one.rule): one.count for one in broken} == expected
    levels = [list(Severity).index(one.severity) for one in broken]
    assert levels == sorted(levels)


def test_held_back_seeds_have_their_reason_and_place(flawed: Edition) -> None:
    held = {one.file: one for one in quality.held_back(flawed)}

    assert set(held) == {"untitled.txt", "nameless.txt"}
    assert {one.state for one in held.values()} == {"withheld"}
    assert "TITLE" in held["untitled.txt"].reason
    assert "SOURCE_ID" in held["nameless.txt"].reason


def test_the_editions_are_listed_latest_first(published: Published) -> None:
    pasts = quality.editions(published.edition, 10)

    assert [(one.sequence, one.kind) for one in pasts] == [
        (3, "withdrawal"),
        (2, "publication"),
        (1, "publication"),
    ]
    assert [one.sequence for one in quality.editions(published.edition, 1, before=3)] == [2]
    assert quality.past(published.edition, pasts[1].id) == pasts[1]
    assert quality.past(published.edition, "nonsense") is None


# What the page says


def test_the_verdict_names_what_must_be_corrected(flawed: Edition) -> None:
    page = plain(page_of(flawed))

    assert "2 problems must be corrected; what they concern is held back." in page
    assert f"{flawed.counts['in']} seed documents were checked on" in page
    assert "Published as they are: 62; kept as in an earlier edition: 0; withheld: 2." in page


def test_the_verdict_on_a_corpus_without_fault(published_seeds: Edition) -> None:
    page = plain(page_of(published_seeds))

    assert "All that is published conforms" in page
    assert "Nothing is held back" in page


def test_every_rule_leads_to_its_findings(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/quality", headers=BROWSER).text
    anchors = re.findall(r'<a href="#([^"]+)">', page.partition("</header>")[2])
    rows = [anchor for anchor in anchors if anchor.startswith("rule-")]

    assert len(rows) == len(quality.broken_rules(edition))
    assert all(f'id="{anchor}"' in page for anchor in rows)


def test_a_rule_with_many_findings_shows_the_first_and_a_table_of_all(flawed: Edition) -> None:
    page = page_of(flawed)

    assert "A text should name its author" in page
    assert "The first 50 of 60 are shown." in plain(page)
    assert "/quality.csv?rule=text%23creator_known" in page


def test_findings_name_file_line_field_and_value_and_cannot_break_out(flawed: Edition) -> None:
    page = page_of(flawed)

    assert "<script>alert" not in page
    assert re.search(
        r'dated\.txt</span>, line 3.*?YEAR</span>: “<bdi dir="auto">&lt;/td&gt;', page, re.DOTALL
    )


def test_kept_records_are_told_apart_from_withheld_ones(client: FlaskClient) -> None:
    page = plain(client.get("/quality", headers=BROWSER).text)

    assert "Kept as in an earlier edition" in page
    assert "Withdrawn: At the request of the rights holder." in page


def test_the_trend_has_all_editions_as_chart_and_table(client: FlaskClient) -> None:
    page = client.get("/quality", headers=BROWSER).text
    table = page.partition('id="trend"')[2].partition("</section>")[0]

    assert len(re.findall(r"<tbody>|<tr>", table)) == 1 + 1 + 3
    assert table.count('class="bar"') == 3


def rule_names() -> set[str]:
    """Give the rules of findings that the library spells as words."""
    found = set()
    for path in PROJECT.glob("ld/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            texts = [ast.unparse(argument) for argument in node.args]
            for before, after in pairwise(texts):
                if re.fullmatch(r"(Severity\.[A-Z]+|path|file)", before) and re.fullmatch(
                    r"'[a-z]+(_[a-z]+)*'", after
                ):
                    found.add(after.strip("'"))
    return found


def test_every_rule_of_the_readers_has_words() -> None:
    named = {name for name in rule_names() if "_" in name}

    assert len(named) > 15
    assert named - rules.NAMED == set()


# What can be downloaded


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_all_findings_come_as_a_table(client: FlaskClient, edition: Edition) -> None:
    everything = rows(client.get("/quality.csv").text)
    rule = everything[0]["rule"]
    some = rows(client.get("/quality.csv", query_string={"rule": rule}).text)

    assert len(everything) == len(edition.findings())
    assert {row["rule"] for row in some} == {rule}
    assert rows(client.get("/quality.csv?rule=%00nonsense").text) == []


def test_held_back_seeds_come_as_a_table(client: FlaskClient) -> None:
    table = {row["file"]: row for row in rows(client.get("/quality/held.csv").text)}

    assert table["kept.txt"]["state"] == "kept"
    assert table["kept.txt"]["record"] == "http://corpus.example/text/kept"
    assert table["gone.txt"]["state"] == "withheld"


def test_the_report_of_shacl_can_be_had(client: FlaskClient) -> None:
    response = client.get("/quality/report.ttl")
    store = pyoxigraph.Store()
    store.load(response.data, format=pyoxigraph.RdfFormat.TURTLE)

    assert response.mimetype == "text/turtle"
    assert store.query("ASK { ?r a <http://www.w3.org/ns/shacl#ValidationReport> }")
    again = client.get("/quality/report.ttl", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/quality", "/changes"])
def test_pages_are_pages_only(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
