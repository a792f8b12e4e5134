"""Start the service: the query broker first, then granian with the Flask app."""

import os
import socket
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.config import PREFIX
from ld.edition import open_current
from ld.query import broker

#: Requests that one serving process answers at the same time.
THREADS = 8


def serve(data: Path, *, host: str, port: int, workers: int, announce_ready: bool = True) -> None:
    """Serve the current edition of a data directory until the process is told to stop.

    Newer editions are taken up without a restart.
    """
    with broker.running(data) as query_socket:
        os.environ[f"{PREFIX}DATA"] = str(data.resolve())
        os.environ[f"{PREFIX}QUERY_SOCKET"] = str(query_socket)
        Granian(
            "app.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=workers,
            blocking_threads=THREADS,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
        ).serve()


def free_port(host: str) -> int:
    """Give a port of this host that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_same_base(data: Path, base: str | None) -> None:
    """Refuse to serve an edition under another base than it was published with.

    Raises: ValueError saying what to do.
    """
    published = open_current(data).base
    if base is not None and base != published:
        raise ValueError(
            f"{data} was published with the base {published}, and identifiers do not move. "
            f"Serve it without --base, or publish {base} into another directory with --data."
        )
