"""records.sqlite: the documents of an edition, their versions, history and findings.

The schema and how rows are packed; `ld.edition` reads them and `ld.publish` writes them.
Versions and changes are kept for ever: each edition's file begins as a copy of its parent's.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson
import zstandard

from ld.document import Derivation
from ld.record import Origin
from ld.terms import Statement, n_triples, statements_of

FILE: Final = "records.sqlite"
SCHEMA: Final = """
CREATE TABLE edition (           -- every edition ever, this one included
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,          -- publication, rollback or withdrawal
    created TEXT NOT NULL,       -- UTC, to the second; the datestamp of its changes
    note TEXT NOT NULL,
    counts BLOB NOT NULL         -- JSON
);
CREATE TABLE version (           -- every version of every document ever
    version INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,        -- of the stated statements
    datestamp TEXT NOT NULL,
    stated BLOB NOT NULL,
    volatile BLOB NOT NULL,
    derivations BLOB NOT NULL    -- of both, in the order of all statements sorted together
);
CREATE INDEX version_by_key ON version (key, digest);
CREATE TABLE document (          -- what is current
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,          -- dataset, text, part or agent
    version INTEGER NOT NULL REFERENCES version,
    state TEXT NOT NULL,         -- published or kept
    kept_from INTEGER,           -- the sequence that a kept version comes from
    label TEXT NOT NULL,
    label_language TEXT NOT NULL,
    year INTEGER,                -- the earliest that its date may mean
    context BLOB NOT NULL        -- what others say of it: type, name, where it is defined
) WITHOUT ROWID;
CREATE INDEX document_by_kind ON document (kind, key);
CREATE TABLE reference (         -- which document refers to which
    target TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (target, source)
) WITHOUT ROWID;
CREATE INDEX reference_by_source ON reference (source);
CREATE TABLE change (            -- history: one row per document and edition that changed it
    sequence INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,          -- created, updated or deleted
    version INTEGER,             -- NULL for a deletion
    reason TEXT NOT NULL,
    PRIMARY KEY (sequence, key)
) WITHOUT ROWID;
CREATE INDEX change_by_key ON change (key, sequence);
CREATE TABLE harvest (           -- the last change of every document ever
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,          -- dataset, text, part or agent
    is_deleted INTEGER NOT NULL,
    changed INTEGER NOT NULL,    -- the sequence that last changed what the document states
    retold INTEGER NOT NULL      -- the same, or what the agents and the dataset that it names state
) WITHOUT ROWID;
CREATE INDEX harvest_by_changed ON harvest (kind, changed, key);
CREATE INDEX harvest_by_retold ON harvest (kind, retold, key);
CREATE TRIGGER change_to_harvest AFTER INSERT ON change BEGIN
    INSERT INTO harvest (key, kind, is_deleted, changed, retold) VALUES (
        NEW.key,
        CASE
            WHEN NEW.key = 'dataset' THEN 'dataset'
            WHEN NEW.key GLOB 'agent/*' THEN 'agent'
            WHEN NEW.key GLOB 'text/*/*' THEN 'part'
            ELSE 'text'
        END,
        NEW.kind = 'deleted', NEW.sequence, NEW.sequence
    )
    ON CONFLICT (key) DO UPDATE SET
        is_deleted = excluded.is_deleted, changed = excluded.changed, retold = excluded.retold;
    UPDATE harvest SET retold = NEW.sequence
    WHERE (NEW.key = 'dataset' OR NEW.key GLOB 'agent/*') AND retold < NEW.sequence
        AND NOT is_deleted AND key IN (SELECT source FROM reference WHERE target = NEW.key);
END;
CREATE TABLE seed (              -- the seed files of this edition
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    text TEXT NOT NULL,          -- the text that it belongs to; empty if that is not known
    key TEXT NOT NULL,           -- the document that it went into; empty if none
    state TEXT NOT NULL,         -- published, kept or withheld
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX seed_by_key ON seed (key);
CREATE INDEX seed_by_text ON seed (text);
CREATE TABLE result (            -- what pySHACL reported on a document, as N-Triples lines
    key TEXT PRIMARY KEY,
    lines TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE finding (
    severity TEXT NOT NULL, rule TEXT NOT NULL, message TEXT NOT NULL,
    file TEXT, line INTEGER, field TEXT, value TEXT, key TEXT NOT NULL
);
CREATE INDEX finding_by_key ON finding (key);
CREATE INDEX finding_by_rule ON finding (severity, rule);
CREATE INDEX finding_by_file ON finding (file);
CREATE TABLE listing (           -- texts and parts: what they are chosen and found by
    number INTEGER PRIMARY KEY,  -- the row of the full-text index
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    decade INTEGER,              -- its first year; NULL here and below: not stated
    language TEXT,
    licence TEXT,
    host TEXT,                   -- of the address of its source
    date TEXT,                   -- the term
    title TEXT NOT NULL,         -- its words, and
    names TEXT NOT NULL,         -- those of its authors' names,
    notes TEXT NOT NULL,         -- and of what else it is found by: rights, genre, identifiers
    title_key TEXT NOT NULL,     -- what its title is sorted by
    author_key TEXT              -- what the first of its authors' names is sorted by
);
CREATE INDEX listing_without_author ON listing (number) WHERE author_key IS NULL;
CREATE TABLE licensing (         -- every licence that a text or part ever had in a stated language
    key TEXT NOT NULL,
    licence TEXT NOT NULL,
    PRIMARY KEY (key, licence)
) WITHOUT ROWID;
CREATE INDEX licensing_by_licence ON licensing (licence);
CREATE TRIGGER new_listing_to_licensing AFTER INSERT ON listing
WHEN NEW.language IS NOT NULL AND NEW.licence IS NOT NULL BEGIN
    INSERT INTO licensing VALUES (NEW.key, NEW.licence) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER listing_to_licensing AFTER UPDATE OF language, licence ON listing
WHEN NEW.language IS NOT NULL AND NEW.licence IS NOT NULL BEGIN
    INSERT INTO licensing VALUES (NEW.key, NEW.licence) ON CONFLICT DO NOTHING;
END;
CREATE TABLE authorship (
    author TEXT NOT NULL,        -- the key of an agent
    number INTEGER NOT NULL,     -- of a listing
    PRIMARY KEY (author, number)
) WITHOUT ROWID;
CREATE INDEX authorship_by_number ON authorship (number);
CREATE TABLE shape (             -- each combination of values that listings have
    shape INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, decade INTEGER, language TEXT, licence TEXT, host TEXT,
    count INTEGER NOT NULL
);
CREATE UNIQUE INDEX shape_by_values ON shape (kind, decade, language, licence, host);
CREATE TABLE place (             -- where each listing stands when all are sorted
    number INTEGER PRIMARY KEY,
    shape INTEGER NOT NULL,
    by_title INTEGER NOT NULL,
    by_year INTEGER NOT NULL,
    by_author INTEGER NOT NULL
);
CREATE INDEX place_by_title ON place (by_title, shape);
CREATE INDEX place_by_year ON place (by_year, shape);
CREATE INDEX place_by_author ON place (by_author, shape);
CREATE INDEX place_by_shape ON place (shape);
CREATE TABLE facet (             -- how many listings of a kind have each value
    kind TEXT NOT NULL,          -- or empty: of any kind
    name TEXT NOT NULL,          -- author, decade, language, licence or host
    rank INTEGER NOT NULL,       -- 1 is the most frequent value, 0 "not stated"
    value,
    count INTEGER NOT NULL,
    PRIMARY KEY (kind, name, rank)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (  -- of listings; holds no text of its own
    title, author, notes,
    content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TABLE withdrawal (        -- what the curator took out, until it is taken back
    key TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    datestamp TEXT NOT NULL
) WITHOUT ROWID;
"""


def create(path: Path) -> sqlite3.Connection:
    """Open a new, empty records file for writing."""
    connection = write_to(path)
    connection.executescript(SCHEMA)
    return connection


def write_to(path: Path) -> sqlite3.Connection:
    """Open a records file that nobody reads yet.

    Without a journal: a staged file that a crash leaves behind is swept, never repaired.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the records file of a finished edition, which never changes."""
    connection = sqlite3.connect(
        f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


def pack(statements: Sequence[Statement]) -> bytes:
    """Pack sorted statements for a row."""
    return _CODEC.compress(n_triples(statements).encode())


def unpack(blob: bytes) -> list[Statement]:
    """Read back what `pack` wrote."""
    return statements_of(_CODEC.decompress(blob).decode())


# What the statements and reasons of most documents have in common. It belongs to the format of
# editions: rows can only be read with the one that they were written with.
_DICTIONARY: Final = zstandard.ZstdCompressionDict(
    Path(__file__).with_name("rows.dictionary").read_bytes(),
    dict_type=zstandard.DICT_TYPE_RAWCONTENT,
)
_LEVEL: Final = -1  # a fifth larger than level 3, in half the time
_DICTIONARY.precompute_compress(level=_LEVEL)


class _Codec(threading.local):
    # Each costs more to make than a row takes to pack, and none may be shared between threads.
    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_DICTIONARY).compress
        self.decompress = zstandard.ZstdDecompressor(dict_data=_DICTIONARY).decompress


_CODEC: Final = _Codec()


def pack_derivations(derivations: Mapping[Statement, Derivation]) -> bytes:
    """Pack derivations, in the order of their statements."""
    # By identity first: most statements share the very tuple of origins with another one.
    table: dict[tuple[str, int], int] = {}
    reasons: list[list[object]] = []
    rows = []
    for _, reason in sorted(derivations.items()):
        rule, origins = reason
        known = (rule, id(origins))
        row = table.get(known)
        if row is None:
            row = table[known] = len(reasons)
            reasons.append([rule, *map(list, origins)])
        rows.append(row)
    return _CODEC.compress(orjson.dumps([reasons, rows]))


def unpack_derivations(statements: Sequence[Statement], blob: bytes) -> dict[Statement, Derivation]:
    """Read back what `pack_derivations` wrote for the same statements."""
    reasons, rows = orjson.loads(_CODEC.decompress(blob))
    derivations = [
        Derivation(rule, tuple(Origin(*origin) for origin in origins)) for rule, *origins in reasons
    ]
    return {statement: derivations[row] for statement, row in zip(statements, rows, strict=True)}
