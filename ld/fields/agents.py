"""Agents: the names in a field that may hold several."""

import re
from collections.abc import Sequence
from functools import lru_cache


def split(text: str, separators: Sequence[str]) -> list[str]:
    """List the names in an author field, in order and each once, with single blanks.

    Separators are literal text; white space in one stands for any white space, so " and " parts
    "A and B" and never "Alexander". A comma or semicolon at the end of a name is punctuation of
    the catalogue record and is left out; a full stop may belong to initials and stays.
    """
    text = " ".join(text.split())
    pattern = _pattern(tuple(separators))
    parts = [text] if pattern is None else pattern.split(text)
    names = (part.strip().rstrip(",; ") for part in parts)
    return list(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=64)
def _pattern(separators: tuple[str, ...]) -> re.Pattern[str] | None:
    # The longest first, so that ", and " is not taken for ",".
    wanted = sorted({s for s in separators if s.strip()}, key=lambda s: (-len(s), s))
    written = "|".join(re.escape(" ".join(re.split(r"\s+", s))) for s in wanted)
    return re.compile(written) if wanted else None
