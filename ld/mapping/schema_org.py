"""Facts → schema.org, in its https form.

    title       schema:name, with its language
    creators    schema:creator and schema:author, always an IRI: registers read one or the other
    date        schema:datePublished or schema:dateCreated, only if the settings say what YEAR
                means; schema.org has no neutral date
    language    schema:inLanguage
    identifier  schema:identifier
    source      schema:isBasedOn
    rights      schema:copyrightNotice, the note as it is written; schema:license by a rule only
    file        schema:encoding → schema:MediaObject (associatedMedia asks for a thumbnail)
    parts       schema:hasPart, schema:isPartOf

Every text is stated to be a schema:CreativeWork and never a schema:Dataset: shapes target exact
classes, and registers would list each text as a data set.
See: https://schema.org/CreativeWork
"""

from ld.corpus import Settings
from ld.mapping.facts import Agent, Fact, Facts, FileFacts
from ld.mapping.statements import Statements
from ld.terms import Term, iri, literal
from ld.vocabulary import RDF_TYPE, XSD, schema

_RULE = "schema_org."
# The datatypes that a schema.org date may have; others (EDTF) stay in Dublin Core.
_DATES = tuple(f"^^<{XSD}{name}>" for name in ("gYear", "gYearMonth", "date"))


def describe_text(out: Statements, text: Facts, settings: Settings) -> None:
    """State a text or a part in schema.org."""
    thing = iri(settings.base + text.key)
    tag = text.language.value
    out.add(thing, RDF_TYPE, schema("CreativeWork"), _RULE + "type")
    if text.title:
        title = literal(text.title.value, language=tag)
        out.add(thing, schema("name"), title, _RULE + "title", text.title.origins)
    for creator in text.creators:
        agent = iri(settings.base + creator.value.key)
        out.add(thing, schema("creator"), agent, _RULE + "creator", creator.origins)
        out.add(thing, schema("author"), agent, _RULE + "creator", creator.origins)
    _date(out, thing, text, settings)
    if tag != "und":
        out.add(
            thing, schema("inLanguage"), literal(tag), _RULE + "language", text.language.origins
        )
    if text.identifier:
        identifier = literal(text.identifier.value)
        out.add(
            thing, schema("identifier"), identifier, _RULE + "identifier", text.identifier.origins
        )
    if text.source:
        out.add(
            thing,
            schema("isBasedOn"),
            iri(text.source.value),
            _RULE + "source",
            text.source.origins,
        )
    if text.genre:
        genre = literal(text.genre.value, language=tag)
        out.add(thing, schema("keywords"), genre, _RULE + "genre", text.genre.origins)
    _rights(out, thing, text, settings)
    out.add(thing, schema("isPartOf"), iri(settings.base + "dataset"), _RULE + "dataset")
    if text.part_of:
        out.add(thing, schema("isPartOf"), iri(settings.base + text.part_of), _RULE + "part")
    for part in text.parts:
        out.add(
            thing, schema("hasPart"), iri(settings.base + part.value), _RULE + "part", part.origins
        )
    if text.file:
        out.add(thing, schema("encoding"), iri(settings.base + text.key + "#file"), _RULE + "file")
    licence = (settings.origin_of("licence"),)
    out.add(thing, schema("sdLicense"), iri(settings.licence), _RULE + "record", licence)
    page = iri(f"{settings.base}doc/{text.key}")
    out.add(thing, schema("mainEntityOfPage"), page, _RULE + "record")


def describe_file(out: Statements, file: Term, facts: FileFacts, text: Facts) -> None:
    """State a file in schema.org: its name and what it is."""
    out.add(file, RDF_TYPE, schema("MediaObject"), _RULE + "file")
    name = literal(facts.name.value, language=text.language.value)
    out.add(file, schema("name"), name, _RULE + "file_name", facts.name.origins)
    out.add(file, schema("encodingFormat"), literal("text/plain"), _RULE + "format")
    if text.licence:
        licence = iri(text.licence.value)
        out.add(file, schema("license"), licence, _RULE + "licence", text.licence.origins)


def describe_bytes(out: Statements, file: Term, facts: FileFacts) -> None:
    """State the size and checksum of a file in schema.org."""
    out.add(file, schema("contentSize"), literal(str(facts.file.size)), _RULE + "size")
    out.add(file, schema("sha256"), literal(facts.file.sha256), _RULE + "checksum")


def describe_agent(out: Statements, thing: Term, agent: Fact[Agent], language: str) -> None:
    """State an agent in schema.org: its name, and what the authority table adds.

    An agent has a type only if it is known to be a person or an organisation: registers accept a
    creator without a type, and refuse one of any other.
    """
    name = literal(agent.value.name, language=language)
    out.add(thing, schema("name"), name, _RULE + "agent_name", agent.origins)
    authority = agent.value.authority
    if authority is None:
        return
    if authority.type:
        out.add(thing, RDF_TYPE, schema(authority.type), _RULE + "authority")
    others = (authority.inverted, *authority.variants)
    for other in others:
        if other and other != agent.value.name:
            written = literal(other, language=language)
            out.add(thing, schema("alternateName"), written, _RULE + "authority")
    for same in authority.same_as:
        out.add(thing, schema("sameAs"), iri(same), _RULE + "authority")


def _date(out: Statements, thing: Term, text: Facts, settings: Settings) -> None:
    predicate = {"issued": "datePublished", "created": "dateCreated"}.get(settings.year_means)
    if text.date is None or predicate is None or not text.date.value.term.endswith(_DATES):
        return
    meant = (*text.date.origins, settings.origin_of("year_means"))
    out.add(thing, schema(predicate), text.date.value.term, _RULE + "date", meant)


def _rights(out: Statements, thing: Term, text: Facts, settings: Settings) -> None:
    if text.rights:
        note = literal(text.rights.value, language=text.language.value)
        out.add(thing, schema("copyrightNotice"), note, _RULE + "rights", text.rights.origins)
    if text.licence:
        licence = iri(text.licence.value)
        out.add(thing, schema("license"), licence, _RULE + "licence", text.licence.origins)
    if settings.access == "open":
        free = literal("true", datatype=XSD + "boolean")
        origin = (settings.origin_of("access"),)
        out.add(thing, schema("isAccessibleForFree"), free, _RULE + "access", origin)
