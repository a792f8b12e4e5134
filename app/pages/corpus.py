"""The corpus in figures, and as files."""

from dataclasses import dataclass
from typing import Final

from app.pages.values import number, size
from app.variants import address
from ld.edition import Edition
from ld.formats import BY_SUFFIX

_FOLDER: Final = "dumps/"
_COUNTED: Final = (
    ("texts", "Text", "Texts"),
    ("parts", "Part", "Parts"),
    ("agents", "Agent", "Agents"),
    ("statements", "Statement", "Statements"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Something counted."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Dump:
    """A file with all statements of an edition; `file` is its path inside the edition."""

    name: str
    file: str
    label: str
    media_type: str
    size: str
    sha256: str
    href: str


def figures(edition: Edition) -> list[Figure]:
    """Give what was counted, what there is none of left out."""
    counts = edition.counts
    return [
        Figure(one if counts[name] == 1 else many, number(counts[name]))
        for name, one, many in _COUNTED
        if counts.get(name)
    ]


def outcome(edition: Edition) -> str:
    """Say in a sentence what became of the seed documents."""
    counts = edition.counts
    words = f"{_seeds(counts.get('in', 0))}: {number(counts.get('published', 0))} published"
    if kept := counts.get("kept"):
        words += f", {number(kept)} kept from an earlier edition"
    if withheld := counts.get("withheld"):
        words += f", {number(withheld)} withheld"
    return words + "."


def dumps(edition: Edition) -> list[Dump]:
    """Give the dumps of an edition, by name."""
    found = []
    for file, facts in sorted(edition.manifest["files"].items()):
        if not file.startswith(_FOLDER):
            continue
        name = file.removeprefix(_FOLDER)
        is_compressed = name.endswith(".gz")
        fmt = BY_SUFFIX.get(name.removesuffix(".gz").rpartition(".")[2])
        label = name if fmt is None else fmt.NAME
        media_type = "application/octet-stream" if fmt is None else fmt.MEDIA_TYPE
        found.append(
            Dump(
                name=name,
                file=file,
                label=f"{label}, compressed" if is_compressed else label,
                media_type="application/gzip" if is_compressed else media_type,
                size=size(facts["size"]),
                sha256=facts["sha256"],
                href=address(f"dump/{name}"),
            )
        )
    return found


def _seeds(count: int) -> str:
    return f"{number(count)} seed document" + ("" if count == 1 else "s")
