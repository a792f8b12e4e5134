"""Start the service: the query broker first, then granian with the Flask app."""

import os
import socket
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.config import PREFIX
from ld.edition import open_current
from ld.errors import SettingsError
from ld.query import broker, isolation
from ld.query.pool import Limits
from ld.query.residence import Residence

#: Requests that one serving process answers at the same time. A query holds its thread while it
#: waits; there are more of these than the broker takes queries, so that pages never wait for one.
THREADS = 96

#: What all query workers may use together, in MiB.
QUERY_MEMORY = Limits().total_memory >> 20


def serve(
    data: Path,
    *,
    host: str,
    port: int,
    workers: int,
    trusted_proxies: str = "",
    require_isolation: bool = False,
    residence: Residence = Residence.AUTO,
    query_memory: int = QUERY_MEMORY,
) -> None:
    """Serve the current edition of a data directory until the process is told to stop.

    Newer editions are taken up without a restart. Where the system lets a query worker leave the
    network in no way, this is said on standard error; if isolation is required, it is refused.
    `query_memory`, in MiB, is what all query workers may use together; `residence` says whether
    the graph is loaded into it.
    Raises: SettingsError.
    """
    if isolation.available() == isolation.NONE:
        if require_isolation:
            remedy = "allow user namespaces, or give the service CAP_SYS_ADMIN"
            raise SettingsError("command line", "--require-isolation", isolation.NONE, remedy)
        sys.stderr.write(
            "Query workers cannot leave the network here: no namespace is allowed. Federated "
            "queries are refused by reading them, and by nothing else.\n"
        )
    limits = Limits(total_memory=query_memory << 20)
    with broker.running(data, limits, residence) as query_socket:
        os.environ[f"{PREFIX}DATA"] = str(data.resolve())
        os.environ[f"{PREFIX}QUERY_SOCKET"] = str(query_socket)
        if trusted_proxies:
            os.environ[f"{PREFIX}TRUSTED_PROXIES"] = trusted_proxies
        Granian(
            "app.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=workers,
            blocking_threads=THREADS,
            websockets=False,
            log_level=LogLevels.error,  # it warns of the number of threads, which is meant
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
