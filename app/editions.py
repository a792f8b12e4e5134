"""The current edition, for as long as one request lasts."""

import threading
import time
from pathlib import Path
from typing import Final

from flask import g

from app.service import service
from ld.edition import EDITIONS, Edition, current_id

_RECENT_SECONDS: Final = 0.01


class Editions:
    """The current edition of a data directory, opened anew whenever another becomes current.

    Nothing but the requests that use it holds an edition that was replaced: when the last of
    them ends, it goes, and its connections close.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._open: Edition | None = None
        self._recent = (-1.0, "")

    def current_id(self) -> str:
        """Give the id of the current edition. Cheap: one readlink.

        Raises: NoEditionError if nothing has been published.
        """
        return current_id(self._data)

    def recent_id(self) -> str:
        """Give the id of the edition that was current at most a hundredth of a second ago.

        Asking the file system for each answer from the cache would cost an eighth of them.
        Raises: NoEditionError if nothing has been published.
        """
        now = time.monotonic()
        asked, identifier = self._recent
        if now - asked > _RECENT_SECONDS:
            identifier = self.current_id()
            self._recent = (now, identifier)
        return identifier

    def current(self) -> Edition:
        """Give the current edition, open.

        Raises: NoEditionError, EditionDamagedError.
        """
        identifier = self.current_id()
        with self._lock:
            if self._open is None or self._open.path.name != identifier:
                self._open = Edition(self._data / EDITIONS / identifier)
            return self._open


def current_edition() -> Edition:
    """Give the edition that this request sees from its first look to its end.

    Raises: NoEditionError, EditionDamagedError.
    """
    if "edition" not in g:
        g.edition = service().editions.current()
    edition: Edition = g.edition
    return edition
