"""Tables: rows as CSV, sent as they are made.

See: https://www.rfc-editor.org/rfc/rfc4180
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from flask import Response

from app.variants import CACHE_CONTROL, moment
from ld.edition import Edition

MEDIA_TYPE: Final = "text/csv"
_ROWS_AT_ONCE: Final = 500


def table(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], edition: Edition
) -> Response:
    """Answer with a table, to be saved as a file with this name."""
    response = Response(_written(columns, rows), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    left = chain([columns], rows)
    while some := list(islice(left, _ROWS_AT_ONCE)):
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows(some)
        yield lines.getvalue()
