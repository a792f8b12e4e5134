"""Who asks: the address of the peer, or what proxies that are trusted say of it.

See: https://developer.mozilla.org/docs/Web/HTTP/Headers/X-Forwarded-For
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Network: TypeAlias = IPv4Network | IPv6Network

# A household has this much of the address space, and can ask from anywhere in it.
_PREFIX_V6: Final = 64
_MOST_HOPS: Final = 20


def client_of(environ: "WSGIEnvironment", trusted: Sequence[Network] = ()) -> str:
    """Give the address of who asks; of an IPv6 address its network.

    `trusted` are the networks of proxies whose X-Forwarded-For is believed: the client is the
    last address that they name and that is none of theirs.
    """
    address = environ.get("REMOTE_ADDR", "")
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if trusted else []
    named = [hop.strip() for hop in hops[-_MOST_HOPS:] if hop.strip()]
    while named and _is_in(address, trusted):
        address = named.pop()
    return _canonical(address)


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    return any(read in network for network in networks)


def _canonical(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ip_network((int(read), _PREFIX_V6), strict=False))
