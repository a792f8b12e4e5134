"""Answers per second: wrk asks one query over several connections at once."""

import os
import re
import shutil
import subprocess
from typing import Final

from bench.sparql_client import Client

CONNECTIONS: Final = 8


def program() -> str | None:
    """Give the path of wrk; None if it is not installed."""
    return shutil.which("wrk", path=os.environ.get("PATH", os.defpath))


def rate(wrk: str, client: Client, query: str, seconds: int = 1) -> float:
    """Give how many times per second an endpoint answers a query to all connections together.

    Raises: RuntimeError if some of the answers were errors.
    """
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    command += ["-H", f"Accept: {client.accept(query)}", client.address(query)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    per_second = re.search(r"^Requests/sec:\s+([\d.]+)", told, re.MULTILINE)
    if per_second is None or re.search(r"Non-2xx|Socket errors", told):
        raise RuntimeError(f"wrk met errors:\n{told}")
    return float(per_second[1])
