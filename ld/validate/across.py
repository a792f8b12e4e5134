"""What only shows when all documents are seen together.

Two files for one part are found where they are mapped; what is left is a reference to a document
that is not there.
"""

import sqlite3
from collections.abc import Iterator

from ld.report import Finding, Severity


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
