"""Content negotiation: what a client accepts × what there is → what it gets.

A header that cannot be read counts as absent, part by part; nothing here raises.
See: https://www.rfc-editor.org/rfc/rfc9110#section-12
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from werkzeug.http import parse_list_header, parse_options_header

# No client sends more, and reading stays below a few milliseconds whatever the characters are.
_LONGEST: Final = 2048
_CHARSET: Final = {"charset": "utf-8"}
_JSON_LD: Final = {"profile": "http://www.w3.org/ns/json-ld#compacted"}

# How closely a range of the client meets an offer.
_ANY, _SAME_TYPE, _LOOSE, _EXACT, _PARAMETERS = range(5)


def negotiate(accept: str, offers: Sequence[str]) -> str | None:
    """Give the media type that the client likes best; None if it accepts none of them.

    `offers` are bare media types in lower case, in the server's order of preference. Of two that
    the client likes equally it gets the one that it named more exactly, then the first.
    """
    return _best(accept, offers, _media_type_closeness)


def negotiate_language(accept_language: str, offers: Sequence[str]) -> str | None:
    """Give the language that the client likes best; None if it asks for none of them.

    Since a page in another language is better than none, the caller then takes its default.
    See: https://www.rfc-editor.org/rfc/rfc4647#section-3
    """
    return _best(accept_language, offers, _language_closeness)


def negotiate_coding(accept_encoding: str) -> str | None:
    """Give `zstd`, `gzip` or `identity`, as the client likes best; None if it refuses all."""
    return next(iter(acceptable_codings(accept_encoding)), None)


def acceptable_codings(accept_encoding: str) -> tuple[str, ...]:
    """Give those of `zstd`, `gzip` and `identity` that the client accepts, best first.

    An absent header would allow any coding; it gets none, because such clients rarely decode.
    """
    return _codings(accept_encoding) if len(accept_encoding) <= _LONGEST else ("identity",)


def _best(
    header: str,
    offers: Sequence[str],
    closeness: Callable[[str, str, Mapping[str, str]], int | None],
) -> str | None:
    wanted = list(_weighted(header))
    if not wanted:
        return next(iter(offers), None)
    best, best_rank = None, (0.0, -1)
    for offer in offers:
        matches = [
            (near, quality)
            for name, parameters, quality in wanted
            if (near := closeness(offer, name, parameters)) is not None
            # Refusing a variant that is not offered says nothing about the one that is.
            and not (near == _LOOSE and quality == 0)
        ]
        if matches:
            near, quality = max(matches)
            rank = (quality, min(near, _EXACT))
            if quality > 0 and rank > best_rank:
                best, best_rank = offer, rank
    return best


def _weighted(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    if len(header) > _LONGEST:
        header = header[:_LONGEST].rpartition(",")[0]
    for item in parse_list_header(header):
        name, parameters = parse_options_header(item)
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            continue
        if name and 0 <= quality <= 1:
            yield name.lower(), parameters, quality


def _media_type_closeness(offer: str, name: str, parameters: Mapping[str, str]) -> int | None:
    # Java's URLConnection writes "*" for "*/*".
    if name in {"*/*", "*"}:
        return _ANY
    if name == offer.partition("/")[0] + "/*":
        return _SAME_TYPE
    if name != offer:
        return None
    if not parameters:
        return _EXACT
    own = _CHARSET | _JSON_LD if offer == "application/ld+json" else _CHARSET
    met = all(own.get(key) in value.lower().split() for key, value in parameters.items())
    # A parameter that nobody here knows is no reason to refuse the only variant there is.
    return _PARAMETERS if met else _LOOSE


def _language_closeness(offer: str, name: str, _parameters: Mapping[str, str]) -> int | None:
    tag = offer.lower()
    if name == "*":
        return _ANY
    if f"{tag}-".startswith(f"{name}-"):
        return _EXACT + name.count("-")
    return _LOOSE if name.startswith(f"{tag}-") else None


@lru_cache(maxsize=512)
def _codings(header: str) -> tuple[str, ...]:
    weights = {name: quality for name, _, quality in _weighted(header)}
    others = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", others))
    # Identity is acceptable without being named, as the last resort, unless "*;q=0" excludes it.
    unnamed = 0.0 if "*" in weights and others == 0 else 0.0001
    identity = weights.get("identity", unnamed)
    # Who takes anything may not know this one.
    zstd = weights.get("zstd", 0.0)
    ranked = sorted(
        [(zstd, "zstd"), (gzip, "gzip"), (identity, "identity")], key=lambda pair: -pair[0]
    )
    return tuple(coding for weight, coding in ranked if weight > 0)
