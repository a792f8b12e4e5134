"""Write a synthetic corpus: seed documents of any number, the same for the same seed.

The records look like those of a grown collection: a few agents wrote much and many wrote little,
in several scripts; some works are in parts; a few values are dirty. A larger corpus begins with
the documents of a smaller one, so that growth can be measured too.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import click

FOLDER_SIZE: Final = 1000
SETTINGS: Final = """\
title = "A synthetic corpus"
base = "https://corpus.example.org/"
language = "en"
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Script(NamedTuple):
    """What names of one script are made of."""

    given: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    order: str


SCRIPTS: Final = (
    Script(
        _words("Anna José Zoë Émile Søren Łucja Jiří Günther Ágnes Íñigo Brigid Ødger"),
        _words("Bør Çel Dvoř Fröh Gonç Hałas Kjær Lefèv Mül Nuñ Ørst Šime Thoré Vlč"),
        _words("ák er es ík mann ová ński sen ström tó"),
        "{given} {family}",
    ),
    Script(
        _words("Анна Борис Вера Глеб Дарья Ёлкин Захар Їлія Катерина Љубица Мирон"),
        _words("Арте Белин Вишне Горд Дубро Желез Зимен Клим Лебед Мороз Снеж Шев"),
        _words("а ев енко ий ин ич ко ов ский чук"),
        "{given} {family}",
    ),
    Script(
        _words("Άννα Βασίλης Γιώργος Δάφνη Ελένη Ζωή Ηλίας Θάλεια Ιάσων Κλειώ Νίκος"),
        _words("Αγγελ Βλαχ Γαλαν Δημητρ Ευθυμ Ζαχαρ Καλλ Λαμπρ Μαυρ Παπαδ"),
        _words("άκης άτος έας ίδης όγλου όπουλος"),
        "{given} {family}",
    ),
    Script(
        _words("أحمد بشير جميلة حسن خديجة رشيد زينب سعاد طارق ليلى"),
        _words("البغداد التونس الجزائر الحلب الدمشق الرباط الشيراز القرطب الكوف المصر"),
        _words("ي ية اني"),
        "{given} {family}",
    ),
    Script(
        _words("一郎 文 明 春子 國華 雅 慧 静 志遠 光"),
        _words("王 李 張 陳 林 高橋 佐藤 山田 司馬 歐陽"),
        ("",),
        "{family}{given}",
    ),
)

NOUNS: Final = _words(
    "Almanac Bread Cloud Ditch Essay Ferry Garden Harvest Inventory Journey Kiln Ledger Mirror "
    "Nightingale Orchard Parish Quarry River Season Tide Umbrella Voyage Weather Yard"
)
QUALITIES: Final = _words(
    "Amber Brief Common Distant Early First Great Hidden Idle Just Known Late Minor New Old "
    "Plain Quiet Rural Second True Useful Various Winter Young"
)
WORLD_NOUNS: Final = _words("Élégie Übergang Žurnál Дорога Θάλασσα كتاب 山水 物語 Łąka Ørken")
TITLES: Final = (
    "{quality} {noun}",
    "The {quality} {noun}",
    "On the {noun}, and Other {quality} Pieces",
    "{noun} of the {quality} {other}",
    "{quality} {noun} and {world}",
    "{world}: A {quality} {noun}",
)
MARKED_TITLES: Final = (
    "The “{quality}” {noun} & {world}",
    '"{quality} {noun}" <{other}>',
    "{noun} & {other}: what's <b>{quality}</b>?",
    "{quality} > {noun} \\ {world}",
)
LICENCE_NOTES: Final = (
    "Public domain",
    "Public domain in the country of its author",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC0 1.0",
)
DIRTY_YEARS: Final = ("c. 1850", "n.d.", "1893?", "18--", "[1901]", "1870-1871", "MDCCC", "0000")
DIRTY_NOTES: Final = ("?", "public domain???", "© all rights <reserved>", "see LICENCE", "N/A")
SENTENCES: Final = (
    "The ferry left before the bells had finished.",
    "Nobody had counted the sacks, and nobody was asked to.",
    "What is kept in common is also mended in common.",
    "Das Wasser stand bis an die Schwelle.",
    "Ὁ ποταμὸς οὐκ ἐπιλανθάνεται.",
    "Снег лежал до самого апреля.",
    "In the ledger the week is a single line.",
    "----- so the copyist marked what he could not read -----",
)


class Seed(NamedTuple):
    """One seed document before it is written: what its header states, and its body."""

    header: dict[str, str]
    body: str


@lru_cache(maxsize=65536)
def agent_name(rank: int) -> str:
    """Give the name of the agent at a rank of productivity; no two ranks share a name."""
    rest, script_number = divmod(rank, len(SCRIPTS))
    given, stems, endings, order = SCRIPTS[script_number]
    rest, first = divmod(rest, len(given))
    rest, stem = divmod(rest, len(stems))
    rest, ending = divmod(rest, len(endings))
    family = stems[stem] + endings[ending]
    while rest:  # one more given name per digit, once all pairs are taken
        rest, more = divmod(rest - 1, len(given))
        family = f"{given[more]} {family}" if " " in order else f"{family}{given[more]}"
    return order.format(given=given[first], family=family)


def seeds(random: Random, *, parts: float = 0.15, dirty: float = 0.01) -> Iterator[Seed]:
    """Give seed documents without end.

    `parts` is the share of documents that share their SOURCE_ID with others, `dirty` that of
    documents with a value that is missing or hard to read.
    """
    chance = random.random
    # A group has 2 to 6 parts, 4 on average: this many groups among the works give that share.
    grouped = parts / (4 - 3 * parts)
    number = 0
    while True:
        header = _work(random, number)
        count = random.randrange(2, 7) if chance() < grouped else 1
        for part in range(1, count + 1):
            stem = header["SOURCE_ID"] if count == 1 else f"{header['SOURCE_ID']}-{part}"
            header["SOURCE_PATH"] = f"data/raw/{stem}.txt"
            stated = _dirtied(random, header) if chance() < dirty else dict(header)
            yield Seed(stated, _body(random, part if count > 1 else None))
            number += 1


def _work(random: Random, number: int) -> dict[str, str]:
    chance, choice = random.random, random.choice
    noun = choice(NOUNS)
    pattern = choice(MARKED_TITLES if chance() < 0.05 else TITLES)
    title = pattern.format(
        noun=noun, quality=choice(QUALITIES), other=choice(NOUNS), world=choice(WORLD_NOUNS)
    )
    # The rank is log-uniform, so an agent's number of works falls off as one over the rank.
    agents = 8 + number // 6
    authors = [agent_name(int(agents ** chance()) - 1)]
    while chance() < 0.08:
        authors.append(agent_name(int(agents ** chance()) - 1))
    identifier = f"syn_{noun.lower()}_{number:07d}"
    day = number % 28 + 1
    return {
        "TITLE": title,
        "AUTHOR": "; ".join(dict.fromkeys(authors)),
        "YEAR": str(2020 - int(520 * chance() ** 3)),
        "SOURCE_ID": identifier,
        "SOURCE_PATH": "",
        "SOURCE_URL": f"https://library.example.org/item/{identifier}?view=text&n={number}",
        "RETRIEVED_UTC": f"2026-02-{day:02d}T{number % 24:02d}:{number % 60:02d}:10Z",
        "LICENSE_NOTE": choice(LICENCE_NOTES),
    }


def _dirtied(random: Random, header: dict[str, str]) -> dict[str, str]:
    changes = (
        ("YEAR", random.choice(DIRTY_YEARS)),
        ("LICENSE_NOTE", random.choice(DIRTY_NOTES)),
        ("AUTHOR", "Unknown"),
        ("AUTHOR", None),
    )
    key, value = random.choice(changes)
    if value is not None:
        return header | {key: value}
    return {name: text for name, text in header.items() if name != key}


def _body(random: Random, part: int | None) -> str:
    heading = "" if part is None else f"## Part {part}\n\n"
    return f"{heading}{random.choice(SENTENCES)} {random.choice(SENTENCES)}\n"


def header_text(seed: Seed) -> str:
    """Write a seed document as its header, `----` and its body."""
    lines = "\n".join([f"{key}: {value}" for key, value in seed.header.items()])
    return f"{lines}\n----\n\n{seed.body}"


def write_header_text(folder: Path, documents: Iterable[Seed]) -> None:
    """Write one file per document, a thousand to a folder."""
    for number, seed in enumerate(documents):
        if number % FOLDER_SIZE == 0:
            subfolder = folder / f"{number // FOLDER_SIZE:04d}"
            subfolder.mkdir()
        # Half the cost of a file object, and at a million files it counts.
        file = os.open(f"{subfolder}/{number:07d}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            os.write(file, header_text(seed).encode())
        finally:
            os.close(file)


def write_json_lines(folder: Path, documents: Iterable[Seed]) -> None:
    """Write `records.jsonl`: the headers alone, one object per line."""
    with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
        for seed in documents:
            file.write(json.dumps(seed.header, ensure_ascii=False) + "\n")


WRITERS: Final = {"header-text": write_header_text, "json-lines": write_json_lines}
SHARE = click.FloatRange(0, 1)


@click.command()
@click.argument("count", metavar="N", type=click.IntRange(1))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--format", "syntax", type=click.Choice(list(WRITERS)), default="header-text")
@click.option("--seed", default=1, show_default=True, help="Another seed, another corpus.")
@click.option("--parts", type=SHARE, default=0.15, show_default=True, help="Share of parts.")
@click.option("--dirty", type=SHARE, default=0.01, show_default=True, help="Share of dirty values.")
def main(count: int, folder: Path, syntax: str, seed: int, parts: float, dirty: float) -> None:
    """Write a synthetic corpus of N seed documents and its corpus.toml into DIR."""
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.toml").write_text(SETTINGS, encoding="utf-8")
    start = time.perf_counter()
    WRITERS[syntax](folder, islice(seeds(Random(seed), parts=parts, dirty=dirty), count))
    seconds = time.perf_counter() - start
    click.echo(f"{count} documents in {seconds:.1f} s ({count / seconds:,.0f}/s)")


if __name__ == "__main__":
    main()
