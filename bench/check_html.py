"""What the Nu HTML checker says of every type of page, in every language, and of our own files.

Needs Java and `npm ci --ignore-scripts` in bench/page_checks.
"""

import http.client
import json
import subprocess
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click

from app.language import FIELD, LANGUAGES
from bench import measure, serve
from bench.page_types import page_types
from ld.edition import open_current

_CHECKER: Final = Path(__file__).parent / "page_checks/node_modules/vnu-jar/build/dist/vnu.jar"
_OURS: Final = measure.PROJECT / "app" / "static"
_OPTIONS: Final = ("--also-check-css", "--also-check-svg", "--exit-zero-always", "--format", "json")


def store_pages(data: Path, folder: Path) -> int:
    """Write each page of a data directory's edition as a file; gives how many there are."""
    edition = open_current(data)
    prefix = urlsplit(edition.service_url).path
    types = page_types(edition)
    folder.mkdir()
    with serve.pressmark(data, folder.with_suffix(".log"), 0) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=serve.PATIENCE)
        with closing(connection):
            for name, path in types.items():
                for language in LANGUAGES:
                    joint = "&" if "?" in path else "?"
                    asked = f"{prefix}{path}{joint}{FIELD}={language}"
                    connection.request("GET", asked, headers={"Accept": "text/html"})
                    answer = connection.getresponse()
                    body = answer.read()
                    if answer.status >= 500 or answer.headers.get_content_subtype() != "html":
                        raise click.ClickException(f"{asked}: {answer.status} {answer.headers}")
                    page = folder / f"{name.replace(' ', '-')}.{language}.html"
                    page.write_bytes(body)
    return len(types) * len(LANGUAGES)


def messages(paths: list[Path]) -> list[dict[str, Any]]:
    """Give what the checker says of files and of all in folders."""
    serve.require("java")
    if not _CHECKER.exists():
        raise click.ClickException("Run npm ci --ignore-scripts in bench/page_checks first.")
    command = ["java", "-jar", str(_CHECKER), *_OPTIONS, *map(str, paths)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    said: list[dict[str, Any]] = json.loads(told)["messages"]
    return said


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def main(data: tuple[Path, ...]) -> None:
    """Check the pages of one data directory or several, and the style sheet and pictures."""
    with tempfile.TemporaryDirectory(prefix="pages-") as name:
        stored = Path(name)
        for number, one in enumerate(data):
            count = store_pages(one, stored / str(number))
            click.echo(f"{one.name}: {count} pages")
        files = [path for path in sorted(_OURS.iterdir()) if path.suffix in {".css", ".svg"}]
        said = messages([*files, *[stored / str(number) for number in range(len(data))]])
    for one in said:
        where = Path(urlsplit(one.get("url", "")).path)
        click.echo(
            f"{one['type']}: {where.parent.name}/{where.name}:{one.get('lastLine', '')} "
            f"{one['message']} {one.get('extract', '')!r}"
        )
    counted = Counter(one.get("subType", one["type"]) for one in said)
    click.echo(f"{len(files)} files of ours; errors {counted['error']}, others {dict(counted)}")
    if counted["error"] or counted["fatal"]:
        raise click.ClickException("The checker found errors.")


if __name__ == "__main__":
    main()
