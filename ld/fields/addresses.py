"""Addresses: http(s) URLs that are fit to be IRIs in RDF.

See: https://www.rfc-editor.org/rfc/rfc3987#section-2.2
"""

import re
from typing import Final
from urllib.parse import urlsplit

from ld.terms import is_iri

#: The longest address that is taken, in characters.
LONGEST: Final = 2048

_HOST = re.compile(r"[^\x00-\x2c/:;<=>?@\[\\\]^`{|}\x7f-\x9f]+|\[[0-9a-fA-F:.]+\]")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def url(text: str) -> str:
    """Give an http(s) address back, unchanged, if it is fit to be an IRI.

    Raises: ValueError if it is not; an address is never repaired, since another one may be meant.
    """
    if len(text) > LONGEST:
        raise ValueError(f"this is longer than {LONGEST} characters: write a shorter address")
    if not re.match("https?://", text, re.IGNORECASE):
        raise ValueError("this is no web address: write one that begins with https:// or http://")
    if _PERCENT.search(text):
        raise ValueError("a % has to begin an escape of two digits: write a plain % as %25")
    if not is_iri(text):
        raise ValueError(
            "blanks, quotes, brackets, braces and control characters cannot stand in an address: "
            "write them percent-encoded, a blank as %20; or its host is malformed"
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the host or port of this address is malformed: correct it") from None
    if "@" in parts.netloc:
        raise ValueError("an address with a user name is not published: remove what precedes the @")
    if not host or not _HOST.fullmatch(re.sub(":[0-9]*$", "", parts.netloc)) or port == 0:
        raise ValueError("the host is missing or malformed: write it after //, as example.org")
    return text
