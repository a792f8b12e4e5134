"""Changes: what each edition changed, field by field, and the pages that say it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from seed_folders import BASE, letters, seed, write

from app import create_app
from app.config import Config
from ld import differences
from ld.edition import Edition, open_current
from ld.publish import publish, rollback, withdraw
from ld.terms import iri, literal

BROWSER = {"Accept": "text/html"}
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


def at(day: int) -> datetime:
    return datetime(2026, 7, day, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("changes")
    seeds, data = folder / "seeds", folder / "data"
    write(seeds, {**letters(["a", "b", "c"]), "secret.txt": seed(SOURCE_ID="s", TITLE="Secret")})
    first = publish(seeds, data, now=lambda: at(1)).edition_id
    (seeds / "c.txt").unlink()
    changed = seed(SOURCE_ID="a", TITLE=HOSTILE, YEAR="1843-02", AUTHOR="Grace Hopper")
    write(seeds, {"a.txt": changed, "d.txt": seed(SOURCE_ID="d", TITLE="Letter d", YEAR=None)})
    publish(seeds, data, now=lambda: at(2))
    withdraw(data, ["s"], reason="Asked for.", purge=True, now=lambda: at(3))
    assert first is not None
    rollback(data, first, now=lambda: at(4))
    return open_current(data)


@pytest.fixture(scope="module")
def client(edition: Edition) -> Iterator[FlaskClient]:
    with create_app(Config(edition.path.parents[1], page_size=2)).test_client() as client:
        yield client


def ids(edition: Edition) -> list[str]:
    return [row["id"] for row in edition.db.execute("SELECT id FROM edition ORDER BY sequence")]


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, path
    return response.text


def plain(text: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", text).split())


# What is read


def test_differences_are_by_subject_and_property() -> None:
    thing, name, year = (iri(f"{BASE}{path}") for path in ("x", "name", "year"))
    old, new, other = literal("old"), literal("new"), literal("1900")

    found = differences.between(
        [(thing, name, old), (thing, year, other)], [(thing, name, new), (thing, year, other)]
    )

    assert found == [differences.Difference(thing, name, (old,), (new,))]
    assert differences.between([], [(thing, name, new)])[0].old == ()
    assert differences.between([(thing, name, old)], [(thing, name, old)]) == []


def test_changes_of_one_kind_are_paged_by_key(edition: Edition) -> None:
    first = differences.changes(edition, 1, "created", "", 2)
    then = differences.changes(edition, 1, "created", first[-1].key, 100)
    everything = differences.changes(edition, 1, "created", "", 100)

    assert [*first, *then] == everything
    assert [change.key for change in everything] == sorted(change.key for change in everything)


def test_an_update_is_compared_with_the_version_before_it(edition: Edition) -> None:
    (update,) = [c for c in differences.changes(edition, 2, "updated", "", 10) if c.key == "text/a"]
    said = {d.predicate: (d.old, d.new) for d in differences.of_change(edition, update)}

    date = said[iri("http://purl.org/dc/terms/date")]
    assert [term.split('"')[1] for side in date for term in side] == ["1843", "1843-02"]


# The list of editions


def test_editions_are_listed_latest_first_in_pages(client: FlaskClient, edition: Edition) -> None:
    path, listed = "/changes", []
    while path:
        text = page(client, path)
        listed += re.findall(r'<a class="code" href="/changes/([^"]+)"', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        path = following[1] if following else ""

    assert listed == ids(edition)[::-1]


@pytest.mark.parametrize(
    "query", ["before=0", "before=-1", "before=x", "before=" + "9" * 400, "before=%00", "page=99"]
)
def test_absurd_pages_of_editions_are_no_error(client: FlaskClient, query: str) -> None:
    assert page(client, f"/changes?{query}")


# One edition


def test_an_update_shows_what_each_field_said_and_says(
    client: FlaskClient, edition: Edition
) -> None:
    text = page(client, f"/changes/{ids(edition)[1]}")

    assert "Date 1843 → 1843-02" in plain(text)
    assert re.search(r"<dt>Author</dt>\s*<dd>\s*<del>.*Ada Lovelace.*→.*Grace Hopper", text)
    assert text.count("<dt>Title</dt>") == 1
    assert "<img src=x" not in text


def test_an_edition_shows_what_is_new_and_what_is_gone(
    client: FlaskClient, edition: Edition
) -> None:
    text = plain(page(client, f"/changes/{ids(edition)[1]}"))

    assert "No longer published: 1 Letter c There is no seed document for it any more." in text
    assert "New: 2 Grace Hopper Letter d" in text


def test_what_was_purged_is_named_by_its_key_alone(client: FlaskClient, edition: Edition) -> None:
    first = page(client, f"/changes/{ids(edition)[0]}?kind=created&after=text/c")
    third = page(client, f"/changes/{ids(edition)[2]}")

    assert "Secret" not in first + third
    assert "text/s" in first
    assert "Asked for." in third


def test_a_rollback_says_what_it_brought_back(client: FlaskClient, edition: Edition) -> None:
    text = plain(page(client, f"/changes/{ids(edition)[3]}"))

    assert "Rolled back to an earlier edition" in text
    assert "Date 1843-02 → 1843" in text
    assert "Letter c" in text


def test_all_changes_of_a_kind_can_be_reached(client: FlaskClient, edition: Edition) -> None:
    identifier = ids(edition)[0]
    path, seen = f"/changes/{identifier}?kind=created", 0
    while path:
        text = page(client, path)
        seen += text.count('class="title"')
        following = re.search(r'href="([^"]+)" rel="next">More', text)
        path = following[1].replace("&amp;", "&") if following else ""

    assert seen == len(list(edition.changes(1)))


def test_what_is_gone_is_not_for_crawlers(client: FlaskClient, edition: Edition) -> None:
    text = page(client, f"/changes/{ids(edition)[2]}")

    assert '<a href="/doc/text/s" rel="nofollow">' in text


@pytest.mark.parametrize("query", ["kind=nonsense", "kind=updated&after=zzz", "after=%00&kind=x"])
def test_absurd_pages_of_an_edition_are_no_error(
    client: FlaskClient, edition: Edition, query: str
) -> None:
    assert page(client, f"/changes/{ids(edition)[1]}?{query}")


@pytest.mark.parametrize("identifier", ["nonsense", "0", "1-", "%00", "x" * 3000])
def test_an_edition_that_never_was_is_not_found(client: FlaskClient, identifier: str) -> None:
    assert client.get(f"/changes/{identifier}", headers=BROWSER).status_code == 404


def test_a_version_of_ten_thousand_values_stays_a_page(tmp_path: Path) -> None:
    many = "; ".join(f"Author Number{number}" for number in range(400))
    write(tmp_path / "seeds", letters(["a"]))
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: at(1))
    write(tmp_path / "seeds", letters(["a"], TITLE="Endless " * 1250, AUTHOR=many))
    publish(tmp_path / "seeds", tmp_path / "data", now=lambda: at(2))
    edition = open_current(tmp_path / "data")
    with create_app(Config(tmp_path / "data")).test_client() as client:
        text = page(client, f"/changes/{edition.id}?kind=updated")

    assert len(text) < 30_000
    assert "more" in plain(text)
