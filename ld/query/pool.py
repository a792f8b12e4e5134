"""Keep workers ready, ask one of them, and kill it when it exceeds what a query may use.

A query begins among the fast ones. When it has taken `fast_seconds` of processor time it goes on
among the slow ones, of which there are few, at a lower rank. So short queries wait for short
queries only, and nothing is computed twice.
"""

import math
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ld.errors import QueryBusyError, QueryError, QueryLimitError, QueryTimeoutError
from ld.query import frames
from ld.query.lanes import Lane
from ld.query.memory import MemoryWatch
from ld.query.nursery import Nursery
from ld.query.penalties import Penalties, StoppedQueries
from ld.query.processes import HungUpError, Worker
from ld.query.worker import Job, Limits

__all__ = ["HungUpError", "Job", "Limits", "Pool"]


@dataclass(slots=True)
class _Stay:
    """One query's stay with a worker; `until` and `look` are on the monotonic clock."""

    client: str
    worker: Worker
    lane: Lane | None
    until: float
    look: float  # when to look next how long it has run
    is_over: bool = False


class Pool:
    """Workers on one store; `opened` says what they found there.

    Penalties and the watch over memory may be shared with other pools. `in_memory` loads the
    store first, which takes seconds for each million triples.
    Raises: EditionError if the store cannot be opened.
    """

    def __init__(
        self,
        store: Path,
        limits: Limits | None = None,
        penalties: Penalties | None = None,
        memory: MemoryWatch | None = None,
        *,
        in_memory: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self._penalties = penalties or Penalties()
        self._memory = memory or MemoryWatch(self.limits.total_memory)
        self._owns_memory = memory is None
        self._stopped = StoppedQueries()
        # Who is new, or whose queries were stopped, leaves one fast place to the others.
        self._fast = Lane(self.limits.fast_places, reserved=1)
        slow = self.limits.slow_places
        self._slow = Lane(slow, most_waiting=slow, most_of_one=1)
        self._nursery = Nursery(store, self.limits, self._memory, in_memory=in_memory)
        self.opened = self._nursery.opened

    def run(
        self, job: Job, client: str, hangup: socket.socket | None = None
    ) -> Generator[bytes, None, None]:
        """Answer a query chunk by chunk; an error before the first chunk leaves nothing sent.

        There is one chunk at least, maybe empty. `client` says who asks, `hangup` is a socket on
        which anything that happens means that the client is gone.
        Raises: QueryError, EditionError, HungUpError. Leaving the iterator early frees the worker.
        """
        self._penalties.check(client)
        frame = job.frame()
        try:
            if (known := self._stopped.get(frame)) is not None:
                raise known
            yield from self._answer(frame, client, hangup)
        except (QueryTimeoutError, QueryLimitError) as error:
            self._stopped.add(frame, error)
            self._penalties.strike(client)
            raise

    def close(self) -> None:
        """End the zygote and every idle worker; a busy one ends with its query."""
        self._nursery.close()
        if self._owns_memory:
            self._memory.close()

    def _answer(
        self, job: bytes, client: str, hangup: socket.socket | None
    ) -> Generator[bytes, None, None]:
        with self._stay(client) as stay, self._memory.over(stay.worker):
            try:
                stay.worker.send(job)
                while True:
                    kind, payload = self._receive(stay, hangup)
                    if kind == frames.DATA:
                        yield payload
                        continue
                    stay.is_over = True
                    if kind == frames.ERROR:
                        raise frames.error_of(payload)
                    return
            except ConnectionError:
                raise self._death(stay.worker) from None

    @contextmanager
    def _stay(self, client: str) -> Iterator[_Stay]:
        until = time.monotonic() + self.limits.deadline
        is_trusted = self._penalties.is_trusted(client)
        if not self._fast.enter(client, self._patience(until), is_trusted=is_trusted):
            raise self._busy("All workers are busy with other queries.")
        try:
            worker = self._nursery.take(until)
        except BaseException:
            self._fast.leave()
            raise
        if worker is None:
            self._fast.leave()
            raise self._busy("No worker is ready.")
        look = time.monotonic() + self.limits.fast_seconds
        stay = _Stay(client, worker, self._fast, until, look)
        try:
            yield stay
        finally:
            self._end(stay)

    def _end(self, stay: _Stay) -> None:
        if stay.lane is self._fast and stay.is_over:
            self._nursery.give_back(stay.worker)
            self._penalties.praise(stay.client)
        elif stay.is_over and self.opened.held and stay.worker.is_back_in_rank():
            self._nursery.exchange(stay.worker)
        else:
            stay.worker.kill()
        if stay.lane is self._fast and not stay.is_over:
            self._nursery.order()
        if stay.lane is not None:
            stay.lane.leave()

    def _receive(self, stay: _Stay, hangup: socket.socket | None) -> tuple[bytes, bytes]:
        while True:
            now = time.monotonic()
            if now >= stay.until:
                raise QueryTimeoutError(self.limits.deadline)
            until = stay.until
            if stay.lane is self._fast:
                if now >= stay.look:
                    stay.look = now + self.limits.fast_seconds - stay.worker.seconds()
                if now >= stay.look:
                    self._make_slow(stay)
                    continue
                until = min(until, stay.look)
            frame = stay.worker.receive(until, hangup)
            if frame is not None:
                return frame

    def _make_slow(self, stay: _Stay) -> None:
        stay.worker.stand_back()
        stay.lane = None
        self._nursery.order()
        self._fast.leave()
        if not self._slow.enter(stay.client, self._patience(stay.until)):
            self._penalties.strike(stay.client)
            raise self._busy("The places for long queries are taken.")
        stay.lane = self._slow
        stay.worker.go_on_behind_others()

    def _death(self, worker: Worker) -> QueryError:
        total = self.limits.total_memory - self.opened.held
        if 0 < worker.was_too_large < total // 2:
            return self._busy("The queries under way need more memory than there is.")
        most = min(self.limits.memory, total) >> 20
        return QueryLimitError(
            f"The query needed more than the {most} MiB of memory or the depth that one query may "
            "have."
        )

    def _patience(self, until: float) -> float:
        return min(until, time.monotonic() + self.limits.queue)

    def _busy(self, why: str) -> QueryBusyError:
        return QueryBusyError(why, retry_after=math.ceil(self.limits.deadline))
