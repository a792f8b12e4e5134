"""The headers that every response carries: open to every origin, closed to everything else."""

from typing import Final

from flask import Response, request

#: The id of the edition that a response was made from; the application sets it.
EDITION: Final = "Pressmark-Edition"

#: Pages load what this service serves and nothing else.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
)

_EXPOSED: Final = (
    "Accept-Ranges, Allow, Content-Location, Content-Range, ETag, Link, Location, "
    f"Memento-Datetime, {EDITION}, Pressmark-Query-Limits, Pressmark-Unknown-Graph, Repr-Digest, "
    "Retry-After, Vary"
)
_ACCEPTED: Final = (
    "Accept, Accept-Datetime, Accept-Language, Content-Type, If-Match, If-Modified-Since, "
    "If-None-Match, If-Range, If-Unmodified-Since, Range"
)
_PREFLIGHT_SECONDS: Final = "86400"
_FEATURES: Final = ("camera", "geolocation", "microphone", "payment", "usb")


def secure(response: Response) -> Response:
    """Give the response with the headers that say who may read it and what a page may load.

    For `Flask.after_request`. It answers a preflight, and keeps the request's Host out of the
    redirects that routing makes.
    """
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers["Permissions-Policy"] = ", ".join(f"{feature}=()" for feature in _FEATURES)
    # Browsers run scripts in XML documents too, SVG among them.
    media_type = response.mimetype or ""
    if media_type == "text/html" or media_type.endswith("xml"):
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    if request.method == "OPTIONS" and response.status_code == 200:
        _answer_preflight(response)
    _forget_host(response)
    return response


def _forget_host(response: Response) -> None:
    # Routing writes absolute addresses, in the header and in the page, from the request's Host.
    location, host = response.location, request.host_url
    if location is not None and location.lower().startswith(host.lower()):
        # Two leading slashes would name another host.
        response.location = "/" + location[len(host) :].lstrip("/")
        response.set_data(b"")


def _answer_preflight(response: Response) -> None:
    response.status_code = 204
    response.set_data(b"")
    for name in ("Content-Type", "Content-Length"):
        response.headers.pop(name, None)
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD")
    response.headers["Access-Control-Allow-Headers"] = _ACCEPTED
    response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
