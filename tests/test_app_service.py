"""The service around requests: its config, and the edition that a request sees."""

import gc
import weakref
from pathlib import Path

import pytest
from conftest import SETTINGS, seed, write_seeds

from app import create_app
from app.config import Config, from_environ
from app.editions import Editions, current_edition
from ld.errors import NoEditionError, SettingsError
from ld.publish import publish


def publish_titled(folder: Path, title: str) -> None:
    documents = {"one.txt": seed(SOURCE_ID="one", TITLE=title)}
    write_seeds(folder / "seeds", documents, SETTINGS.split("[moved]")[0])
    publish(folder / "seeds", folder / "data")


def test_the_environment_configures_a_process() -> None:
    config = from_environ(
        {
            "PRESSMARK_DATA": "/d",
            "PRESSMARK_QUERY_SOCKET": "/q",
            "PRESSMARK_CACHE_BYTES": "0",
            "HOME": "/home",
        }
    )

    assert config == Config(Path("/d"), Path("/q"), cache_bytes=0)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "PRESSMARK_DATA"),
        ({"PRESSMARK_DATA": "/d", "PRESSMARK_DTAA": "x"}, "PRESSMARK_DTAA"),
        ({"PRESSMARK_DATA": "/d", "PRESSMARK_PAGE_SIZE": "0"}, "PRESSMARK_PAGE_SIZE"),
        ({"PRESSMARK_DATA": "/d", "PRESSMARK_PAGE_SIZE": "ten"}, "PRESSMARK_PAGE_SIZE"),
    ],
)
def test_a_wrong_environment_is_refused_by_name(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        from_environ(environ)


def test_one_request_sees_one_edition(tmp_path: Path) -> None:
    publish_titled(tmp_path, "First")
    app = create_app(Config(tmp_path / "data"))

    with app.test_request_context("/"):
        before = current_edition()
        publish_titled(tmp_path, "Second")
        after = current_edition()

    assert before is after


def test_an_edition_goes_when_it_was_replaced_and_nobody_uses_it(tmp_path: Path) -> None:
    publish_titled(tmp_path, "First")
    editions = Editions(tmp_path / "data")
    used = editions.current()
    used.document("text/one")
    publish_titled(tmp_path, "Second")

    replaced = weakref.ref(used)
    now = editions.current()
    assert used.document("text/one").label == "First"
    assert now.document("text/one").label == "Second"
    del used
    gc.collect()
    assert replaced() is None


def test_an_edition_stays_open_as_long_as_it_is_current(tmp_path: Path) -> None:
    publish_titled(tmp_path, "First")
    editions = Editions(tmp_path / "data")

    assert editions.current() is editions.current()


def test_without_an_edition_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoEditionError):
        Editions(tmp_path).current()
