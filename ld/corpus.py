"""Corpus: a folder of seed documents and its settings, `corpus.toml`.

The settings say what the seeds cannot: which IRIs to use, who publishes, what YEAR means, which
tokens mean "missing". Every key is listed here with its default; an unknown key is an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ld import settings_source
from ld.errors import SettingsError
from ld.fields import languages, rights
from ld.fields.rights import RightsRule
from ld.record import Origin
from ld.settings_source import SettingsSource
from ld.terms import is_iri
from ld.vocabulary import CC0

YearMeaning = Literal["date", "issued", "created"]
AgentType = Literal["Person", "Organization"]

SETTINGS_FILE: Final = "corpus.toml"
DEFAULT_BASE: Final = "http://127.0.0.1:8000/"
DEFAULT_MISSING: Final = ("NA", "N/A", "Unknown", "n.d.", "s.d.", "-", "?", "None", "null")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask about the data."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What is known about an agent beyond the name that the seeds state."""

    name: str
    type: AgentType | None = None
    inverted: str | None = None
    variants: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A CSV table that completes the headers of the seeds.

    `file` and `relative_to` are relative to the folder of `corpus.toml`; the paths in the column
    `path` are relative to `relative_to`. `columns` maps a column's name to a field's name.
    """

    file: str
    relative_to: str = "."
    path: str = "path"
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """The settings of a corpus; the comment beside each field says what it is for."""

    folder: Path  # of the settings file: what is relative there is relative to this
    base: str = DEFAULT_BASE  # names things; fixed at publication; ends with "/"
    service_url: str | None = None  # addresses the doors; None: the same as base
    title: str | None = None
    description: str | None = None
    publisher: Authority | None = None
    contact: Contact | None = None
    licence: str = CC0  # of the metadata, never of the texts
    language: str = "und"  # of titles and names, unless a seed states another
    year_means: YearMeaning = "date"
    access: Literal["open"] | None = None  # "open": anybody may read the texts at their source
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by field; "*" for all
    name_separators: tuple[str, ...] = (";",)
    rights: tuple[RightsRule, ...] = ()  # first match wins; no built-in guess
    authorities: Mapping[str, Authority] = field(default_factory=dict)  # by name and variant
    moved: Mapping[str, str] = field(default_factory=dict)  # old identifier → new identifier
    volatile: frozenset[str] = frozenset({"RETRIEVED_UTC"})  # a change there is no change
    manifest: Manifest | None = None
    keep_editions: int = 5  # whose graphs and dumps stay on disk; history stays for ever
    stated: frozenset[str] = frozenset()  # the keys that were written down
    source: SettingsSource = field(default_factory=lambda: SettingsSource(SETTINGS_FILE))

    def is_missing(self, field_name: str, text: str) -> bool:
        """Say whether this text is a way of saying that the field is not known."""
        token = text.casefold()
        return token in self.missing.get("*", ()) or token in self.missing.get(field_name, ())

    def facts(self) -> dict[str, Any]:
        """Give what decides about statements, as plain values with a stable order."""
        return {
            "base": self.base,
            "licence": self.licence,
            "language": self.language,
            "year_means": self.year_means,
            "access": self.access,
            "missing": {name: sorted(tokens) for name, tokens in sorted(self.missing.items())},
            "name_separators": list(self.name_separators),
            "rights": self.rights_facts(),
            "volatile": sorted(self.volatile),
        }

    def origin_of(self, key: str) -> Origin:
        """Give where a setting was written, or that nobody wrote it and the default counts."""
        origin = self._origins.get(key)
        if origin is None:
            raw = str(self.facts().get(key, "")) if key in self.stated else "(default)"
            origin = self._origins[key] = Origin(SETTINGS_FILE, None, key, raw)
        return origin

    @cached_property
    def _origins(self) -> dict[str, Origin]:
        return {}

    def rights_facts(self) -> list[list[str]]:
        """Give the rights rules as plain values: a version may be kept only under equal rules."""
        return [[rule.pattern.pattern, rule.licence] for rule in self.rights]


def load(folder: Path, *, settings_file: Path | None = None, base: str | None = None) -> Settings:
    """Read the settings of a corpus; without a file, the defaults.

    `base` replaces the one in the file.
    Raises: SettingsError naming file, key, value and remedy.
    """
    path = settings_file or folder / SETTINGS_FILE
    table: dict[str, Any] = {}
    source = SettingsSource(path.name)
    if settings_file is not None or path.exists() or path.is_symlink():
        source, table = settings_source.read(path)
    if base is not None:
        argument = SettingsSource("(argument)")
        table["base"] = _Reading(argument, path.parent, {"base": base}).base_iri("base")
    return _Reading(source, path.parent, table).settings()


class _Reading:
    """One settings file being read: each method takes one key out of the table."""

    def __init__(self, source: SettingsSource, folder: Path, table: dict[str, Any]) -> None:
        self.source = source
        self.folder = folder
        self.table = dict(table)
        self.stated = frozenset(table)

    def fail(self, key: str, value: object, remedy: str) -> SettingsError:
        return self.source.error(key, value, remedy)

    def settings(self) -> Settings:
        language = self.text("language")
        read = Settings(
            folder=self.folder,
            base=self.base_iri("base") or DEFAULT_BASE,
            service_url=self.base_iri("service_url"),
            title=self.text("title"),
            description=self.text("description"),
            publisher=self.agent("publisher"),
            contact=self.contact(),
            licence=self.licence("licence", self.text("licence") or CC0),
            language=self.checked("language", language, languages.tag) if language else "und",
            year_means=self.choice("year_means", "date", get_args(YearMeaning)),
            access=self.choice("access", None, ("open",)),
            missing=self.missing(),
            name_separators=tuple(self.texts("name_separators", [";"])),
            rights=tuple(self.rights_rules()),
            authorities=self.authorities(),
            moved=self.mapping("moved"),
            volatile=frozenset(self.texts("volatile", ["RETRIEVED_UTC"])),
            manifest=self.manifest(),
            keep_editions=self.positive("keep_editions", 5),
            stated=self.stated,
            source=self.source,
        )
        for key, value in self.table.items():
            known = ", ".join(sorted(_KEYS))
            raise self.fail(key, value, f"there is no such setting; the settings are {known}")
        return read

    def take(self, key: str, kind: type, what: str) -> Any:
        value = self.table.pop(key, None)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self.fail(key, value, f"write {what}")
        return value

    def text(self, key: str) -> str | None:
        value = self.take(key, str, 'a text between "…"')
        if value is None:
            return None
        return self.clean(key, value)

    def clean(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, value, 'write a text between "…" that is not empty')
        if re.search(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", value):
            raise self.fail(key, value, "take out the control characters")
        return value.strip()

    def texts(self, key: str, default: list[str]) -> list[str]:
        values: list[str] | None = self.take(key, list, "a list of texts")
        if values is None:
            return default
        if not all(isinstance(value, str) and value for value in values):
            raise self.fail(key, values, "write a list of texts, none of them empty")
        return values

    def mapping(self, key: str) -> dict[str, str]:
        values = self.take(key, dict, 'a table of "old" = "new"')
        read = {old: self.clean(f"{key}.{old}", new) for old, new in (values or {}).items()}
        if "" in read:
            raise self.fail(f"{key}.", read[""], "write what is old before the sign =")
        return read

    def positive(self, key: str, default: int) -> int:
        value = self.take(key, int, "a whole number")
        if value is not None and value < 1:
            raise self.fail(key, value, "write a whole number of at least 1")
        return default if value is None else int(value)

    def choice(self, key: str, default: Any, choices: tuple[str, ...]) -> Any:
        value = self.take(key, str, f"one of {', '.join(choices)}")
        if value is not None and value not in choices:
            raise self.fail(key, value, f"write one of {', '.join(choices)}")
        return default if value is None else value

    def checked(self, key: str, value: str, check: Any) -> str:
        try:
            return str(check(value))
        except ValueError as error:
            raise self.fail(key, value, str(error)) from error

    def base_iri(self, key: str) -> str | None:
        value = self.text(key)
        if value is None:
            return None
        if not re.match(r"https?://[^/?#]+", value) or not is_iri(value):
            raise self.fail(key, value, "write an address that begins with http:// or https://")
        if "?" in value or "#" in value or not value.endswith("/"):
            raise self.fail(
                key,
                value,
                f'end it with a slash, as in "{value.split("?")[0].split("#")[0].rstrip("/")}/"',
            )
        return value

    def licence(self, key: str, value: str) -> str:
        return self.checked(key, value, rights.normalise_licence)

    def sub_table(self, key: str, value: object, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(key, value, f"write a table with the keys {', '.join(keys)}")
        for unknown in value:
            if unknown not in keys:
                raise self.fail(
                    f"{key}.{unknown}",
                    value[unknown],
                    f"there is no such setting; the keys are {', '.join(keys)}",
                )
        return value

    def contact(self) -> Contact | None:
        value = self.table.pop("contact", None)
        if value is None:
            return None
        table = self.sub_table("contact", value, ("name", "email"))
        email = self.clean("contact.email", table.get("email"))
        if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", email):
            raise self.fail("contact.email", email, "write one e-mail address")
        return Contact(self.clean("contact.name", table.get("name")), email)

    def agent(self, key: str) -> Authority | None:
        value = self.table.pop(key, None)
        return None if value is None else self.authority(key, value)

    def authority(self, key: str, value: object) -> Authority:
        table = self.sub_table(key, value, ("name", "type", "inverted", "variants", "same_as"))
        kind = table.get("type")
        if kind is not None and kind not in get_args(AgentType):
            raise self.fail(f"{key}.type", kind, f"write one of {', '.join(get_args(AgentType))}")
        for list_key in ("variants", "same_as"):
            if not isinstance(table.get(list_key, []), list):
                raise self.fail(f"{key}.{list_key}", table[list_key], "write a list of texts")
        same_as = [self.clean(f"{key}.same_as", iri) for iri in table.get("same_as", [])]
        for iri in same_as:
            if not is_iri(iri):
                raise self.fail(f"{key}.same_as", iri, "write a full IRI")
        inverted = table.get("inverted")
        return Authority(
            name=self.clean(f"{key}.name", table.get("name")),
            type=kind,
            inverted=None if inverted is None else self.clean(f"{key}.inverted", inverted),
            variants=tuple(
                self.clean(f"{key}.variants", name) for name in table.get("variants", [])
            ),
            same_as=tuple(same_as),
        )

    def authorities(self) -> dict[str, Authority]:
        by_name: dict[str, Authority] = {}
        for value in self.take("authority", list, "[[authority]] tables") or []:
            authority = self.authority("authority", value)
            for name in (authority.name, *authority.variants):
                if by_name.setdefault(name, authority) is not authority:
                    raise self.fail(
                        "authority.name", name, "this name stands in two entries; keep one"
                    )
        return by_name

    def rights_rules(self) -> list[RightsRule]:
        rules = []
        for value in self.take("rights", list, "[[rights]] tables") or []:
            table = self.sub_table("rights", value, ("pattern", "licence"))
            pattern = self.clean("rights.pattern", table.get("pattern"))
            try:
                compiled = re.compile(pattern)
            except re.error as error:
                raise self.fail(
                    "rights.pattern", pattern, f"not a regular expression: {error}"
                ) from error
            licence = self.clean("rights.licence", table.get("licence"))
            rules.append(RightsRule(compiled, self.licence("rights.licence", licence)))
        return rules

    def missing(self) -> dict[str, frozenset[str]]:
        value = self.table.pop("missing", None)
        if value is None:
            value = {"*": list(DEFAULT_MISSING)}
        elif isinstance(value, list):
            value = {"*": value}
        if not isinstance(value, dict):
            raise self.fail("missing", value, "write a list of texts, or a table of lists by field")
        read = {"*": frozenset(token.casefold() for token in DEFAULT_MISSING)}
        for name, tokens in value.items():
            if not isinstance(tokens, list) or not all(isinstance(t, str) for t in tokens):
                raise self.fail(f"missing.{name}", tokens, "write a list of texts")
            read[name] = frozenset(token.casefold() for token in tokens)
        return read

    def manifest(self) -> Manifest | None:
        value = self.table.pop("manifest", None)
        if value is None:
            return None
        table = self.sub_table("manifest", value, ("file", "relative_to", "path", "columns"))
        columns = table.get("columns", {})
        if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
            raise self.fail("manifest.columns", columns, 'write a table of "column" = "FIELD"')
        return Manifest(
            file=self.clean("manifest.file", table.get("file")),
            relative_to=self.clean("manifest.relative_to", table.get("relative_to", ".")),
            path=self.clean("manifest.path", table.get("path", "path")),
            columns=columns,
        )


_KEYS: Final = frozenset(
    set(Settings.__dataclass_fields__) - {"folder", "stated", "source", "authorities"}
    | {"authority"}
)
