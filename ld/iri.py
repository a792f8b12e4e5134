"""Mint and read the IRIs of a corpus.

    {base}text/{id}            a text
    {base}text/{id}/{part}     a part of it
    {base}agent/{slug}         an agent
    {base}doc/{key}            the document about one of these; key is the path after {base}
    {base}{key}#file           the file of a text or part

Identifiers are brought to NFC; what is not unreserved in an URI is written as `~` and two
hexadecimal digits per byte of UTF-8, because WSGI and proxies decode percent escapes. The
mapping is reversible, so two identifiers never share an IRI.

See: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

DOCUMENT: Final = "doc/"
TEXT: Final = "text/"
AGENT: Final = "agent/"

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._]|~[0-9A-F]{2})+\Z")


def escape(identifier: str) -> str:
    """Write an identifier as one path segment.

    Raises: ValueError if it is empty.
    """
    if not identifier:
        raise ValueError("an identifier cannot be empty")
    octets = unicodedata.normalize("NFC", identifier).encode("utf-8", "surrogateescape")
    segment = "".join(chr(octet) if octet in _UNRESERVED else f"~{octet:02X}" for octet in octets)
    # "." and ".." are steps in a path (RFC 3986, 5.2.4) and never reach a server.
    return segment.replace(".", "~2E") if segment in {".", ".."} else segment


def unescape(segment: str) -> str:
    """Read an identifier back from its path segment.

    Raises: ValueError if `escape` could not have written this segment.
    """
    octets = re.sub(rb"~([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), segment.encode())
    identifier = octets.decode("utf-8", "surrogateescape")
    if not _SEGMENT.match(segment) or escape(identifier) != segment:
        raise ValueError(f"not an escaped identifier: {segment!r}")
    return identifier


def text_key(identifier: str, part: str | None = None) -> str:
    """Give the key of a text, or of one of its parts."""
    key = TEXT + escape(identifier)
    return key if part is None else f"{key}/{escape(part)}"


def text_of_part(key: str) -> str | None:
    """Give the key of the text that a part belongs to; None if the key is not a part's."""
    head, slash, _ = key.rpartition("/")
    return head if slash and head.startswith(TEXT) else None


@lru_cache(maxsize=65536)
def agent_key(name: str) -> str:
    """Give the key of an agent, made from the full name alone.

    A name that its slug gives back exactly keeps the plain slug; any other gets a suffix from
    the name's own digest. So no two names share a key and the order of arrival never matters.
    Raises: ValueError if the name is empty.
    """
    if not name:
        raise ValueError("a name cannot be empty")
    name = unicodedata.normalize("NFC", name)
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_name.lower())
    slug = "-".join(words)[:60].strip("-")
    if " ".join(word.capitalize() for word in words) == name and len("-".join(words)) <= 60:
        return AGENT + slug
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{AGENT}{slug}-{digest}" if slug else f"{AGENT}{digest}"
