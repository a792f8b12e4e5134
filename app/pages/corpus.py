"""The corpus in figures, and as files."""

from dataclasses import dataclass
from typing import Final

from app.language import gettext as _
from app.language import lazy_gettext, ngettext
from app.pages.values import number, size
from app.variants import address
from ld.edition import Edition
from ld.formats import BY_SUFFIX
from ld.harvest.oai.formats import edm

_FOLDER: Final = "dumps/"
_COUNTED: Final = (
    ("texts", lazy_gettext("Text"), lazy_gettext("Texts")),
    ("parts", lazy_gettext("Part"), lazy_gettext("Parts")),
    ("agents", lazy_gettext("Agent"), lazy_gettext("Agents")),
    ("statements", lazy_gettext("Statement"), lazy_gettext("Statements")),
)
_REFUSALS: Final = {
    edm.NO_PROVIDER: lazy_gettext("The settings name nobody who publishes the dataset."),
    edm.NO_LANGUAGE: lazy_gettext("The language is not stated."),
    edm.NO_RIGHTS: lazy_gettext(
        "The rights are not stated, or not by an address that Europeana lists."
    ),
}


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
    published, kept, withheld = (
        number(counts.get(name, 0)) for name in ("published", "kept", "withheld")
    )
    words = ngettext(
        "%(number)s seed document: %(published)s published",
        "%(number)s seed documents: %(published)s published",
        counts.get("in", 0),
        number=number(counts.get("in", 0)),
        published=published,
    )
    if counts.get("kept"):
        words += ", " + _("%(number)s kept from an earlier edition", number=kept)
    if counts.get("withheld"):
        words += ", " + _("%(number)s withheld", number=withheld)
    return words + "."


def dumps(edition: Edition) -> list[Dump]:
    """Give the dumps of an edition that everybody can unpack, by name."""
    found = []
    for file, facts in sorted(edition.manifest["files"].items()):
        if not (file.startswith(f"{_FOLDER}corpus.") and file.endswith(".gz")):
            continue
        name = file.removeprefix(_FOLDER)
        fmt = BY_SUFFIX.get(name.removesuffix(".gz").rpartition(".")[2])
        label = name if fmt is None else fmt.NAME
        found.append(
            Dump(
                name=name,
                file=file,
                label=_("%(format)s, compressed", format=label),
                media_type="application/gzip",
                size=size(facts["size"]),
                sha256=facts["sha256"],
                href=address(f"dump/{name}"),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Europeana:
    """How many texts and parts Europeana can take, and how many it cannot, with the reason."""

    taken: str
    refused: list[tuple[str, str]]


def europeana(edition: Edition) -> Europeana:
    """Give what Europeana can take of an edition."""
    counts = edm.obstacles(edition)
    refused = [(str(words), number(counts[why])) for why, words in _REFUSALS.items() if counts[why]]
    return Europeana(number(counts[None]), refused)
