"""Settings: defaults, what each key means, and errors that say where and what to do."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ld import corpus
from ld.corpus import DEFAULT_BASE, Authority, Contact, Settings
from ld.errors import SettingsError

FULL = r"""# Everything that there is
base = "https://texts.example.org/"
service_url = "https://api.example.org/texts/"
title = "A corpus"
description = "Of texts"
publisher = { name = "An archive", type = "Organization" }
licence = "http://creativecommons.org/publicdomain/zero/1.0/"
language = "EN-gb"
year_means = "issued"
access = "open"
name_separators = [";", " and "]
volatile = []
keep_editions = 2

[contact]
name = "Data desk"
email = "data@example.org"

[missing]
"*" = ["nix"]
GENRE = ["Other"]

[[rights]]
pattern = "^Public domain"
licence = "https://creativecommons.org/publicdomain/mark/1.0/"

[[authority]]
name = "Ada Lovelace"
type = "Person"
variants = ["A. Lovelace"]

[moved]
"old.id" = "new"

[manifest]
file = "manifest.csv"

[manifest.columns]
unit = "PART"
"""


def load(folder: Path, text: str | bytes, **arguments: str) -> Settings:
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "corpus.toml").write_bytes(content)
    return corpus.load(folder, **arguments)  # type: ignore[arg-type]


def refused(folder: Path, text: str | bytes, **arguments: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load(folder, text, **arguments)
    return caught.value


def test_without_a_file_the_defaults_apply(tmp_path: Path) -> None:
    settings = corpus.load(tmp_path)

    assert (settings.base, settings.language, settings.title) == (DEFAULT_BASE, "und", None)
    assert settings.is_missing("YEAR", "n.d.")
    assert settings.is_missing("AUTHOR", "UNKNOWN")
    assert settings.volatile == {"RETRIEVED_UTC"}
    assert settings.stated == frozenset()


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)

    ada = Authority("Ada Lovelace", "Person", variants=("A. Lovelace",))
    assert settings.service_url == "https://api.example.org/texts/"
    assert settings.publisher == Authority("An archive", "Organization")
    assert settings.contact == Contact("Data desk", "data@example.org")
    assert settings.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert (settings.language, settings.year_means, settings.access) == ("en-gb", "issued", "open")
    assert settings.authorities == {"Ada Lovelace": ada, "A. Lovelace": ada}
    assert settings.moved == {"old.id": "new"}
    assert settings.volatile == frozenset()
    assert settings.keep_editions == 2
    assert settings.manifest is not None
    assert settings.manifest.columns == {"unit": "PART"}


def test_what_means_missing_may_differ_by_field(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)

    assert settings.is_missing("GENRE", "other")
    assert not settings.is_missing("TITLE", "Other")
    assert settings.is_missing("TITLE", "NIX")


def test_an_argument_replaces_the_base_in_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, 'base = "https://one.example/"', base="https://two.example/")

    assert settings.base == "https://two.example/"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    settings = load(tmp_path, b'\xef\xbb\xbftitle = "A"\r\nlanguage = "en"\r\n')

    assert (settings.title, settings.language) == ("A", "en")


@pytest.mark.parametrize(
    ("line", "old", "new", "key", "remedy"),
    [
        (2, "example.org/", "example.org", "base", '"https://texts.example.org/"'),
        (2, "https://texts", "ftp://texts", "base", "begins with http:// or https://"),
        (2, "example.org/", "example.org/?a#b", "base", '"https://texts.example.org/"'),
        (2, "texts.example.org/", "", "base", "begins with http:// or https://"),
        (2, '"https://texts.example.org/"', "1", "base", "a text between"),
        (3, "texts/", "texts", "service_url", "end it with a slash"),
        (4, "A corpus", " ", "title", "not empty"),
        (4, "A corpus", "A\\u0001corpus", "title", "control characters"),
        (6, "Organization", "Robot", "publisher.type", "Person, Organization"),
        (6, "An archive", "", "publisher.name", "not empty"),
        (6, "type", "kind", "publisher.kind", "no such setting; the keys are name,"),
        (7, "http://creativecommons.org", "CC0", "licence", "https://"),
        (8, "EN-gb", "English", "language", "BCP 47"),
        (9, "issued", "printed", "year_means", "one of date, issued, created"),
        (10, "open", "closed", "access", "one of open"),
        (11, '" and "', "1", "name_separators", "a list of texts"),
        (12, "[]", '"x"', "volatile", "a list of texts"),
        (13, "2", "0", "keep_editions", "at least 1"),
        (13, "2", "true", "keep_editions", "a whole number"),
        (13, "keep_editions", "keep", "keep", "no such setting; the settings are access,"),
        (17, "data@example.org", "data", "contact.email", "one e-mail address"),
        (15, 'email = "data@example.org"', "", "contact.email", "not empty"),
        (20, '["nix"]', '"nix"', "missing.*", "a list of texts"),
        (24, "^Public", "(", "rights.pattern", "not a regular expression"),
        (25, "https://creative", "creative", "rights.licence", "https://"),
        (29, "Person", "Cat", "authority.type", "Person, Organization"),
        (30, '["A. Lovelace"]', '"A."', "authority.variants", "a list of texts"),
        (33, '"new"', "1", "moved.old.id", "a text between"),
        (36, "manifest.csv", "", "manifest.file", "not empty"),
        (38, "[manifest.columns]", "[manifest.colums]", "manifest.colums", "the keys are file,"),
    ],
)
def test_a_wrong_setting_is_an_error_with_file_line_key_value_and_remedy(
    line: int, old: str, new: str, key: str, remedy: str, tmp_path: Path
) -> None:
    lines = FULL.split("\n")
    place = line - 1 if old in lines[line - 1] else line + 1
    lines[place] = lines[place].replace(old, new, 1)

    error = refused(tmp_path, "\n".join(lines))

    assert (error.file, error.key) == (f"corpus.toml:{line}", key)
    assert remedy in error.remedy
    assert str(error).startswith(f"corpus.toml:{line}: {key} = ")


def test_of_several_tables_the_one_with_the_value_is_named(tmp_path: Path) -> None:
    rule = '[[rights]]\npattern = "{}"\nlicence = "https://example.org/"\n'

    error = refused(tmp_path, rule.format("a") + rule.format("[") + rule.format("b"))

    assert (error.file, error.value) == ("corpus.toml:5", "'['")


def test_what_cannot_be_found_for_certain_has_no_line(tmp_path: Path) -> None:
    error = refused(tmp_path, '[[rights]]\npattern = "a"\n[[rights]]\nlicence = "b"\n')

    assert (error.file, error.key) == ("corpus.toml", "rights.licence")


def test_one_name_in_two_authorities_is_an_error(tmp_path: Path) -> None:
    error = refused(tmp_path, '[[authority]]\nname = "A"\n[[authority]]\nname = "A"\n')

    assert error.key == "authority.name"
    assert "keep one" in error.remedy


def test_an_old_identifier_cannot_be_empty(tmp_path: Path) -> None:
    error = refused(tmp_path, '[moved]\n"" = "x"\n')

    assert error.key.startswith("moved")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b'title = "A"\nlanguage = \n', 2),
        (b'title = "A"\ntitle = "B"\n', 2),
        (b'title = "A\n', 1),
        (b'title = "A"\n# caf\xe9\n', 2),
        (b'\n\ntitle = "a\x00b"\n', 3),
        (b'description = """\nnever ends\n', 3),
        (b"a = " + b"[" * 5000, 1),
        (b"keep_editions = " + b"1" * 5000, 1),
    ],
)
def test_broken_toml_is_an_error_that_names_the_line(
    text: bytes, line: int, tmp_path: Path
) -> None:
    error = refused(tmp_path, text)

    assert (error.file, error.key) == (f"corpus.toml:{line}", "(syntax)")
    assert "TOML 1.0 in UTF-8" in error.remedy


def test_a_base_given_as_an_argument_is_not_sought_in_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, 'base = "https://one.example/"', base="https://two.example")

    assert (error.file, error.value) == ("(argument)", "'https://two.example'")


def test_settings_that_were_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        corpus.load(tmp_path, settings_file=tmp_path / "other.toml")


@pytest.mark.parametrize("target", ["gone.toml", "corpus.toml", "."])
def test_settings_that_cannot_be_read_are_an_error_and_not_the_defaults(
    target: str, tmp_path: Path
) -> None:
    (tmp_path / "corpus.toml").symlink_to(target)

    with pytest.raises(SettingsError, match="cannot be read"):
        corpus.load(tmp_path)


@given(text=st.text(max_size=60))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_settings_or_an_error_in_words(text: str, tmp_path: Path) -> None:
    try:
        load(tmp_path, text.encode("utf-8", "replace"))
    except SettingsError as error:
        assert error.file.startswith("corpus.toml")
        assert error.remedy
