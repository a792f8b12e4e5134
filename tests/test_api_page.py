"""The interfaces: each command of the page runs; the OpenAPI document is valid and complete."""

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Published
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import create_app
from app.config import Config
from app.interfaces import TOPICS
from app.tables import guarded

BROWSER = {"Accept": "text/html"}
#: What is for people alone, or found by whoever needs it.
NOT_TOLD = {"about", "licence", "model", "api", "static", "favicon", "robots", "problem"}


@pytest.fixture(scope="module")
def client(published: Published) -> Iterator[FlaskClient]:
    with create_app(Config(published.data)).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, dict[str, dict[str, object]]]:
    response = client.get("/openapi.json")
    assert response.mimetype == "application/json"
    found: dict[str, dict[str, dict[str, object]]] = response.get_json()
    return found


def commands(page: str) -> list[str]:
    shown = re.findall(r'<pre class="code"[^>]*>(curl .*?)</pre>', page, re.S)
    return [html.unescape(command) for command in shown]


def test_every_command_of_the_page_runs(
    client: FlaskClient, published: Published, live_server: str, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    told = commands(client.get("/api", headers=BROWSER).text)
    # The address of the corpus leads to the server of the tests, whatever its host.
    (tmp_path / ".curlrc").write_text(
        f'silent\nshow-error\nfail\nconnect-to = "::{urlsplit(live_server).netloc}"\n'
    )
    answers = [
        subprocess.run(
            ["sh", "-c", command], capture_output=True, cwd=tmp_path, timeout=30, check=False,
            env={"CURL_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
        for command in told
    ]  # fmt: skip

    operations = [one for topic in TOPICS for one in topic.operations if one.example]
    assert len(told) == len(operations)
    for command, answer, operation in zip(told, answers, operations, strict=True):
        assert answer.returncode == 0, (command, answer.stderr)
        assert published.edition.service_url in command
        if "remote-name" not in command:
            assert answer.stdout, command
        assert b"<html" not in answer.stdout, operation


def test_the_commands_hold_for_a_corpus_below_a_path_with_any_keys(
    client: FlaskClient,
) -> None:
    told = commands(client.get("/api", headers=BROWSER).text)

    assert all("\n" not in command.replace(" \\\n", "") for command in told)
    assert not any("{" in command.partition(" \\\n")[0] for command in told)


def test_the_openapi_document_is_valid(document: dict[str, object]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_operations_have_names_of_their_own(
    document: dict[str, dict[str, dict[str, object]]],
) -> None:
    names = [
        described["operationId"]
        for operations in document["paths"].values()
        for described in operations.values()
        if isinstance(described, dict)
    ]

    assert len(set(map(str, names))) == len(names)


def test_every_interface_is_told(
    published: Published, document: dict[str, dict[str, dict[str, object]]]
) -> None:
    told = {re.split(r"[/.{]", path.lstrip("/."))[0] for path in document["paths"]}
    served = set()
    for rule in create_app(Config(published.data)).url_map.iter_rules():
        first = str(rule).lstrip("/.").split("/")[0]
        choice = re.match(r"<any\(([^)]*)\)", first)
        served |= set(choice[1].split(", ")) if choice else {re.split("[.<]", first)[0]}

    assert served - told - NOT_TOLD - {""} == set()


def test_every_operation_answers_as_the_document_says(
    client: FlaskClient, document: dict[str, dict[str, dict[str, object]]]
) -> None:
    for topic in TOPICS:
        for one in topic.operations:
            if one.method != "get" or "{" in one.path or one.path == "sparql":
                continue
            response = client.get(f"/{one.example or one.path}", headers={"Accept": "*/*"})
            assert response.status_code == 200, one.path
            media_types = {media_type.partition(";")[0] for media_type in one.media_types}
            assert response.mimetype in media_types, one.path


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 123", "'+49 30 123"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("'=1+1", "''=1+1"),
        ("'Tis a pity", "'Tis a pity"),
        ("-0043", "-0043"),
        ("+12.5", "+12.5"),
        ("-0043~", "'-0043~"),
        ("plain = text", "plain = text"),
        ("", ""),
    ],
)
def test_no_cell_of_a_table_is_a_formula_and_none_is_lost(cell: str, written: str) -> None:
    assert guarded(cell) == written
    assert re.sub(r"^'('*[=+\-@\t\r\n＝＋－＠])", r"\1", written) == cell
