"""What the README and the docs show and list is true and complete."""

import hashlib
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app
from app.cli import main
from app.config import Config
from ld import corpus

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int) -> str:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str([text for written_in, text in blocks if written_in == language][number])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme") / "data"


@pytest.fixture(scope="module")
def told(data: Path) -> str:
    seeds = str(PROJECT / "seeds")
    outcome = CliRunner().invoke(main, ["publish", seeds, "--data", str(data)])
    assert outcome.exit_code == 0
    return outcome.output


def test_the_first_command_tells_what_the_readme_shows(told: str) -> None:
    shown = block("", 0).splitlines()

    assert told.splitlines() == shown[: len(told.splitlines())]
    assert len(shown) == len(told.splitlines()) + 2


def test_the_answer_in_the_readme_is_the_real_one(told: str, data: Path) -> None:
    path = re.search(r"8000(/agent/\S+)", README)
    assert path is not None

    with create_app(Config(data)).test_client() as client:
        answer = client.get(path[1], headers={"Accept": "text/turtle"}, follow_redirects=True)

    def undated(text: str) -> str:
        return re.sub(r'"\d{4}-\d\d-\d\d"', '"…"', text).strip()

    assert undated(answer.text) == undated(block("turtle", 0))


def test_the_gate_runs_the_test_command_of_the_readme() -> None:
    command = block("sh", 2).strip()

    assert command in (PROJECT / ".ci" / "run").read_text()


def test_every_command_is_listed_and_has_an_example() -> None:
    for name, command in main.commands.items():
        assert f"`pressmark {name}" in README
        assert f"pressmark {name}" in str(command.help)


def test_every_address_is_listed(data: Path) -> None:
    not_for_readers = {"favicon.ico", "owned", "problem", "robots.txt", "static", ""}
    named_by_another = {"capabilitylist.xml", "changelist.xml", "resourcelist.xml", ".well-known"}
    served = set()
    for rule in create_app(Config(data)).url_map.iter_rules():
        first = str(rule).split("/")[1]
        choice = re.match(r"<any\(([^)]*)\)", first)
        served |= set(choice[1].split(", ")) if choice else {re.split(r"[.]<|[.]csv", first)[0]}

    for name in served - not_for_readers - named_by_another:
        assert f"`/{name}" in README, name


def test_every_setting_is_documented() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", (PROJECT / "docs/settings.md").read_text(), re.M))
    known = {field.name for field in fields(corpus.Settings)} - {
        "folder",
        "source",
        "stated",
        "authorities",
    }

    assert listed == known | {"authority"}


def test_every_folder_in_the_tree_exists() -> None:
    tree = re.findall(r"^( *)(\w+)/ ", block("", 3), re.MULTILINE)
    above = ""
    for indent, name in tree:
        above = above if indent else name
        assert (PROJECT / above / name if indent else PROJECT / name).is_dir()


def test_every_link_leads_somewhere() -> None:
    for document in [PROJECT / "README.md", *PROJECT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^):]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} → {target}"


def test_the_dependencies_have_floors_and_are_locked() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([\w.-]+)==", (PROJECT / "requirements.lock").read_text(), re.M))

    for requirement in [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]:
        name, floor = re.split(r"(?:\[\w+\])?>=", requirement)
        assert floor
        assert name.lower() in locked


def test_the_seeds_have_the_checksums_that_their_source_states() -> None:
    stated = dict(
        re.findall(
            r"\| file \| `([^`]+)` \|\n\|---\|---\|\n\| SHA-256 \| `(\w+)` \|",
            (PROJECT / "seeds" / "SOURCE.md").read_text(),
        )
    )

    assert stated == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (PROJECT / "seeds").glob("*.txt")
    }
