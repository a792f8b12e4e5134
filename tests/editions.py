"""What an edition holds, in a form that two editions can be compared by, whatever their files."""

import gzip
from typing import Any

import pyoxigraph

from ld.edition import Edition

_SYNTAXES = {
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}


def content_of(edition: Edition) -> dict[str, Any]:
    """Give all that an edition says, by door; its files are checked on the way."""
    edition.verify()
    return {
        "digest": edition.manifest["digest"],
        "counts": edition.counts,
        "documents": {
            d.key: (d.digest, d.datestamp, d.state, d.kept_from, d.statements, d.derivations)
            for d in edition.documents()
        },
        "by title": rows(edition, f"SELECT l.key {_PLACED} ORDER BY p.by_title"),
        "by year": rows(edition, f"SELECT l.key {_PLACED} ORDER BY p.by_year"),
        "by author": rows(edition, f"SELECT l.key {_PLACED} ORDER BY p.by_author"),
        "shapes": sorted(map(str, rows(edition, _SHAPES))),
        "facets": rows(edition, "SELECT * FROM facet ORDER BY 1, 2, 3"),
        "words": rows(edition, _WORDS),
        "findings": sorted(map(str, rows(edition, "SELECT * FROM finding"))),
        "seeds": rows(edition, "SELECT * FROM seed ORDER BY path"),
        "graph": graph_of(edition),
        "dumps": {suffix: dump_of(edition, suffix) for suffix in _SYNTAXES},
    }


_PLACED = "FROM place p JOIN listing l USING (number)"
_SHAPES = "SELECT kind, decade, language, licence, host, count FROM shape WHERE count > 0"
_WORDS = (
    "SELECT l.key FROM words w JOIN listing l ON l.number = w.rowid "
    "WHERE words MATCH 'letter OR new OR lovelace OR domain' ORDER BY 1"
)


def rows(edition: Edition, query: str) -> list[tuple[Any, ...]]:
    """Give the rows of a query of the records."""
    return [tuple(row) for row in edition.db.execute(query)]


def graph_of(edition: Edition) -> set[str]:
    """Give the triples of an edition's store."""
    store = pyoxigraph.Store.read_only(str(edition.path / "graph"))
    return {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, None)}


def dump_of(edition: Edition, suffix: str) -> set[str]:
    """Give the triples of a dump."""
    packed = (edition.path / "dumps" / f"corpus.{suffix}.gz").read_bytes()
    parsed = pyoxigraph.parse(input=gzip.decompress(packed), format=_SYNTAXES[suffix])
    return {str(quad.triple) for quad in parsed}
