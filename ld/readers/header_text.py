"""Header text: `KEY: value` lines up to the first line that is exactly `----`, then the body.

Only that first line ends the header: bodies contain more of them. UTF-8 is expected; a byte order
mark, CRLF line ends and Latin-1 are read and reported. The body is read once, for its size, its
checksum and the heading that it may open with.
"""

import hashlib
import re
from typing import BinaryIO, Final

from ld.errors import SeedError
from ld.record import File, Origin, Record, Value
from ld.report import Finding, Severity

NAME: Final = "header text"
SUFFIXES: Final = (".txt",)

#: Every key that a header may have; others are reported and left out.
KEYS: Final = (
    "TITLE",
    "AUTHOR",
    "YEAR",
    "SOURCE_ID",
    "SOURCE_PATH",
    "SOURCE_URL",
    "RETRIEVED_UTC",
    "LICENSE_NOTE",
    "LANGUAGE",
    "GENRE",
)
HEADER_BYTES: Final = 64 * 1024
#: The most remarks on one header, so that a file that is no seed cannot flood the report.
MOST_FINDINGS: Final = 100
_CHUNK: Final = 1024 * 1024
#: What XML 1.0 cannot carry and no title means: controls, noncharacters, lone surrogates.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff]")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_ .-]{0,63}\Z")


def read(stream: BinaryIO, path: str, mtime_ns: int) -> tuple[Record, list[Finding]]:
    """Read one header-text document.

    Raises: SeedError if it is empty or has no line `----` in its first 64 KiB.
    """
    head = stream.read(HEADER_BYTES)
    findings: list[Finding] = []
    lines, body_start = _header_lines(head, path)
    file = _file(stream, head, path, mtime_ns, body_start, len(lines))
    text = _decode(lines, path, findings)
    return Record(file, _values(text, path, findings)), _bounded(findings, path)


def _header_lines(head: bytes, path: str) -> tuple[list[bytes], int]:
    if not head.strip():
        raise SeedError(path, None, None, None, "the file is empty; write a header and a text")
    lines: list[bytes] = []
    start = 0
    while start < len(head):
        end = head.find(b"\n", start)
        if end < 0 and len(head) == HEADER_BYTES:
            break  # the line goes on beyond what was read
        line = head[start:] if end < 0 else head[start:end]
        start = len(head) if end < 0 else end + 1
        if line.rstrip(b"\r") == b"----":
            return lines, start
        lines.append(line)
    raise SeedError(
        path,
        None,
        None,
        None,
        f"no line ---- ends the header in the first {HEADER_BYTES:,} bytes; "
        "write ---- on a line of its own after the last KEY: value line",
    )


def _file(
    stream: BinaryIO, head: bytes, path: str, mtime_ns: int, body_start: int, header_lines: int
) -> File:
    plain, crlf, text_alone = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    text_alone.update(head[body_start:])
    size = 0
    chunk = head
    carried = b""
    while chunk:
        size += len(chunk)
        plain.update(chunk)
        # A checksum made before a version control system changed the line ends is still a match.
        text = carried + chunk
        carried = b"\r" if text.endswith(b"\r") else b""
        text = text[:-1] if carried else text
        crlf.update(text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        chunk = stream.read(_CHUNK)
    crlf.update(carried)
    body = head[body_start:]
    return File(
        path=path,
        size=size,
        mtime_ns=mtime_ns,
        sha256=plain.hexdigest(),
        sha256_crlf=crlf.hexdigest(),
        body_sha256=text_alone.hexdigest(),
        heading=_heading(body, path, header_lines + 2),
    )


def _heading(body: bytes, path: str, first_line: int) -> Value | None:
    for offset, line in enumerate(body.split(b"\n", 200)[:200]):
        if line.strip():
            text = line.decode("utf-8", "replace").strip()
            title = CONTROL.sub("", text[3:]).strip() if text.startswith("## ") else ""
            origin = Origin(path, first_line + offset, "heading", text)
            return Value(title, origin) if title else None
    return None


def _decode(lines: list[bytes], path: str, findings: list[Finding]) -> list[str]:
    header = b"\n".join(lines)
    if header.startswith(b"\xef\xbb\xbf"):
        header = header[3:]
        findings.append(
            _about(
                path,
                1,
                Severity.INFO,
                "byte_order_mark",
                "The file begins with a byte order mark, which was skipped. Save it as UTF-8 "
                "without one.",
            )
        )
    if b"\r" in header:
        findings.append(
            _about(
                path,
                None,
                Severity.INFO,
                "line_ends",
                "The file has CRLF line ends; they were read as LF. Save it with LF line ends.",
            )
        )
        header = header.replace(b"\r\n", b"\n").replace(b"\r", b"")
    try:
        text = header.decode("utf-8")
    except UnicodeDecodeError as error:
        line = header.count(b"\n", 0, error.start) + 1
        findings.append(
            _about(
                path,
                line,
                Severity.WARNING,
                "encoding",
                "The header is not UTF-8; it was read as Latin-1. Save the file as UTF-8.",
            )
        )
        text = header.decode("latin-1")
    return text.split("\n")


def _values(lines: list[str], path: str, findings: list[Finding]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        key, colon, raw = line.partition(":")
        key = key.strip()
        if not colon or not _KEY.match(key):
            findings.append(
                _about(
                    path,
                    number,
                    Severity.WARNING,
                    "header_line",
                    "A header line reads KEY: value; this one was left out. Write a key and a "
                    "colon, or move the line below ----.",
                    value=line[:500],
                )
            )
            continue
        name = key.upper()
        if name not in KEYS:
            findings.append(
                _about(
                    path,
                    number,
                    Severity.WARNING,
                    "unknown_key",
                    "This key is not known, so its value is not published. "
                    f"Known are {', '.join(KEYS)}.",
                    field=key,
                    value=raw.strip()[:500],
                )
            )
            continue
        if name != key:
            findings.append(
                _about(
                    path,
                    number,
                    Severity.INFO,
                    "key_case",
                    f"The key was read as {name}; write it in upper case.",
                    field=key,
                )
            )
        if name in values:
            findings.append(
                _about(
                    path,
                    number,
                    Severity.WARNING,
                    "duplicate_key",
                    f"This key stands twice, and line {values[name].origin.line} was used. "
                    "Keep one of them.",
                    field=name,
                    value=raw.strip()[:500],
                )
            )
            continue
        text = clean(raw)
        if CONTROL.search(raw):
            findings.append(
                _about(
                    path,
                    number,
                    Severity.WARNING,
                    "control_character",
                    "The value holds control characters, which were taken out. Delete them.",
                    field=name,
                    value=raw.strip()[:500],
                )
            )
        if text:
            values[name] = Value(text, Origin(path, number, name, raw.strip()))
    return values


def _bounded(findings: list[Finding], path: str) -> list[Finding]:
    more = len(findings) - MOST_FINDINGS
    if more <= 0:
        return findings
    message = f"{more:,} more remarks on this header are not listed. Correct those that are."
    rest = _about(path, None, Severity.WARNING, "more_remarks", message)
    return [*findings[:MOST_FINDINGS], rest]


def clean(raw: str) -> str:
    """Give a field's text without control characters and outer blanks, inner tabs as blanks."""
    return CONTROL.sub("", raw.replace("\t", " ")).strip()


def _about(
    path: str,
    line: int | None,
    severity: Severity,
    rule: str,
    message: str,
    field: str | None = None,
    value: str | None = None,
) -> Finding:
    return Finding(severity, rule, message, file=path, line=line, field=field, value=value)
