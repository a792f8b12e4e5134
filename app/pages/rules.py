"""Rules in plain words: what should be true of seeds and documents, and what to do about it.

The rules of shapes carry their words with them; those of readers are about one value each, so
what they have in common stands here.
"""

from dataclasses import dataclass
from typing import Final

from ld.quality import Broken

_WORDS: Final = {
    "byte_order_mark": "A seed document should begin without a byte order mark",
    "checksum": "A file should have the checksum that the manifest states",
    "checksum_line_ends": "A file should have the line ends that its checksum was made of",
    "control_character": "A value should have no control characters",
    "dangling_reference": "A document should point only to what is published",
    "duplicate_key": "A field should stand once in a header",
    "duplicate_part": "Each file should be a part of its own",
    "encoding": "A seed document should be written in UTF-8",
    "file_name": "The name of a file should be plain text",
    "file_without_row": "Each file should have a row in the manifest",
    "files_differ": "The files of one text should agree",
    "future_year": "A date should not lie in the future",
    "header_line": "Each line of a header should be a name, a colon and a value",
    "key_case": "The name of a field should be in upper case",
    "line_ends": "A seed document should have one kind of line end",
    "manifest_cells": "Each row of the manifest should have as many cells as its head",
    "manifest_differs": "A header and the manifest should agree",
    "manifest_duplicate": "A file should have one row in the manifest",
    "manifest_encoding": "The manifest should be written in UTF-8",
    "manifest_path": "A row of the manifest should name a file below the seeds",
    "manifest_row": "Each row of the manifest should name its file",
    "manifest_without_file": "Each row of the manifest should belong to a file",
    "more_remarks": "A header should give cause for few remarks",
    "not_known": "A value that is not known should be left empty until it is",
    "seed": "A seed document must have a header that can be read",
    "settings": "The corpus should say how it is named and in what language",
    "special_file": "Seeds should be plain files",
    "suffix_collision": "An identifier should not end like the name of a format",
    "unknown_format": "Only seed documents should lie among the seeds",
    "unknown_key": "The fields of a header should be known ones",
    "unreadable_file": "A seed document must be a file that can be read",
    "unreadable_folder": "A folder of seeds must be one that can be read",
    "unreadable_value": "A value should be one that can be understood",
}

#: The rules that have words here.
NAMED: Final = frozenset(_WORDS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in words; `remedy` says what to do, and is empty where each finding says so."""

    title: str
    remedy: str = ""


def rule_of(broken: Broken) -> Rule:
    """Give the words of a rule that was not met."""
    if broken.rule in _WORDS:
        return Rule(_WORDS[broken.rule])
    title, stop, remedy = broken.message.partition(". ")
    return Rule(title.rstrip("."), remedy if stop else "")
