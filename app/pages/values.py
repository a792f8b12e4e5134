"""Values: one thing to show, with its language, its link and the way it was recorded."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import langcodes

from app.language import gettext as _
from app.language import language, lazy_gettext, locale, ngettext
from ld.corpus import SETTINGS_FILE
from ld.document import Derivation
from ld.fields.languages import direction
from ld.terms import Term, iri_of, is_iri_term, literal_of
from ld.vocabulary import PREFIXES

#: What stands where nothing is known.
NOT_STATED: Final = lazy_gettext("Not stated")
# What was recorded is shown in full in the table of origins.
_LONGEST_RECORDED: Final = 160

_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/([0-9.]+)/(?:([a-z]{2})/)?"
)
_CC_NAMES: Final = {"zero": "CC0", "mark": "Public Domain Mark"}
_RIGHTS_STATEMENT: Final = re.compile(
    r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/([0-9.]+)/"
)
# Whatever else may stand in an IRI, a page links only to what a browser fetches as a page.
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """One thing to show.

    `language` is a BCP 47 tag, `und` if unknown, None for the page's own words. `recorded` is the
    text as the seed has it, where that differs; `note` is a remark in the page's own words.
    """

    text: str
    language: str | None = None
    href: str | None = None
    rel: str | None = None
    is_code: bool = False
    instant: str | None = None
    recorded: str | None = None
    note: str | None = None

    @property
    def lang(self) -> str | None:
        """The HTML attribute: empty where the language is unknown."""
        return "" if self.language == "und" else self.language

    @property
    def dir(self) -> Literal["ltr", "rtl", "auto"]:
        """The HTML attribute: by the language's script, by the text itself if that is unknown."""
        return "auto" if self.language in {None, "und"} else direction(self.language or "und")


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and the values under it; `missing` stands where there are none."""

    label: str
    values: list[Value]
    missing: str = NOT_STATED


def of_term(term: Term, *, href: str | None = None) -> Value:
    """Show a term as it is: an IRI as a link, a literal in its language."""
    if is_iri_term(term):
        iri = iri_of(term)
        return Value(iri, href=href or web(iri), is_code=True)
    text, language, datatype = literal_of(term)
    # A plain string is in no language that anyone stated.
    return Value(text, None if datatype else language or "und", href)


def of_licence(iri: str) -> Value:
    """Show a licence by the name that people know."""
    return Value(licence_name(iri), href=web(iri), rel="license")


def licence_name(iri: str) -> str:
    """Give the short name of a licence or rights statement; its IRI if it has none here."""
    if match := _CREATIVE_COMMONS.match(iri):
        code, version, jurisdiction = match.groups()
        name = _CC_NAMES.get(code) or f"CC {code.upper()}"
        return " ".join(filter(None, [name, version, (jurisdiction or "").upper()]))
    if match := _RIGHTS_STATEMENT.match(iri):
        return f"{match[1]} {match[2]} (RightsStatements.org)"
    return iri


def language_name(tag: str) -> str:
    """Give the name of a language, in the language of the page."""
    return _language_name(tag, language())


def web(iri: str) -> str | None:
    """Give the address behind an IRI, None if it has none that a browser opens as a page."""
    return iri if _WEB.match(iri) else None


def recorded_as(
    value: Value, derivation: Derivation | None, is_same: Callable[[str, str], bool]
) -> Value:
    """Add the text that the seed has for a value, unless that is the same as what is shown."""
    for origin in derivation.origins if derivation else ():
        if origin.file == SETTINGS_FILE or origin.field == "file":
            continue
        raw = origin.raw.strip()
        if is_same(raw, value.text.replace("\u00a0", " ")):
            return value
        return replace(value, recorded=shortened(raw, _LONGEST_RECORDED))
    return value


def shortened(text: str, longest: int) -> str:
    """Give a text, cut with an ellipsis if it is longer than that many characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def compact(iri: str) -> str:
    """Give an IRI with its usual prefix, as in `dcterms:title`; as it is if it has none."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def size(octets: int) -> str:
    """Give a size as people read it: 2.4 kB."""
    if octets < 1000:
        return bytes_of(octets)
    amount, power = octets / 1000, 0
    while amount >= 999.5 and power < 3:
        amount /= 1000
        power += 1
    point = locale().number_symbols["latn"]["decimal"]
    written = f"{amount:.1f}".replace(".", point) if amount < 9.95 else number(round(amount))
    match power:
        case 0:
            return _("%(amount)s\u00a0kB", amount=written)
        case 1:
            return _("%(amount)s\u00a0MB", amount=written)
        case 2:
            return _("%(amount)s\u00a0GB", amount=written)
    return _("%(amount)s\u00a0TB", amount=written)


def bytes_of(octets: int) -> str:
    """Give an exact number of bytes in words."""
    return ngettext("%(number)s\u00a0byte", "%(number)s\u00a0bytes", octets, number=number(octets))


def number(count: int) -> str:
    """Give a number with its thousands apart, as the language of the page has them."""
    return f"{count:,}".replace(",", locale().number_symbols["latn"]["group"])


@lru_cache(maxsize=4096)
def _language_name(tag: str, shown_in: str) -> str:
    return langcodes.Language.get(tag).display_name(shown_in)
