"""Keep workers ready, ask one of them, and kill it when it exceeds what a query may use."""

import math
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson

import ld
from ld.errors import (
    EditionError,
    QueryBusyError,
    QueryLimitError,
    QueryTimeoutError,
)
from ld.query import frames
from ld.query.worker import Job, Limits

__all__ = ["HungUpError", "Job", "Limits", "Pool"]

_START_SECONDS: Final = 30.0
_PACKAGES: Final = str(Path(ld.__file__).parents[1])


class HungUpError(Exception):
    """The one who asked is no longer there."""


class _Worker:
    """The pool's end of one worker process."""

    def __init__(self, channel: socket.socket, pidfd: int) -> None:
        self._channel = channel
        self._pidfd = pidfd
        self._buffer = bytearray()

    def ready(self) -> str:
        """Give, once it has opened the store, how it is kept from the network."""
        kind, payload = self.receive(time.monotonic() + _START_SECONDS)
        if kind != frames.READY:
            raise frames.error_of(payload)
        return payload.decode()

    def send(self, job: Job) -> None:
        self._channel.sendall(job.frame())

    def receive(self, until: float, hangup: socket.socket | None = None) -> tuple[bytes, bytes]:
        """Give the next frame.

        Raises: TimeoutError at `until` on the monotonic clock, ConnectionError if the worker is
        gone, HungUpError if anything happens on `hangup`.
        """
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        if hangup is not None:
            poll.register(hangup, select.POLLIN | select.POLLRDHUP)
        while (frame := frames.take(self._buffer)) is None:
            events = poll.poll(max(0.0, until - time.monotonic()) * 1000)
            ready = {descriptor for descriptor, _ in events}
            if hangup is not None and hangup.fileno() in ready:
                raise HungUpError
            if not ready:
                raise TimeoutError
            received = self._channel.recv(1 << 18)
            if not received:
                raise ConnectionError("the worker ended")
            self._buffer += received
        return frame

    def is_alive(self) -> bool:
        """Say whether an idle worker still waits for a job."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._channel.close()


class _Zygote:
    """The pool's end of the process that forks workers."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    *(sys.executable, "-m", "ld.query.worker"),
                    *(str(theirs.fileno()), store, orjson.dumps(asdict(limits))),
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # A backtrace at the moment of death takes longer than the query may.
                env={**os.environ, "PYTHONPATH": _PACKAGES, "RUST_BACKTRACE": "0"},
                start_new_session=True,
            )

    def fork(self) -> tuple[_Worker, str]:
        """Give a ready worker and how it is kept from the network.

        Raises: EditionError if it cannot open the store, OSError if the zygote does not answer.
        """
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                worker = _Worker(ours, self._pidfd_for(theirs))
        except OSError:
            ours.close()
            raise
        try:
            network = worker.ready()
        except BaseException:
            worker.kill()
            raise
        return worker, network

    def _pidfd_for(self, channel: socket.socket) -> int:
        socket.send_fds(self._control, [b"w"], [channel.fileno()])
        _, descriptors, _, _ = socket.recv_fds(self._control, 16, 1)
        if not descriptors:
            raise ConnectionError("the zygote ended")
        return descriptors[0]

    def end(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()


class Pool:
    """Workers on one store; `network` says how they are kept from the network, or "none".

    Raises: EditionError if the store cannot be opened.
    """

    def __init__(self, store: Path, workers: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._store = store
        self._zygote_lock = threading.Lock()
        self._zygote = _Zygote(store, self.limits)
        # A place is a ready worker, or None: whoever takes that one forks a worker first.
        self._places: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._closed = False
        self.network = "none"
        try:
            for _ in range(workers):
                self._places.put(self._fork())
        except BaseException:
            self.close()
            raise

    def run(
        self, job: Job, client: str, hangup: socket.socket | None = None
    ) -> Generator[bytes, None, None]:
        """Answer a query chunk by chunk; an error before the first chunk leaves nothing sent.

        There is one chunk at least, maybe empty. `client` says who asks, `hangup` is a socket on
        which anything that happens means that the client is gone.
        Raises: QueryError, EditionError, HungUpError. Leaving the iterator early frees the worker.
        """
        place = self._take_place(client)
        finished = False
        try:
            if place is not None and not place.is_alive():
                place.kill()
                place = None
            if place is None:
                place = self._fork()
            place.send(job)
            until = time.monotonic() + self.limits.deadline
            while True:
                kind, payload = place.receive(until, hangup)
                if kind == frames.DATA:
                    yield payload
                    continue
                finished = True
                if kind == frames.ERROR:
                    raise frames.error_of(payload)
                return
        except TimeoutError:
            raise QueryTimeoutError(self.limits.deadline) from None
        except ConnectionError:
            raise QueryLimitError(
                f"The query needed more than the {self.limits.memory >> 20} MiB of memory or the "
                "depth that one query may have."
            ) from None
        finally:
            self._return_place(place, finished=finished)

    def close(self) -> None:
        """End the zygote and every idle worker; a busy one ends with its query."""
        with self._zygote_lock:
            self._closed = True
            self._zygote.end()
        while True:
            try:
                worker = self._places.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.kill()

    def _take_place(self, client: str) -> _Worker | None:
        # Whoever came first has the next place, whichever client that is.
        try:
            return self._places.get(timeout=self.limits.queue)
        except queue.Empty:
            raise QueryBusyError(
                "All workers are busy with other queries.",
                retry_after=math.ceil(self.limits.deadline),
            ) from None

    def _return_place(self, worker: _Worker | None, *, finished: bool) -> None:
        if worker is not None and (self._closed or not finished):
            worker.kill()
            worker = None
        if worker is None:
            with suppress(EditionError):
                worker = self._fork()
        self._places.put(worker)

    def _fork(self) -> _Worker:
        with self._zygote_lock:
            if self._closed:
                raise EditionError("These query workers have been closed.")
            try:
                worker, self.network = self._zygote.fork()
            except OSError:
                self._zygote.end()
                self._zygote = _Zygote(self._store, self.limits)
                try:
                    worker, self.network = self._zygote.fork()
                except OSError as error:
                    raise EditionError(f"No query worker can be started: {error}.") from error
            return worker
