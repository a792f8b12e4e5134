"""Where queries read a graph: from disk, or from memory that all workers share.

In memory the engine answers joins, filters and sorting some times faster. Workers are forks of
the process that loaded the graph, and the engine counts references in the pages that it reads, so
a query makes its own copy of what it reads: a scan of everything copies five sixths of the graph.
"""

import ctypes
import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, Store

from ld.errors import EditionError

_BYTES_PER_TRIPLE: Final = 350
# Beside the graph, two scans of everything at once have room in what all workers may use.
_SHARE: Final = 3 / 8
_PR_SET_THP_DISABLE: Final = 41
_BUFFER: Final = 1 << 20


class Residence(StrEnum):
    """When a graph is read from memory."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


def room_for_graph(total_memory: int) -> int:
    """Give how many bytes of what all workers may use a graph may take, if it is to be loaded."""
    return int(total_memory * _SHARE)


def is_wanted(residence: Residence, triples: int | None, total_memory: int) -> bool:
    """Say whether a graph of so many triples is to be loaded; None if the number is unknown."""
    if residence is not Residence.AUTO:
        return residence is Residence.ALWAYS
    return triples is not None and triples * _BYTES_PER_TRIPLE <= room_for_graph(total_memory)


def load(directory: Path) -> Store:
    """Give a copy of a store in memory. This process gets no thread by it, so that it can fork.

    Raises: EditionError if the store cannot be read.
    """
    # The limits of workers count pages, which huge ones would make few and large.
    ctypes.CDLL(None).prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)
    readable, writable = os.pipe()
    reader = os.fork()
    if reader == 0:
        os.close(readable)
        _dump(directory, writable)
    os.close(writable)
    store = Store()
    try:
        store.bulk_load(path=f"/dev/fd/{readable}", format=RdfFormat.N_QUADS, lenient=True)
    except (OSError, SyntaxError, ValueError) as error:
        os.kill(reader, signal.SIGKILL)
        raise EditionError(f"{directory}: the graph does not load: {error}") from error
    finally:
        os.close(readable)
        _, status = os.waitpid(reader, 0)
    if status:
        raise EditionError(f"{directory}: the store cannot be read")
    return store


def _dump(directory: Path, descriptor: int) -> None:
    # RocksDB has threads, and so a process of its own.
    try:
        with open(descriptor, "wb", buffering=_BUFFER) as output:
            Store.read_only(str(directory)).dump(output, RdfFormat.N_QUADS)
        os._exit(0)
    finally:
        os._exit(1)
