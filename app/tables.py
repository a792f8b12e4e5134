"""Tables: rows as CSV, sent as they are made.

Spreadsheets read a cell that begins like a formula as one, whoever wrote it, so such a cell gets
an apostrophe before it, which they take for "this is text". Nothing is lost: whoever takes one
apostrophe from each cell that begins with apostrophes and then such a sign has what was meant.
See: https://www.rfc-editor.org/rfc/rfc4180 and
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from flask import Response

from app.variants import CACHE_CONTROL, moment
from ld.edition import Edition

MEDIA_TYPE: Final = "text/csv"
_ROWS_AT_ONCE: Final = 500
# Also as the wide forms of East Asian input; a number is a number in every program.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def table(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], edition: Edition
) -> Response:
    """Answer with a table, to be saved as a file with this name."""
    written = _written(columns, rows)
    # What cannot be read at all is found out before anything is answered.
    response = Response(chain([next(written)], written), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def guarded(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    left = chain([columns], rows)
    while some := list(islice(left, _ROWS_AT_ONCE)):
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows([guarded(cell) for cell in row] for row in some)
        yield lines.getvalue()
