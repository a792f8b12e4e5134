"""What pages are made of: words for dates and values, links, typed and escaped."""

import re
from importlib import resources

import orjson
import pytest

from app.links import Link, header
from app.mounting import prefix_of
from app.pages.dates import day, minute, wording
from app.pages.record import script_json
from app.pages.values import licence_name, of_term, recorded_as, shortened, size, web
from ld.document import Derivation
from ld.record import Origin
from ld.terms import literal


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1893", "1893"),
        ("0988", "988"),
        ("0000", "1 BCE"),
        ("-0043", "44 BCE"),
        ("1893-02", "February 1893"),
        ("1893-02-07", "7 February 1893"),
        ("1893-02-XX", "February 1893"),
        ("1893-XX-XX", "1893"),
        ("1893-21", "spring 1893"),
        ("1850~", "c. 1850"),
        ("1850?", "perhaps 1850"),
        ("1850-03%", "perhaps c. March 1850"),
        ("185X", "1850s"),
        ("18XX", "between 1800 and 1899"),
        ("-01XX", "between 200 BCE and 101 BCE"),
        ("1850/1855", "1850–1855"),
        ("1850-01/1850-03~", "January 1850 to c. March 1850"),
        ("1850/..", "1850 and later"),
        ("../1850", "1850 and earlier"),
        ("1850/", "1850 to an unknown date"),
        ("/1850", "an unknown date to 1850"),
        ("[1850,1852]", "1850 or 1852"),
        ("[1850,1852,1854]", "1850, 1852 or 1854"),
        ("{1850,1852}", "1850 and 1852"),
        ("[1850..1852]", "between 1850 and 1852"),
        ("[..1852]", "1852 or earlier"),
        ("{1850..}", "1850 and later"),
        ("1850-40", "1850-40"),
        ("Y170000", "Y170000"),
    ],
)
def test_dates_have_words(expression: str, words: str) -> None:
    assert wording(literal(expression)).replace("\u00a0", " ") == words


def test_datestamps_have_words() -> None:
    assert day("2026-02-04T16:55:10Z") == "4 February 2026"
    assert minute("2026-02-04T16:55:10Z") == "4 February 2026, 16:55 UTC"


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/fr/", "CC BY-NC-SA 3.0 FR"),
        ("http://rightsstatements.org/vocab/NoC-US/1.0/", "NoC-US 1.0 (RightsStatements.org)"),
        ("https://example.org/licence", "https://example.org/licence"),
    ],
)
def test_licences_have_names(iri: str, name: str) -> None:
    assert licence_name(iri) == name


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0 bytes"),
        (2429, "2.4 kB"),
        (12_345, "12 kB"),
        (999_900, "1.0 MB"),
        (10**15, "1,000 TB"),
    ],
)
def test_sizes_have_words(octets: int, words: str) -> None:
    assert size(octets).replace("\u00a0", " ") == words


def test_a_value_says_how_it_was_recorded_only_if_that_differs() -> None:
    def recorded(raw: str) -> str | None:
        derivation = Derivation("rule", (Origin("a.txt", 3, "TITLE", raw),))
        return recorded_as(
            of_term(literal("A title", language="en")), derivation, str.__eq__
        ).recorded

    assert recorded(" A title ") is None
    assert recorded("A  title") == "A  title"
    assert recorded("a" * 1000) == shortened("a" * 1000, 160)


@pytest.mark.parametrize(
    ("language", "lang", "direction"),
    [("en", "en", "ltr"), ("he", "he", "rtl"), ("und", "", "auto"), ("az-arab", "az-arab", "rtl")],
)
def test_a_literal_has_its_language_and_direction(language: str, lang: str, direction: str) -> None:
    value = of_term(literal("x", language=language))

    assert (value.lang, value.dir) == (lang, direction)


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "urn:isbn:1"])
def test_only_addresses_of_the_web_become_links(iri: str) -> None:
    assert web(iri) is None
    assert of_term(f"<{iri}>").href is None


def test_json_in_a_page_cannot_end_its_script() -> None:
    document = {"</script><!--<script>": "&\u2028\u2029\\u003c"}

    written = script_json(document)

    assert not set("<>&\u2028\u2029") & set(written)
    assert orjson.loads(str(written)) == document


def test_links_are_written_in_ascii() -> None:
    written = header([Link("https://example.org/é", "item", "text/turtle"), Link("a:b", "type")])

    assert (
        written == '<https://example.org/%C3%A9>; rel="item"; type="text/turtle", <a:b>; rel="type"'
    )


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://x.example/", ""),
        ("https://x.example/corpora/k/", "/corpora/k"),
        ("https://x.example/a%20b/", "/a b"),
        ("https://x.example/é/", "/\xc3\xa9"),
    ],
)
def test_a_prefix_is_spelt_as_wsgi_does(url: str, prefix: str) -> None:
    assert prefix_of(url) == prefix


# Contrast: https://www.w3.org/TR/WCAG22/#contrast-enhanced

STYLESHEET = (resources.files("app") / "static/pressmark.css").read_text(encoding="utf-8")
READ = ("text", "muted", "link", "visited", "accent", "ok", "warning", "error")


def tokens(scheme: str) -> dict[str, str]:
    screen, _, _ = STYLESHEET.partition("@media print")
    light, _, rest = screen.partition("@media (prefers-color-scheme: dark)")
    block = light if scheme == "light" else rest.partition("/* ---- elements")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", READ)
def test_text_stands_out_on_every_background(scheme: str, name: str) -> None:
    colours = tokens(scheme)

    assert contrast(colours[name], colours["background"]) >= 7
    assert contrast(colours[name], colours["surface"]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graphics_and_buttons_stand_out(scheme: str) -> None:
    colours = tokens(scheme)

    assert contrast(colours["on-accent"], colours["accent"]) >= 7
    assert contrast(colours["bar"], colours["surface"]) >= 3
    assert contrast(colours["border"], colours["surface"]) >= 3


def test_every_colour_is_a_token() -> None:
    rules = STYLESHEET.partition("/* ---- elements")[2].partition("@media print")[0]

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", rules) == []
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", STYLESHEET)) <= set(
        re.findall(r"--([a-z0-9-]+):", STYLESHEET)
    )
