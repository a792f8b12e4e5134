"""The files of an edition beside its records."""

from pathlib import Path

import pyoxigraph

from ld.publish import files


def test_loads_statements_that_are_too_many_for_one_load(tmp_path: Path) -> None:
    pad = "x" * 500
    lines = [
        f'<https://c.example/{n}> <http://purl.org/dc/terms/title> "{pad}{n % 700}"@en .\n'
        for n in range(9_000)
    ]
    statements = tmp_path / "corpus.nt"
    statements.write_text("".join(lines), encoding="utf-8")

    files.load_graph(statements, tmp_path / "graph")

    store = pyoxigraph.Store.read_only(str(tmp_path / "graph"))
    assert statements.stat().st_size > 5 * 10**6
    assert {
        f"{quad.triple} .\n" for quad in store.quads_for_pattern(None, None, None, None)
    } == set(lines)
