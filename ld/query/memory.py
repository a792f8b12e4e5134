"""The memory that all workers may use together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

# A query fills memory at a gigabyte per second at most.
_STEP_SECONDS: Final = 0.04


class Process(Protocol):
    """A process that can be ended."""

    def memory(self) -> int:
        """Give the bytes of memory that it has for itself."""
        ...

    def end_for_memory(self) -> None:
        """Kill it, since it is the largest of those that use too much together."""
        ...


class MemoryWatch:
    """Ends the largest of the processes at work whenever they use too much together."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._at_work: set[Process] = set()
        self._lock = threading.Lock()
        self._anybody = threading.Event()
        self._closing = threading.Event()
        threading.Thread(target=self._watch, name="query memory", daemon=True).start()

    @contextmanager
    def over(self, process: Process) -> Iterator[None]:
        """Watch a process as long as it is at work."""
        with self._lock:
            self._at_work.add(process)
            self._anybody.set()
        try:
            yield
        finally:
            with self._lock:
                self._at_work.discard(process)
                if not self._at_work:
                    self._anybody.clear()

    def close(self) -> None:
        """End the watch."""
        self._closing.set()
        self._anybody.set()

    def _watch(self) -> None:
        while self._anybody.wait() and not self._closing.wait(_STEP_SECONDS):
            # Whoever leaves is not killed afterwards: its process may be another's by then.
            with self._lock:
                used = {process: process.memory() for process in self._at_work}
                if used and sum(used.values()) > self._most:
                    max(used, key=used.__getitem__).end_for_memory()
