"""Facts → Dublin Core (DCMI Metadata Terms).

    title       dcterms:title, with its language
    creators    dcterms:creator, always an IRI
    date        dcterms:date, and dcterms:issued or dcterms:created if the settings say so;
                the earliest and latest year as integers, so that every engine can compare them
    language    dcterms:language, from the Library of Congress
    identifier  dcterms:identifier
    source      dcterms:source
    rights      dcterms:rights, the note as it is written; dcterms:license by a rule only
    file        dcterms:hasFormat, dcterms:format
    parts       dcterms:hasPart, dcterms:isPartOf; a part is a bibo:DocumentPart

See: https://www.dublincore.org/specifications/dublin-core/dcmi-terms/
"""

from ld.corpus import Settings
from ld.fields import languages
from ld.mapping.facts import Facts, FileFacts
from ld.mapping.statements import Statements
from ld.terms import Term, iri, literal
from ld.vocabulary import (
    BIBO,
    COAR_OPEN_ACCESS,
    DCMITYPE,
    MEDIA_TYPES,
    RDF_TYPE,
    XSD,
    dcterms,
    earliest_year,
    latest_year,
)

_RULE = "dublin_core."


def describe_text(out: Statements, text: Facts, settings: Settings) -> None:
    """State a text or a part in Dublin Core."""
    thing = iri(settings.base + text.key)
    tag = text.language.value
    out.add(thing, RDF_TYPE, dcterms("BibliographicResource"), _RULE + "type")
    out.add(thing, dcterms("type"), iri(DCMITYPE + "Text"), _RULE + "type")
    if text.title:
        title = literal(text.title.value, language=tag)
        out.add(thing, dcterms("title"), title, _RULE + "title", text.title.origins)
    for creator in text.creators:
        agent = iri(settings.base + creator.value.key)
        out.add(thing, dcterms("creator"), agent, _RULE + "creator", creator.origins)
    _date(out, thing, text, settings)
    authority = languages.authority(tag)
    if authority:
        out.add(
            thing, dcterms("language"), iri(authority), _RULE + "language", text.language.origins
        )
    if text.identifier:
        identifier = literal(text.identifier.value)
        out.add(
            thing, dcterms("identifier"), identifier, _RULE + "identifier", text.identifier.origins
        )
    if text.source:
        out.add(
            thing, dcterms("source"), iri(text.source.value), _RULE + "source", text.source.origins
        )
    if text.genre:
        genre = literal(text.genre.value, language=tag)
        out.add(thing, dcterms("subject"), genre, _RULE + "genre", text.genre.origins)
    _rights(out, thing, text, settings)
    out.add(thing, dcterms("isPartOf"), iri(settings.base + "dataset"), _RULE + "dataset")
    if text.part_of:
        out.add(thing, RDF_TYPE, iri(BIBO + "DocumentPart"), _RULE + "part")
        out.add(thing, dcterms("isPartOf"), iri(settings.base + text.part_of), _RULE + "part")
    for part in text.parts:
        out.add(
            thing, dcterms("hasPart"), iri(settings.base + part.value), _RULE + "part", part.origins
        )
    if text.file:
        file = iri(settings.base + text.key + "#file")
        out.add(thing, dcterms("hasFormat"), file, _RULE + "file")


def describe_file(out: Statements, file: Term, facts: FileFacts) -> None:
    """State a file in Dublin Core."""
    out.add(file, dcterms("format"), iri(MEDIA_TYPES + "text/plain"), _RULE + "format")


def _date(out: Statements, thing: Term, text: Facts, settings: Settings) -> None:
    if text.date is None:
        return
    date, origins = text.date.value, text.date.origins
    out.add(thing, dcterms("date"), date.term, _RULE + "date", origins)
    if settings.year_means != "date":
        meant = (*origins, settings.origin_of("year_means"))
        out.add(thing, dcterms(settings.year_means), date.term, _RULE + "date", meant)
    years = (
        (earliest_year(settings.base), date.earliest),
        (latest_year(settings.base), date.latest),
    )
    for predicate, year in years:
        if year is not None:
            out.add(
                thing,
                predicate,
                literal(str(year), datatype=XSD + "integer"),
                _RULE + "year",
                origins,
            )


def _rights(out: Statements, thing: Term, text: Facts, settings: Settings) -> None:
    if text.rights:
        note = literal(text.rights.value, language=text.language.value)
        out.add(thing, dcterms("rights"), note, _RULE + "rights", text.rights.origins)
    if text.licence:
        licence = iri(text.licence.value)
        out.add(thing, dcterms("license"), licence, _RULE + "licence", text.licence.origins)
    if settings.access == "open":
        origin = (settings.origin_of("access"),)
        out.add(thing, dcterms("accessRights"), iri(COAR_OPEN_ACCESS), _RULE + "access", origin)
