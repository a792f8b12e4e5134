"""What tests share: one corpus that has everything in it, published once, and one live server."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ld.edition import Edition, open_current
from ld.publish import publish, withdraw

PROJECT = Path(__file__).parents[1]
KROPOTKIN = PROJECT.parent / "shared" / "corpora" / "kropotkin"

BASE = "http://corpus.example/"
HOSTILE = "</script><!--<script>alert(1)</script> \" & '\u2028" + "Unbroken" * 30

SETTINGS = f"""
base = "{BASE}"
title = "Letters and leaflets"
description = "A small corpus that has one of everything: parts, scripts, doubtful dates."
language = "en"
publisher = {{ name = "Example Archive", type = "Organization" }}

[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"

[[authority]]
name = "Ada Lovelace"
type = "Person"
inverted = "Lovelace, Ada"
same_as = ["https://www.wikidata.org/entity/Q7259"]

[moved]
old-letter = "letter"
old-arabic = "arabic"
old-treatise = "treatise"
"""


def seed(**fields: str) -> str:
    """Write a seed document: its header, the line that ends it, and a body."""
    header = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{header}----\n\nSome words.\n"


def seeds() -> dict[str, str]:
    """Give the seed documents of the shared corpus, by file name."""
    source = {
        "SOURCE_URL": "https://library.example/letter",
        "RETRIEVED_UTC": "2026-02-04T16:55:10Z",
    }
    free = {"LICENSE_NOTE": "Public domain; see the list of sources"}
    author = {"AUTHOR": "Ada Lovelace", **free}
    treatise = {"SOURCE_ID": "treatise", "TITLE": "A treatise in parts", "YEAR": "1850~"}
    documents = {
        "letter.txt": seed(SOURCE_ID="letter", TITLE="A letter", YEAR="1843", **author, **source),
        "ttl.txt": seed(SOURCE_ID="letter.ttl", TITLE="Not a suffix", **author),
        "slash.txt": seed(SOURCE_ID="box 1/letter 2", TITLE="A letter in a box", **author),
        "arabic.txt": seed(SOURCE_ID="arabic", TITLE="كتاب الحيوان", LANGUAGE="ar", **author),
        "hostile.txt": seed(SOURCE_ID="hostile", TITLE=HOSTILE, AUTHOR=HOSTILE),
        "bare.txt": seed(SOURCE_ID="bare", TITLE="Nothing known"),
        "gone.txt": seed(SOURCE_ID="gone", TITLE="To be withdrawn", **author),
        "dropped.txt": seed(SOURCE_ID="dropped", TITLE="To be dropped", **author),
        "kept.txt": seed(SOURCE_ID="kept", TITLE="To be kept", YEAR="c. 1790", **author),
    }
    for number in range(1, 13):
        documents[f"treatise_{number}.txt"] = seed(
            **treatise, AUTHOR="Ada Lovelace; Charles Babbage", **free
        ).replace("Some words.", f"## Chapter {number}\n\nSome words.")
    return documents


def write_seeds(folder: Path, documents: dict[str, str], settings: str = SETTINGS) -> Path:
    """Write a folder of seeds, in place of what is there."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / "corpus.toml").write_text(settings, encoding="utf-8")
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Published:
    """A data directory with three editions of the shared corpus, and the current one."""

    data: Path
    edition: Edition


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The shared corpus: one text dropped, one withdrawn, one kept since its change is faulty.

    Nobody may change it; tests that publish make their own.
    """
    folder = tmp_path_factory.mktemp("corpus")
    data = folder / "data"
    documents = seeds()
    write_seeds(folder / "seeds", documents)
    publish(folder / "seeds", data, now=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    del documents["dropped.txt"]
    documents["kept.txt"] = documents["kept.txt"].replace("TITLE: To be kept\n", "")
    write_seeds(folder / "seeds", documents)
    publish(folder / "seeds", data, now=lambda: datetime(2026, 4, 1, 12, tzinfo=UTC))
    withdraw(
        data,
        ["gone"],
        reason="At the request of the rights holder.",
        now=lambda: datetime(2026, 5, 1, 12, tzinfo=UTC),
    )
    return Published(data, open_current(data))


@pytest.fixture(scope="session")
def edition(published: Published) -> Edition:
    """The current edition of the shared corpus."""
    return published.edition


@pytest.fixture(scope="session")
def kropotkin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Kropotkin corpus with settings and manifest; nobody may change it."""
    if not KROPOTKIN.is_dir():
        pytest.skip("the Kropotkin corpus lies beside the project and is not here")
    folder = tmp_path_factory.mktemp("kropotkin")
    for name in ("kropotkin_corpus", "metadata"):
        shutil.copytree(KROPOTKIN / name, folder / name, copy_function=shutil.copyfile)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copyfile(PROJECT / "tests" / "kropotkin.toml", folder / "kropotkin_corpus/corpus.toml")
    return folder / "kropotkin_corpus"


@pytest.fixture(scope="session")
def published_kropotkin(kropotkin: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The first edition of the Kropotkin corpus."""
    data = tmp_path_factory.mktemp("kropotkin_data")
    publish(kropotkin, data)
    return open_current(data)


@pytest.fixture(scope="session")
def published_seeds(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The first edition of the seeds that come with the project."""
    data = tmp_path_factory.mktemp("seeds_data")
    publish(PROJECT / "seeds", data)
    return open_current(data)


@pytest.fixture(scope="session")
def live_server(published: Published) -> Iterator[str]:
    """The address of a server of the shared corpus, as `pressmark serve` starts it."""
    with serving(published.data) as address:
        yield address


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Run `pressmark serve` on a free port and give its address, once it answers."""
    command = [sys.executable, "-m", "app.cli", "serve", "--data", str(data)]
    process = subprocess.Popen(
        [*command, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        announced = re.search(r"http://\S+", process.stdout.readline())
        assert announced is not None
        _await_health(announced[0])
        yield announced[0]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _await_health(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}health", timeout=5) as response:
                assert response.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)  # between attempts to connect, of which there is no other sign
    raise AssertionError(f"no answer from {address}")


#: Tests that may skip although everything that they could need is there, with the reason.
MAY_SKIP: dict[str, str] = {}
#: Markers of the tiers that need parts from outside; the gate installs them.
TIERS = ("browser", "clients")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skips where nothing that it needs is missing."""
    report = yield
    if not report.skipped or hasattr(report, "wasxfail") or item.nodeid in MAY_SKIP:
        return report
    in_tier = any(item.get_closest_marker(tier) for tier in TIERS)
    everything_is_here = "CI" in os.environ if in_tier else KROPOTKIN.is_dir()
    if everything_is_here:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"This test may not skip here: {reason}"
    return report
