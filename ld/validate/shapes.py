"""The shapes files, read for one base.

IRIs in the files are relative, so every rule has an address under the base of the corpus:
`{base}shapes/text#title`.
"""

from pathlib import Path

from rdflib import Graph

from ld.errors import ShapesError

_BESIDE_THE_LIBRARY = Path(__file__).parents[1] / "shapes"  # in an installed package
_IN_THE_PROJECT = Path(__file__).parents[2] / "shapes"


def folder() -> Path:
    """Give the folder of the shapes that belong to this library."""
    return _BESIDE_THE_LIBRARY if _BESIDE_THE_LIBRARY.is_dir() else _IN_THE_PROJECT


def load(base: str, files: Path | None = None) -> Graph:
    """Read all shapes files for the corpus with this base.

    Raises: ShapesError naming the file that cannot be read.
    """
    graph = Graph()
    paths = sorted((files or folder()).glob("*.ttl"))
    if not paths:
        raise ShapesError(f"There are no shapes files (*.ttl) in {files or folder()}.")
    for path in paths:
        try:
            graph.parse(
                data=path.read_bytes(), format="turtle", publicID=f"{base}shapes/{path.stem}"
            )
        except Exception as error:  # rdflib raises many types for one fault
            raise ShapesError(f"{path.name} cannot be read: {error}") from error
    return graph
