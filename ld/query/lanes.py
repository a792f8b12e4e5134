"""Places for queries to run in, given to clients in turn.

Who asks much waits behind itself alone: the next free place goes to the client that has
waited longest for a turn, not to the query that came first.
"""

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ld.errors import QueryBusyError

# Of the free places one client may have this share, and one in any case.
_SHARE: Final = 4


@dataclass(slots=True)
class _Waiter:
    is_trusted: bool
    admitted: threading.Event = field(default_factory=threading.Event)


class Lane:
    """So many places; clients get them in turn.

    The last `reserved` free places are for clients that are trusted. At most `most_waiting`
    queries wait, and at most `most_of_one` of a single client.
    """

    def __init__(
        self, places: int, *, reserved: int = 0, most_waiting: int = 64, most_of_one: int = 8
    ) -> None:
        self._free = places
        self._reserved = min(reserved, places - 1)
        self._most_waiting = most_waiting
        self._most_of_one = most_of_one
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, client: str, until: float, *, is_trusted: bool = True) -> bool:
        """Say whether a place was free before `until` on the monotonic clock; then it is taken."""
        with self._lock:
            if not self._waiting and self._has_place(is_trusted=is_trusted):
                self._free -= 1
                return True
            waiter = _Waiter(is_trusted)
            waiters = self._waiting.setdefault(client, deque())
            waiters.append(waiter)
            self._admit()
            if not waiter.admitted.is_set() and self._is_crowded(waiters):
                self._forget(client, waiter)
                return False
        if waiter.admitted.wait(max(0.0, until - time.monotonic())):
            return True
        with self._lock:
            if not waiter.admitted.is_set():
                self._forget(client, waiter)
            return waiter.admitted.is_set()

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._free += 1
            self._admit()

    def _is_crowded(self, waiters: deque[_Waiter]) -> bool:
        everybody = sum(map(len, self._waiting.values()))
        return len(waiters) > self._most_of_one or everybody > self._most_waiting

    def _admit(self) -> None:
        while (client := self._whose_turn()) is not None:
            waiter = self._waiting[client][0]
            self._forget(client, waiter)
            if client in self._waiting:
                self._waiting.move_to_end(client)
            self._free -= 1
            waiter.admitted.set()

    def _whose_turn(self) -> str | None:
        for client, waiters in self._waiting.items():
            if self._has_place(is_trusted=waiters[0].is_trusted):
                return client
        return None

    def _has_place(self, *, is_trusted: bool) -> bool:
        return self._free > (0 if is_trusted else self._reserved)

    def _forget(self, client: str, waiter: _Waiter) -> None:
        waiters = self._waiting[client]
        waiters.remove(waiter)
        if not waiters:
            del self._waiting[client]


class Places:
    """So many requests at once, of each client the fewer the less is free."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def taken_by(self, client: str) -> Iterator[None]:
        """Hold a place.

        Raises: QueryBusyError if there is none, or none for this client.
        """
        with self._lock:
            if not self._free or self._held[client] >= max(1, self._free // _SHARE):
                raise QueryBusyError("Too many queries are under way.", retry_after=1)
            self._free -= 1
            self._held[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._held[client] -= 1
                if not self._held[client]:
                    del self._held[client]
