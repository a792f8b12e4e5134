"""What a process costs: CPU seconds, wall time and memory of its whole tree, and its steps."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]

PROJECT: Final = Path(__file__).parents[1]
#: Seconds between two looks at the memory of a tree of processes.
_INTERVAL: Final = 0.1


class Steps:
    """CPU seconds of the steps of this process, in order, and when each began."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.begun: list[tuple[str, float]] = []
        self._name = "start"
        self._since = 0.0

    def begin(self, name: str) -> None:
        """End the step before and begin one with this name."""
        now = time.process_time()
        spent = self.seconds.get(self._name, 0.0) + now - self._since
        self.seconds[self._name] = round(spent, 3)
        self._name, self._since = name, now
        self.begun.append((name, time.monotonic()))

    def tell(self, **facts: Any) -> None:
        """End the last step and print all as one line of JSON, for `run` in another process."""
        self.begin("end")
        told = facts | {"steps": self.seconds, "begun": self.begun}
        sys.stdout.write(json.dumps(told) + "\n")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process and its children cost, and what it told of itself.

    Units: `cpu` in seconds, user and system; `wall` in seconds; `peak` in MB, of the largest
    process of the tree; `tree` in MB, the most that the processes held together by step, each
    page that several of them share counted once (PSS); empty if nobody looked.
    """

    cpu: float
    peak: float
    told: dict[str, Any]
    wall: float = 0.0
    tree: dict[str, float] = field(default_factory=dict)


class _Watch:
    """Looks again and again at what a tree of processes holds."""

    def __init__(self, pid: int) -> None:
        self.looks: list[tuple[float, float]] = []
        self._first = psutil.Process(pid)
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._has_ended.wait(_INTERVAL):
            try:
                processes = [self._first, *self._first.children(recursive=True)]
            except psutil.Error:
                return
            held = sum(map(_held, processes))
            if held:
                self.looks.append((time.monotonic(), held))

    def end(self) -> None:
        self._has_ended.set()
        self._thread.join()

    def by_step(self, begun: Sequence[tuple[str, float]]) -> dict[str, float]:
        """Give the most that was held in each step, in MB; what lay between two looks is missed."""
        most: dict[str, float] = {}
        names = [("start", 0.0), *begun]
        for moment, held in self.looks:
            name = next(name for name, since in reversed(names) if since <= moment)
            most[name] = max(most.get(name, 0.0), held / 1e6)
        return most


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has ended meanwhile
        return 0


def generate(size: int, folder: Path) -> None:
    """Write a synthetic corpus of this many seeds; not measured, and out of this process."""
    command = [sys.executable, "-m", "bench.generate", str(size), str(folder)]
    subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)


def run(module: str, *arguments: str | Path, watch: bool = False) -> Run:
    """Run a module of the project, which tells its `Steps`, in a process of its own.

    With `watch` the memory of its tree is looked at while it runs.
    Raises: CalledProcessError if it fails.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return _run(command, PROJECT, (0,), is_ours=True, watch=watch)


def run_program(
    command: Sequence[str | Path], folder: Path = PROJECT, accepted: Collection[int] = (0,)
) -> Run:
    """Run any program in a folder; `accepted` are the exit codes that do not mean failure.

    Raises: CalledProcessError if it fails.
    """
    return _run(list(map(str, command)), folder, accepted, is_ours=False, watch=False)


def _run(
    command: list[str], folder: Path, accepted: Collection[int], *, is_ours: bool, watch: bool
) -> Run:
    started = time.monotonic()
    stdout = subprocess.PIPE if is_ours else subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdout=stdout, text=True) as process:
        watching = _Watch(process.pid) if watch else None
        output = "" if process.stdout is None else process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        if watching is not None:
            watching.end()
    if process.returncode not in accepted:
        raise subprocess.CalledProcessError(process.returncode, command)
    told = json.loads(output.splitlines()[-1]) if is_ours else {}
    tree = {} if watching is None else watching.by_step(told["begun"])
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, told, wall, tree)
