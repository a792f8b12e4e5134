"""Dublin Core in the head of a page, as reference managers read it.

Which of these elements there are, and the order of the types, follow what Zotero makes of them:
the first type that it knows is that of the reference, a source would become its title, and names
stand as in a catalogue, the family name first where it is known.
See: https://www.dublincore.org/specifications/dublin-core/dcq-html/
"""

from dataclasses import dataclass
from typing import Final

from app.citing import Item
from app.citing.dates import edtf
from app.pages.values import Value

_MOST_AUTHORS: Final = 100


@dataclass(frozen=True, slots=True)
class Meta:
    """One element: its name, its content, and the language of that, if it has one."""

    name: str
    content: str
    lang: str | None = None


def dublin_core(item: Item, title: Value) -> list[Meta]:
    """Give the elements of a text or part, from its CSL item and its title."""
    found = [Meta("DC.title", item["title"], title.lang)]
    for name in item.get("author", [])[:_MOST_AUTHORS]:
        creator = name.get("literal") or f"{name['family']}, {name['given']}"
        found.append(Meta("DC.creator", creator))
    if "issued" in item:
        found.append(Meta("DC.date", edtf(item["issued"])))
    found += [Meta("DC.type", "book" if item["type"] == "book" else "document")]
    found += [Meta("DC.type", "Text")]
    if "language" in item:
        found.append(Meta("DC.language", item["language"]))
    if "note" in item:
        found.append(Meta("DC.rights", item["note"].removeprefix("Rights: ")))
    return [*found, Meta("DC.identifier", item["URL"])]
