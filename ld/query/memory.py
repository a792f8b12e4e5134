"""The memory that all workers may use together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

# A query fills memory at a gigabyte per second at most.
_STEP_SECONDS: Final = 0.04
# Of an idle process: less would be gained by ending it than starting another costs.
_WORTH_ENDING: Final = 32 << 20


class Process(Protocol):
    """A process that can be ended."""

    def memory(self, *, exactly: bool = False) -> int:
        """Give the bytes of memory that it has for itself, or the most that this can be."""
        ...

    def end_for_memory(self) -> None:
        """Kill it, since it is the largest of those that use too much together."""
        ...


class MemoryWatch:
    """Ends the largest of the processes whenever they use too much together.

    Those that are idle go before those that are at work. Nothing is looked at while nobody works.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._at_work: set[Process] = set()
        self._idle: set[Process] = set()
        self._lock = threading.Lock()
        self._anybody = threading.Event()
        self._closing = threading.Event()
        threading.Thread(target=self._watch, name="query memory", daemon=True).start()

    @contextmanager
    def over(self, process: Process) -> Iterator[None]:
        """Watch a process as long as it is at work."""
        with self._lock:
            self._at_work.add(process)
            if not self._anybody.is_set():
                self._anybody.set()
        try:
            yield
        finally:
            with self._lock:
                self._at_work.discard(process)

    def rest(self, process: Process) -> None:
        """Watch a process that is idle, until it is told to `rise`."""
        with self._lock:
            self._idle.add(process)

    def rise(self, process: Process) -> None:
        """Watch an idle process no more."""
        with self._lock:
            self._idle.discard(process)

    def hold(self, size: int) -> None:
        """Take so many bytes away from what there is; negative sizes give them back."""
        with self._lock:
            self._held += size

    def close(self) -> None:
        """End the watch."""
        self._closing.set()
        self._anybody.set()

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._anybody.wait()
            self._closing.wait(_STEP_SECONDS)
            # Whoever leaves is not killed afterwards: its process may be another's by then.
            with self._lock:
                if not self._at_work:
                    # Not with each query that ends: waking this thread takes longer than most.
                    self._anybody.clear()
                elif self._is_too_much(self._used(exactly=False)):
                    used = self._used(exactly=True)
                    if self._is_too_much(used):
                        self._end_largest(used)

    def _used(self, *, exactly: bool) -> dict[Process, int]:
        return {
            process: process.memory(exactly=exactly) for process in (*self._at_work, *self._idle)
        }

    def _is_too_much(self, used: dict[Process, int]) -> bool:
        return self._held + sum(used.values()) > self._most

    def _end_largest(self, used: dict[Process, int]) -> None:
        idle = [process for process in self._idle if used[process] > _WORTH_ENDING]
        largest = max(idle or self._at_work, key=used.__getitem__, default=None)
        if largest is not None:
            largest.end_for_memory()
