"""An edition with many small documents, written straight into its records."""

import shutil
from pathlib import Path

import orjson

from ld import records
from ld.edition import CURRENT, EDITIONS, MANIFEST, Edition
from ld.terms import iri, literal
from ld.vocabulary import dcterms

#: A reason that XML cannot write as it is.
REASON = "Form feed \f, NUL \0, ]]> & <b>"


def grown(edition: Edition, data: Path, number: int) -> Edition:
    """Copy an edition, without dumps and graph, into a data directory, and add so many texts.

    The last of them is deleted again, in an edition of its own.
    """
    folder = data / EDITIONS / edition.path.name
    folder.mkdir(parents=True)
    manifest = dict(edition.manifest)
    keys = [f"text/many-{n:06}" for n in range(number)]
    sequence, later = edition.sequence + 1, edition.sequence + 2
    manifest["counts"] = edition.counts | {"documents": edition.counts["documents"] + number - 1}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))
    shutil.copyfile(edition.path / records.FILE, folder / records.FILE)
    db = records.write_to(folder / records.FILE)
    db.execute("BEGIN")
    for one, kind, many in ((sequence, "created", number), (later, "deleted", 1)):
        counts = dict.fromkeys(("created", "updated", "deleted"), 0) | {kind: many}
        created = f"2026-06-0{one - edition.sequence}T12:00:00Z"
        db.execute(
            "INSERT INTO edition VALUES (?, ?, 'publication', ?, '', ?)",
            (one, f"{one}-synthetic", created, orjson.dumps(counts)),
        )
    nothing, no_reasons = records.pack([]), records.pack_derivations({})
    for key in keys:
        stated = records.pack([(iri(edition.base + key), dcterms("title"), literal(key))])
        version = db.execute(
            "INSERT INTO version (key, digest, datestamp, stated, volatile, derivations) "
            "VALUES (?, '', '2026-06-01T12:00:00Z', ?, ?, ?)",
            (key, stated, nothing, no_reasons),
        ).lastrowid
        db.execute("INSERT INTO change VALUES (?, ?, 'created', ?, '')", (sequence, key, version))
        db.execute(
            "INSERT INTO document (key, kind, version, state, label, label_language, context) "
            "VALUES (?, 'text', ?, 'published', ?, '', ?)",
            (key, version, key, nothing),
        )
    db.execute("INSERT INTO change VALUES (?, ?, 'deleted', NULL, ?)", (later, keys[-1], REASON))
    db.execute("DELETE FROM document WHERE key = ?", (keys[-1],))
    db.execute("COMMIT")
    db.close()
    (data / CURRENT).symlink_to(Path(EDITIONS) / folder.name)
    return Edition(folder)
