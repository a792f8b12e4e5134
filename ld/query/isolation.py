"""How a process leaves the network: in a network namespace of its own.

See: https://man7.org/linux/man-pages/man7/network_namespaces.7.html
"""

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import Final

#: What `leave_network` gives where the system allows no namespace.
NONE: Final = "none"

_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000


def leave_network() -> str:
    """Take this process off the network for good, and give the means; NONE if there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) == 0:
        return "network namespace"
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return "user and network namespace"
    return NONE


def available() -> str:
    """Give what `leave_network` would give, having tried it in a process of its own."""
    tried = subprocess.run(  # noqa: S603
        [sys.executable, "-I", Path(__file__)], stdout=subprocess.PIPE, text=True, check=True
    )
    return tried.stdout


if __name__ == "__main__":
    sys.stdout.write(leave_network())
