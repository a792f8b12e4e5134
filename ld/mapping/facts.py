"""Facts: what the fields of a text's records mean, each with the places it was read from.

Reading a field is done once, here; the vocabularies only spell the same facts differently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Generic, NamedTuple, TypeVar

from ld import iri
from ld.corpus import Authority, Settings
from ld.fields import addresses, agents, dates, instants, languages, rights
from ld.record import File, Origin, Record, Value
from ld.report import Finding, Severity

T = TypeVar("T")

#: Fields that are the text's: where the files of one text differ, the first in order wins.
TEXT_FIELDS = ("TITLE", "AUTHOR", "YEAR", "SOURCE_ID", "GENRE", "LANGUAGE")


class Fact(NamedTuple, Generic[T]):
    """A value that is understood, and where it was read."""

    value: T
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the seeds and the authority table know it."""

    name: str
    authority: Authority | None = None

    @property
    def key(self) -> str:
        """The key of the agent's document."""
        return iri.agent_key(self.name)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known about the file of a text or part."""

    file: File
    name: Fact[str]
    source: Fact[str] | None
    retrieved: Fact[str] | None


@dataclass(slots=True)
class Facts:
    """What is known about a text or a part. What is None was not stated."""

    key: str
    language: Fact[str]
    title: Fact[str] | None = None
    creators: list[Fact[Agent]] = field(default_factory=list)
    date: Fact[dates.Date] | None = None
    identifier: Fact[str] | None = None
    source: Fact[str] | None = None
    rights: Fact[str] | None = None
    licence: Fact[str] | None = None
    genre: Fact[str] | None = None
    file: FileFacts | None = None
    part_of: str | None = None  # the key of the text, for a part
    parts: list[Fact[str]] = field(default_factory=list)  # keys, for a text in parts


class Interpreter:
    """Reads the fields of one text's records and collects what is wrong with them.

    `now` is the moment that "in the future" is measured from.
    """

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.settings = settings
        self.now = now
        self._found: dict[tuple[object, ...], Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        """What was noticed, in order; a value that several documents share is reported once."""
        return list(self._found.values())

    def _add(self, found: Finding) -> None:
        place = (found.rule, found.file, found.line, found.field, found.message)
        self._found.setdefault(place, found)

    def text(self, records: Sequence[Record]) -> list[Facts]:
        """Give the facts of a text and, if several files state it, of its parts, text first.

        `records` are those with one SOURCE_ID, in order, not empty. A record whose part is
        already taken is reported and left out.
        """
        text = self._facts(iri.text_key(records[0].values["SOURCE_ID"].text), records)
        if len(records) == 1:
            text.file = self._file(records[0], text)
            return [text]
        self._report_differences(records, text.key)
        parts: dict[str, Facts] = {}
        for record in records:
            part = self._part(record, text)
            if part.key in parts:
                self._report_taken(record, parts[part.key], part.key)
            else:
                parts[part.key] = part
                text.parts.append(Fact(part.key, (_whole_file(record),)))
        return [text, *parts.values()]

    def _facts(self, key: str, records: Sequence[Record]) -> Facts:
        first: dict[str, Value] = {}
        for record in records:
            for name, value in record.values.items():
                if not self._is_missing(key, name, value):
                    first.setdefault(name, value)
        facts = Facts(key, self._language(key, first.get("LANGUAGE")))
        facts.title = _fact(first.get("TITLE"))
        facts.creators = self._creators(first.get("AUTHOR"))
        facts.date = self._date(key, first.get("YEAR"))
        facts.identifier = _fact(first.get("SOURCE_ID"))
        facts.source = self._read(key, first.get("SOURCE_URL"), addresses.url)
        facts.rights = _fact(first.get("LICENSE_NOTE"))
        facts.licence = self._licence(facts.rights)
        facts.genre = _fact(first.get("GENRE"))
        return facts

    def _part(self, record: Record, text: Facts) -> Facts:
        identifier = record.values["SOURCE_ID"].text
        named = record.values.get("PART")
        part_name = named.text if named else PurePosixPath(record.file.path).stem
        part = self._facts(iri.text_key(identifier, part_name), [record])
        part.part_of = text.key
        part.date = None  # YEAR is the text's: it says nothing about when this part was written
        part.identifier = None
        part.genre = None
        title = record.file.heading or record.values.get("PART_TITLE")
        if title is not None and not self.settings.is_missing("PART_TITLE", title.text):
            part.title = _fact(title)
        part.file = self._file(record, part)
        return part

    def _file(self, record: Record, facts: Facts) -> FileFacts:
        path = record.values.get("SOURCE_PATH")
        name = Value(record.file.path, _whole_file(record)) if path is None else path
        base_name = name.text.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return FileFacts(
            file=record.file,
            name=Fact(base_name or record.file.path.rpartition("/")[2], (name.origin,)),
            source=facts.source,
            retrieved=self._read(
                facts.key,
                record.values.get("RETRIEVED_UTC"),
                lambda text: instants.read(text, self.now),
            ),
        )

    def _is_missing(self, key: str, name: str, value: Value) -> bool:
        if name == "SOURCE_ID" or not self.settings.is_missing(name, value.text):
            return False
        self._report(
            Severity.INFO,
            "not_known",
            "This says that the value is not known, so "
            "nothing is published for it. Write it here once it is known.",
            key,
            value,
        )
        return True

    def _language(self, key: str, value: Value | None) -> Fact[str]:
        stated = self._read(key, value, languages.tag)
        if stated is not None:
            return stated
        return Fact(self.settings.language, (self.settings.origin_of("language"),))

    def _creators(self, value: Value | None) -> list[Fact[Agent]]:
        if value is None:
            return []
        creators: dict[str, Fact[Agent]] = {}
        for name in agents.split(value.text, self.settings.name_separators):
            if not self.settings.is_missing("AUTHOR", name):
                agent = agent_of(name, self.settings)
                creators.setdefault(agent.key, Fact(agent, (value.origin,)))
        return list(creators.values())

    def _date(self, key: str, value: Value | None) -> Fact[dates.Date] | None:
        date = self._read(key, value, dates.read)
        if value and date and date.value.earliest and date.value.earliest > self.now.year:
            self._report(
                Severity.WARNING,
                "future_year",
                "This year lies in the future. Correct it.",
                key,
                value,
            )
        return date

    def _licence(self, note: Fact[str] | None) -> Fact[str] | None:
        if note is None:
            return None
        licence = rights.licence_of(note.value, self.settings.rights)
        if licence is None:
            return None
        return Fact(licence, (*note.origins, self.settings.origin_of("rights")))

    def _read(self, key: str, value: Value | None, read: Callable[[str], T]) -> Fact[T] | None:
        if value is None:
            return None
        try:
            return Fact(read(value.text), (value.origin,))
        except ValueError as error:
            self._report(
                Severity.WARNING,
                "unreadable_value",
                f"Nothing is published for this value: {error}",
                key,
                value,
            )
            return None

    def _report_differences(self, records: Sequence[Record], key: str) -> None:
        for name in TEXT_FIELDS:
            stated = [record.values[name] for record in records if name in record.values]
            for value in stated[1:]:
                if value.text != stated[0].text:
                    first = stated[0].origin
                    self._report(
                        Severity.WARNING,
                        "files_differ",
                        f"The files of one text differ: {first.file}:{first.line} says "
                        f"{first.raw!r} and was used. Make them agree.",
                        key,
                        value,
                    )

    def _report_taken(self, record: Record, taken: Facts, key: str) -> None:
        first = taken.file.file.path if taken.file else ""
        origin = record.values["SOURCE_ID"].origin
        self._add(
            Finding(
                Severity.VIOLATION,
                "duplicate_part",
                f"{first} is the same part of the same text and was used, so this one is not. "
                "Rename one of them, or give them different parts in the manifest.",
                record.file.path,
                origin.line,
                "SOURCE_ID",
                origin.raw,
                key,
            )
        )

    def _report(self, severity: Severity, rule: str, message: str, key: str, value: Value) -> None:
        origin = value.origin
        self._add(
            Finding(
                severity,
                rule,
                message,
                origin.file,
                origin.line,
                origin.field,
                origin.raw[:500],
                key,
            )
        )


def agent_of(name: str, settings: Settings) -> Agent:
    """Give the agent that a name stands for, by the authority table where it knows the name."""
    authority = settings.authorities.get(name)
    return Agent(name, None) if authority is None else Agent(authority.name, authority)


def _fact(value: Value | None) -> Fact[str] | None:
    return None if value is None else Fact(value.text, (value.origin,))


def _whole_file(record: Record) -> Origin:
    return Origin(record.file.path, None, "file", record.file.path)
