"""rdflib-endpoint on one graph, replaced by a fork with the same graph whenever it ends.

It cannot be told to give up a query, and answers nobody else meanwhile; loading the graph again
would take minutes.
"""

import gzip
import os
import signal
import sys
from pathlib import Path
from typing import TextIO, cast

import uvicorn  # type: ignore[import-not-found,unused-ignore]
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint  # type: ignore[import-not-found,unused-ignore]


def _serve(graph: Graph, port: int) -> None:
    app = SparqlEndpoint(graph=graph, path="/sparql")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", timeout_keep_alive=3600)


def main(dump: Path, port: int) -> None:
    """Serve the N-Triples in `dump`, compressed by gzip, until this process is ended."""
    graph = Graph(bind_namespaces="none")
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        graph.parse(cast(TextIO, lines), format="nt")
    while True:
        child = os.fork()
        if child == 0:
            _serve(graph, port)
            os._exit(0)
        signal.signal(signal.SIGTERM, lambda *_, child=child: _end(child))
        os.waitpid(child, 0)


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
