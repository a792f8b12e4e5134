"""Folders of seeds for tests: written in a line, published, and read back."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ld.edition import Edition

BASE = "https://texts.example.org/"
SETTINGS = f'base = "{BASE}"\ntitle = "A small corpus"\nlanguage = "en"\n'
#: The fields of a seed with nothing to remark, in the order of their lines, which count from 1.
FIELDS = {
    "TITLE": "A Letter",
    "AUTHOR": "Ada Lovelace",
    "YEAR": "1843",
    "SOURCE_ID": "letter",
    "SOURCE_URL": "https://archive.example.org/letter",
    "RETRIEVED_UTC": "2024-02-04T16:55:10Z",
    "LICENSE_NOTE": "Public domain",
}


def seed(body: str = "It was a letter.\n", /, **changes: str | None) -> str:
    """Give a seed document; a field that is changed to None has no line."""
    fields = {**FIELDS, **changes}
    lines = [f"{name}: {text}\n" for name, text in fields.items() if text is not None]
    return f"{''.join(lines)}----\n{body}"


def write(folder: Path, files: Mapping[str, str | bytes], settings: str | None = None) -> Path:
    """Write seed files into a folder and give it; it has the usual settings unless told others."""
    has_settings = (folder / "corpus.toml").exists()
    if settings is not None or not has_settings:
        files = {"corpus.toml": SETTINGS if settings is None else settings, **files}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def letters(names: Iterable[str], **changes: str | None) -> dict[str, str | bytes]:
    """Give one seed document for each name, which is its identifier and in its title."""
    return {
        f"{name}.txt": seed(**{"SOURCE_ID": name, "TITLE": f"Letter {name}", **changes})
        for name in names
    }


def changes_of(edition: Edition, sequence: int | None = None) -> set[tuple[str, str]]:
    """Give what an edition changed: key and kind."""
    return {(change.key, change.kind) for change in edition.changes(sequence)}


def seeds_of(edition: Edition) -> dict[str, str]:
    """Give what became of each seed file."""
    return {row["path"]: row["state"] for row in edition.db.execute("SELECT * FROM seed")}


def left_behind(data: Path) -> list[str]:
    """List what should not be in a data directory between two publications."""
    kept = {"lock", "current", "editions"}
    return sorted(path.name for path in data.iterdir() if path.name not in kept)
