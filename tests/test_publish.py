"""The life of a corpus: what each publication changes, and what history says of it."""

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyoxigraph
import pytest
from seed_folders import SETTINGS, changes_of, left_behind, letters, seed, seeds_of, write

from ld.edition import Edition, open_current
from ld.errors import (
    DocumentNotFoundError,
    DocumentWithdrawnError,
    EditionError,
    NoEditionError,
    PublicationError,
    RefusedError,
)
from ld.publish import Publication, publish, rollback, withdraw
from ld.records import FILE
from ld.terms import Statement, n_triples

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def edition_of(data: Path, outcome: Publication) -> Edition:
    assert outcome.edition_id is not None
    return Edition(data / "editions" / outcome.edition_id)


# One corpus, published after each of these steps, while its clock stands still


@dataclass(frozen=True)
class Life:
    """A corpus that was published after each of several steps."""

    data: Path
    seeds: Path
    outcomes: dict[str, Publication]

    def edition(self, step: str) -> Edition:
        return edition_of(self.data, self.outcomes[step])

    def changes(self, step: str) -> set[tuple[str, str]]:
        return changes_of(self.edition(step))


def steps(seeds: Path) -> Iterator[str]:
    write(seeds, letters("abcd"), SETTINGS + "keep_editions = 20\n")
    yield "first"
    yield "same again"
    write(seeds, letters("a", TITLE="Another title"))
    yield "title"
    write(seeds, letters("bc", AUTHOR="Grace Hopper"))
    yield "agent"
    write(seeds, {"more.txt": seed("## The rest\n", SOURCE_ID="b", TITLE="Letter b")})
    yield "part"
    (seeds / "d.txt").unlink()
    yield "removed"
    write(seeds, letters("c", AUTHOR="Grace Hopper", TITLE=None))
    yield "invalid"
    write(seeds, letters("c", AUTHOR="Grace Hopper"))
    yield "mended"
    write(seeds, letters("d"))
    yield "restored"
    write(seeds, {"c.txt": ""})
    yield "emptied"
    write(seeds, letters("c", AUTHOR="Grace Hopper"))
    yield "filled"
    (seeds / "folder").mkdir()
    (seeds / "a.txt").rename(seeds / "folder" / "a.txt")
    yield "moved"
    (seeds / "more.txt").unlink()
    yield "without part"
    write(seeds, letters("bc"))
    yield "without agent"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = tmp_path_factory.mktemp("life")
    seeds, data = folder / "seeds", folder / "data"
    outcomes = {step: publish(seeds, data, now=lambda: NOON) for step in steps(seeds)}
    return Life(data, seeds, outcomes)


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (
            "first",
            {
                ("dataset", "created"),
                ("agent/ada-lovelace", "created"),
                *((f"text/{name}", "created") for name in "abcd"),
            },
        ),
        ("title", {("text/a", "updated")}),
        (
            "agent",
            {("text/b", "updated"), ("text/c", "updated"), ("agent/grace-hopper", "created")},
        ),
        (
            "part",
            {("text/b", "updated"), ("text/b/b", "created"), ("text/b/more", "created")},
        ),
        ("removed", {("text/d", "deleted")}),
        ("invalid", set()),
        ("mended", set()),
        ("restored", {("text/d", "created")}),
        ("emptied", set()),
        ("filled", set()),
        (
            "without part",
            {("text/b", "updated"), ("text/b/b", "deleted"), ("text/b/more", "deleted")},
        ),
        (
            "without agent",
            {("text/b", "updated"), ("text/c", "updated"), ("agent/grace-hopper", "deleted")},
        ),
    ],
)
def test_a_step_changes_exactly_what_it_should(
    step: str, changes: set[tuple[str, str]], life: Life
) -> None:
    assert life.outcomes[step].state == "published"
    assert life.changes(step) == changes
    assert {(key, kind) for key, kind, _ in life.outcomes[step].changes} == changes


@pytest.mark.parametrize("step", ["same again", "moved"])
def test_what_says_the_same_is_no_new_edition(step: str, life: Life) -> None:
    assert life.outcomes[step].state == "unchanged"
    assert life.outcomes[step].edition_id == life.outcomes[step].parent_id
    assert life.outcomes[step].changes == []


def test_nothing_is_left_behind_and_every_edition_is_sound(life: Life) -> None:
    assert left_behind(life.data) == []
    for step in life.outcomes:
        life.edition(step).verify()


def test_datestamps_are_a_second_apart_though_the_clock_stands(life: Life) -> None:
    created = [
        row["created"]
        for row in life.edition("without agent").db.execute("SELECT * FROM edition ORDER BY 1")
    ]

    moments = [datetime.fromisoformat(stamp) for stamp in created]
    assert moments[0] == NOON
    assert all(b - a == timedelta(seconds=1) for a, b in pairwise(moments))


def test_a_document_bears_the_datestamp_of_its_last_change(life: Life) -> None:
    last = life.edition("without agent")

    assert last.document("text/a").datestamp == life.edition("title").created
    assert last.document("text/b").datestamp == last.created
    assert last.document("text/d").datestamp == life.edition("restored").created


@pytest.mark.parametrize("step", ["invalid", "emptied"])
def test_an_invalid_record_leaves_its_previous_version_marked_with_its_edition(
    step: str, life: Life
) -> None:
    edition = life.edition(step)
    document, before = edition.document("text/c"), life.edition("removed").document("text/c")

    assert (document.state, document.kept_from) == ("kept", life.edition("agent").id)
    assert document.owned == before.owned
    assert seeds_of(edition)["c.txt"] == "kept"
    assert (edition.counts["kept"], edition.counts["withheld"]) == (1, 0)
    assert edition.counts["violations"] == 1
    assert "agent/grace-hopper" in edition


@pytest.mark.parametrize("step", ["mended", "filled"])
def test_a_record_that_was_mended_is_no_longer_marked(step: str, life: Life) -> None:
    document = life.edition(step).document("text/c")

    assert (document.state, document.kept_from) == ("published", None)


def test_a_removed_text_leaves_a_tombstone_until_it_returns(life: Life) -> None:
    removed = life.edition("removed")

    with pytest.raises(DocumentWithdrawnError) as caught:
        removed.document("text/d")

    tombstone = caught.value.tombstone
    assert (tombstone.key, tombstone.edition) == ("text/d", removed.id)
    assert tombstone.datestamp == removed.created
    assert "no seed document" in tombstone.reason
    kinds = [change.kind for change in life.edition("restored").history_of("text/d")]
    assert kinds == ["created", "deleted", "created"]
    with pytest.raises(DocumentNotFoundError):
        removed.document("text/never")


def test_a_text_keeps_its_key_when_its_file_becomes_a_part(life: Life) -> None:
    before, after = life.edition("agent"), life.edition("part")
    size = "<https://schema.org/contentSize>"

    assert any(p == size for _, p, _ in before.document("text/b").owned)
    assert not any(p == size for _, p, _ in after.document("text/b").owned)
    assert any(p == size for _, p, _ in after.document("text/b/b").owned)
    assert after.document("text/b/more").label == "The rest"


def test_a_file_that_moved_has_its_new_place_in_later_editions(life: Life) -> None:
    def files(step: str) -> set[str]:
        derivations = life.edition(step).document("text/a").derivations.values()
        return {origin.file for d in derivations for origin in d.origins}

    assert files("filled") == {"a.txt", "corpus.toml"}
    assert files("without part") == {"folder/a.txt", "corpus.toml"}


@pytest.mark.parametrize("step", ["first", "part", "invalid", "emptied", "without agent"])
def test_every_seed_is_published_kept_or_withheld(step: str, life: Life) -> None:
    counts = life.edition(step).counts

    assert counts["in"] == counts["published"] + counts["kept"] + counts["withheld"]
    assert counts["in"] == len(seeds_of(life.edition(step)))


def test_another_base_is_refused(life: Life) -> None:
    with pytest.raises(RefusedError, match="choose another directory"):
        publish(life.seeds, life.data, base="https://other.example/")


def test_a_plan_says_what_would_change_and_writes_nothing(life: Life, tmp_path: Path) -> None:
    seeds = Path(shutil.copytree(life.seeds, tmp_path / "seeds"))
    write(seeds, letters("e"))
    before = sorted(path.name for path in life.data.rglob("*"))

    outcome = publish(seeds, life.data, plan=True)

    assert outcome.state == "planned"
    assert {(key, kind) for key, kind, _ in outcome.changes} == {("text/e", "created")}
    assert sorted(path.name for path in life.data.rglob("*")) == before


# There and back


def test_there_and_back_are_three_editions(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    outcomes = []

    for title, moment in [("A", NOON), ("B", NOON + timedelta(days=1)), ("A", NOON)]:
        write(seeds, {**letters("x"), **letters("a", TITLE=title)})
        outcomes.append(publish(seeds, data, now=partial(moment.astimezone, UTC)))

    first, second, third = (edition_of(data, outcome) for outcome in outcomes)
    assert [edition.sequence for edition in (first, second, third)] == [1, 2, 3]
    assert first.manifest["digest"] == third.manifest["digest"]
    assert first.id.partition("-")[2] == third.id.partition("-")[2]
    # The clock went back a day in between.
    assert (second.created, third.created) == ("2026-03-02T12:00:00Z", "2026-03-02T12:00:01Z")
    assert [e.document("text/a").datestamp for e in (first, second, third)] == [
        first.created,
        second.created,
        third.created,
    ]
    assert third.document("text/x").datestamp == first.created


def test_a_rollback_announces_itself_in_the_history(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    first = publish(write(seeds, letters("abc")), data, now=lambda: NOON)
    write(seeds, letters("ad", TITLE="New"))
    (seeds / "b.txt").unlink()
    publish(seeds, data, now=lambda: NOON)

    outcome = rollback(data, str(first.edition_id), now=lambda: NOON)

    edition = open_current(data)
    assert outcome.state == "published"
    assert changes_of(edition) == {
        ("text/a", "updated"),
        ("text/b", "created"),
        ("text/d", "deleted"),
    }
    assert (edition.sequence, edition.manifest["kind"]) == (3, "rollback")
    assert str(first.edition_id) in edition.manifest["note"]
    assert edition.document("text/a").label == "Letter a"
    assert edition.document("text/a").datestamp == edition.created == "2026-03-01T12:00:02Z"
    assert edition.document("text/c").datestamp == "2026-03-01T12:00:00Z"
    assert seeds_of(edition) == {"a.txt": "published", "c.txt": "published", "d.txt": "withheld"}
    counts = edition.counts
    assert counts["in"] == counts["published"] + counts["kept"] + counts["withheld"]
    # The seeds are still the new ones, and the next publication takes them as they are.
    publish(seeds, data)
    assert open_current(data).document("text/a").label == "New"


def test_a_rollback_to_what_is_current_changes_nothing(life: Life) -> None:
    current = open_current(life.data)

    assert rollback(life.data, current.id).state == "unchanged"


def test_a_rollback_needs_an_edition_that_was(life: Life, tmp_path: Path) -> None:
    with pytest.raises(EditionError, match=f"There are .*{open_current(life.data).id}"):
        rollback(life.data, "99-unknown")
    with pytest.raises(NoEditionError):
        rollback(tmp_path / "empty", "1-unknown")


# Withdrawal


def test_what_is_withdrawn_stays_out_until_it_is_taken_back(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    first = publish(write(seeds, {**letters("ab"), **letters("c", AUTHOR="Grace Hopper")}), data)

    withdraw(data, ["c"], reason="At the wish of the heirs.")

    withdrawn = open_current(data)
    assert changes_of(withdrawn) == {("text/c", "deleted"), ("agent/grace-hopper", "deleted")}
    with pytest.raises(DocumentWithdrawnError, match="wish of the heirs"):
        withdrawn.document("text/c")
    assert (withdrawn.counts["published"], withdrawn.counts["withheld"]) == (2, 1)
    assert publish(seeds, data).state == "unchanged"
    write(seeds, letters("c", TITLE="Again"))
    assert publish(seeds, data).state == "unchanged"
    assert seeds_of(open_current(data))["c.txt"] == "withheld"

    rollback(data, str(first.edition_id))

    assert open_current(data).document("text/c").label == "Letter c"
    publish(seeds, data)
    assert open_current(data).document("text/c").label == "Again"


def test_what_was_already_gone_is_kept_out_too(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    publish(write(seeds, letters("ab")), data)
    (seeds / "b.txt").unlink()
    publish(seeds, data)

    withdraw(data, ["b"], reason="For good.")

    write(seeds, letters("b"))
    publish(seeds, data)
    assert "text/b" not in open_current(data)


def test_identifiers_may_be_said_twice(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    parts = {f"{name}.txt": seed(SOURCE_ID="work") for name in ("one", "two")}
    publish(write(seeds, {**letters("a"), **parts}), data)

    withdraw(data, ["work", "text/work/two", "work"], reason="Once.")

    assert changes_of(open_current(data)) == {
        ("text/work", "deleted"),
        ("text/work/one", "deleted"),
        ("text/work/two", "deleted"),
    }


def test_a_text_that_never_was_cannot_be_withdrawn(life: Life) -> None:
    with pytest.raises(DocumentNotFoundError):
        withdraw(life.data, ["never"], reason="x")

    assert "never" not in str(open_current(life.data).manifest)


SECRET = "Unspeakable"


def bytes_with(data: Path, words: str) -> list[str]:
    """List the files that hold these words, packed or plain, in whatever case."""
    plain = [path for path in data.rglob("*") if path.is_file()]
    words = words.lower()
    holding = [path.name for path in plain if words.encode() in path.read_bytes().lower()]
    for path in plain:
        if path.name == FILE:
            edition = Edition(path.parent)
            rows = edition.db.execute("SELECT version FROM version").fetchall()
            said = [str(edition.version(row["version"])) for row in rows]
            packed = [str(document.derivations) for document in edition.documents()]
            holding += [
                f"{path.name} (packed)" for text in (*said, *packed) if words in text.lower()
            ]
    return holding


@pytest.mark.parametrize("before", ["published", "withdrawn", "removed"])
def test_a_purge_leaves_no_byte_of_the_title(before: str, tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    secret = letters("c", TITLE=f"{SECRET}\x01 letter", YEAR=f"{SECRET} year")
    write(seeds, {**letters("ab"), **secret})
    first = publish(seeds, data)
    write(seeds, letters("c", TITLE=f"{SECRET} edited"))
    publish(seeds, data)
    assert bytes_with(data, SECRET)
    if before == "withdrawn":
        withdraw(data, ["c"], reason="At first.")
    elif before == "removed":
        (seeds / "c.txt").unlink()
        publish(seeds, data)

    outcome = withdraw(data, ["c"], reason="Taken down.", purge=True)

    assert outcome.state == "published"
    assert bytes_with(data, SECRET) == []
    with pytest.raises(DocumentWithdrawnError, match="Taken down"):
        open_current(data).document("text/c")
    write(seeds, secret)
    publish(seeds, data)
    assert bytes_with(data, SECRET) == []
    rollback(data, str(first.edition_id))
    publish(seeds, data)
    assert bytes_with(data, SECRET) == []
    assert "text/c" not in open_current(data)
    assert "text/a" in open_current(data)


# Loss


def test_too_much_loss_is_refused_unless_it_is_accepted(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    names = [f"{number:02}" for number in range(14)]
    first = publish(write(seeds, letters(names)), data)
    for name in names[:12]:
        (seeds / f"{name}.txt").unlink()

    with pytest.raises(RefusedError, match=r"12 of 14 .* --accept-loss 12"):
        publish(seeds, data)
    with pytest.raises(RefusedError):
        publish(seeds, data, accept_loss=11)

    assert open_current(data).id == first.edition_id
    assert left_behind(data) == []
    publish(seeds, data, accept_loss=12)
    assert len(changes_of(open_current(data))) == 12
    assert "12 documents" in open_current(data).manifest["note"]


def test_too_many_new_seeds_that_are_withheld_are_a_loss_too(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    publish(write(seeds, letters("ab")), data)
    write(seeds, letters([f"n{number}" for number in range(11)], TITLE=None))

    with pytest.raises(RefusedError, match="11 of 2 texts"):
        publish(seeds, data)


# What does not count as a change, and what must not stand


def test_a_new_moment_of_retrieval_alone_is_no_change(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    settings = SETTINGS + '[manifest]\nfile = "manifest.csv"\n'
    table = "path,retrieved_utc\na.txt,{}\n"
    write(seeds, letters("a", RETRIEVED_UTC=None), settings)
    (seeds / "manifest.csv").write_text(table.format("2024-01-01T00:00:00Z"))
    publish(seeds, data)
    before = open_current(data).document("text/a")
    (seeds / "manifest.csv").write_text(table.format("2025-05-05T00:00:00Z"))

    assert publish(seeds, data).state == "unchanged"

    write(seeds, letters("b"))
    publish(seeds, data)
    after = open_current(data).document("text/a")
    assert after.volatile == before.volatile != ()
    assert "2024-01-01" in str(after.volatile)
    (seeds / "manifest.csv").write_text(table.format("2025-05-05T00:00:00Z"))
    write(seeds, letters("a", RETRIEVED_UTC=None, TITLE="New"))
    publish(seeds, data)
    assert "2025-05-05" in str(open_current(data).document("text/a").volatile)


def test_a_new_moment_of_retrieval_in_a_header_alone_is_no_change(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    publish(write(seeds, letters("a", RETRIEVED_UTC="2024-01-01T00:00:00Z")), data)
    before = open_current(data).document("text/a").owned

    again = publish(write(seeds, letters("a", RETRIEVED_UTC="2025-05-05T00:00:00Z")), data)

    assert again.state == "unchanged"
    assert open_current(data).document("text/a").owned == before


def test_a_damaged_edition_is_published_anew_though_nothing_changed(tmp_path: Path) -> None:
    seeds, data = write(tmp_path / "seeds", letters("a")), tmp_path / "data"
    publish(seeds, data)
    (open_current(data).path / "dumps" / "corpus.nt.gz").write_bytes(b"damaged")

    again = publish(seeds, data)

    assert again.state == "published"
    assert "corpus.nt.gz" in "".join(again.remarks)
    open_current(data).verify()


def test_under_other_rules_on_rights_an_invalid_text_is_withheld(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    rule = '[[rights]]\npattern = "^Public"\nlicence = "https://example.org/{}"\n'
    publish(write(seeds, letters("abc"), SETTINGS + rule.format("one")), data)
    write(seeds, {**letters("a", TITLE=None), "b.txt": ""}, SETTINGS + rule.format("two"))

    publish(seeds, data)

    edition = open_current(data)
    assert ("text/a", "deleted") in changes_of(edition)
    assert seeds_of(edition) == {"a.txt": "withheld", "b.txt": "withheld", "c.txt": "published"}
    with pytest.raises(DocumentWithdrawnError, match="exactly one title"):
        edition.document("text/a")
    with pytest.raises(DocumentWithdrawnError, match="is empty"):
        edition.document("text/b")


def test_one_unreadable_file_keeps_its_whole_text(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    files = {f"{name}.txt": seed(SOURCE_ID="work") for name in ("one", "two")}
    publish(write(seeds, {**letters("a"), **files}), data)
    write(seeds, {"two.txt": "", "one.txt": seed(SOURCE_ID="work", TITLE="New")})

    publish(seeds, data)

    edition = open_current(data)
    assert changes_of(edition) == set()
    assert {edition.document(key).state for key in ("text/work", "text/work/one")} == {"kept"}
    assert seeds_of(edition) == {"a.txt": "published", "one.txt": "kept", "two.txt": "kept"}
    assert edition.counts["kept"] == 2


def test_a_withdrawn_text_does_not_return_because_it_became_unreadable(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    publish(write(seeds, letters("ab")), data)
    withdraw(data, ["b"], reason="Taken down.")
    write(seeds, {"b.txt": "", "a.txt": seed(SOURCE_ID="a", TITLE="New")})

    publish(seeds, data)

    assert "text/b" not in open_current(data)
    assert seeds_of(open_current(data))["b.txt"] == "withheld"


@pytest.mark.parametrize("name", ["gone", "file"])
def test_what_is_no_folder_of_seeds_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PublicationError, match="is not a folder"):
        publish(tmp_path / name, tmp_path / "data")


def test_too_little_room_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    first = publish(write(seeds, letters("a")), data)
    manifest = data / "current" / "edition.json"
    manifest.write_text(re.sub('"size": [0-9]+', f'"size": {10**15}', manifest.read_text()))

    with pytest.raises(PublicationError, match="Make room"):
        publish(seeds, data)

    assert open_current(data).id == first.edition_id


# Every statement: why it stands, and that it survives the triple store


@pytest.fixture(params=["published_kropotkin", "published_seeds"])
def real_edition(request: pytest.FixtureRequest) -> Edition:
    edition: Edition = request.getfixturevalue(request.param)
    return edition


def written_at(folder: Path, file: str, line: int) -> str:
    path = folder / file
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            return next("\n".join(row) for row in reader if reader.line_num == line)
    return path.read_text(encoding="utf-8-sig").split("\n")[line - 1]


def assert_derived(edition: Edition, seeds: Path) -> None:
    for document in edition.documents():
        assert set(document.derivations) == {*document.stated, *document.volatile}
        for derivation in document.derivations.values():
            assert derivation.rule
            for origin in derivation.origins:
                path = seeds / origin.file
                assert path.is_file(), origin
                if origin.line is not None:
                    assert origin.raw in written_at(seeds, origin.file, origin.line), origin


def test_every_statement_of_kropotkin_has_a_place_where_its_value_stands(
    kropotkin: Path, published_kropotkin: Edition
) -> None:
    assert_derived(published_kropotkin, kropotkin)


def test_every_statement_of_the_seeds_has_a_place_where_its_value_stands(
    published_seeds: Edition,
) -> None:
    assert_derived(published_seeds, Path(__file__).parents[1] / "seeds")


def stored(statements: list[Statement]) -> set[str]:
    """Load statements into a triple store and write them back."""
    store = pyoxigraph.Store()
    store.bulk_load(n_triples(statements).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return {f"{quad.triple} ." for quad in store}


def test_every_statement_survives_the_triple_store(real_edition: Edition) -> None:
    statements = list(real_edition.statements())

    assert stored(statements) == set(n_triples(statements).splitlines())


def test_odd_literals_survive_the_triple_store(tmp_path: Path) -> None:
    odd = ["-50", "c. 1850", "1893?", "1887-02", "1900-02-28", "1880s", "-0001/0050"]
    seeds = {f"{n}.txt": seed(SOURCE_ID=str(n), YEAR=year) for n, year in enumerate(odd)}
    seeds["t.txt"] = seed(SOURCE_ID="t", TITLE='Tab\t quote " back\\slash é ‮ 🏴', LANGUAGE="EN-GB")
    publish(write(tmp_path / "seeds", seeds), tmp_path / "data")

    statements = list(open_current(tmp_path / "data").statements())

    assert stored(statements) == set(n_triples(statements).splitlines())


# Kropotkin


@pytest.fixture(scope="module")
def kropotkin_life(
    kropotkin: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Publication, set[tuple[str, str]]]]:
    """A copy of the corpus, published after each of several steps, with what each changed."""
    folder = tmp_path_factory.mktemp("kropotkin_life")
    shutil.copytree(kropotkin.parent, folder, dirs_exist_ok=True)
    seeds = folder / "kropotkin_corpus"
    law = seeds / "essays/law_and_authority/section_001_full_text.txt"
    state = seeds / "essays/the_state_its_historic_role/section_001_full_text.txt"
    geography = seeds / "unknown/what_geography_ought_to_be/section_001_full_text.txt"

    def edit(path: Path, old: str, new: str) -> None:
        path.write_text(path.read_text().replace(old, new, 1))

    def go() -> Iterator[str]:
        yield "first"
        yield "same again"
        edit(law, "TITLE: ", "TITLE: On ")
        yield "title"
        for path in (law, state):
            edit(path, "AUTHOR: Peter Kropotkin", "AUTHOR: Piotr Kropotkin")
        yield "agent"
        shutil.copyfile(law, law.with_name("section_002_more.txt"))
        yield "part"
        geography.unlink()
        yield "removed"

    told = {}
    for step in go():
        outcome = publish(seeds, folder / "data")
        told[step] = (outcome, {(key, kind) for key, kind, _ in outcome.changes})
    return told


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        ("same again", set()),
        ("title", {("text/ws_law_authority", "updated")}),
        (
            "agent",
            {
                ("text/ws_law_authority", "updated"),
                ("text/ws_state_historic_role", "updated"),
                ("agent/piotr-kropotkin", "created"),
            },
        ),
        (
            "part",
            {
                ("text/ws_law_authority", "updated"),
                ("text/ws_law_authority/unit_001", "created"),
                ("text/ws_law_authority/section_002_more", "created"),
            },
        ),
        ("removed", {("text/al_petr_kropotkin_what_geography_ought_to_be", "deleted")}),
    ],
)
def test_a_step_of_kropotkin_changes_exactly_what_it_should(
    step: str,
    changes: set[tuple[str, str]],
    kropotkin_life: dict[str, tuple[Publication, set[tuple[str, str]]]],
) -> None:
    outcome, changed = kropotkin_life[step]

    assert outcome.state == ("published" if changes else "unchanged")
    assert changed == changes
    assert outcome.counts["in"] == outcome.counts["published"]
