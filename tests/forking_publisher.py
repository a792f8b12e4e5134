"""Publications in processes of their own, which may be killed or starved without harm to the tests.

One process has everything imported and forks a child for each publication: starting an
interpreter takes longer than publishing. It never opens a triple store itself, since the threads
of one do not live on in a child.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ld.errors import PressmarkError
from ld.publish import Progress, publish

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ending:
    """How a publication ended: its outcome or its error, or the signal that killed it."""

    signal: int | None = None
    state: str | None = None
    error: str | None = None
    message: str = ""
    seconds: float = 0.0
    peak_bytes: int = 0


class ForkingPublisher:
    """Publishes in a forked child and says how that ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def close(self) -> None:
        self._process.communicate()

    def publish(self, seeds: Path, data: Path, **how: Any) -> Ending:
        """Publish; see `_Fate` and `_publish` for `how` that is to go."""
        return self.ended(self.start(seeds, data, **how))

    def start(self, seeds: Path, data: Path, **how: Any) -> IO[bytes]:
        """Begin to publish; the next call must be `ended`."""
        assert self._process.stdin
        assert self._process.stdout
        request = {"seeds": str(seeds), "data": str(data), **how}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return self._process.stdout

    def ended(self, replies: IO[bytes]) -> Ending:
        """Wait for the publication that was begun."""
        return Ending(**json.loads(replies.readline()))


class _Fate(Progress):
    """What is to befall a publication at a step: death, a limit on files, a full disk, a wait."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request

    def step(self, name: str) -> None:
        if name == self.request.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name == self.request.get("starve_at"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        if name == self.request.get("fill_at"):
            _fill(Path(self.request["fill"]))
        if name == self.request.get("wait_at"):
            Path(self.request["waiting"]).write_bytes(b"")
            with Path(self.request["until"]).open("rb") as gate:
                gate.read()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream:
        for size in (1024 * 1024, 4096):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def _publish(request: dict[str, Any]) -> dict[str, Any]:
    if "user" in request:
        os.setgroups([])
        os.setgid(request["user"])
        os.setuid(request["user"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if "die_after" in request:
        # Nobody handles the alarm, so the system ends the process there and then.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, request["die_after"])
    start = time.perf_counter()
    try:
        outcome = publish(Path(request["seeds"]), Path(request["data"]), progress=_Fate(request))
    except PressmarkError as error:
        return {"error": type(error).__name__, "message": str(error)}
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "state": outcome.state,
        "seconds": time.perf_counter() - start,
        "peak_bytes": (after - before) * 1024,
    }


def _in_child(request: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, json.dumps(_publish(request)).encode())
        except BaseException as error:  # noqa: BLE001
            failure = {"error": type(error).__name__, "message": str(error)}
            os.write(writing, json.dumps(failure).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer_stream:
        answer = answer_stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return dict(json.loads(answer))


def _warm_up() -> None:
    """Import and load what publications put off; a plan opens no triple store."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "corpus.toml").write_text('title = "A corpus"\n')
        (Path(folder) / "a.txt").write_text("TITLE: A\nAUTHOR: B\nSOURCE_ID: a\n----\n")
        publish(Path(folder), Path(folder) / "data", plan=True)


def _serve() -> None:
    _warm_up()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(_in_child(json.loads(line))).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
