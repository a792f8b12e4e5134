"""The terms in use, with words and counts: what the editor completes from."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from app.language import lazy_gettext
from ld.edition import Edition
from ld.query import prefixes
from ld.terms import iri_of, is_iri_term
from ld.vocabulary import BIBO, FOAF, PAV, RDF_TYPE, SCHEMA, SPDX, VOID, dcterms, schema

# Of each kind of document; a corpus has few ways to describe a thing, and they all come early.
_LOOKED_AT: Final = 1000
_KINDS: Final = ("dataset", "agent", "text", "part")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-]+")
#: What people call a term, where its own name does not say it.
_WORDS: Final = {
    RDF_TYPE: lazy_gettext("type, is a"),
    dcterms("creator"): lazy_gettext("author, creator"),
    dcterms("date"): lazy_gettext("date as stated"),
    dcterms("hasFormat"): lazy_gettext("file"),
    dcterms("issued"): lazy_gettext("year of publication"),
    dcterms("license"): lazy_gettext("licence"),
    dcterms("modified"): lazy_gettext("last change of the record"),
    dcterms("rights"): lazy_gettext("note on rights"),
    dcterms("source"): lazy_gettext("source, where the text comes from"),
    dcterms("subject"): lazy_gettext("subject, genre"),
    schema("contentSize"): lazy_gettext("file size in bytes"),
    schema("CreativeWork"): lazy_gettext("text, creative work"),
    schema("encoding"): lazy_gettext("file of a text"),
    schema("inLanguage"): lazy_gettext("language"),
    schema("isBasedOn"): lazy_gettext("source, based on"),
    schema("keywords"): lazy_gettext("keywords, genre"),
    schema("license"): lazy_gettext("licence"),
    schema("MediaObject"): lazy_gettext("file, media object"),
    schema("name"): lazy_gettext("title, name"),
    schema("sdDatePublished"): lazy_gettext("last change of the record"),
    schema("sdLicense"): lazy_gettext("licence of the metadata"),
    f"<{BIBO}DocumentPart>": lazy_gettext("part of a text"),
    f"<{FOAF}Document>": lazy_gettext("record, document"),
    f"<{FOAF}primaryTopic>": lazy_gettext("what the record is about"),
    f"<{PAV}retrievedFrom>": lazy_gettext("retrieved from, download address"),
    f"<{PAV}retrievedOn>": lazy_gettext("retrieved on, download date"),
    f"<{SPDX}checksumValue>": lazy_gettext("checksum, SHA-256"),
    f"<{VOID}inDataset>": lazy_gettext("data set of the record"),
    f"<{SCHEMA}sha256>": lazy_gettext("checksum, SHA-256"),
}


@dataclass(frozen=True, slots=True)
class TermInUse:
    """A class or property; `count` is None where not everything was counted."""

    name: str
    label: str
    count: int | None


def query_vocabulary(edition: Edition) -> dict[str, Any]:
    """Give the prefixes, classes and properties of an edition for the editor, most used first.

    Of a large corpus a part is read, and the counts are left out. Words are in the language of
    the page, where there are such; others are made of the terms' names.
    """
    known = prefixes.known(edition.base)
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    is_whole = True
    for kind in _KINDS:
        documents = edition.documents(kind)
        for document in islice(documents, _LOOKED_AT):
            for _, predicate, obj in document.owned:
                properties[predicate] += 1
                if predicate == RDF_TYPE and is_iri_term(obj):
                    classes[obj] += 1
        is_whole = is_whole and next(documents, None) is None
    return {
        "edition": edition.id,
        "prefixes": known,
        "classes": _terms(classes, known, is_whole=is_whole),
        "properties": _terms(properties, known, is_whole=is_whole),
    }


def _terms(counted: Counter[str], known: dict[str, str], *, is_whole: bool) -> list[TermInUse]:
    return [
        TermInUse(name, str(_WORDS.get(term) or _in_words(name)), count if is_whole else None)
        for term, count in counted.most_common()
        if (name := _prefixed(iri_of(term), known))
    ]


def _prefixed(iri: str, known: dict[str, str]) -> str | None:
    fitting = [(len(space), prefix) for prefix, space in known.items() if iri.startswith(space)]
    if not fitting:
        return None
    length, prefix = max(fitting)
    local = iri[length:]
    return f"{prefix}:{local}" if re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", local) else None


def _in_words(name: str) -> str:
    return _HUMP.sub(" ", name.partition(":")[2]).lower()
