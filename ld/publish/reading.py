"""Reading: seed files → packed records, and what is wrong with them."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import orjson

from ld import iri
from ld.corpus import Settings
from ld.errors import SeedError
from ld.publish.packing import pack, value_of
from ld.readers import manifest_csv, reader_for
from ld.record import Record
from ld.report import Finding, Severity


class Rejected(NamedTuple):
    """A seed file that no record could be made of."""

    path: str
    size: int
    mtime_ns: int
    reason: str


@dataclass(slots=True)
class Reading:
    """What was read from some files.

    `records` are rows: the key of the text, a text that sorts as the paths do, the path, and the
    packed record.
    """

    records: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Folder:
    """A folder of seeds and the settings that they are read by."""

    path: Path
    settings: Settings

    def read(self, paths: Sequence[str], rows: Mapping[str, tuple[int, bytes]]) -> Reading:
        """Read these files; `rows` are line and packed values of the manifest's rows by path."""
        reading = Reading()
        for path in paths:
            self._read(reading, path, rows.get(path))
        return reading

    def _read(self, reading: Reading, path: str, row: tuple[int, bytes] | None) -> None:
        reader = reader_for(path)
        if reader is None:  # the walk gives only what a reader takes
            return
        size = mtime_ns = 0
        try:
            with open(f"{self.path}/{path}", "rb") as stream:  # noqa: PTH123 - half the time
                status = os.fstat(stream.fileno())
                size, mtime_ns = status.st_size, status.st_mtime_ns
                record, findings = reader.read(stream, path, mtime_ns)
                again = os.fstat(stream.fileno())
            if (again.st_size, again.st_mtime_ns) != (size, mtime_ns):
                findings.append(_changed(path))
                # Of a time that no file has: the next publication reads it again.
                record = replace(record, file=replace(record.file, mtime_ns=-1))
            record, differences = self._completed(record, row)
            _require_identifier(record, self.settings)
        except OSError as error:
            reason = f"The file cannot be read ({error.strerror}). Make it readable."
            reading.findings.append(Finding(Severity.VIOLATION, "unreadable_file", reason, path))
            reading.rejected.append(Rejected(path, size, mtime_ns, reason))
        except SeedError as error:
            reason = error.remedy[0].upper() + error.remedy[1:]
            if not reason.endswith("."):
                reason += "."
            reading.findings.append(
                Finding(
                    Severity.VIOLATION, "seed", reason, path, error.line, error.field, error.value
                )
            )
            reading.rejected.append(Rejected(path, size, mtime_ns, reason))
        else:
            reading.findings += [*findings, *differences]
            key = iri.text_key(record.values["SOURCE_ID"].text)
            position = re.sub("[0-9]+", lambda m: m[0].zfill(12), path)
            reading.records.append((key, position, path, pack(record)))

    def _completed(
        self, record: Record, row: tuple[int, bytes] | None
    ) -> tuple[Record, list[Finding]]:
        manifest = self.settings.manifest
        if manifest is None:
            return record, []
        path = record.file.path
        if row is None:
            return record, [_without_row(path, manifest.file)]
        values = {name: value_of(packed) for name, packed in orjson.loads(row[1]).items()}
        return manifest_csv.complete(record, manifest_csv.Row(path, row[0], values))


def _changed(path: str) -> Finding:
    message = (
        "The file was changed while it was read, so what is published may be neither what it was "
        "nor what it is. Publish again."
    )
    return Finding(Severity.WARNING, "changed_while_read", message, path)


def _without_row(path: str, manifest: str) -> Finding:
    message = (
        f"Only the header of this file was read. Add a row to {manifest} if it should say more."
    )
    return Finding(Severity.INFO, "file_without_row", message, path)


def _require_identifier(record: Record, settings: Settings) -> None:
    stated = record.values.get("SOURCE_ID")
    if stated is None or settings.is_missing("SOURCE_ID", stated.text):
        remedy = (
            "there is no identifier, so nothing can be published. Write SOURCE_ID: and an "
            "identifier that no other text has."
        )
        line, raw = (stated.origin.line, stated.origin.raw) if stated else (None, None)
        raise SeedError(record.file.path, line, "SOURCE_ID", raw, remedy)
