"""The synthetic corpora: the same for the same seed, of the size and mixture asked for."""

import json
import tomllib
import unicodedata
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from bench.generate import FOLDER_SIZE, agent_name, main, seeds

KEYS = ["TITLE", "AUTHOR", "YEAR", "SOURCE_ID", "SOURCE_PATH", "SOURCE_URL"]
KEYS += ["RETRIEVED_UTC", "LICENSE_NOTE"]


def generate(folder: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(main, [*arguments, str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def read_header(data: bytes) -> dict[str, str]:
    header, _, _ = data.decode().partition("\n----\n")
    return dict(line.split(": ", 1) for line in header.split("\n"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return contents(generate(tmp_path_factory.mktemp("corpus"), "1010"))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = contents(generate(tmp_path / "first", "60"))

    assert contents(generate(tmp_path / "again", "60")) == first
    assert contents(generate(tmp_path / "other", "60", "--seed", "2")) != first


def test_a_larger_corpus_begins_with_a_smaller_one(
    corpus: dict[str, bytes], tmp_path: Path
) -> None:
    smaller = contents(generate(tmp_path, "60"))

    assert smaller.items() <= corpus.items()


def test_documents_are_spread_over_folders(corpus: dict[str, bytes]) -> None:
    folders = Counter(path.split("/")[0] for path in corpus if path.endswith(".txt"))

    assert folders == {"0000": FOLDER_SIZE, "0001": 10}


def test_the_settings_stand_beside_the_documents(corpus: dict[str, bytes]) -> None:
    settings = tomllib.loads(corpus["corpus.toml"].decode())

    assert settings["base"] == "https://corpus.example.org/"
    assert set(settings) == {"title", "base", "language"}


def test_every_document_has_a_header_and_a_body(corpus: dict[str, bytes]) -> None:
    for path, data in corpus.items():
        if path.endswith(".txt"):
            header, mark, body = data.decode().partition("\n----\n")

            assert mark
            assert body.strip()
            keys = [line.partition(": ")[0] for line in header.split("\n")]
            assert keys in (KEYS, [key for key in KEYS if key != "AUTHOR"])


def test_shares_are_those_asked_for() -> None:
    sample = [seed.header for seed in islice(seeds(Random(1), parts=0.3, dirty=0.05), 20_000)]
    sizes = Counter(header["SOURCE_ID"] for header in sample)

    parts = sum(size for size in sizes.values() if size > 1)
    assert parts / len(sample) == pytest.approx(0.3, abs=0.03)
    unknown = sum("AUTHOR" not in h or h["AUTHOR"] == "Unknown" for h in sample)
    assert unknown / len(sample) == pytest.approx(0.025, abs=0.01)
    assert len({header["SOURCE_PATH"] for header in sample}) == len(sample)


def test_nothing_is_dirty_and_nothing_in_parts_unless_asked_for() -> None:
    sample = [seed.header for seed in islice(seeds(Random(1), parts=0, dirty=0), 2_000)]

    assert len({header["SOURCE_ID"] for header in sample}) == len(sample)
    assert all(header["YEAR"].isdigit() and list(header) == KEYS for header in sample)


def test_everything_is_in_parts_if_asked_for() -> None:
    sample = [seed.header for seed in islice(seeds(Random(1), parts=1, dirty=1), 2_000)]

    sizes = Counter(header["SOURCE_ID"] for header in sample)
    assert min(list(sizes.values())[:-1]) >= 2


def test_few_agents_have_many_works_and_many_have_few() -> None:
    headers = [seed.header for seed in islice(seeds(Random(1)), 10_000)]
    works = Counter(name for h in headers for name in h.get("AUTHOR", "Unknown").split("; "))

    top = works.most_common(10)
    assert sum(count for _, count in top) > 0.2 * sum(works.values())
    assert sum(count == 1 for count in works.values()) > 0.2 * len(works)
    assert any("; " in header.get("AUTHOR", "") for header in headers)


def test_names_are_in_several_scripts_and_never_shared() -> None:
    names = [agent_name(rank) for rank in range(50_000)]

    scripts = {unicodedata.name(name[0]).split()[0] for name in names}
    assert scripts == {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "CJK"}
    assert len(set(names)) == len(names)


def test_titles_hold_what_markup_escapes(corpus: dict[str, bytes]) -> None:
    titles = "".join(read_header(data)["TITLE"] for path, data in corpus.items() if "/" in path)

    assert set("\"'&<>\\") <= set(titles)


def test_json_lines_hold_the_same_records(corpus: dict[str, bytes], tmp_path: Path) -> None:
    lines = contents(generate(tmp_path, "1010", "--format", "json-lines"))["records.jsonl"]

    records = [json.loads(line) for line in lines.decode().splitlines()]
    documents = sorted(path for path in corpus if path.endswith(".txt"))
    assert records == [read_header(corpus[path]) for path in documents]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")

    result = CliRunner().invoke(main, ["3", str(tmp_path)])

    assert result.exit_code == 2
    assert "is not empty" in result.output
    assert list(contents(tmp_path)) == ["letter.txt"]
