"""The languages of the interface: which one a page is in, and its words.

Only pages have a language of the interface, and only what serves a page may take words from
here: data is the same for everyone. Pages are written in English; the other languages are the
folders in `locale`. `?lang=` names the language of a page, otherwise Accept-Language chooses it.
See: docs/languages.md and https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
"""

import gettext as gnu
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, cast

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy
from flask import Flask, Response, g, has_request_context, request, url_for
from markupsafe import escape

from app.negotiation import negotiate_language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The language of the words in templates and modules, and of whoever asks for none that there is.
DEFAULT: Final = "en"
#: In an address, the name of the field that says the language.
FIELD: Final = "lang"

_CATALOGUES: Final = resources.files("app") / "locale"
#: The languages of the interface, as BCP 47 tags.
LANGUAGES: Final = (
    DEFAULT,
    *sorted(entry.name for entry in _CATALOGUES.iterdir() if entry.is_dir()),
)
# Of English the one whose dates and numbers are those of the project's own spelling.
_LOCALES: Final = {DEFAULT: "en_GB"}
_TO_DATA: Final = re.compile(r"\s(?:type|download)\b")
# Browsers send less; what was chosen for a header is remembered with it.
_LONGEST: Final = 512

_spoken: Final[ContextVar[str | None]] = ContextVar("language", default=None)


def language() -> str:
    """Give the language of the page in the making; outside of a request, English."""
    if (spoken := _spoken.get()) is not None:
        return spoken
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = named() or _chosen(request.headers.get("Accept-Language", ""))
    chosen: str = g.language
    return chosen


def named() -> str | None:
    """Give the language that the address of this request names, if it is one that there is."""
    tag = request.args.get(FIELD)
    return tag if tag in LANGUAGES else None


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Have another language than that of the request, as long as this lasts."""
    token = _spoken.set(tag)
    try:
        yield
    finally:
        _spoken.reset(token)


def locale() -> Locale:
    """Give how the language of the page writes numbers, dates and names."""
    return _locale(language())


def gettext(message: str, **variables: object) -> str:
    """Give a text in the language of the page, with `%(name)s` replaced by what it names.

    The message is written out where this is called, for only then is it found.
    """
    text = translations(language()).gettext(message) if message else ""
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Give a text in the form for a number, which is `%(num)s` where nothing else is given."""
    text = translations(language()).ngettext(singular, plural, num)
    return text % {"num": num, **variables}


def _unfilled(singular: str, plural: str, num: int) -> str:
    """Give a text in the form for a number, as Jinja takes it, which fills in the names itself."""
    return translations(language()).ngettext(singular, plural, num)


def lazy_gettext(message: str, **variables: object) -> str:
    """Give a text that is translated whenever it is shown, for tables that outlive a request.

    It stands for a `str` in templates and f-strings; `str()` makes one of it.
    """
    # Whatever is done with it here makes it a string first.
    return cast(str, _Lazy(gettext, message, enable_cache=False, **variables))


class _Lazy(LazyProxy):
    """A text that equals what it is translated to, and so has the hash of that."""

    def __hash__(self) -> int:
        return hash(str(self))


@lru_cache
def translations(tag: str) -> gnu.NullTranslations:
    """Give the catalogue of a language, compiled in memory; that of English changes nothing."""
    if tag == DEFAULT:
        return gnu.NullTranslations()
    compiled = io.BytesIO()
    with (_CATALOGUES / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


@lru_cache
def own_name(tag: str) -> str:
    """Give the name of a language in itself."""
    name = Locale.parse(tag).get_language_name(tag) or tag
    return name[0].upper() + name[1:]


def install(app: Flask) -> None:
    """Give templates the words of their language, and pages the headers that tell of it."""
    for tag in LANGUAGES:
        translations(tag)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(gettext, _unfilled, newstyle=True)  # type: ignore[attr-defined]
    app.after_request(_declare)


class OneOfOurs:
    """A WSGI application that stands before the cache and puts our choice for Accept-Language.

    However many ways there are to ask for a language, there are as many pages as languages.
    """

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._app = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        environ["HTTP_ACCEPT_LANGUAGE"] = _chosen(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return self._app(environ, start_response)


def _declare(response: Response) -> Response:
    """Say the language of a page and whether the request chose it, and keep one that was named."""
    if response.mimetype != "text/html":
        return response
    tag, is_redirect = named(), 300 <= response.status_code < 400
    if is_redirect and tag and response.location and response.location.startswith("/"):
        response.location = _with_language(response.location, tag)
    elif not is_redirect:
        response.headers["Content-Language"] = language()
        if tag is None:
            response.vary.add("Accept-Language")
        else:
            response.set_data(_keep(response.get_data(as_text=True), tag))
    return response


def _keep(page: str, tag: str) -> str:
    """Have the links and forms of a page lead to pages in its language.

    Done on the finished page, where no link can be forgotten: all texts in it are escaped, so
    nothing but a tag looks like one. A link that says its media type leads to data.
    """

    def kept(match: re.Match[str]) -> str:
        if match["rest"] is not None:
            return f'{match[0]}<input type="hidden" name="{FIELD}" value="{tag}">'
        if _TO_DATA.search(match[0]):
            return match[0]
        return match["before"] + _with_language(match["address"], tag, "&amp;") + match["after"]

    return _inner_links(str(escape(url_for("catalog.home")))).sub(kept, page)


def _with_language(address: str, tag: str, ampersand: str = "&") -> str:
    start, hash_sign, fragment = address.partition("#")
    return f"{start}{ampersand if '?' in start else '?'}{FIELD}={tag}{hash_sign}{fragment}"


@lru_cache
def _inner_links(home: str) -> re.Pattern[str]:
    inner = re.escape(home)
    return re.compile(
        rf'(?P<before><a\b[^>]*?\shref=")(?P<address>{inner}[^"]*)(?P<after>"[^>]*>)'
        rf'|<form\b[^>]*?\saction="{inner}[^"]*"(?P<rest>[^>]*)>'
    )


def _chosen(accept_language: str) -> str:
    return _negotiated(accept_language) if len(accept_language) <= _LONGEST else DEFAULT


@lru_cache(maxsize=512)
def _negotiated(accept_language: str) -> str:
    return negotiate_language(accept_language, LANGUAGES) or DEFAULT


@lru_cache
def _locale(tag: str) -> Locale:
    return Locale.parse(_LOCALES.get(tag, tag))
