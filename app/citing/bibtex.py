"""BibTeX, in UTF-8, with the fields of biblatex beside those of old where these say too little.

`year` is what old styles print; `date` is the same in the Extended Date/Time Format, which
biblatex reads. Marks of TeX are escaped. BibTeX counts braces even after a backslash, so each has
an unseen counterpart, as Zotero writes it; and hyphens and quotes stay single.
See: https://ctan.org/pkg/biblatex and https://www.bibtex.org/Format/
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from app.citing.dates import edtf
from app.citing.item import Item

_TYPES: Final = {"book": "book", "chapter": "incollection"}
_PEOPLE: Final = ("author", "editor", "translator")
_MARKS: Final = str.maketrans(
    {
        "{": r"\{\vphantom{\}}",
        "}": r"\vphantom{\{}\}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{mark: "\\" + mark for mark in "&%$#_"},
    }
)
_JOINED: Final = re.compile(r"([-`'])(?=\1)")
_NO_KEY: Final = re.compile(r"[^A-Za-z0-9_.:-]+")


def write(item: Item) -> str:
    """Write one item as an entry."""
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(item))
    return f"@{_TYPES.get(item['type'], 'misc')}{{{key_of(item)},\n{fields}}}\n"


def key_of(item: Item) -> str:
    """Give the key of an entry, in ASCII without any mark that BibTeX knows."""
    _, _, name = item["id"].partition("/")
    return _NO_KEY.sub("-", (name or item["id"]).replace("/", ":"))


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    for role in _PEOPLE:
        if names := item.get(role):
            yield role, " and ".join(map(_name, names))
    yield "title", _text(item["title"])
    if whole := item.get("container-title"):
        yield ("booktitle" if item["type"] == "chapter" else "howpublished"), _text(whole)
    if date := item.get("issued"):
        yield from _dates(date)
    for name, variable in (("version", "version"), ("langid", "language"), ("keywords", "keyword")):
        if variable in item:
            yield name, _text(item[variable])
    if note := item.get("note"):
        yield "note", _text(note)
    # The marks of TeX are plain characters in this field, but for those that would end it.
    yield "url", item["URL"].replace("{", "%7B").replace("}", "%7D")


def _name(name: dict[str, str]) -> str:
    if "literal" in name:
        return f"{{{_text(name['literal'])}}}"
    return ", ".join(_name_part(name[part]) for part in ("family", "given"))


def _name_part(text: str) -> str:
    # A comma or a lone "and" would divide the name.
    is_safe = "," not in text and "and" not in text.lower().split()
    return _text(text) if is_safe else f"{{{_text(text)}}}"


def _dates(date: dict[str, Any]) -> Iterator[tuple[str, str]]:
    parts: list[list[int]] = date["date-parts"]
    years = [_year(point[0]) for point in parts]
    is_circa = bool(date.get("circa"))
    yield "year", date.get("literal") or "c. " * is_circa + "–".join(dict.fromkeys(years))
    if len(parts) == 1 and len(parts[0]) > 1:
        yield "month", str(parts[0][1])
    yield "date", edtf(date)


def _year(year: int) -> str:
    return str(year) if year > 0 else f"{-year} BCE"


def _text(text: str) -> str:
    return _JOINED.sub(r"\1{}", text.translate(_MARKS))
