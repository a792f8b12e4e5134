"""The editions whose files are still on disk, beside the one that is served."""

from typing import Final

from ld.edition import MANIFEST, Edition
from ld.errors import EditionRemovedError

_KNOWN: Final = "SELECT sequence FROM edition WHERE id = ?"


def editions(edition: Edition) -> list[Edition]:
    """List the editions up to this one that are on disk, latest first.

    Raises: EditionDamagedError if the manifest of one cannot be read.
    """
    return [_open(edition, name) for name in identifiers(edition)]


def identifiers(edition: Edition) -> list[str]:
    """List the editions on disk that this one descends from, and itself, latest first."""
    known = {row["id"] for row in edition.db.execute("SELECT id FROM edition")}
    found = [
        path.name
        for path in edition.path.parent.iterdir()
        if path.name in known and (path / MANIFEST).exists()
    ]
    return sorted({*found, edition.id}, key=_sequence, reverse=True)


def named(edition: Edition, identifier: str) -> Edition | None:
    """Give an edition by its identifier; None if this one and its parents never were called so.

    Raises: EditionRemovedError if its files were removed, EditionDamagedError.
    """
    # Whoever asks may write anything, so that only what is in the records becomes a path.
    known = edition.db.execute(_KNOWN, (identifier,)).fetchone()
    if known is None:
        return None
    names = identifiers(edition)
    if identifier in names:
        return _open(edition, identifier)
    later = [name for name in names if _sequence(name) > known["sequence"]]
    raise EditionRemovedError(identifier, successor=later[-1] if later else edition.id)


def _open(edition: Edition, identifier: str) -> Edition:
    is_open = identifier == edition.id
    return edition if is_open else Edition(edition.path.with_name(identifier))


def _sequence(identifier: str) -> int:
    return int(identifier.partition("-")[0])
