"""Layers point one way: a module imports only what lies below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]

#: Floors, lowest first; a module may import from lower floors, and within its own folder.
FLOORS = (
    ("ld.errors", "ld.terms"),
    ("ld.vocabulary", "ld.iri", "ld.record"),
    ("ld.document",),
    ("ld.report", "ld.formats", "ld.fields", "ld.settings_source"),
    ("ld.corpus", "ld.records"),
    ("ld.readers", "ld.validate"),
    ("ld.stored",),
    ("ld.edition",),
    ("ld.kept", "ld.quality"),
    (
        "ld.mapping",
        "ld.query",
        "ld.describe",
        "ld.history",
        "ld.model",
        "ld.browse",
        "ld.differences",
    ),
    ("ld.publish", "ld.harvest"),
    ("ld.readiness",),
    ("app",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}


def place(module: str) -> str:
    return next((name for name in FLOOR if module == name or module.startswith(name + ".")), module)


def imports() -> Iterator[tuple[str, str, str]]:
    for path in [*PROJECT.glob("ld/**/*.py"), *PROJECT.glob("app/**/*.py")]:
        importer = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        importer = importer.removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        only_for_types = {
            id(node)
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
            for node in ast.walk(block)
        }
        for node in ast.walk(tree):
            if id(node) in only_for_types:
                continue
            for imported in imported_by(node):
                if imported.split(".")[0] in {"ld", "app"}:
                    yield importer, imported, f"{importer} imports {imported}"


def imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        if node.module in {"ld", "app"}:
            return [f"{node.module}.{alias.name}" for alias in node.names]
        return [node.module]
    return []


def test_every_module_of_the_library_has_a_floor() -> None:
    modules = {place(importer) for importer, _, _ in imports()}

    assert modules - {"ld"} <= set(FLOOR)


def test_imports_point_down() -> None:
    wrong = [
        edge
        for importer, imported, edge in imports()
        if place(importer) != place(imported)
        and place(imported) in FLOOR
        and FLOOR[place(imported)] >= FLOOR.get(place(importer), 0)
    ]

    assert wrong == []


def test_the_library_knows_no_http_and_no_command_line() -> None:
    web = {"flask", "werkzeug", "click", "granian", "http", "urllib"}
    wrong = []
    for path in PROJECT.glob("ld/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            wrong += [
                f"{path.name}: {name}"
                for name in names
                if name.split(".")[0] in web and name != "urllib.parse"
            ]

    assert wrong == []


def test_no_module_has_outgrown_its_name() -> None:
    long = {
        path.relative_to(PROJECT).as_posix(): lines
        for path in [*PROJECT.glob("ld/**/*.py"), *PROJECT.glob("app/**/*.py")]
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 400
    }

    assert long == {}
