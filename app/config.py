"""Config: what one serving process is told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from app.clients import Network
from ld.errors import SettingsError

PREFIX: Final = "PRESSMARK_"


@dataclass(frozen=True)
class Config:
    """The settings of one serving process; the corpus has its own, in `ld.corpus`."""

    data: Path  # the directory that holds the editions
    query_socket: Path | None = None  # of the query broker; None: queries are not offered
    cache_bytes: int = 256 * 2**20  # for whole responses, in each serving process
    page_size: int = 50  # lines of a list on one page
    trusted_proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed


def from_environ(environ: Mapping[str, str]) -> Config:
    """Read the config from variables named PRESSMARK_ and a field's name in upper case.

    Raises: SettingsError for a name that is unknown, missing or has an unusable value.
    """
    stated = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    known = [PREFIX + name.upper() for name in Config.__dataclass_fields__]
    for name, value in stated.items():
        if name not in known:
            raise _error(name, value, f"there is no such setting; use {', '.join(known)}")
    data = stated.get("PRESSMARK_DATA", "")
    if not data:
        raise _error("PRESSMARK_DATA", data, "set it to the directory that holds the editions")
    socket = stated.get("PRESSMARK_QUERY_SOCKET")
    return Config(
        data=Path(data),
        query_socket=Path(socket) if socket else None,
        cache_bytes=_count(stated, "PRESSMARK_CACHE_BYTES", Config.cache_bytes, least=0),
        page_size=_count(stated, "PRESSMARK_PAGE_SIZE", Config.page_size, least=1),
        trusted_proxies=_networks(stated, "PRESSMARK_TRUSTED_PROXIES"),
    )


def _count(stated: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    value = stated.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 15 or int(value) < least:
        raise _error(name, value, f"write a whole number of at least {least}")
    return int(value)


def _networks(stated: Mapping[str, str], name: str) -> tuple[Network, ...]:
    value = stated.get(name, "")
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise _error(
            name, value, "write addresses or networks, as in 127.0.0.1, 10.0.0.0/8"
        ) from error


def _error(name: str, value: str, remedy: str) -> SettingsError:
    return SettingsError("environment", name, repr(value), remedy)
