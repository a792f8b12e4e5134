"""What only shows when all documents are seen together.

Two files for one part are found where they are mapped; what is left are references to documents
that are not there, and identifiers that read like another one's representation.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ld import records
from ld.formats import BY_SUFFIX
from ld.record import Origin
from ld.report import Finding, Severity
from ld.vocabulary import dcterms

#: The rules of the findings made here.
RULES: Final = ("dangling_reference", "suffix_collision")
#: What may follow the address of a document to ask for one of its representations.
_SUFFIXES: Final = (*BY_SUFFIX, "html")


def dangling(staged: sqlite3.Connection) -> Iterator[Finding]:
    """Find references to documents that do not stand, in the records of an edition."""
    rows = staged.execute(
        "SELECT r.source, r.target FROM reference r LEFT JOIN document d ON d.key = r.target "
        "WHERE d.key IS NULL ORDER BY r.source, r.target"
    ).fetchall()
    for source, target in rows:
        yield Finding(
            Severity.WARNING,
            "dangling_reference",
            f"This document points to {target}, which is not published. Correct what it points "
            "to, or publish that too.",
            value=target,
            key=source,
        )


def suffix_collisions(staged: sqlite3.Connection) -> Iterator[Finding]:
    """Find documents whose address is also that of a representation of another document."""
    for suffix in _SUFFIXES:
        rows = staged.execute(
            "SELECT d.key, p.key, v.stated, v.volatile, v.derivations FROM document d "
            "JOIN version v ON v.version = d.version "
            "JOIN document p ON p.key = substr(d.key, 1, length(d.key) - length(:suffix)) "
            "WHERE substr(d.key, -length(:suffix)) = :suffix ORDER BY d.key",
            {"suffix": f".{suffix}"},
        ).fetchall()
        for key, plain, *packed in rows:
            origin = _identified(*packed)
            message = (
                f"The address of this document is also that of {plain} as .{suffix}, which can "
                "then be had by its media type only. Rename one of the two: an identifier should "
                f"not end in .{suffix}."
            )
            found = Finding(Severity.WARNING, "suffix_collision", message, key=key)
            if origin is not None:
                found = replace(
                    found,
                    file=origin.file,
                    line=origin.line,
                    field=origin.field,
                    value=origin.raw,
                )
            yield found


def _identified(stated: bytes, volatile: bytes, derivations: bytes) -> Origin | None:
    """Give the place that states the identifier of a text; a part has none."""
    statements = sorted((*records.unpack(stated), *records.unpack(volatile)))
    for statement, reason in records.unpack_derivations(statements, derivations).items():
        if statement[1] == dcterms("identifier") and reason.origins:
            return reason.origins[0]
    return None
