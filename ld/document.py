"""Document: the statements owned by one text, part or agent; the unit of change."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ld.record import Origin
from ld.terms import Statement, n_triples


class Derivation(NamedTuple):
    """Why a statement stands: the rule that made it and the places it was made from."""

    rule: str
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Document:
    """The statements of one text, part or agent.

    `key` is the path of the thing below the base (`text/x`, `text/x/part`, `agent/y`).
    `stated` comes from seeds and settings and decides what changed, together with `content`, the
    SHA-256 of what the document's file says beyond its header. `volatile` comes from fields that
    change without meaning anything, and follows only when the rest changes.
    Both are sorted and without repetition. `derivations` covers every statement in them.
    """

    key: str
    stated: tuple[Statement, ...]
    volatile: tuple[Statement, ...] = ()
    derivations: Mapping[Statement, Derivation] = field(default_factory=dict)
    content: str = ""

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the stated statements in canonical N-Triples and of the content."""
        return hashlib.sha256((n_triples(self.stated) + self.content).encode()).hexdigest()
