"""Rules in plain words: what should be true of seeds and documents, and what to do about it.

The rules of shapes carry their words with them; those of readers are about one value each, so
what they have in common stands here.
"""

from dataclasses import dataclass
from typing import Final

from app.language import lazy_gettext
from app.pages.values import Value
from ld.quality import Broken

_WORDS: Final = {
    "byte_order_mark": lazy_gettext("A seed document should begin without a byte order mark"),
    "changed_while_read": lazy_gettext("A seed document should not change while it is read"),
    "checksum": lazy_gettext("A file should have the checksum that the manifest states"),
    "checksum_line_ends": lazy_gettext(
        "A file should have the line ends that its checksum was made of"
    ),
    "control_character": lazy_gettext("A value should have no control characters"),
    "dangling_reference": lazy_gettext("A document should point only to what is published"),
    "duplicate_key": lazy_gettext("A field should stand once in a header"),
    "duplicate_part": lazy_gettext("Each file should be a part of its own"),
    "encoding": lazy_gettext("A seed document should be written in UTF-8"),
    "file_name": lazy_gettext("The name of a file should be plain text"),
    "file_without_row": lazy_gettext("Each file should have a row in the manifest"),
    "files_differ": lazy_gettext("The files of one text should agree"),
    "future_year": lazy_gettext("A date should not lie in the future"),
    "header_line": lazy_gettext("Each line of a header should be a name, a colon and a value"),
    "key_case": lazy_gettext("The name of a field should be in upper case"),
    "line_ends": lazy_gettext("A seed document should have one kind of line end"),
    "manifest_cells": lazy_gettext(
        "Each row of the manifest should have as many cells as its head"
    ),
    "manifest_differs": lazy_gettext("A header and the manifest should agree"),
    "manifest_duplicate": lazy_gettext("A file should have one row in the manifest"),
    "manifest_encoding": lazy_gettext("The manifest should be written in UTF-8"),
    "manifest_path": lazy_gettext("A row of the manifest should name a file below the seeds"),
    "manifest_row": lazy_gettext("Each row of the manifest should name its file"),
    "manifest_without_file": lazy_gettext("Each row of the manifest should belong to a file"),
    "more_remarks": lazy_gettext("A header should give cause for few remarks"),
    "not_known": lazy_gettext("A value that is not known should be left empty until it is"),
    "seed": lazy_gettext("A seed document must have a header that can be read"),
    "settings": lazy_gettext("The corpus should say how it is named and in what language"),
    "special_file": lazy_gettext("Seeds should be plain files"),
    "suffix_collision": lazy_gettext("An identifier should not end like the name of a format"),
    "unknown_format": lazy_gettext("Only seed documents should lie among the seeds"),
    "unknown_key": lazy_gettext("The fields of a header should be known ones"),
    "unreadable_file": lazy_gettext("A seed document must be a file that can be read"),
    "unreadable_folder": lazy_gettext("A folder of seeds must be one that can be read"),
    "unreadable_value": lazy_gettext("A value should be one that can be understood"),
}

#: The rules that have words here.
NAMED: Final = frozenset(_WORDS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in words; `remedy` says what to do, and is empty where each finding says so.

    Shapes have their words in English.
    """

    title: Value
    remedy: str = ""


def rule_of(broken: Broken) -> Rule:
    """Give the words of a rule that was not met."""
    if broken.rule in _WORDS:
        return Rule(Value(_WORDS[broken.rule]))
    title, stop, remedy = broken.message.partition(". ")
    return Rule(Value(title.rstrip("."), "en"), remedy if stop else "")
