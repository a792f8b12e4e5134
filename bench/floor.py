"""What granian itself costs: a WSGI application that only looks up the same bytes and headers.

Served as Pressmark is, `bench.serve` measures with it how much of the distance to nginx is the
server's, and how much Pressmark's.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.serving import THREADS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILES = "BENCH_FILES"
HEADERS = "headers.json"


def application() -> "WSGIApplication":
    """Give an application that answers with the files of a folder, held in memory."""
    folder = Path(os.environ[FILES])
    by_suffix = json.loads((folder / HEADERS).read_text(encoding="utf-8"))
    answers = {}
    for path in folder.rglob("*.*"):
        body = path.read_bytes()
        headers = [tuple(pair) for pair in by_suffix.get(path.suffix, ())]
        headers.append(("Content-Length", str(len(body))))
        answers[f"/{path.relative_to(folder).as_posix()}"] = headers, body

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        headers, body = answers[environ["PATH_INFO"]]
        start_response("200 OK", headers.copy())
        return [body]

    return answer


def main() -> None:
    """Serve until told to stop, at the port in the environment."""
    Granian(
        "bench.floor:application",
        port=int(os.environ["BENCH_PORT"]),
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
