"""Definitions: what the kinds of things and the properties of a corpus mean, in a sentence each."""

from collections.abc import Mapping
from typing import Final

from app.language import lazy_gettext as _
from ld.terms import Term, iri
from ld.vocabulary import FOAF, PAV, PROV, SPDX, VOID, dcterms, schema

#: Kinds of things: their name and what they are.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "text": (_("Text"), _("A work of the corpus, such as a book, an essay or a letter.")),
    "part": (_("Part"), _("A piece of a text that has a file of its own, such as a chapter.")),
    "agent": (
        _("Agent"),
        _("A named person or organisation. Where it is not known which, it has no class."),
    ),
    "file": (_("File"), _("The seed document that a text or part was read from.")),
    "checksum": (_("Checksum"), _("By which anyone can see whether a file is the same.")),
    "document": (
        _("Record"),
        _("The description of one thing, which has a licence and a date of its own."),
    ),
    "dataset": (_("Dataset"), _("All descriptions together.")),
}  # fmt: skip

#: Properties: by kind of thing, or for all kinds where that is empty.
DEFINITIONS: Final[Mapping[tuple[str, Term], str]] = {
    ("", dcterms("creator")): _("Who wrote it."),
    ("", schema("creator")): _("Who wrote it."),
    ("", schema("author")): _("Who wrote it."),
    ("", dcterms("date")): _("Its date, as exactly as it is known."),
    ("", dcterms("issued")): _("When it was first published."),
    ("", dcterms("created")): _("When it was written."),
    ("", schema("datePublished")): _("When it was first published, if that is a calendar date."),
    ("", schema("dateCreated")): _("When it was written, if that is a calendar date."),
    ("", "<vocab#earliestYear>"): _("The earliest year that its date may mean."),
    ("", "<vocab#latestYear>"): _("The latest year that its date may mean."),
    ("", dcterms("description")): _("What it is, in words."),
    ("", schema("description")): _("What it is, in words."),
    ("", dcterms("identifier")): _("Its identifier in the seed documents."),
    ("", schema("identifier")): _("Its identifier in the seed documents."),
    ("", dcterms("isPartOf")): _("The dataset; of a part its text, too."),
    ("", schema("isPartOf")): _("The dataset; of a part its text, too."),
    ("", dcterms("hasPart")): _("A part of it."),
    ("", schema("hasPart")): _("A part of it."),
    ("", dcterms("language")): _("Its language, as a term of the Library of Congress."),
    ("", schema("inLanguage")): _("Its language, as a BCP 47 tag."),
    ("", dcterms("license")): _("Its licence."),
    ("", schema("license")): _("Its licence."),
    ("", dcterms("rights")): _("What its source says of the rights in it."),
    ("", schema("copyrightNotice")): _("What its source says of the rights in it."),
    ("", dcterms("accessRights")): _("Who may read it."),
    ("", schema("isAccessibleForFree")): _("Whether it can be read for free."),
    ("", schema("conditionsOfAccess")): _("Who may read it."),
    ("", dcterms("source")): _("Where it was found."),
    ("", schema("isBasedOn")): _("Where it was found."),
    ("", dcterms("subject")): _("Its genre or subject."),
    ("", schema("keywords")): _("Its genre or subject."),
    ("", schema("genre")): _("Its genre."),
    ("", dcterms("title")): _("Its title."),
    ("", dcterms("type")): _("That it is a text, in DCMI's terms."),
    ("", dcterms("publisher")): _("Who publishes it."),
    ("", schema("publisher")): _("Who publishes it."),
    ("", dcterms("hasFormat")): _("The file that it was read from."),
    ("", schema("encoding")): _("The file that it was read from."),
    ("", schema("position")): _("Its place among the parts of its text."),
    ("", schema("name")): _("Its title or name."),
    ("", iri(FOAF + "name")): _("Its name."),
    ("", schema("alternateName")): _("Another form of its name."),
    ("", schema("sameAs")): _("The same thing elsewhere."),
    ("", schema("mainEntityOfPage")): _("The record about it."),
    ("", schema("sdDatePublished")): _("When its record last changed."),
    ("", schema("sdLicense")): _("The licence of its record."),
    ("", schema("url")): _("Where its page is."),
    ("file", schema("name")): _("Its name, without folders."),
    ("file", dcterms("format")): _("Its media type, as a term of IANA."),
    ("file", schema("encodingFormat")): _("Its media type."),
    ("file", schema("contentSize")): _("Its size in bytes."),
    ("file", schema("sha256")): _("Its SHA-256 checksum."),
    ("file", iri(SPDX + "checksum")): _("Its checksum, as a thing of its own."),
    ("file", iri(PAV + "retrievedFrom")): _("Where it was downloaded."),
    ("file", iri(PAV + "retrievedOn")): _("When it was downloaded."),
    ("file", iri(PROV + "wasDerivedFrom")): _("Where it was downloaded."),
    ("file", iri(PROV + "generatedAtTime")): _("When it was downloaded."),
    ("checksum", iri(SPDX + "algorithm")): _("How it is computed."),
    ("checksum", iri(SPDX + "checksumValue")): _("The checksum in hexadecimal digits."),
    ("document", dcterms("license")): _("The licence of the description."),
    ("document", dcterms("modified")): _("When the description last changed."),
    ("document", iri(VOID + "inDataset")): _("The dataset that it belongs to."),
    ("document", iri(FOAF + "primaryTopic")): _("What it describes."),
    ("dataset", dcterms("license")): _("The licence of the metadata."),
    ("dataset", schema("license")): _("The licence of the metadata."),
}  # fmt: skip
