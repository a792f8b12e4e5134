"""Instants: moments in UTC, as xsd:dateTime in the form that a triple store leaves alone.

See: https://www.w3.org/TR/xmlschema11-2/#dateTime
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?P<zone> ?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2}))?"
)
_REMEDY: Final = "write it as 2026-02-04T16:55:10Z"


def read(text: str, now: datetime) -> str:
    """Give the moment that a text states, as `YYYY-MM-DDThh:mm:ssZ`.

    Fractions of a second are cut off. `now` needs a zone; a clock may be one day ahead of it.
    Raises: ValueError for what is no moment, has no zone, or is yet to come.
    """
    text = text.strip() if len(text) < 100 else ""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"this is no date with a time: {_REMEDY}")
    if match["zone"] is None:
        raise ValueError(f"the zone is missing: say the zone, for example Z; {_REMEDY}")
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").upper())
        instant = moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such day, time or zone: {_REMEDY}") from None
    if instant - now > timedelta(days=1):
        raise ValueError(f"this is in the future: correct it; {_REMEDY}")
    return instant.replace(tzinfo=None).isoformat() + "Z"
