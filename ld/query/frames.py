"""Frames: the messages between client, broker, pool and worker, on local sockets.

A frame is one byte that says its kind, its payload's length in four bytes, and the payload. A
worker answers a REQUEST with DATA and an END; so does the broker, after a HEAD. An ERROR may take
the place of any of these: what is cut short never looks complete.
"""

import socket
import struct
from typing import Any, Final

import orjson

from ld.errors import (
    EditionError,
    NoEditionError,
    PressmarkError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    QueryPenaltyError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
)

REQUEST: Final = b"Q"
READY: Final = b"R"
HEAD: Final = b"H"
DATA: Final = b"D"
END: Final = b"Z"
ERROR: Final = b"E"

_HEADER: Final = struct.Struct(">cI")
_MAX_PAYLOAD: Final = 1 << 20
_ERRORS: Final[dict[str, type[PressmarkError]]] = {
    kind.__name__: kind
    for kind in (
        EditionError,
        NoEditionError,
        QueryBusyError,
        QueryError,
        QueryLimitError,
        QueryPenaltyError,
        QueryRefusedError,
        QuerySyntaxError,
        QueryTimeoutError,
    )
}


def pack(kind: bytes, payload: bytes | bytearray = b"") -> bytes:
    """Give the bytes of one frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, value: Any) -> bytes:
    """Give the bytes of one frame that carries a JSON value."""
    return pack(kind, orjson.dumps(value))


def pack_error(error: PressmarkError) -> bytes:
    """Give the bytes of a frame that carries an error, to be raised again at the other end."""
    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    return pack_json(
        ERROR, {"kind": type(error).__name__, "message": str(error)[:1000], "facts": facts}
    )


def error_of(payload: bytes) -> PressmarkError:
    """Give the error that an ERROR frame carries."""
    carried = orjson.loads(payload)
    kind = _ERRORS.get(carried["kind"], QueryError)
    facts: dict[str, Any] = carried["facts"]
    if kind is QueryTimeoutError:
        return QueryTimeoutError(facts["seconds"])
    return kind(carried["message"], **facts)


def take(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Take the first frame out of a buffer; None if it is not there in full.

    Raises: ConnectionError if the bytes are no frame.
    """
    if len(buffer) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack_from(buffer)
    if length > _MAX_PAYLOAD:
        raise ConnectionError(f"a frame of {length} bytes is too long")
    end = _HEADER.size + length
    if len(buffer) < end:
        return None
    payload = bytes(buffer[_HEADER.size : end])
    del buffer[:end]
    return kind, payload


def receive(connection: socket.socket, buffer: bytearray) -> tuple[bytes, bytes]:
    """Wait for the next frame; `buffer` keeps what came in beyond it.

    Raises: ConnectionError if the other end closed, TimeoutError at the socket's timeout.
    """
    while (frame := take(buffer)) is None:
        received = connection.recv(1 << 18)
        if not received:
            raise ConnectionError("the other end closed the connection")
        buffer += received
    return frame
