"""Data quality: what was found in the seeds, and what became of them.

/quality               the page
/quality.csv           every finding; ?rule= names one rule
/quality/held.csv      the seed files that are not published as they are
/quality/report.ttl    the validation report, in SHACL's terms
"""

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, render_template, request, send_file

from app.editions import current_edition
from app.pages.quality import COUNTED, MOST, quality_page
from app.tables import table
from app.variants import CACHE_CONTROL, moment, page, require_html
from ld import quality
from ld.edition import Edition

blueprint: Final = Blueprint("quality", __name__)

_REPORT: Final = "report.ttl"
_FINDINGS: Final = ("severity", "rule", "record", "file", "line", "field", "value", "message")
_HELD: Final = ("file", "line", "record", "state", "reason")


@blueprint.get("/quality")
def report() -> Response:
    """Show the quality of the edition."""
    edition = current_edition()
    require_html()
    content = render_template(
        "quality.html", quality=quality_page(edition), counted=COUNTED, most=MOST
    )
    return page(content, edition.created)


@blueprint.get("/quality.csv")
def findings() -> Response:
    """Serve every finding as a table."""
    edition = current_edition()
    return table("findings.csv", _FINDINGS, _findings(edition, request.args.get("rule")), edition)


@blueprint.get("/quality/held.csv")
def held() -> Response:
    """Serve the seed files that are not published as they are, as a table."""
    edition = current_edition()
    rows = (
        (one.file, _text(one.line), _iri(edition, one.key), one.state, one.reason)
        for one in quality.held_back(edition)
    )
    return table("held-back.csv", _HELD, rows, edition)


@blueprint.get(f"/quality/{_REPORT}")
def shacl_report() -> Response:
    """Serve the validation report."""
    edition = current_edition()
    response = send_file(
        edition.path / _REPORT,
        mimetype="text/turtle",
        conditional=False,
        etag=edition.manifest["files"][_REPORT]["sha256"],
        last_modified=moment(edition.created),
    )
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _findings(edition: Edition, rule: str | None) -> Iterator[tuple[str, ...]]:
    for one in quality.every_finding(edition, rule):
        yield (
            one.severity.value,
            one.rule,
            _iri(edition, one.key),
            one.file or "",
            _text(one.line),
            one.field or "",
            one.value or "",
            one.message,
        )


def _iri(edition: Edition, key: str) -> str:
    return edition.base + key if key else ""


def _text(line: int | None) -> str:
    return "" if line is None else str(line)
