"""Resumption tokens: where a list goes on.

A token holds all that the rest of a list follows from, as datestamp and key and never as a
number of rows, so it outlives restarts and editions and does not expire.
See: https://www.openarchives.org/OAI/openarchivesprotocol.html#FlowControl
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from typing import Final

import orjson

from ld.harvest.oai.errors import OaiError

_LONGEST: Final = 8192
_DIGEST: Final = 8
_MOST: Final = 10**15


@dataclass(frozen=True, slots=True)
class Token:
    """What was asked, and the last record that was given.

    `set` and `until` are empty if the request had none. `cursor` counts what was given so far;
    `size` is the length of the whole list.
    """

    prefix: str
    set: str
    until: str
    datestamp: str
    key: str
    cursor: int
    size: int

    def encode(self, base: str) -> str:
        """Write the token for the corpus with this base; its characters need no escaping."""
        payload = orjson.dumps(astuple(self))
        return urlsafe_b64encode(_digest(payload, base) + payload).decode().rstrip("=")


def decode(text: str, base: str) -> Token:
    """Read what `Token.encode` wrote.

    Raises: OaiError with badResumptionToken for anything else.
    """
    try:
        token = _read(text)
    except (TypeError, ValueError) as error:
        raise bad_token() from error
    if not _is_sound(token) or token.encode(base) != text:
        raise bad_token()
    return token


def bad_token() -> OaiError:
    """Give the error for a token that is none of ours, or that this history does not know."""
    return OaiError("badResumptionToken", "This is no token of this service. Begin the list anew.")


def _read(text: str) -> Token:
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError
    octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return Token(*orjson.loads(octets[_DIGEST:]))


def _is_sound(token: Token) -> bool:
    texts = (token.prefix, token.set, token.until, token.datestamp, token.key)
    return all(isinstance(text, str) for text in texts) and all(
        type(count) is int and 0 < count < _MOST for count in (token.cursor, token.size)
    )


def _digest(payload: bytes, base: str) -> bytes:
    return hashlib.blake2b(payload + b"\0" + base.encode(), digest_size=_DIGEST).digest()
