"""A manifest: a CSV table with one row per seed file, which completes the files' headers.

What a header states wins. A row fills in what the header does not say; where both speak and
differ, both values and both places are reported.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple, TextIO

from ld.corpus import Manifest, Settings
from ld.errors import SettingsError
from ld.readers import header_text
from ld.record import Origin, Record, Value
from ld.report import Finding, Severity

#: What a column may fill beyond the keys of a header.
KEYS: Final = (*header_text.KEYS, "PART", "PART_TITLE", "SHA256")


class Row(NamedTuple):
    """One row: the path of its file relative to the folder of seeds, its line and its values."""

    path: str
    line: int
    values: dict[str, Value]


def rows(manifest: Manifest, settings: Settings, seeds: Path) -> Iterator[Row | Finding]:
    """Read the rows of a manifest, and what is wrong with any of them.

    Raises: SettingsError if the file cannot be read or lacks the column of paths.
    """
    file = settings.folder / manifest.file
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            yield from _read(stream, manifest, settings, seeds)
    except OSError as error:
        remedy = f"cannot be read: {error.strerror}"
        raise settings.source.error("manifest.file", manifest.file, remedy) from error


def _read(
    stream: TextIO, manifest: Manifest, settings: Settings, seeds: Path
) -> Iterator[Row | Finding]:
    reader = csv.DictReader(stream)
    fields = _fields(_columns(reader, manifest), manifest, settings)
    prefix = _prefix(manifest, settings, seeds)
    rows_read = iter(reader)
    while True:
        try:
            row = next(rows_read, None)
        except csv.Error as error:
            yield _about(
                manifest,
                reader.reader.line_num,
                "manifest_row",
                f"This row cannot be read ({error}); it was left out. Correct its quotes.",
            )
            continue
        if row is None:
            return
        line = reader.line_num
        path = _relative(row.get(manifest.path) or "", prefix)
        if path is None:
            yield _about(
                manifest,
                line,
                "manifest_path",
                "This row's path does not lie in the folder of seeds; it was left out. "
                "Correct the path, or relative_to in corpus.toml.",
                field=manifest.path,
                value=row.get(manifest.path),
            )
            continue
        if None in row or None in row.values():
            yield _about(
                manifest,
                line,
                "manifest_cells",
                "This row has not as many cells as the table has columns, so its values may stand "
                "in the wrong ones. Correct its commas and quotes.",
            )
        values = {}
        for column, name in fields.items():
            raw = row.get(column)
            text = header_text.clean(" ".join(raw.split())) if raw else ""
            if "\N{REPLACEMENT CHARACTER}" in text:
                yield _about(
                    manifest,
                    line,
                    "manifest_encoding",
                    "This value is not UTF-8; what could not be read was replaced. Save the "
                    "manifest as UTF-8.",
                    field=column,
                    value=text,
                )
            if text and not settings.is_missing(name, text):
                values[name] = Value(text, Origin(manifest.file, line, column, raw or ""))
        yield Row(path, line, values)


def _columns(reader: "csv.DictReader[str]", manifest: Manifest) -> list[str]:
    try:
        columns = list(reader.fieldnames or ())
    except csv.Error as error:
        remedy = f"its first line cannot be read ({error}); write the names of the columns there"
        raise SettingsError(f"{manifest.file}:1", "manifest", "", remedy) from error
    repeated = next((name for name in columns if columns.count(name) > 1), None)
    if repeated is not None:
        raise SettingsError(
            f"{manifest.file}:1", "manifest", repr(repeated), "two columns have this name; keep one"
        )
    return columns


def _fields(columns: list[str], manifest: Manifest, settings: Settings) -> dict[str, str]:
    named = ", ".join(columns)
    if manifest.path not in columns:
        remedy = f"{manifest.file} has no such column; the columns are {named}"
        raise settings.source.error("manifest.path", manifest.path, remedy)
    for column, name in manifest.columns.items():
        if column not in columns or name not in KEYS:
            raise settings.source.error(
                f"manifest.columns.{column}",
                name,
                f"name a column of the manifest ({named}) and a field ({', '.join(KEYS)})",
            )
    by_name = {column: column.upper() for column in columns if column.upper() in KEYS}
    return by_name | dict(manifest.columns)


def _prefix(manifest: Manifest, settings: Settings, seeds: Path) -> PurePosixPath:
    """Give the path from `relative_to` to the folder of seeds."""
    start = (settings.folder / manifest.relative_to).resolve()
    try:
        return PurePosixPath(seeds.resolve().relative_to(start).as_posix())
    except ValueError as error:
        raise settings.source.error(
            "manifest.relative_to",
            manifest.relative_to,
            "name a folder that the folder of seeds lies in",
        ) from error


def _relative(path: str, prefix: PurePosixPath) -> str | None:
    written = PurePosixPath(path.strip().replace("\\", "/"))
    if not path.strip() or not written.is_relative_to(prefix) or ".." in written.parts:
        return None
    relative = written.relative_to(prefix).as_posix()
    return None if relative == "." else relative


def complete(record: Record, row: Row) -> tuple[Record, list[Finding]]:
    """Give the record with what the row adds, and where the two differ."""
    findings = []
    values = dict(record.values)
    for name, value in row.values.items():
        stated = values.setdefault(name, value)
        if name == "SHA256":
            findings += _fixity(record, value)
        elif stated.text != value.text:
            findings.append(
                Finding(
                    Severity.WARNING,
                    "manifest_differs",
                    f"The manifest says {value.text!r} ({value.origin.file}:{value.origin.line}); "
                    "the header was used. Make the two agree.",
                    file=stated.origin.file,
                    line=stated.origin.line,
                    field=name,
                    value=stated.text,
                )
            )
    return replace(record, values=values), findings


def _fixity(record: Record, stated: Value) -> list[Finding]:
    digest = stated.text.lower()
    if digest == record.file.sha256:
        return []
    if digest == record.file.sha256_crlf:
        rule, severity = "checksum_line_ends", Severity.INFO
        message = "The checksum in the manifest fits this file once its line ends are CRLF."
    else:
        rule, severity = "checksum", Severity.WARNING
        message = (
            "The checksum in the manifest is not this file's: it was changed since, or it is "
            "another file. Check it, then correct the manifest."
        )
    origin = stated.origin
    return [Finding(severity, rule, message, record.file.path, None, origin.field, stated.text)]


def _about(
    manifest: Manifest,
    line: int,
    rule: str,
    message: str,
    field: str | None = None,
    value: str | None = None,
) -> Finding:
    return Finding(Severity.WARNING, rule, message, manifest.file, line, field, value)
