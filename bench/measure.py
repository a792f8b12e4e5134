"""What a process costs: CPU seconds and peak memory of its whole tree, and its steps."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).parents[1]


class Steps:
    """CPU seconds of the steps of this process, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name = "start"
        self._since = 0.0

    def begin(self, name: str) -> None:
        """End the step before and begin one with this name."""
        now = time.process_time()
        spent = self.seconds.get(self._name, 0.0) + now - self._since
        self.seconds[self._name] = round(spent, 3)
        self._name, self._since = name, now

    def tell(self, **facts: Any) -> None:
        """End the last step and print all as one line of JSON, for `run` in another process."""
        self.begin("end")
        sys.stdout.write(json.dumps(facts | {"steps": self.seconds}) + "\n")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process cost, and what it told of itself.

    Units: `cpu` in seconds, user and system; `peak` in MB, of the largest process of the tree.
    """

    cpu: float
    peak: float
    told: dict[str, Any]


def generate(size: int, folder: Path) -> None:
    """Write a synthetic corpus of this many seeds; not measured, and out of this process."""
    command = [sys.executable, "-m", "bench.generate", str(size), str(folder)]
    subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)


def run(module: str, *arguments: str | Path) -> Run:
    """Run a module of the project in a process of its own.

    Raises: CalledProcessError if it fails.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    told = json.loads(output.splitlines()[-1])
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, told)
