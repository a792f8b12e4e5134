"""Workers that are ready before they are needed."""

import queue
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from ld.errors import EditionError
from ld.query.processes import Opened, Worker, Zygote
from ld.query.worker import Limits

# A worker that has grown larger than this answers no further query.
_LARGEST_IDLE: Final = 160 << 20


class Nursery:
    """Keeps workers on one store ready; `opened` says what the first of them found there.

    Raises: EditionError if the store cannot be opened.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._lock = threading.Lock()
        self._forking = threading.Lock()
        self._zygote = Zygote(store, limits)
        self._closed = False
        self._ready: queue.SimpleQueue[Worker | EditionError] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        try:
            worker, self.opened = self._fork()
        except BaseException:
            self.close()
            raise
        self._ready.put(worker)
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
            if worker.is_alive():
                return worker
            worker.kill()
            self.order()

    def give_back(self, worker: Worker) -> None:
        """Take back a worker that can answer another query."""
        with self._lock:
            is_fit = not self._closed and worker.memory() <= _LARGEST_IDLE
            if is_fit:
                self._ready.put(worker)
        if not is_fit:
            worker.kill()
            self.order()

    def order(self) -> None:
        """Let another worker be made ready."""
        self._orders.put(True)

    def close(self) -> None:
        """End the zygote and all workers that are ready."""
        with self._lock:
            self._closed = True
        self._orders.put(False)
        with self._forking:
            self._zygote.end()
        with suppress(queue.Empty):
            while True:
                worker = self._ready.get_nowait()
                if isinstance(worker, Worker):
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
                    self._ready.put(worker)
                    continue
            worker.kill()

    def _fork(self) -> tuple[Worker, Opened]:
        with self._forking:
            if self._closed:
                raise EditionError("These query workers have been closed.")
            try:
                return self._zygote.fork()
            except OSError:
                self._zygote.end()
                self._zygote = Zygote(self._store, self._limits)
            try:
                return self._zygote.fork()
            except OSError as error:
                raise EditionError(f"No query worker can be started: {error}.") from error
