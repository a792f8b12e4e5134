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
from ld.query import frames
from ld.query.worker import PID, Job, Limits

_START_SECONDS: Final = 30.0
_PACKAGES: Final = str(Path(ld.__file__).parents[1])
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_NICER: Final = 10


class HungUpError(Exception):
    """The one who asked is no longer there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a worker found: how it is kept from the network, and the named graphs of the store."""

    network: str
    graphs: frozenset[str]


class Worker:
    """One worker process, which answers one query at a time."""

    def __init__(self, channel: socket.socket, pid: int, pidfd: int) -> None:
        self._channel = channel
        self._pid = pid
        self._pidfd = pidfd
        self._buffer = bytearray()
        self._seconds_before = 0.0
        # CPUCLOCK_SCHED of the whole process, as clock_getcpuclockid(3) makes it.
        self._clock = (~pid << 3) | 2
        #: The bytes that it used when it was ended because all together used too much; else 0.
        self.was_too_large = 0

    def opened(self) -> Opened:
        """Wait until it has opened the store.

        Raises: EditionError if it cannot, ConnectionError or TimeoutError if it does not answer.
        """
        frame = self.receive(time.monotonic() + _START_SECONDS)
        if frame is None:
            raise TimeoutError("the worker does not start")
        kind, payload = frame
        if kind != frames.READY:
            raise frames.error_of(payload)
        found = orjson.loads(payload)
        return Opened(found["network"], frozenset(found["graphs"]))

    def send(self, job: Job) -> None:
        """Give it a query to answer."""
        self._seconds_before = self._processor_seconds()
        self._channel.sendall(job.frame())

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

    def memory(self) -> int:
        """Give the bytes of memory that it has for itself; 0 if it is gone."""
        try:
            text = Path(f"/proc/{self._pid}/statm").read_bytes()
        except OSError:
            return 0
        _, resident, shared = map(int, text.split()[:3])
        return (resident - shared) * _PAGE

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
        """Let it run again, though behind all processes at their normal rank.

        It keeps that rank, so it should answer no further query.
        """
        self._schedule(os.SCHED_BATCH, _NICER)

    def _schedule(self, policy: int, niceness: int) -> None:
        with suppress(OSError):
            os.sched_setscheduler(self._pid, policy, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, self._pid, niceness)

    def end_for_memory(self) -> None:
        """Kill it, since it is the largest of those that use too much together."""
        self.was_too_large = self.memory()
        self._signal(signal.SIGKILL)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._signal(signal.SIGKILL)
        os.close(self._pidfd)
        self._channel.close()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)


class Zygote:
    """The process that forks workers."""

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
            return worker, worker.opened()
        except BaseException:
            worker.kill()
            raise

    def _forked(self, ours: socket.socket, theirs: socket.socket) -> Worker:
        socket.send_fds(self._control, [b"w"], [theirs.fileno()])
        message, descriptors, _, _ = socket.recv_fds(self._control, PID.size, 1)
        if not descriptors:
            raise ConnectionError("the zygote ended")
        (pid,) = PID.unpack(message)
        return Worker(ours, pid, descriptors[0])

    def end(self) -> None:
        """End it; the workers that it forked go on."""
        self._control.close()
        self._process.kill()
        self._process.wait()
