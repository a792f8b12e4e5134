"""Rows of the records, packed."""

import hashlib
from pathlib import Path

import ld
from ld import records
from ld.document import Derivation
from ld.edition import FORMAT
from ld.record import Origin
from ld.terms import Statement

STATEMENTS: list[Statement] = [
    ("<https://c.example/a>", "<http://purl.org/dc/terms/title>", '"A \\"title\\""@en'),
    ("<https://c.example/a>", "<https://schema.org/name>", '"日本"'),
]


def test_statements_come_back_as_they_were() -> None:
    assert records.unpack(records.pack(STATEMENTS)) == STATEMENTS
    assert records.unpack(records.pack([])) == []


def test_derivations_come_back_with_their_statements() -> None:
    origin = (Origin("a.txt", 1, "TITLE", "A title"),)
    derivations = {
        STATEMENTS[1]: Derivation("schema_org.title", origin),
        STATEMENTS[0]: Derivation("dublin_core.title", origin),
    }

    packed = records.pack_derivations(derivations)

    assert records.unpack_derivations(STATEMENTS, packed) == derivations


def test_the_dictionary_changes_only_with_the_format() -> None:
    dictionary = Path(ld.__file__).with_name("rows.dictionary").read_bytes()

    digests = {2: "a76915d6d10825bd16b4890993c904ae41b9939c714ca65eb8a8cbcfc2509e1f"}
    assert hashlib.sha256(dictionary).hexdigest() == digests[FORMAT]
