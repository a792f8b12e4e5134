"""What the broker has for one client and has not sent yet."""

import socket
import tempfile
import threading
import time
from collections import deque
from types import TracebackType
from typing import IO, Any, Final

from ld.errors import PressmarkError, QueryBusyError
from ld.query import frames

# A reader may pause this long, and may on the whole be this slow (bytes per second).
_PAUSE_SECONDS: Final = 30.0
_SLOWEST: Final = 16 * 1024
_IN_MEMORY: Final = 1 << 20
# So much goes out with the head, at one stroke: a socket takes it whether or not anybody reads.
_SMALL: Final = 64 * 1024
_BLOCK: Final = 256 * 1024


class StoreRoom:
    """So many bytes on disk for all outboxes together."""

    def __init__(self, most_bytes: int) -> None:
        self._free = most_bytes
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Take room; negative sizes give it back.

        Raises: QueryBusyError if there is none.
        """
        with self._lock:
            if size > self._free:
                raise QueryBusyError("Too many results wait to be read.", retry_after=10)
            self._free -= size


class Outbox:
    """The frames for one client; until it is opened, nothing is sent.

    `size` is that of the result so far, in bytes.
    """

    def __init__(self, connection: socket.socket, room: StoreRoom) -> None:
        self._connection = connection
        self._room = room
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._is_open = False
        self._head = b""
        self._stored = 0
        self._sent = 0
        # Where the last frame ends that is sent as a whole, and where those end that are not.
        self._whole = 0
        self._ends: deque[int] = deque()
        self.size = 0

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        self._room.take(-self._stored)

    def put(self, kind: bytes, payload: bytes = b"") -> None:
        """Add a frame, and send what can be sent without waiting.

        Raises: QueryBusyError if there is no room for it, ConnectionError if the client is gone.
        """
        frame = frames.pack(kind, payload)
        self._room.take(len(frame))
        self._write(frame)
        self._stored += len(frame)
        self._ends.append(self._stored)
        self.size += len(payload)
        if self._is_open:
            self._send_head()
            self._connection.settimeout(0)
            try:
                self._send()
            except BlockingIOError:
                return

    def open(self, head: dict[str, Any]) -> None:
        """Send this head before all else, unless there was one."""
        if not self._is_open:
            self._is_open = True
            self._head = frames.pack_json(frames.HEAD, head)

    def empty(self) -> None:
        """Send the rest, to a client that is not too slow.

        Raises: OSError if it is too slow or gone.
        """
        if not self._sent and self._stored <= _SMALL:
            self._head += self._memory
            self._sent = self._whole = self._stored
        self._send_head()
        self._connection.settimeout(_PAUSE_SECONDS)
        self._send(time.monotonic() + _PAUSE_SECONDS + self._stored / _SLOWEST)

    def fail(self, error: PressmarkError) -> None:
        """Send an error, in place of everything or of the rest; what is half sent is completed.

        Raises: OSError if the client is too slow or gone.
        """
        self._connection.settimeout(_PAUSE_SECONDS)
        if self._is_open and self._sent > self._whole:
            self._connection.sendall(self._read(self._ends[0] - self._sent))
        self._connection.sendall(frames.pack_error(error))

    def _write(self, frame: bytes) -> None:
        if self._file is None and self._stored + len(frame) <= _IN_MEMORY:
            self._memory += frame
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115
            self._file.write(self._memory)
            self._memory = bytearray()
        self._file.seek(self._stored)
        self._file.write(frame)

    def _read(self, size: int) -> bytes:
        if self._file is None:
            return bytes(self._memory[self._sent : self._sent + size])
        self._file.seek(self._sent)
        return self._file.read(size)

    def _send_head(self) -> None:
        if self._head:
            self._connection.settimeout(_PAUSE_SECONDS)
            self._connection.sendall(self._head)
            self._head = b""

    def _send(self, until: float | None = None) -> None:
        while self._sent < self._stored and (until is None or time.monotonic() < until):
            self._sent += self._connection.send(self._read(_BLOCK))
            while self._ends and self._ends[0] <= self._sent:
                self._whole = self._ends.popleft()
