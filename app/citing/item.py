"""A CSL item: what a bibliography needs of a text, part, agent or of the corpus.

    type       book for a text in parts, chapter for a part, document for any other text, since
               nothing more is known of it, and for the record of an agent; dataset
    author…    family and given name only where the authority table states the inverted name:
               which is the family name is never guessed; else the whole name, literally
    issued     the date of the text, whatever the corpus means by it; a part has that of its text
    URL        the permanent identifier

When somebody read a record is not known here, so no reference says when it was accessed.
See: https://docs.citationstyles.org/en/stable/specification.html#appendix-iv-variables
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from app.citing.dates import csl_date
from app.description import Description
from app.pages.frame import corpus_name
from ld.edition import Edition
from ld.harvest.oai.agents import inverted
from ld.iri import text_of_part
from ld.stored import StoredDocument
from ld.terms import Term, iri, literal_of
from ld.vocabulary import RDF_TYPE, dcterms, earliest_year, latest_year, schema

#: A CSL-JSON item: variables by name. See the schema of CSL-JSON.
Item = dict[str, Any]

_ROLES: Final = {"author": "creator", "editor": "editor", "translator": "translator"}
_ORGANISATION: Final = schema("Organization")
# Each costs a look at its record, and a text may have thousands.
_MOST_LOOKED_UP: Final = 100
# No form of a reference has a place for these, and some would end a line or a page.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")


def item_of(edition: Edition, document: StoredDocument) -> Item:
    """Give the CSL item of a document: that of the thing that it is about."""
    said, thing = Description(document.statements), iri(document.iri)
    dataset = document if document.kind == "dataset" else edition.document("dataset")
    corpus = clean(corpus_name(edition, dataset).text)
    item: Item = {"id": document.key, "type": "document"}
    titles = said.objects(thing, schema("name"))
    item["title"] = _text(titles[0]) if titles else document.key.rpartition("/")[2]
    match document.kind:
        case "dataset":
            item |= _dataset(edition, said, thing) | {"title": corpus}
        case "agent":
            item |= {"container-title": corpus}
        case _:
            item |= _text_item(edition, document, said, thing) | {"source": corpus}
    return item | {"URL": document.iri}


def clean(text: str) -> str:
    """Give a text as one line: without control characters, and with single spaces."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _dataset(edition: Edition, said: Description, thing: Term) -> Item:
    publishers = said.iris(thing, schema("publisher"))
    names = [name for key in publishers if (name := said.name(key)) is not None]
    year, month, day = (int(piece) for piece in edition.created[:10].split("-"))
    item: Item = {"type": "dataset", "version": edition.id}
    if names:
        item["author"] = [{"literal": _text(name)} for name in names]
    return item | {"issued": {"date-parts": [[year, month, day]]}}


def _text_item(edition: Edition, document: StoredDocument, said: Description, thing: Term) -> Item:
    item: Item = {}
    dated, dated_thing = said, thing
    if said.objects(thing, dcterms("hasPart")):
        item["type"] = "book"
    whole = text_of_part(document.key)
    if whole is not None:
        item["type"] = "chapter"
        name = said.name(edition.base + whole)
        if name is not None:
            item["container-title"] = _text(name)
        if whole in edition:
            dated = Description(edition.document(whole).statements)
            dated_thing = iri(edition.base + whole)
    for role, stated in _ROLES.items():
        if names := list(_names(edition, said, said.iris(thing, schema(stated)))):
            item[role] = names
    if date := _issued(edition.base, dated, dated_thing):
        item["issued"] = date
    if languages := said.objects(thing, schema("inLanguage")):
        item["language"] = literal_of(languages[0])[0]
    if genres := said.objects(thing, dcterms("subject")):
        item["keyword"] = ", ".join(_text(genre) for genre in genres)
    rights = [_text(note) for note in said.objects(thing, dcterms("rights"))]
    if rights := [*rights, *said.iris(thing, schema("license"))]:
        item["note"] = "Rights: " + "; ".join(rights)
    return item


def _issued(base: str, said: Description, thing: Term) -> Item | None:
    for date in said.objects(thing, dcterms("date")):
        years = [
            next((int(literal_of(year)[0]) for year in said.objects(thing, predicate)), None)
            for predicate in (earliest_year(base), latest_year(base))
        ]
        return csl_date(date, *years)
    return None


def _names(edition: Edition, said: Description, agents: list[str]) -> Iterator[Item]:
    for place, agent in enumerate(agents):
        stated = said.name(agent)
        if stated is None:
            continue
        name = _text(stated)
        is_organisation = _ORGANISATION in said.objects(iri(agent), RDF_TYPE)
        by_family = None
        if not is_organisation and place < _MOST_LOOKED_UP:
            by_family = inverted(name, _other_names(edition, agent))
        if by_family is None:
            yield {"literal": name}
        else:
            family, _, given = by_family.partition(", ")
            yield {"family": family, "given": given}


def _other_names(edition: Edition, agent: str) -> list[str]:
    key = agent.removeprefix(edition.base)
    if key not in edition:
        return []
    others = Description(edition.document(key).stated)
    return [_text(name) for name in others.objects(iri(agent), schema("alternateName"))]


def _text(term: Term) -> str:
    return clean(literal_of(term)[0])
