"""Workers that are ready before they are needed."""

import queue
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from ld.errors import EditionError
from ld.query.memory import MemoryWatch
from ld.query.processes import Opened, Worker, Zygote
from ld.query.worker import Limits

# A worker that has grown larger than this answers no further query. If it shares a graph, it may
# take half of what there is beside that, and is the first to go when there is too little.
_LARGEST_IDLE: Final = 160 << 20


class Nursery:
    """Keeps workers on one store ready; `opened` says what the first of them found there.

    Raises: EditionError if the store cannot be opened.
    """

    def __init__(
        self, store: Path, limits: Limits, memory: MemoryWatch, *, in_memory: bool = False
    ) -> None:
        self._memory = memory
        self._start = partial(Zygote, store, limits, in_memory=in_memory)
        self._lock = threading.Lock()
        self._forking = threading.Lock()
        self._zygote = self._start()
        self._memory.hold(self._zygote.held)
        self._closed = False
        # Whoever worked last goes on: it has its own copy of what queries read, others need none.
        self._ready: queue.LifoQueue[Worker | EditionError] = queue.LifoQueue()
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        try:
            worker, self.opened = self._fork()
        except BaseException:
            self.close()
            raise
        self._rest(worker)
        held = self.opened.held
        self._largest_idle = (limits.total_memory - held) // 2 if held else _LARGEST_IDLE
        for _ in range(limits.fast_places + limits.spare_workers - 1):
            self.order()
        threading.Thread(target=self._carry_out_orders, name="query workers", daemon=True).start()

    def take(self, until: float) -> Worker | None:
        """Give a worker; None if there is none before `until` on the monotonic clock.

        Raises: EditionError if no worker can be started.
        """
        while True:
            try:
                worker = self._ready.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return None
            if isinstance(worker, EditionError):
                self.order()
                raise worker
            self._memory.rise(worker)
            if worker.is_alive():
                return worker
            worker.kill()
            self.order()

    def give_back(self, worker: Worker) -> None:
        """Take back a worker that can answer another query."""
        with self._lock:
            most = self._largest_idle
            is_fit = not self._closed and (
                worker.memory() <= most or worker.memory(exactly=True) <= most
            )
            if is_fit:
                self._rest(worker)
        if not is_fit:
            worker.kill()
            self.order()

    def exchange(self, worker: Worker) -> None:
        """Take back a worker that another has been ordered for, if that has copied less.

        What a worker has copied of a shared graph, its next queries need not copy again.
        """
        try:
            other = self._ready.get_nowait()
        except queue.Empty:
            worker.kill()
            return
        if isinstance(other, Worker):
            self._memory.rise(other)
            if other.memory() < worker.memory():
                worker, other = other, worker
            self.give_back(other)
        else:
            self._ready.put(other)
        worker.kill()

    def order(self) -> None:
        """Let another worker be made ready."""
        self._orders.put(True)

    def close(self) -> None:
        """End the zygote and all workers that are ready."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._orders.put(False)
        with self._forking:
            self._zygote.end()
            self._memory.hold(-self._zygote.held)
        with suppress(queue.Empty):
            while True:
                worker = self._ready.get_nowait()
                if isinstance(worker, Worker):
                    self._memory.rise(worker)
                    worker.kill()

    def _carry_out_orders(self) -> None:
        while self._orders.get():
            try:
                worker, _ = self._fork()
            except EditionError as error:
                self._ready.put(error)
                continue
            with self._lock:
                if not self._closed:
                    self._rest(worker)
                    continue
            worker.kill()

    def _rest(self, worker: Worker) -> None:
        self._memory.rest(worker)
        self._ready.put(worker)

    def _fork(self) -> tuple[Worker, Opened]:
        with self._forking:
            if self._closed:
                raise EditionError("These query workers have been closed.")
            try:
                return self._zygote.fork()
            except OSError:
                self._zygote.end()
                self._memory.hold(-self._zygote.held)
                self._zygote.held = 0
                self._zygote = self._start()
                self._memory.hold(self._zygote.held)
            try:
                return self._zygote.fork()
            except OSError as error:
                raise EditionError(f"No query worker can be started: {error}.") from error
