"""Ask the query broker."""

import os
import socket
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ld.errors import QueryBusyError, QueryError
from ld.query import frames
from ld.query.guard import Query

# The broker has a thread for each connection that is open.
_MOST_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Served:
    """The edition that is queried at this moment, how workers are kept from the network, limits.

    `memory` is what the graph takes in memory, in bytes; 0 if it is read from disk.
    """

    edition: str
    base: str
    service_url: str
    licence: str | None
    network: str
    memory: int
    limits: dict[str, float]


class Answer:
    """The answer to one query; its bytes come as they are read.

    `length` in bytes is known if the answer is complete at the broker. Iterating raises
    PressmarkError if it cannot be completed: what came before is no answer. Close it, read or not.
    """

    def __init__(
        self,
        connection: socket.socket,
        buffer: bytearray,
        head: dict[str, Any],
        media_type: str,
        keep: Callable[[socket.socket], None] = socket.socket.close,
    ) -> None:
        self.unknown_graphs: tuple[str, ...] = tuple(head["unknown_graphs"])
        self.length: int | None = head["length"]
        self.served = Served(**head["served"])
        self.media_type = media_type
        self._connection: socket.socket | None = connection
        self._buffer = buffer
        self._keep = keep

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self._connection is not None:
                try:
                    kind, payload = frames.receive(self._connection, self._buffer)
                except OSError as error:
                    raise _broken_off(error) from error
                if kind == frames.ERROR:
                    raise frames.error_of(payload)
                if kind == frames.END:
                    connection, self._connection = self._connection, None
                    self._keep(connection)
                    return
                yield payload
        finally:
            self.close()

    @property
    def edition(self) -> str:
        """The id of the edition that was asked."""
        return self.served.edition

    def close(self) -> None:
        """Let the broker forget what has not been read."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class BrokerClient:
    """Asks the broker; threads and forks may share it.

    Each query has a connection to itself; one whose answer was read to its end is used again.
    """

    def __init__(self, socket_path: Path, patience: float = 120.0) -> None:
        self.socket_path = socket_path
        self._patience = patience
        self._kept: list[tuple[int, socket.socket]] = []
        weakref.finalize(self, _close, self._kept)

    def query(
        self,
        query: Query,
        media_type: str,
        *,
        client: str,
        default_graph_uris: Sequence[str] = (),
        named_graph_uris: Sequence[str] = (),
        may_stream: bool = False,
    ) -> Answer:
        """Give the answer, once it is complete; or once it has begun, if it may stream.

        The media type is one of `results.media_types` for the query's form. `client` tells those
        who ask apart. Graphs named here replace those that the query names.
        Raises: QueryError; NoEditionError if there is nothing to be queried.
        """
        graphs = query.default_graphs, query.named_graphs
        if default_graph_uris or named_graph_uris:
            graphs = tuple(default_graph_uris), tuple(named_graph_uris)
        request = {
            "text": query.text,
            "default_graphs": graphs[0],
            "named_graphs": graphs[1],
            "media_type": media_type,
            "client": client,
            "may_stream": may_stream,
        }
        connection, buffer, head = self._ask(request)
        return Answer(connection, buffer, head, media_type, self._keep)

    def served(self) -> Served:
        """Give the edition that is queried now.

        Raises: NoEditionError if there is none, QueryBusyError if the broker is away.
        """
        connection, _, head = self._ask({})
        with connection:
            return Served(**head)

    def _ask(self, request: dict[str, Any]) -> tuple[socket.socket, bytearray, dict[str, Any]]:
        frame = frames.pack_json(frames.REQUEST, request)
        buffer = bytearray()
        try:
            connection = self._sent_to_kept(frame) or self._sent_anew(frame)
        except OSError as error:
            raise QueryBusyError(
                "The query service is not running at this moment.", retry_after=5
            ) from error
        try:
            head = _head(connection, buffer)
        except BaseException:
            connection.close()
            raise
        return connection, buffer, head

    def _sent_to_kept(self, frame: bytes) -> socket.socket | None:
        with suppress(IndexError):
            while True:
                process, connection = self._kept.pop()
                # A fork has its parent's connections, and must leave them to it.
                if process == os.getpid():
                    try:
                        connection.sendall(frame)
                    except OSError:  # another broker listens by now
                        connection.close()
                    else:
                        return connection
        return None

    def _sent_anew(self, frame: bytes) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._patience)
            connection.connect(str(self.socket_path))
            connection.sendall(frame)
        except BaseException:
            connection.close()
            raise
        return connection

    def _keep(self, connection: socket.socket) -> None:
        if len(self._kept) < _MOST_KEPT:
            self._kept.append((os.getpid(), connection))
        else:
            connection.close()


def _close(kept: list[tuple[int, socket.socket]]) -> None:
    for _, connection in kept:
        connection.close()


def _head(connection: socket.socket, buffer: bytearray) -> dict[str, Any]:
    try:
        kind, payload = frames.receive(connection, buffer)
    except OSError as error:
        raise _broken_off(error) from error
    if kind == frames.ERROR:
        raise frames.error_of(payload)
    head: dict[str, Any] = orjson.loads(payload)
    return head


def _broken_off(reason: object) -> QueryError:
    return QueryError(f"The query service broke off: {reason}.")
