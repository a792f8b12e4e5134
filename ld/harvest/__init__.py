"""Harvesting: the history, told to those who keep copies, in the protocols that they know.

A protocol that is asked at one address is a module with the members of `Door`; to add one, write
the module and name it in `DOORS`. A feed has pages with addresses of their own: its module has the
members of `Feed` and is named in `FEEDS`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from ld.edition import Edition
from ld.harvest import activity_streams, atom, ldes, oai_pmh
from ld.history import Page


class Door(Protocol):
    """What the module of a protocol offers that is asked at one address."""

    @property
    def PATH(self) -> str:  # noqa: N802
        """Where it is asked, below the service's address."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802
        """The registered media type of its answers, which are in UTF-8."""

    def answer(
        self, edition: Edition, arguments: Sequence[tuple[str, str]], now: datetime, /
    ) -> bytes:
        """Answer a request with these arguments, whatever they are; `now` is in UTC."""


class Feed(Protocol):
    """What the module of a feed offers: the history, in pages that lead to each other."""

    @property
    def PATH(self) -> str:  # noqa: N802
        """Where its entry point is, below the service's address; its pages are below that."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802
        """The media type of its answers, which are in UTF-8."""

    def entry_point(self, edition: Edition, /) -> bytes:
        """Write what a consumer asks for first."""

    def page(self, edition: Edition, page: Page, /) -> bytes:
        """Write one page."""


DOORS: Final[tuple[Door, ...]] = (oai_pmh,)
FEEDS: Final[tuple[Feed, ...]] = (activity_streams, ldes, atom)
