"""Lists: what a request for one asks of the history, at its beginning and where it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ld.edition import Edition
from ld.harvest.oai import headers, requests, tokens
from ld.harvest.oai.errors import OaiError
from ld.harvest.oai.formats import BY_PREFIX, Format
from ld.harvest.oai.headers import SETS, Header, Span
from ld.harvest.oai.items import whole
from ld.harvest.oai.tokens import Token


@dataclass(frozen=True, slots=True)
class Listing:
    """The rest of a list, of which `token` says what was asked and how much has been given."""

    format: Format
    span: Span
    token: Token

    @property
    def is_resumed(self) -> bool:
        """Whether some of the list has been given already."""
        return self.token.cursor > 0

    def after(self, last: Header, given: int) -> Token:
        """Give the token for what comes after a page of so many that ends with this header."""
        cursor = self.token.cursor + given
        # There is one more at least, even where the list grew since it was counted.
        size = max(self.token.size, cursor + 1)
        return replace(self.token, datestamp=last.datestamp, key=last.key, cursor=cursor, size=size)


def begin(edition: Edition, arguments: Mapping[str, str]) -> Listing:
    """Give the list that a request asks for.

    Raises: OaiError with cannotDisseminateFormat or noRecordsMatch.
    """
    prefix, in_set = arguments["metadataPrefix"], arguments.get("set", "")
    fmt = offered(edition, prefix)
    until = arguments.get("until", "")
    span = _span(edition, fmt, in_set, until)
    if "from" in arguments:
        start = requests.first_second(arguments["from"])
        span = replace(span, after=(headers.sequence_before(edition, start) + 1, ""))
    size = headers.count(edition, span)
    return Listing(fmt, span, Token(prefix, in_set, until, "", "", 0, size))


def resume(edition: Edition, text: str) -> Listing:
    """Give the rest of the list that a token stands for.

    Raises: OaiError with badResumptionToken.
    """
    token = tokens.decode(text, edition.base)
    fmt = BY_PREFIX.get(token.prefix)
    sequence = headers.sequence_of(edition, token.datestamp)
    if (
        fmt is None
        or not fmt.is_offered(edition)
        or token.set not in {"", *SETS}
        or (token.until and not requests.is_date(token.until))
        or sequence is None
        or headers.header(edition, token.key, whole(edition, fmt)) is None
    ):
        raise tokens.bad_token()
    span = _span(edition, fmt, token.set, token.until)
    return Listing(fmt, replace(span, after=(sequence, token.key)), token)


def offered(edition: Edition, prefix: str) -> Format:
    """Give the format with this prefix.

    Raises: OaiError with cannotDisseminateFormat.
    """
    fmt = BY_PREFIX.get(prefix)
    if fmt is None or not fmt.is_offered(edition):
        raise OaiError(
            "cannotDisseminateFormat",
            "There is no such format here. ListMetadataFormats lists those that there are.",
        )
    return fmt


def _span(edition: Edition, fmt: Format, in_set: str, until: str) -> Span:
    span = whole(edition, fmt)
    if in_set:
        kind = SETS[in_set][0] if in_set in SETS else None
        span = replace(span, kinds=[each for each in span.kinds if each == kind])
    if until:
        end = headers.sequence_until(edition, requests.last_second(until))
        span = replace(span, until=end)
    return span
