"""Ask the query broker."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from ld.errors import QueryBusyError, QueryError
from ld.query import frames
from ld.query.guard import Query


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
        self, connection: socket.socket, buffer: bytearray, head: dict[str, Any], media_type: str
    ) -> None:
        self.unknown_graphs: tuple[str, ...] = tuple(head["unknown_graphs"])
        self.length: int | None = head["length"]
        self.served = Served(**head["served"])
        self.media_type = media_type
        self._connection = connection
        self._buffer = buffer

    def __iter__(self) -> Iterator[bytes]:
        with self._connection:
            while True:
                try:
                    kind, payload = frames.receive(self._connection, self._buffer)
                except OSError as error:
                    raise _broken_off(error) from error
                if kind == frames.ERROR:
                    raise frames.error_of(payload)
                if kind == frames.END:
                    return
                yield payload

    @property
    def edition(self) -> str:
        """The id of the edition that was asked."""
        return self.served.edition

    def close(self) -> None:
        """Let the broker forget what has not been read."""
        self._connection.close()


class BrokerClient:
    """Asks the broker; one connection for each query, so that threads and forks may share it."""

    def __init__(self, socket_path: Path, patience: float = 120.0) -> None:
        self.socket_path = socket_path
        self._patience = patience

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
        request = asdict(query) | {"media_type": media_type, "client": client}
        request["may_stream"] = may_stream
        if default_graph_uris or named_graph_uris:
            request["default_graphs"] = default_graph_uris
            request["named_graphs"] = named_graph_uris
        connection, buffer, head = self._ask(request)
        return Answer(connection, buffer, head, media_type)

    def served(self) -> Served:
        """Give the edition that is queried now.

        Raises: NoEditionError if there is none, QueryBusyError if the broker is away.
        """
        connection, _, head = self._ask({})
        with connection:
            return Served(**head)

    def _ask(self, request: dict[str, Any]) -> tuple[socket.socket, bytearray, dict[str, Any]]:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        buffer = bytearray()
        try:
            connection.settimeout(self._patience)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(frames.pack_json(frames.REQUEST, request))
            except OSError as error:
                raise QueryBusyError(
                    "The query service is not running at this moment.", retry_after=5
                ) from error
            head = _head(connection, buffer)
        except BaseException:
            connection.close()
            raise
        return connection, buffer, head


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
