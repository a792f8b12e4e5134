"""The languages of the interface: complete, chosen by address or header, and never in data."""

import gettext
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from conftest import BASE, PROJECT, Published
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from app import create_app, language
from app.config import Config
from app.language import DEFAULT, LANGUAGES, OneOfOurs, lazy_gettext, ngettext, own_name, speaking
from app.pages import dates
from app.pages.values import language_name, number, size
from app.problems import KINDS, Kind
from ld.query.broker import running
from ld.terms import literal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CATALOGUES = PROJECT / "app/locale"
OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT]
QUERY = "SELECT ?title ?year { ?text dcterms:title ?title ; schema:datePublished ?year }"

#: Pages that a walk from the home page does not come to.
FURTHER = [
    "/texts?q=letter&sort=date",
    "/texts?author=ada-lovelace&decade=1840s&kind=any",
    "/texts?decade=-&language=xx&licence=-&host=nowhere.example",
    "/texts?after=nothing",
    "/agents?after=zzz",
    "/changes?before=2",
    "/changes/none",
    "/sparql?example=texts-per-decade",
    "/sparql?view=chart&query=SELECT+%3Fa+%3Fb+%7BVALUES(%3Fa+%3Fb)%7B('x'+1)('y'+2)%7D%7D",
    "/sparql?query=SELECT+%2A+%7B",
    "/sparql?query=ASK+%7B%7D",
    "/sparql?query=CONSTRUCT+WHERE+%7B%3Fs+%3Fp+%3Fo%7D",
    "/sparql?query=SELECT+%2A+%7B%3Fs+%3Chttps%3A%2F%2Fnowhere.example%2F%3E+%3Fo%7D",
    "/.well-known/sparql-examples",
    "/doc/text/gone",
    "/doc/text/nowhere",
    "/nowhere",
    "/dump/nothing",
    "/texts.nothing",
    "/quality?x=1",
]
#: What is data whatever the client's language is.
DATA = [
    "/dataset.ttl",
    "/doc/text/letter.jsonld",
    "/doc/text/letter.nt",
    "/texts.csv",
    "/texts.ttl",
    "/quality.csv",
    "/quality/held.csv",
    "/quality/report.ttl",
    "/vocab.ttl",
    "/atom",
    "/oai?verb=Identify",
    "/.well-known/sparql-examples.ttl",
    "/robots.txt",
    "/health",
]


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with running(published.data) as socket:
        yield create_app(Config(published.data, query_socket=socket)).test_client()


def get(client: FlaskClient, path: str, accept_language: str = "", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Accept": BROWSER, "Accept-Language": accept_language} | named
    return client.get(path, headers=sent)


# The catalogues


def extracted() -> Catalog:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    found = Catalog()
    for folder in ("app", "ld/query/examples"):
        methods = [
            (str(mapping["pattern"]).removeprefix(f"{folder}/"), str(mapping["method"]))
            for mapping in mappings
            if str(mapping["pattern"]).startswith(f"{folder}/")
        ]
        options = {pattern: {"trimmed": "true"} for pattern, _ in methods}
        keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None}
        for _, line, message, _, context in extract_from_dir(
            PROJECT / folder, methods, options, keywords
        ):
            found.add(message, None, [("", line)], context=context)
    return found


def catalogue(path: Path, tag: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=tag, abort_invalid=True)


def ids(messages: Iterable[Message]) -> set[tuple[str, ...]]:
    return {(one.id,) if isinstance(one.id, str) else tuple(one.id) for one in messages if one.id}


def forms(words: str | Iterable[str] | None) -> list[str]:
    """Give the texts of a message, or of its translation."""
    return [words] if isinstance(words, str) else list(words or ())


def marks(text: str) -> Counter[str]:
    """Give the placeholders and tags of a text."""
    return Counter(re.findall(r"%\([a-z_]+\)s|%%|</?[a-z]+\b[^>]*>", text))


def test_the_template_has_every_text_of_the_sources_and_no_other() -> None:
    assert ids(catalogue(CATALOGUES / "messages.pot")) == ids(extracted())


@pytest.mark.parametrize("tag", OTHERS)
def test_every_text_is_translated(tag: str) -> None:
    template = ids(catalogue(CATALOGUES / "messages.pot"))
    translated = catalogue(CATALOGUES / tag / "LC_MESSAGES/messages.po", tag)

    assert ids(translated) == template
    for message in translated:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(forms(message.string)), message.id
            assert len(forms(message.string)) == (
                1 if isinstance(message.id, str) else translated.num_plurals
            )


@pytest.mark.parametrize("tag", OTHERS)
def test_translations_keep_placeholders_and_markup(tag: str) -> None:
    for message in catalogue(CATALOGUES / tag / "LC_MESSAGES/messages.po", tag):
        if message.id:
            expected = marks(forms(message.id)[-1])
            *singular, last = forms(message.string)
            assert marks(last) == expected, message.id
            # The only one of something may be said without its number.
            assert all(marks(form) <= expected for form in singular), message.id
            assert all(form.strip() == form for form in (*singular, last)), message.id


def test_a_language_is_a_folder_with_a_catalogue() -> None:
    assert set(LANGUAGES) == {"en", "de", "fr"}
    assert [own_name(tag) for tag in ("en", "de", "fr")] == ["English", "Deutsch", "Français"]


# Words, numbers and dates


def test_words_follow_the_language_of_the_page_even_in_tables_that_outlive_it() -> None:
    label = lazy_gettext("Author")

    said = {}
    for tag in LANGUAGES:
        with speaking(tag):
            said[tag] = f"{label}"

    assert said == {"en": "Author", "fr": "Auteur", "de": "Verfasser"}
    assert label == "Author"


def test_of_one_and_of_many() -> None:
    def seeds(count: int) -> str:
        return ngettext("%(number)s result", "%(number)s results", count, number=count)

    said = {}
    for tag in LANGUAGES:
        with speaking(tag):
            said[tag] = [seeds(count) for count in (0, 1, 2)]

    assert said == {
        "en": ["0 results", "1 result", "2 results"],
        "fr": ["0 résultat", "1 résultat", "2 résultats"],
        "de": ["0 Ergebnisse", "1 Ergebnis", "2 Ergebnisse"],
    }


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", ["12,345", "2.4 kB", "12 kB", "0 bytes"]),
        ("fr", ["12\u202f345", "2,4 ko", "12 ko", "0 octet"]),
        ("de", ["12.345", "2,4 kB", "12 kB", "0 Bytes"]),
    ],
)
def test_numbers_are_written_as_the_language_does(tag: str, written: list[str]) -> None:
    with speaking(tag):
        found = [number(12_345), size(2429), size(12_345), size(0)]

    assert [one.replace("\u00a0", " ") for one in found] == written


@pytest.mark.parametrize(
    ("expression", "french", "german"),
    [
        ("1893", "1893", "1893"),
        ("-0043", "44 av. J.-C.", "44 v. Chr."),
        ("1893-02", "février 1893", "Februar 1893"),
        ("1893-02-01", "1er février 1893", "1. Februar 1893"),
        ("1893-02-07", "7 février 1893", "7. Februar 1893"),
        ("1893-21", "printemps 1893", "Frühjahr 1893"),
        ("1850~", "vers 1850", "um 1850"),
        ("1850?", "1850 (?)", "1850 (?)"),
        ("185X", "années 1850", "1850er Jahre"),
        ("18XX", "entre 1800 et 1899", "zwischen 1800 und 1899"),
        ("1850/1855", "1850–1855", "1850–1855"),
        ("[1850,1852,1854]", "1850, 1852 ou 1854", "1850, 1852 oder 1854"),
        ("{1850,1852}", "1850 et 1852", "1850 und 1852"),
    ],
)
def test_dates_have_words_in_each_language(expression: str, french: str, german: str) -> None:
    said = {}
    for tag in OTHERS:
        with speaking(tag):
            said[tag] = dates.wording(literal(expression)).replace("\u00a0", " ")

    assert said == {"fr": french, "de": german}


def test_languages_have_names_in_each_language() -> None:
    said = {}
    for tag in LANGUAGES:
        with speaking(tag):
            said[tag] = language_name("ar")

    assert said == {"en": "Arabic", "fr": "arabe", "de": "Arabisch"}


# Which language a page is in


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [
        ("/", "", "en"),
        ("/", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("/", "de", "de"),
        ("/", "en;q=0.5, de;q=0.7", "de"),
        ("/", "nl, pt;q=0.5", "en"),
        ("/", "*", "en"),
        ("/", "\x00;q=, fr;q=2", "en"),
        ("/", "fr," + "a" * 5000, "en"),
        ("/?lang=de", "fr", "de"),
        ("/?lang=en", "fr", "en"),
        ("/?lang=xx", "fr", "fr"),
        ("/?lang=", "fr", "fr"),
        ("/?lang=DE", "fr", "fr"),
        ("/?lang=%22%3E%3Cscript%3E", "de", "de"),
        ("/doc/text/letter", "fr", "fr"),
        ("/doc/text/letter.html", "fr", "fr"),
        ("/dataset?lang=de", "", "de"),
        ("/sparql?lang=de", "", "de"),
        ("/nowhere?lang=fr", "de", "fr"),
        ("/doc/text/gone", "de", "de"),
    ],
)
def test_the_address_names_the_language_or_else_the_header_chooses_it(
    client: FlaskClient, path: str, header: str, expected: str
) -> None:
    page = get(client, path, header)

    assert page.mimetype == "text/html"
    assert page.headers["Content-Language"] == expected
    assert html.fromstring(page.text).get("lang") == expected
    assert "<script>" not in page.text
    is_named = f"lang={expected}" in path
    assert ("accept-language" in page.vary) is not is_named


@pytest.mark.parametrize("path", DATA)
def test_data_is_the_same_in_every_language(client: FlaskClient, path: str) -> None:
    answers = [client.get(path, headers={"Accept-Language": tag}) for tag in ("en", "fr", "de")]
    named = client.get(f"{path}{'&' if '?' in path else '?'}lang=fr") if "oai" not in path else None

    assert answers[0].status_code == 200
    assert {answer.data for answer in answers if "oai" not in path} <= {answers[0].data}
    assert named is None or named.data == answers[0].data
    for answer in answers:
        assert "Content-Language" not in answer.headers
        assert "accept-language" not in answer.vary


def test_the_words_of_the_editor_are_in_the_language_that_its_page_names(
    client: FlaskClient,
) -> None:
    page = html.fromstring(get(client, "/sparql", "de").text)
    (address,) = page.xpath("//sparql-editor/@vocabulary")
    german = client.get(address, headers={"Accept-Language": "fr"})
    plain = [
        client.get("/sparql/vocabulary.json", headers={"Accept-Language": t}) for t in LANGUAGES
    ]

    assert "Verfasser, Urheber" in {one["label"] for one in orjson.loads(german.data)["properties"]}
    assert "author, creator" in {one["label"] for one in orjson.loads(plain[0].data)["properties"]}
    assert {one.data for one in plain} == {plain[0].data}


def test_what_pages_offer_as_data_is_the_same_in_every_language(client: FlaskClient) -> None:
    pages = ["/", "/api", "/catalog", "/doc/text/treatise", "/doc/agent/ada-lovelace", "/texts"]
    pages += ["/changes", "/dump", "/readiness", "/dataset", "/history/text/letter", "/about"]
    trees = [html.fromstring(get(client, path).text) for path in pages]
    offered = {address for tree in trees for address in tree.xpath("//*[@type][@href]/@href")}
    local = {re.sub("^https?://[^/]+", "", address) for address in offered}

    differing = []
    # What was dumped is a file; an answer to OAI-PMH has its time.
    for address in sorted(one for one in local if not re.search("/dump/|/oai|^/edition/", one)):
        answers = [client.get(address, headers={"Accept-Language": tag}) for tag in ("en", "fr")]
        if answers[0].mimetype != "text/html" and (
            answers[0].data != answers[1].data or "accept-language" in answers[1].vary
        ):
            differing.append(address)

    assert len(local) > 30
    assert differing == []


@pytest.mark.parametrize("path", ["/doc/text/letter", "/dataset", "/vocab", "/texts"])
@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json"])
def test_what_is_negotiated_as_data_has_no_language(
    client: FlaskClient, path: str, accept: str
) -> None:
    get(client, path, "fr")
    answers = [get(client, path, tag, Accept=accept) for tag in ("en", "fr")]

    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert "accept-language" not in answers[1].vary


@pytest.mark.parametrize("path", ["/nowhere", "/doc/text/gone", "/doc/text/nowhere", "/texts.x"])
def test_a_problem_as_json_is_in_english(client: FlaskClient, path: str) -> None:
    answers = [
        client.get(f"{path}{query}", headers={"Accept-Language": tag})
        for tag, query in (("en", ""), ("fr", ""), ("en", "?lang=de"))
    ]

    assert answers[0].mimetype == "application/problem+json"
    assert {answer.data for answer in answers} == {answers[0].data}
    assert "accept-language" not in answers[0].vary


def test_a_problem_as_a_page_is_translated(client: FlaskClient) -> None:
    page = get(client, "/doc/text/nowhere", "de")

    assert "<h1>Nicht gefunden</h1>" in page.text
    assert "There is no document" not in page.text


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_explanation_of_a_problem_is_in_english(client: FlaskClient, kind: Kind) -> None:
    path = f"/problem/{kind.name}"

    assert get(client, path, "fr").data == get(client, path, "en").data


# Caches


def test_each_language_has_its_own_page_and_tag_and_is_not_confused_with_another(
    client: FlaskClient,
) -> None:
    paths = {"en": "/texts", "fr": "/texts", "de": "/texts?lang=de"}
    pages = {tag: get(client, path, tag) for tag, path in paths.items()}

    assert len({page.headers["ETag"] for page in pages.values()}) == 3
    for tag, page in pages.items():
        etag = page.headers["ETag"]
        assert get(client, paths[tag], tag).data == page.data
        assert get(client, paths[tag], tag, If_None_Match=etag).status_code == 304
        other = "fr" if tag != "fr" else "en"
        if tag != "de":
            assert get(client, paths[tag], other, If_None_Match=etag).status_code == 200


def test_a_304_names_what_the_page_varies_by(client: FlaskClient) -> None:
    page = get(client, "/agents", "fr")
    again = get(client, "/agents", "fr-FR", If_None_Match=page.headers["ETag"])

    assert again.status_code == 304
    assert "accept-language" in again.vary
    assert "Content-Language" not in again.headers


def test_however_many_ways_there_are_to_ask_the_cache_sees_as_many_as_languages() -> None:
    seen = []

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        seen.append(environ["HTTP_ACCEPT_LANGUAGE"])
        start_response("204 No Content", [])
        return []

    layer = OneOfOurs(application)
    headers = [f"x{n}, {tag};q=0.{n}" for n in range(1, 300) for tag in LANGUAGES]
    for header in [*headers, "fr" * 9999, "é\x00,;q=", ""]:
        layer({"HTTP_ACCEPT_LANGUAGE": header}, lambda *_: lambda _: None)
    layer({}, lambda *_: lambda _: None)

    assert set(seen) == set(LANGUAGES)
    assert seen[-1] == DEFAULT


def test_the_order_of_the_field_in_the_address_does_not_matter(client: FlaskClient) -> None:
    pages = [get(client, f"/texts?{query}") for query in ("lang=fr&q=letter", "q=letter&lang=fr")]

    assert pages[0].headers["ETag"] == pages[1].headers["ETag"]


# Links


def addresses(page: TestResponse) -> list[tuple[str, str]]:
    """Give what leads from a page to another: its address, and its kind."""
    tree = html.fromstring(page.text)
    found = []
    for link in tree.iter("a", "{http://www.w3.org/2000/svg}a"):
        address = link.get("href", "")
        is_data = link.get("type") is not None or link.get("download") is not None
        if link.get("hreflang") is not None:
            found.append((address, "language"))
        elif address.startswith("/"):
            found.append((address, "data" if is_data else "page"))
    return found


@pytest.mark.parametrize(
    "path", ["/", "/texts", "/doc/text/treatise", "/quality", "/changes", "/sparql", "/nowhere"]
)
def test_links_keep_a_language_that_the_address_names(client: FlaskClient, path: str) -> None:
    page = get(client, f"{path}?lang=de", "fr")

    found = [one for one in addresses(page) if one[1] != "language"]
    assert any(kind == "page" for _, kind in found)
    for address, kind in found:
        asked = re.findall(r"[?&]lang=([a-z]*)", address)
        assert asked == (["de"] if kind == "page" else []), address
        assert "#" not in address.partition("?lang")[0]
    for form in html.fromstring(page.text).iter("form"):
        assert [field.get("value") for field in form.xpath(".//input[@name='lang']")] == ["de"]


@pytest.mark.parametrize("path", ["/", "/texts?q=letter", "/doc/text/letter", "/sparql"])
def test_links_name_no_language_if_the_address_does_not(client: FlaskClient, path: str) -> None:
    page = get(client, path, "fr")

    assert not [one for one, kind in addresses(page) if kind != "language" and "lang=" in one]
    assert not html.fromstring(page.text).xpath("//input[@name='lang']")


@pytest.mark.parametrize("path", ["/", "/texts?q=letter&lang=fr", "/doc/text/letter", "/nowhere"])
def test_a_page_leads_to_itself_in_the_other_languages(client: FlaskClient, path: str) -> None:
    tree = html.fromstring(get(client, path, "de").text)
    kept = "q=letter&" if "q=" in path else ""
    expected = {tag: f"?{kept}lang={tag}" for tag in LANGUAGES}

    in_head = tree.xpath("//head/link[@rel='alternate'][@hreflang]")
    in_foot = tree.xpath("//footer//a[@hreflang]")

    absolute = {tag: BASE + path[1:].partition("?")[0] + expected[tag] for tag in LANGUAGES}
    assert {one.get("hreflang"): one.get("href") for one in in_head} == absolute
    assert {one.get("hreflang"): one.get("href") for one in in_foot} == expected
    assert {one.get("lang"): one.text for one in in_foot} == {t: own_name(t) for t in LANGUAGES}
    current = [one.get("lang") for one in in_foot if one.get("aria-current")]
    assert current == ["fr" if "lang=fr" in path else "de"]


def test_links_keep_the_language_below_a_path(client: FlaskClient) -> None:
    page = client.get(
        "/agents?lang=fr",
        headers={"Accept": BROWSER},
        environ_overrides={"SCRIPT_NAME": "/corpora/k"},
    )

    found = [address for address, kind in addresses(page) if kind == "page"]
    assert found
    assert all(re.fullmatch(r"/corpora/k/[^?]*\?(?:.*&)?lang=fr", one) for one in found)


def test_a_redirect_keeps_the_language_that_the_address_names(client: FlaskClient) -> None:
    assert get(client, "/text/letter?lang=de").location == "/doc/text/letter?lang=de"
    assert get(client, "/text/letter", "de").location == "/doc/text/letter"


def test_only_links_are_changed_and_not_what_looks_like_one(client: FlaskClient) -> None:
    hostile = get(client, "/doc/text/hostile?lang=en").text
    plain = get(client, "/doc/text/hostile", "en").text

    def without(page: str) -> str:
        page = re.sub(r"(?:&amp;|\?)lang=[a-z]{2}", "", page)
        return re.sub(r'<input type="hidden" name="lang"[^>]*>', "", page)

    assert without(hostile).replace('href=""', 'href="?"') == without(plain).replace(
        'href=""', 'href="?"'
    )


# Nothing is forgotten

#: Names, which are the same in every language.
NAMES = re.compile(
    # Formats, protocols, styles and licences.
    r"Turtle|JSON(?:-LD)?|RDF(?:/XML)?|N-Triples|HTML|CSV|TSV|XML|SPARQL(?: 1\.1)?|EDTF"
    r"|BibTeX|RIS|CSL(?:-JSON)?|APA|Chicago|Harvard|MLA|cURL|Python|SHA-256|gzip|Zstandard"
    r"|Atom|OAI-PMH|ActivityStreams|ResourceSync|Sitemap|IIIF|LDES|DCAT(?:-AP 3)?|OpenAPI 3\.1"
    r"|Public Domain Mark 1\.0|CC0 1\.0"
    # Languages by name and tag, media types, prefixed names, editions.
    r"|anglais|arabe|langue indéterminée|\[xx\]|\((?:en|ar)\)|[a-z]+/[a-z0-9.+;=\"/:-]+"
    r"|\b[a-z]+:[A-Za-z]+|vocab#[A-Za-z]+|\d-[0-9a-f]{12}"
)


class Marking(gettext.NullTranslations):
    """A language in which every text is its English one in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "translations", lambda _tag: Marking())


def unmarked(page: str) -> set[str]:
    """Give the words of a page that are neither from the catalogue nor from the corpus."""
    before = None
    while before != page:
        before, page = page, re.sub(r"⟦[^⟦⟧]*⟧", "", page)
    tree = html.fromstring(page)
    of_the_corpus = (
        "//body//*[@lang]|//script|//style|//bdi|//pre|//code|//kbd|//title|//textarea"
        "|//*[contains(concat(' ', @class, ' '), ' code ')]"
    )
    for element in tree.xpath(of_the_corpus):
        tail = element.tail
        element.clear()
        element.tail = tail
    texts = [text for element in tree.iter() for text in (element.text, element.tail) if text]
    for name in ("aria-label", "title", "alt", "placeholder", "data-copied", "data-none"):
        texts += tree.xpath(f"//body//@{name}")
    left = {NAMES.sub("", " ".join(text.split())) for text in texts}
    return {text for text in left if re.search(r"[^\W\d_]{2}", text)}


def pages_from_home(client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Follow the links that crawlers follow, and then some that they do not."""
    waiting, shapes = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        page = get(client, path, "fr")
        if page.mimetype != "text/html" or page.status_code >= 300:
            continue
        yield path, page
        for link in html.fromstring(page.text).xpath("//a[starts-with(@href, '/')][not(@type)]"):
            address = link.get("href").partition("#")[0]
            # Of what is numbered, one is like the others.
            shape = re.sub("[0-9]+", "0", address)
            if shape not in shapes and "nofollow" not in (link.get("rel") or ""):
                shapes.add(shape)
                waiting.append(address)
    for path in FURTHER:
        yield path, get(client, path, "fr")


def test_every_word_of_every_page_is_from_the_catalogue_or_from_the_corpus(
    published: Published, marking: None
) -> None:
    with running(published.data) as socket:
        client = create_app(Config(published.data, query_socket=socket)).test_client()
        found = {path: words for path, p in pages_from_home(client) if (words := unmarked(p.text))}

    assert found == {}


def test_scripts_take_their_words_from_the_page() -> None:
    for script in (PROJECT / "app/static").glob("*.js"):
        assert not re.findall(r'textContent = ["`\'][A-Z]', script.read_text(encoding="utf-8"))


# From right to left


@pytest.mark.parametrize("tag", LANGUAGES)
def test_titles_keep_their_own_language_and_direction(client: FlaskClient, tag: str) -> None:
    page = html.fromstring(get(client, f"/doc/text/arabic?lang={tag}").text)

    (title,) = page.xpath("//h1/bdi")
    assert (title.get("lang"), title.get("dir"), title.text) == ("ar", "rtl", "كتاب الحيوان")
    assert page.get("dir") is None
