"""The processes of the query service, found and ended."""

import os
import select
import signal
from pathlib import Path


def started_with(*arguments: str) -> list[int]:
    """Give the processes whose command line has all of these texts."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_text(errors="replace")
        except OSError:
            continue
        if all(argument in command for argument in arguments):
            found.append(int(path.parent.name))
    return found


def kill(processes: list[int]) -> None:
    """Kill processes, and wait until they are gone."""
    for pidfd in [os.pidfd_open(process) for process in processes]:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        wait_for_end(pidfd)


def wait_for_end(pidfd: int) -> None:
    """Wait until a process is gone."""
    ended, _, _ = select.select([pidfd], [], [], 20)
    os.close(pidfd)
    assert ended
