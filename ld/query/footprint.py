"""How much memory a process has for itself."""

import os
from pathlib import Path
from typing import Final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
#: Of the fields in /proc/PID/stat behind the name of the command.
_MINOR_FAULTS: Final = 7


class Footprint:
    """The memory of one process; 0 when it is gone.

    A fork that shares much with its parent is told apart from it page by page only, which takes
    the kernel milliseconds. Between two such looks each page fault adds one page at most.
    """

    def __init__(self, pid: int, *, is_sharing: bool) -> None:
        self._process = Path("/proc", str(pid))
        self._statm: int | None = None
        self._is_sharing = is_sharing
        self._known = 0
        self._faults = 0

    def close(self) -> None:
        """Measure no more."""
        if self._statm is not None:
            os.close(self._statm)
            self._statm = None

    def most(self) -> int:
        """Give the most that it can be, in bytes. Cheap."""
        resident = self._resident()
        if not self._is_sharing:
            return resident
        return min(resident, self._known + (self._fault_count() - self._faults) * _PAGE)

    def exact(self) -> int:
        """Give what it is, in bytes."""
        if not self._is_sharing:
            return self._resident()
        self._faults = self._fault_count()
        self._known = private_bytes(self._process)
        return self._known

    def _resident(self) -> int:
        # Read after each query, and so kept open.
        try:
            if self._statm is None:
                self._statm = os.open(self._process / "statm", os.O_RDONLY | os.O_CLOEXEC)
            sizes = os.pread(self._statm, 128, 0).split()
        except OSError:
            return 0
        return (int(sizes[1]) - int(sizes[2])) * _PAGE if sizes else 0

    def _fault_count(self) -> int:
        _, _, fields = self._read("stat", ")" + " 0" * 10).rpartition(")")
        return int(fields.split()[_MINOR_FAULTS])

    def _read(self, name: str, otherwise: str) -> str:
        try:
            return (self._process / name).read_text() or otherwise
        except OSError:
            return otherwise


def private_bytes(process: Path = Path("/proc/self")) -> int:
    """Give the bytes that no other process shares and no file has; 0 if the process is gone."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    line = next((line for line in lines if line.startswith("Private_Dirty:")), "Private_Dirty: 0")
    return int(line.split()[1]) * 1024


def data_bytes() -> int:
    """Give what this process has of what RLIMIT_DATA limits."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024
