"""What is remembered of queries that had to be stopped: who asked them, and their texts."""

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ld.errors import QueryError, QueryPenaltyError

_FIRST_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 300.0
# So long without a stopped query takes one strike back.
_FORGIVEN_SECONDS: Final = 60.0
_REMEMBERED_SECONDS: Final = 60.0
_MOST: Final = 10_000

Clock = Callable[[], float]


@dataclass(slots=True)
class _Record:
    strikes: int
    until: float


class Penalties:
    """How long each client has to wait: nothing for a first stopped query, then ever longer.

    Who is new is neither trusted nor made to wait.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, client: str) -> None:
        """Let a client pass.

        Raises: QueryPenaltyError if it has to wait.
        """
        record = self._records.get(client)
        if record is not None and (seconds := record.until - self._clock()) > 0:
            raise QueryPenaltyError(
                "Your queries keep being stopped for what they take.",
                retry_after=math.ceil(seconds),
            )

    def strike(self, client: str) -> None:
        """Note that a query of this client had to be stopped."""
        now = self._clock()
        with self._lock:
            strikes = self._strikes(client, now) + 1
            wait = 0.0 if strikes == 1 else _FIRST_SECONDS * 2 ** min(strikes - 2, 20)
            self._keep(client, _Record(strikes, now + min(wait, _LONGEST_SECONDS)))

    def praise(self, client: str) -> None:
        """Note that a query of this client took little."""
        if client not in self._records:
            with self._lock:
                self._keep(client, _Record(0, 0.0))

    def is_trusted(self, client: str) -> bool:
        """Say whether this client has asked before, and no query of it was stopped of late."""
        return client in self._records and not self._strikes(client, self._clock())

    def _keep(self, client: str, record: _Record) -> None:
        self._records[client] = record
        self._records.move_to_end(client)
        if len(self._records) > _MOST:
            self._records.popitem(last=False)

    def _strikes(self, client: str, now: float) -> int:
        record = self._records.get(client)
        if record is None:
            return 0
        forgiven = int(max(0.0, now - record.until) / _FORGIVEN_SECONDS)
        return max(0, record.strikes - forgiven)


class StoppedQueries:
    """The queries that had to be stopped a short time ago, each with the error it ended with."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._stopped: OrderedDict[bytes, tuple[float, QueryError]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, query: bytes, error: QueryError) -> None:
        """Remember a query."""
        with self._lock:
            self._stopped[_digest(query)] = self._clock() + _REMEMBERED_SECONDS, error
            if len(self._stopped) > _MOST:
                self._stopped.popitem(last=False)

    def get(self, query: bytes) -> QueryError | None:
        """Give the error that a query would end with again; None if it is not remembered."""
        until, error = self._stopped.get(_digest(query), (0.0, None))
        return error if self._clock() < until else None


def _digest(query: bytes) -> bytes:
    return hashlib.blake2b(query, digest_size=16).digest()
