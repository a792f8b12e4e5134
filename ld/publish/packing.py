"""Packing: records and origins as bytes, for scratch tables and between processes."""

from typing import Any

import orjson

from ld.record import File, Origin, Record, Value


def pack(record: Record) -> bytes:
    """Pack a record."""
    file = record.file
    heading = None if file.heading is None else packed_value(file.heading)
    facts = [
        file.path,
        file.size,
        file.mtime_ns,
        file.sha256,
        file.sha256_crlf,
        file.body_sha256,
        heading,
    ]
    return orjson.dumps([facts, {n: packed_value(value) for n, value in record.values.items()}])


def unpack(packed: bytes) -> Record:
    """Read back what `pack` wrote."""
    (path, size, mtime_ns, sha256, crlf, body, heading), values = orjson.loads(packed)
    opening = None if heading is None else value_of(heading)
    file = File(path, size, mtime_ns, sha256, crlf, body, opening)
    return Record(file, {name: value_of(value) for name, value in values.items()})


def packed_value(value: Value) -> list[Any]:
    """Give a value as JSON has it."""
    origin = value.origin
    return [value.text, origin.file, origin.line, origin.field, origin.raw]


def value_of(packed: list[Any]) -> Value:
    """Read back what `packed_value` gave."""
    text, *origin = packed
    return Value(text, Origin(*origin))


def pack_origins(origins: tuple[Origin, ...]) -> bytes:
    """Pack origins."""
    return orjson.dumps([[o.file, o.line, o.field, o.raw] for o in origins])


def unpack_origins(packed: bytes) -> tuple[Origin, ...]:
    """Read back what `pack_origins` wrote."""
    return tuple(Origin(*origin) for origin in orjson.loads(packed))
