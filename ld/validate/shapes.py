"""The shapes files, read for one base.

IRIs in the files are relative, so every rule has an address under the base of the corpus:
`{base}shapes/text#title`.
"""

from functools import lru_cache
from pathlib import Path

from rdflib import Graph

from ld.errors import ShapesError

_BESIDE_THE_LIBRARY = Path(__file__).parents[1] / "shapes"  # in an installed package
_IN_THE_PROJECT = Path(__file__).parents[2] / "shapes"


def folder() -> Path:
    """Give the folder of the shapes that belong to this library."""
    return _BESIDE_THE_LIBRARY if _BESIDE_THE_LIBRARY.is_dir() else _IN_THE_PROJECT


def load(base: str, files: Path | None = None) -> Graph:
    """Read all shapes files for the corpus with this base; nobody may change the graph.

    Raises: ShapesError naming the file that cannot be read.
    """
    paths = sorted((files or folder()).glob("*.ttl"))
    if not paths:
        raise ShapesError(f"There are no shapes files (*.ttl) in {files or folder()}.")
    return _parsed(base, tuple((path.stem, path.read_bytes()) for path in paths))


def content() -> bytes:
    """Give the bytes of all shapes files, one after the other."""
    return b"".join(path.read_bytes() for path in sorted(folder().glob("*.ttl")))


@lru_cache(maxsize=8)
def _parsed(base: str, documents: tuple[tuple[str, bytes], ...]) -> Graph:
    graph = Graph()
    for name, text in documents:
        try:
            graph.parse(data=text, format="turtle", publicID=f"{base}shapes/{name}")
        except Exception as error:  # rdflib raises many types for one fault
            raise ShapesError(f"{name}.ttl cannot be read: {error}") from error
    return graph
