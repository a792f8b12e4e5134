"""The two terms that a corpus defines itself, under its own base.

No vocabulary in use has the earliest and the latest year of a date as plain numbers, and only
plain numbers can be compared in every query engine.
"""

from dataclasses import dataclass
from typing import Final

from app.language import DEFAULT, lazy_gettext, speaking
from app.pages.record import Download
from app.variants import VARIANTS, address
from ld.terms import Statement, iri, iri_of, literal
from ld.vocabulary import (
    FOAF,
    RDF,
    RDF_TYPE,
    RDFS,
    RDFS_IS_DEFINED_BY,
    XSD,
    dcterms,
    earliest_year,
    latest_year,
)

_LABELS: Final = (lazy_gettext("earliest year"), lazy_gettext("latest year"))
_COMMENTS: Final = (
    lazy_gettext(
        "The earliest calendar year that the date of a text may mean, counted astronomically: 0 is "
        "1 BCE. Absent if the date has no known beginning."
    ),
    lazy_gettext(
        "The latest calendar year that the date of a text may mean, counted astronomically: 0 is "
        "1 BCE. Absent if the date has no known end."
    ),
)


@dataclass(frozen=True, slots=True)
class DefinedTerm:
    """A property as its page shows it; `anchor` is its fragment."""

    anchor: str
    iri: str
    label: str
    comment: str
    range: str


def terms(base: str) -> list[DefinedTerm]:
    """Give the terms, in the order of years."""
    properties = (iri_of(earliest_year(base)), iri_of(latest_year(base)))
    return [
        DefinedTerm(term.partition("#")[2], term, str(label), str(comment), XSD + "integer")
        for term, label, comment in zip(properties, _LABELS, _COMMENTS, strict=True)
    ]


def statements(base: str) -> list[Statement]:
    """Give the statements that define the terms."""
    document = iri(base + "vocab")
    said = [
        (document, RDF_TYPE, iri(FOAF + "Document")),
        (document, dcterms("title"), literal("Terms of this corpus", language="en")),
    ]
    with speaking(DEFAULT):
        defined = terms(base)
    for term in defined:
        subject = iri(term.iri)
        said += [
            (subject, RDF_TYPE, iri(RDF + "Property")),
            (subject, iri(RDFS + "label"), literal(term.label, language="en")),
            (subject, iri(RDFS + "comment"), literal(term.comment, language="en")),
            (subject, iri(RDFS + "range"), iri(term.range)),
            (subject, RDFS_IS_DEFINED_BY, document),
        ]
    return said


def downloads() -> list[Download]:
    """Give the links to the terms as data."""
    return [
        Download(variant.name, address(f"vocab.{variant.suffix}"), variant.media_type)
        for variant in VARIANTS[1:]
    ]
