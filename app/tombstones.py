"""Tombstones: the answer for a document that is no longer published, in every format.

Whoever asks for a page gets one, whoever asks for RDF gets RDF, and all others get a problem.
"""

from typing import Final

from flask import Response, request

from app import problems
from app.editions import current_edition
from app.negotiation import negotiate
from app.variants import HTML, VARIANTS, Variant, split_suffix, written_as
from ld.describe.tombstones import tombstone_statements
from ld.errors import DocumentWithdrawnError

_DOCUMENTS: Final = frozenset({"documents", "memento"})
_BY_MEDIA_TYPE: Final = {variant.media_type: variant for variant in VARIANTS}
_OFFERS: Final = (problems.MEDIA_TYPE, "application/json", *_BY_MEDIA_TYPE)


def answer(error: DocumentWithdrawnError) -> Response:
    """Answer with what is left of a document."""
    chosen = _chosen(error.tombstone.key)
    if chosen is None or chosen.media_type == HTML:
        return problems.answer_error(error)
    said = tombstone_statements(current_edition().base, error.tombstone)
    response = Response(written_as(chosen, said), 410, mimetype=chosen.media_type)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _chosen(key: str) -> Variant | None:
    """Give the variant that Accept asks for; where that is open, the one of the address."""
    if request.blueprint not in _DOCUMENTS:
        return None
    accept = request.headers.get("Accept", "")
    # An identifier may itself end as if it had a suffix.
    if accept.strip() in {"", "*/*"} and not request.path.endswith(f"/{key}"):
        return split_suffix(request.path)[1]
    return _BY_MEDIA_TYPE.get(negotiate(accept, _OFFERS) or "")
