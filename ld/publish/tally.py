"""Tally: what staged records come to: their digest, their counts, their changes."""

import hashlib
import sqlite3

import orjson


def content_digest(db: sqlite3.Connection, settings_facts: object) -> str:
    """Give the digest of what staged records say: statements, states, settings and gaps."""
    digest = hashlib.sha256(orjson.dumps(settings_facts, option=orjson.OPT_SORT_KEYS))
    for row in db.execute(
        "SELECT d.key, v.digest, d.state FROM document d "
        "JOIN version v ON v.version = d.version ORDER BY d.key"
    ):
        digest.update("\0".join(row).encode() + b"\n")
    for row in db.execute(
        "SELECT path, key, state FROM seed WHERE state <> 'published' ORDER BY path"
    ):
        digest.update("\0".join(row).encode() + b"\n")
    return digest.hexdigest()


def counts(db: sqlite3.Connection, sequence: int) -> dict[str, int]:
    """Count what the edition has, and what its publication changed."""
    seeds = dict(db.execute("SELECT state, count(*) FROM seed GROUP BY state"))
    kinds = dict(db.execute("SELECT kind, count(*) FROM document GROUP BY kind"))
    kept = db.execute("SELECT count(*) FROM document WHERE state = 'kept'").fetchone()
    changes = dict(
        db.execute(
            "SELECT kind, count(*) FROM change WHERE sequence = ? GROUP BY kind",
            (sequence,),
        )
    )
    found = dict(db.execute("SELECT severity, count(*) FROM finding GROUP BY severity"))
    return {
        "in": sum(seeds.values()),
        **{state: seeds.get(state, 0) for state in ("published", "kept", "withheld")},
        **{f"{kind}s": kinds.get(kind, 0) for kind in ("text", "part", "agent")},
        "documents": sum(kinds.values()),
        "documents_kept": kept[0],
        **{kind: changes.get(kind, 0) for kind in ("created", "updated", "deleted")},
        "violations": found.get("Violation", 0),
        "warnings": found.get("Warning", 0),
        "remarks": found.get("Info", 0),
    }


def changes(db: sqlite3.Connection, sequence: int, limit: int) -> list[tuple[str, str, str]]:
    """List what an edition changes: key, kind and reason, at most `limit`."""
    return db.execute(
        "SELECT key, kind, reason FROM change WHERE sequence = ? ORDER BY key LIMIT ?",
        (sequence, limit),
    ).fetchall()


def changed_keys(db: sqlite3.Connection, sequence: int) -> list[str]:
    """List the documents that an edition changes."""
    rows = db.execute("SELECT key FROM change WHERE sequence = ?", (sequence,))
    return [key for (key,) in rows]


def extent(db: sqlite3.Connection, sequence: int) -> tuple[int, int]:
    """Count the documents that an edition changes, and those that stand."""
    (changed,) = db.execute(
        "SELECT count(*) FROM change WHERE sequence = ?", (sequence,)
    ).fetchone()
    (standing,) = db.execute("SELECT count(*) FROM document").fetchone()
    return changed, standing
