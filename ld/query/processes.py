"""The pool's ends of the zygote and of the workers that it forks."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson

import ld
from ld.errors import EditionError
from ld.query import frames
from ld.query.footprint import Footprint
from ld.query.worker import PID, Limits

_START_SECONDS: Final = 30.0
_LOAD_SECONDS: Final = 3600.0
_PACKAGES: Final = str(Path(ld.__file__).parents[1])
_NICER: Final = 10


class HungUpError(Exception):
    """The one who asked is no longer there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What workers found: how they are kept from the network, and the named graphs of the store.

    `held` is what the zygote has in memory for all of them, in bytes: 0 if they read from disk.
    """

    network: str
    held: int
    graphs: frozenset[str]


class Worker:
    """One worker process, which answers one query at a time."""

    def __init__(
        self, channel: socket.socket, pid: int, pidfd: int, *, is_sharing: bool = False
    ) -> None:
        self._channel = channel
        self._pid = pid
        self._pidfd = pidfd
        self._buffer = bytearray()
        self._footprint = Footprint(pid, is_sharing=is_sharing)
        self._seconds_before = 0.0
        # CPUCLOCK_SCHED of the whole process, as clock_getcpuclockid(3) makes it.
        self._clock = (~pid << 3) | 2
        #: The bytes that it used when it was ended because all together used too much; else 0.
        self.was_too_large = 0

    def graphs(self) -> frozenset[str]:
        """Wait until it has opened the store, and give the named graphs that it found.

        Raises: EditionError if it cannot, ConnectionError or TimeoutError if it does not answer.
        """
        frame = self.receive(time.monotonic() + _START_SECONDS)
        if frame is None:
            raise TimeoutError("the worker does not start")
        kind, payload = frame
        if kind != frames.READY:
            raise frames.error_of(payload)
        return frozenset(orjson.loads(payload))

    def send(self, job: bytes) -> None:
        """Give it the frame of a query to answer."""
        self._seconds_before = self._processor_seconds()
        self._channel.sendall(job)

    def receive(
        self, until: float, hangup: socket.socket | None = None
    ) -> tuple[bytes, bytes] | None:
        """Give the next frame; None at `until` on the monotonic clock.

        Raises: ConnectionError if the worker is gone, HungUpError if anything happens on `hangup`.
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
                return None
            received = self._channel.recv(1 << 18)
            if not received:
                raise ConnectionError("the worker ended")
            self._buffer += received
        return frame

    def seconds(self) -> float:
        """Give the processor time that its present query has taken."""
        return self._processor_seconds() - self._seconds_before

    def _processor_seconds(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return self._seconds_before

    def memory(self, *, exactly: bool = False) -> int:
        """Give the bytes of memory that it has for itself, or the most that this can be."""
        return self._footprint.exact() if exactly else self._footprint.most()

    def is_alive(self) -> bool:
        """Say whether an idle worker still waits for a job."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    def stand_back(self) -> None:
        """Let it run only while nobody else wants to."""
        # Not SIGSTOP: a worker that is stopped would outlive a broker that dies.
        self._schedule(os.SCHED_IDLE, 0)

    def go_on_behind_others(self) -> None:
        """Let it run again, though behind all processes at their normal rank."""
        self._schedule(os.SCHED_BATCH, _NICER)

    def is_back_in_rank(self) -> bool:
        """Give it its first rank again, and say whether the system allows that."""
        return self._schedule(os.SCHED_OTHER, 0)

    def _schedule(self, policy: int, niceness: int) -> bool:
        try:
            os.sched_setscheduler(self._pid, policy, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, self._pid, niceness)
        except OSError:
            return False
        return True

    def end_for_memory(self) -> None:
        """Kill it, since it is the largest of those that use too much together."""
        self.was_too_large = self.memory(exactly=True)
        self._signal(signal.SIGKILL)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._signal(signal.SIGKILL)
        os.close(self._pidfd)
        self._channel.close()
        self._footprint.close()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)


class Zygote:
    """The process that forks workers; it may hold the graph in memory for all of them.

    Raises: EditionError if it does not start, or cannot load the graph.
    """

    def __init__(self, store: Path, limits: Limits, *, in_memory: bool = False) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_LOAD_SECONDS if in_memory else _START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    *(sys.executable, "-m", "ld.query.worker"),
                    *(str(theirs.fileno()), store, orjson.dumps(asdict(limits))),
                    "memory" if in_memory else "disk",
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # A backtrace at the moment of death takes longer than the query may.
                env={**os.environ, "PYTHONPATH": _PACKAGES, "RUST_BACKTRACE": "0"},
                start_new_session=True,
            )
        try:
            kind, payload = frames.receive(self._control, bytearray())
        except OSError as error:
            self.end()
            raise EditionError(f"No query worker can be started: {error}.") from error
        if kind != frames.READY:
            self.end()
            raise frames.error_of(payload)
        self._control.settimeout(_START_SECONDS)
        found = orjson.loads(payload)
        self._network: str = found["network"]
        self.held: int = found["held"]

    def fork(self) -> tuple[Worker, Opened]:
        """Give a worker that has opened the store, and what it found.

        Raises: EditionError if it cannot open the store, OSError if the zygote does not answer.
        """
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                worker = self._forked(ours, theirs)
        except OSError:
            ours.close()
            raise
        try:
            return worker, Opened(self._network, self.held, worker.graphs())
        except BaseException:
            worker.kill()
            raise

    def _forked(self, ours: socket.socket, theirs: socket.socket) -> Worker:
        socket.send_fds(self._control, [b"w"], [theirs.fileno()])
        message, descriptors, _, _ = socket.recv_fds(self._control, PID.size, 1)
        if not descriptors:
            raise ConnectionError("the zygote ended")
        (pid,) = PID.unpack(message)
        return Worker(ours, pid, descriptors[0], is_sharing=self.held > 0)

    def end(self) -> None:
        """End it; the workers that it forked go on."""
        self._control.close()
        self._process.kill()
        self._process.wait()
