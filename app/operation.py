"""What machines ask of the service itself: its health, its rules for crawlers, its own files.

None of it needs an edition.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.urls import iri_to_uri

from app.editions import current_edition
from app.variants import CACHE_CONTROL, moment
from ld.edition import Edition
from ld.errors import EditionError
from ld.harvest import sitemap

blueprint: Final = Blueprint("operation", __name__)

_MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# The files of an edition that hold all of it.
_DUMPS: Final = "dumps/corpus."
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One of our own files; `version` changes with its bytes."""

    content: bytes
    media_type: str
    version: str


def read_assets() -> dict[str, Asset]:
    """Give the files in `static`, by name."""
    found = {}
    for file in (resources.files("app") / "static").iterdir():
        suffix = file.name.rpartition(".")[2]
        if suffix in _MEDIA_TYPES:
            content = file.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:12]
            found[file.name] = Asset(content, _MEDIA_TYPES[suffix], version)
    return found


def asset_address(name: str) -> str:
    """Give the address of one of our files, which never changes what it serves."""
    return url_for("operation.static", name=name, v=_assets()[name].version)


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """Serve one of our own files."""
    asset = _assets().get(name)
    if asset is None:
        raise NotFound
    response = Response(asset.content, mimetype=asset.media_type)
    is_current = request.args.get("v") == asset.version
    response.headers["Cache-Control"] = _FOR_EVER if is_current else "public, no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Serve the mark, for whoever asks by the name that browsers assume."""
    return static("mark.svg")


@blueprint.get("/health")
def health() -> Response:
    """Say which edition is served and since when it was published; 503 if there is none."""
    try:
        edition = current_edition()
        response = jsonify(status="ok", edition=edition.id, since=edition.created)
    except EditionError as error:
        response = jsonify(status="no edition", detail=type(error).__name__)
        response.status_code = 503
        response.headers["Retry-After"] = "10"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Lead crawlers to the dumps and the sitemap, and keep them from queries and searches."""
    try:
        edition = current_edition()
    except EditionError:
        response = Response("User-agent: *\nDisallow: /sparql\n", mimetype="text/plain")
        response.headers["Cache-Control"] = "no-cache"
        return response
    response = Response(_rules(edition), mimetype="text/plain")
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.last_modified = moment(edition.created)
    return response


def _rules(edition: Edition) -> str:
    service_url = iri_to_uri(edition.service_url)
    start = urlsplit(service_url).path
    # A line that a title breaks would be a rule.
    title = " ".join((edition.manifest["title"] or edition.base).split())
    licence, statements = edition.manifest["licence"], edition.counts["statements"]
    lines = [
        f"# {title}",
        f"# Edition {edition.id} of {edition.created}, {statements} statements, {licence}",
        "#",
        "# All of it is in these files, so there is no need to fetch page after page:",
    ]
    for file, facts in edition.manifest["files"].items():
        if file.startswith(_DUMPS):
            dump = f"{service_url}dump/{file.rpartition('/')[2]}"
            lines.append(f"# {dump} ({facts['size']} bytes, SHA-256 {facts['sha256']})")
    lines += [
        f"# What changed since: {service_url}activity, {service_url}ldes, {service_url}oai",
        "",
        "User-agent: *",
        # The page itself, with its examples, but no query.
        f"Allow: {start}sparql$",
        f"Disallow: {start}sparql",
        f"Disallow: {start}texts?",
        "",
        f"Sitemap: {service_url}{sitemap.PATH}",
    ]
    return "\n".join(lines) + "\n"


def _assets() -> dict[str, Asset]:
    assets: dict[str, Asset] = current_app.extensions["pressmark.assets"]
    return assets
