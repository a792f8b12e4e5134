"""Who asks: addresses are believed only of those who are trusted."""

from ipaddress import ip_network

import pytest

from app.clients import client_of
from app.config import from_environ
from ld.errors import SettingsError

PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("fd00::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", None, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, "192.0.2.1"),
        ("127.0.0.1", "nonsense", "unknown"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("", None, "unknown"),
    ],
)
def test_client_is_the_last_address_that_nobody_trusted_has(
    peer: str, forwarded: str | None, client: str
) -> None:
    environ = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded

    assert client_of(environ, PROXIES) == client


def test_without_trusted_proxies_nothing_is_believed() -> None:
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}

    assert client_of(environ) == "127.0.0.1"


def test_trusted_proxies_are_read_from_the_environment() -> None:
    config = from_environ(
        {"PRESSMARK_DATA": "/d", "PRESSMARK_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}
    )

    assert config.trusted_proxies == PROXIES[:2]


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        from_environ({"PRESSMARK_DATA": "/d", "PRESSMARK_TRUSTED_PROXIES": "proxy.example"})
