"""Dumps: all statements of an edition as files, and what they lack and have against its parent's.

    /dump                        the files of every edition that is kept, negotiated
    /dump/{name}                 a file of the current edition
    /edition/{id}/dump/{name}    a file of any edition that is kept
    /edition/{id}/report.ttl     its validation report

The files are compressed and served as such: what is stored and checked is what was sent.
"""

import base64
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template, send_file
from werkzeug.exceptions import NotFound

from app import headers, links
from app.editions import current_edition
from app.language import lazy_gettext
from app.pages.versions import File, files, kept_editions
from app.variants import (
    CACHE_CONTROL,
    HTML,
    SUFFIXES,
    VARIANTS,
    Body,
    Variant,
    moment,
    respond,
    written_as,
)
from app.versions import edition_named
from ld import kept
from ld.describe.editions import edition_statements
from ld.edition import Edition
from ld.errors import EditionDamagedError

blueprint: Final = Blueprint("dumps", __name__)

_REPORT: Final = "report.ttl"
_PATH: Final = "dump"


@blueprint.get(f"/{_PATH}")
def dumps() -> Response:
    """Serve the list of dumps, negotiated."""
    return _dumps(None)


@blueprint.get(f"/{_PATH}.<suffix>")
def dumps_variant(suffix: str) -> Response:
    """Serve one variant of the list of dumps."""
    if suffix not in SUFFIXES:
        raise NotFound(lazy_gettext("This comes as %(types)s.", types=", ".join(SUFFIXES)))
    return _dumps(SUFFIXES[suffix])


@blueprint.get(f"/{_PATH}/<name>")
def dump(name: str) -> Response:
    """Serve a file of the current edition."""
    return _file_named(current_edition(), name)


@blueprint.get(f"/edition/<identifier>/{_PATH}/<name>")
def dump_of_edition(identifier: str, name: str) -> Response:
    """Serve a file of an edition that is kept."""
    return _file_named(edition_named(identifier), name)


@blueprint.get(f"/edition/<identifier>/{_REPORT}")
def report_of_edition(identifier: str) -> Response:
    """Serve the validation report of an edition that is kept."""
    edition = edition_named(identifier)
    facts = edition.manifest["files"][_REPORT]
    return _sent(edition, edition.path / _REPORT, "text/turtle", facts["sha256"])


def _dumps(variant: Variant | None) -> Response:
    edition = current_edition()
    return respond(_PATH, variant, lambda chosen: _body(edition, chosen))


def _body(edition: Edition, chosen: Variant) -> Body:
    address = edition.service_url + _PATH
    typed = [
        links.Link(f"{address}.{v.suffix}", "alternate", v.media_type)
        for v in VARIANTS
        if v != chosen
    ]
    typed.append(links.Link(edition.manifest["licence"], "license"))
    link = links.header(typed)
    if chosen.media_type != HTML:
        said = {s for one in kept.editions(edition) for s in edition_statements(edition, one)}
        return Body(written_as(chosen, sorted(said)), edition.created, link)
    content = render_template("dumps.html", editions=kept_editions(edition), canonical=address)
    return Body(content, edition.created, link)


def _file_named(edition: Edition, name: str) -> Response:
    found: File | None = next((file for file in files(edition) if file.name == name), None)
    if found is None:
        raise NotFound(
            lazy_gettext(
                "There is no such dump in this edition. The page /dump lists what there is."
            )
        )
    response = _sent(edition, edition.path / found.path, found.media_type, found.sha256)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Link"] = links.header(links.of_dump(edition))
    response.headers["Link"] = links.header(links.of_dump(edition))
    response.headers["Cache-Control"] = f"{CACHE_CONTROL}, no-transform"
    return response


def _sent(edition: Edition, path: Path, media_type: str, sha256: str) -> Response:
    """Send a file as it is, with its digest (RFC 9530)."""
    try:
        response = send_file(
            path,
            mimetype=media_type,
            conditional=False,
            etag=sha256,
            last_modified=moment(edition.created),
        )
    except FileNotFoundError as error:
        raise EditionDamagedError(f"{edition.id}: {path.name} is missing") from error
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Cache-Control"] = CACHE_CONTROL
    # Whether an older edition is kept does not follow from the current one, so that the cache
    # may not answer for it.
    response.headers[headers.EDITION] = edition.id
    return response
