"""Readers: header text, the folder of seeds, and the manifest that completes headers."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from forking_publisher import ForkingPublisher
from hypothesis import given
from hypothesis import strategies as st
from seed_folders import SETTINGS, letters, seed, seeds_of, write

from ld.edition import Edition, open_current
from ld.errors import SeedError, SettingsError
from ld.publish import publish
from ld.readers import folder, header_text, reader_for
from ld.record import Record
from ld.report import Finding, Severity

NOBODY = 65534


def read(content: bytes) -> tuple[Record, list[Finding]]:
    return header_text.read(io.BytesIO(content), "a.txt", 0)


# Header text


def test_a_header_gives_each_field_with_its_line_and_what_was_written() -> None:
    record, findings = read(b"TITLE:  A letter \nSOURCE_ID:x\n----\nbody\n")

    assert findings == []
    assert {name: value.text for name, value in record.values.items()} == {
        "TITLE": "A letter",
        "SOURCE_ID": "x",
    }
    origin = record.values["SOURCE_ID"].origin
    assert (origin.file, origin.line, origin.field, origin.raw) == ("a.txt", 2, "SOURCE_ID", "x")


def test_only_the_first_line_of_four_hyphens_ends_the_header() -> None:
    record, findings = read(b"TITLE: A\n-----\n ----\n----\nAUTHOR: B\n----\n")

    assert list(record.values) == ["TITLE"]
    assert [finding.line for finding in findings] == [2, 3]


def test_a_value_keeps_its_colons() -> None:
    record, _ = read(b"SOURCE_URL: https://example.org:80/a:b\n----\n")

    assert record.values["SOURCE_URL"].text == "https://example.org:80/a:b"


@pytest.mark.parametrize(
    ("body", "heading", "line"),
    [
        (b"## Chapter I \n", "Chapter I", 3),
        (b"\n  \n## Chapter\r\n", "Chapter", 5),
        (b"Text\n## Later\n", None, None),
        (b"# Chapter\n", None, None),
        (b"## \n", None, None),
        (b"", None, None),
        (b"## \xff\x01\n", "\N{REPLACEMENT CHARACTER}", 3),
    ],
)
def test_the_heading_is_that_which_opens_the_body(
    body: bytes, heading: str | None, line: int | None
) -> None:
    record, _ = read(b"TITLE: A\n----\n" + body)

    found = record.file.heading
    assert (found and found.text, found and found.origin.line) == (heading, line)


@pytest.mark.parametrize("size", [0, 1, header_text.HEADER_BYTES, 1_500_000])
def test_checksums_are_those_of_the_whole_file(size: int) -> None:
    content = b"TITLE: A\n----\n" + (b"ab\r\n\r" * size)[:size]
    crlf = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    record, _ = read(content)

    assert record.file.size == len(content)
    assert record.file.sha256 == hashlib.sha256(content).hexdigest()
    assert record.file.sha256_crlf == hashlib.sha256(crlf).hexdigest()


@pytest.mark.parametrize("split", range(-2, 3))
def test_line_ends_that_two_blocks_share_are_counted_once(split: int) -> None:
    start = b"TITLE: A\n----\n"
    content = start + b"x" * (header_text.HEADER_BYTES - len(start) + split) + b"\r\n\r\ny"

    record, _ = read(content)

    text = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert record.file.sha256_crlf == hashlib.sha256(text).hexdigest()


def test_a_header_may_be_as_long_as_the_limit_and_no_longer() -> None:
    longest = b"a" * (header_text.HEADER_BYTES - len("TITLE:\n----\n"))

    record, _ = read(b"TITLE:" + longest + b"\n----\nbody")
    with pytest.raises(SeedError, match="65,536 bytes"):
        read(b"TITLE:a" + longest + b"\n----\nbody")

    assert len(record.values["TITLE"].text) == len(longest)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_record_or_an_error_that_says_what_to_do(content: bytes) -> None:
    try:
        record, findings = read(content)
    except SeedError as error:
        assert "write" in error.remedy
    else:
        assert record.file.sha256 == hashlib.sha256(content).hexdigest()
        assert all(value.text == header_text.clean(value.text) for value in record.values.values())
        assert all(finding.file == "a.txt" for finding in findings)


@given(st.lists(st.tuples(st.sampled_from(header_text.KEYS), st.text(max_size=30)), max_size=8))
def test_what_was_written_stands_on_the_line_that_is_named(fields: list[tuple[str, str]]) -> None:
    header = "".join(f"{key}: {text}\n" for key, text in fields)
    content = f"{header}----\n".encode("utf-8", "surrogatepass")

    try:
        record, _ = read(content)
    except SeedError:
        return

    encoding = "utf-8" if _is_utf_8(content) else "latin-1"
    lines = content.replace(b"\r", b"").decode(encoding).split("\n")
    for name, value in record.values.items():
        assert value.origin.line is not None
        key, _, raw = lines[value.origin.line - 1].partition(":")
        assert (key.strip(), raw.strip()) == (name, value.origin.raw)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(("name", "is_read"), [("a.txt", True), ("A.TXT", True), ("a.pdf", False)])
def test_a_reader_is_found_by_the_name_of_the_file(name: str, is_read: bool) -> None:
    assert (reader_for(name) is not None) == is_read


# The folder


def walked(seeds: Path) -> tuple[list[str], dict[str, Finding]]:
    found = list(folder.walk(seeds))
    findings = {f.file or "": f for f in found if isinstance(f, Finding)}
    return [f.path for f in found if not isinstance(f, Finding)], findings


def test_the_walk_gives_seeds_in_an_order_that_never_varies(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.txt", "a/b/c.txt", "a.txt", ".hidden.txt", ".git/x.txt", "corpus.toml"]
    write(tmp_path, dict.fromkeys(names, "x"))

    assert walked(tmp_path) == (["a/b/c.txt", "a/z.txt", "a.txt", "b.txt"], {})


def test_what_no_reader_takes_is_left_aside_with_a_remark(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "", "cover.jpg": b"\xff\xd8", "README.md": ""})

    paths, findings = walked(tmp_path)

    assert paths == ["a.txt"]
    assert findings["cover.jpg"].severity is Severity.INFO


def test_links_are_followed_to_files_only(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "", "sub/b.txt": ""})
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "sub" / "up.txt").symlink_to("..")
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "nowhere.txt").symlink_to("gone.txt")
    (tmp_path / "again.txt").symlink_to("a.txt")

    paths, findings = walked(tmp_path)

    assert paths == ["a.txt", "again.txt", "sub/b.txt"]
    assert set(findings) == {"loop", "sub/up.txt", "self.txt", "nowhere.txt"}
    assert all("Put the files themselves here" in f.message for f in findings.values())


@pytest.mark.parametrize("name", ["a\x01.txt", "a\n.txt", "a\x7f.txt", "a\ufffe.txt"])
def test_a_name_that_xml_or_a_report_cannot_carry_is_left_aside(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")

    paths, findings = walked(tmp_path)

    assert paths == []
    ((file, found),) = findings.items()
    assert found.rule == "file_name"
    assert "Rename" in found.message
    assert file.isprintable()


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"caf\xe9.pdf", b"caf\xe9/a.txt"])
def test_a_name_that_is_not_utf_8_is_left_aside(name: bytes, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("")

    paths, findings = walked(tmp_path)

    assert (paths, [f.rule for f in findings.values()]) == ([], ["file_name"])
    assert all(file.encode() for file in findings)


def test_the_order_of_a_folder_is_that_of_its_names(tmp_path: Path) -> None:
    names = [f"{number}.txt" for number in (10, 9, 1)]
    write(tmp_path, dict.fromkeys(names, ""))

    assert walked(tmp_path)[0] == sorted(names)


# Things among the seeds that are no files, and files that cannot be opened


@pytest.fixture(scope="module")
def publisher() -> Iterator[ForkingPublisher]:
    forking = ForkingPublisher()
    yield forking
    forking.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_pipe_among_the_seeds_holds_nobody_up(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", letters("a"))
    os.mkfifo(seeds / "pipe.txt")
    (seeds / "device.txt").symlink_to("/dev/zero")

    publish(seeds, tmp_path / "data")

    edition = open_current(tmp_path / "data")
    found = {f.file: f for f in edition.findings() if f.file in {"pipe.txt", "device.txt"}}
    assert seeds_of(edition) == {"a.txt": "published"}
    assert "no regular file" in found["pipe.txt"].message
    assert "was not followed" in found["device.txt"].message
    assert set(found) == {"pipe.txt", "device.txt"}


def test_files_and_folders_that_cannot_be_opened_stop_nobody(
    open_folder: Path, publisher: ForkingPublisher
) -> None:
    seeds = write(open_folder / "seeds", letters("ab"))
    write(open_folder / "closed", {"x.txt": ""})
    (seeds / "b.txt").chmod(0)
    (seeds / "folder").mkdir()
    (seeds / "link.txt").symlink_to(open_folder / "closed" / "x.txt")
    for path in (seeds / "folder", open_folder / "closed"):
        path.chmod(0)
    as_nobody = {"user": NOBODY} if os.geteuid() == 0 else {}

    ending = publisher.publish(seeds, open_folder / "data", **as_nobody)

    for path in (seeds / "folder", open_folder / "closed"):
        path.chmod(0o755)
    assert ending.state == "published", ending
    edition = open_current(open_folder / "data")
    assert seeds_of(edition) == {"a.txt": "published", "b.txt": "withheld"}
    found = {f.file: f.message for f in edition.findings() if f.file}
    assert "Make it readable" in found["b.txt"]
    assert "make it readable" in found["folder/"]
    assert "was not followed" in found["link.txt"]


# The manifest

MANIFEST = SETTINGS + '\n[manifest]\nfile = "manifest.csv"\n'


def with_manifest(
    folder: Path, table: str | bytes, settings: str = MANIFEST, **files: str
) -> Edition:
    """Publish two letters with a manifest beside them."""
    named = {f"{name}.txt": content for name, content in files.items()}
    write(folder / "seeds", {**letters("ab"), **named, "manifest.csv": table}, settings)
    publish(folder / "seeds", folder / "data")
    return open_current(folder / "data")


def of_rule(edition: Edition, rule: str) -> Finding:
    (found,) = (finding for finding in edition.findings() if finding.rule == rule)
    return found


def test_a_manifest_says_what_headers_do_not(tmp_path: Path) -> None:
    edition = with_manifest(tmp_path, "path,genre\na.txt,Essay\nb.txt,NA\n")

    document = edition.document("text/a")
    (origin,) = next(
        derivation.origins
        for statement, derivation in document.derivations.items()
        if statement[2] == '"Essay"@en'
    )
    assert (origin.file, origin.line, origin.field) == ("manifest.csv", 2, "genre")
    assert '"NA"' not in str(edition.document("text/b").owned)


def test_where_header_and_manifest_differ_both_are_named_and_the_header_wins(
    tmp_path: Path,
) -> None:
    edition = with_manifest(tmp_path, "path,title\na.txt,Another title\nb.txt,Letter b\n")

    found = of_rule(edition, "manifest_differs")
    assert (found.file, found.line, found.field, found.value) == ("a.txt", 1, "TITLE", "Letter a")
    assert "'Another title' (manifest.csv:2)" in found.message
    assert edition.document("text/a").label == "Letter a"


@pytest.mark.parametrize(
    ("table", "rule", "line", "field", "value"),
    [
        ("path\na.txt\nb.txt\nc.txt\n", "manifest_without_file", 4, "path", "c.txt"),
        ("path\na.txt\nb.txt\na.txt\n", "manifest_duplicate", 4, "path", "a.txt"),
        ("path\na.txt\nb.txt\n../x.txt\n", "manifest_path", 4, "path", "../x.txt"),
        ("path\na.txt\nb.txt\n/etc/passwd\n", "manifest_path", 4, "path", "/etc/passwd"),
        ('path,title\na.txt,\nb.txt,\n"",x\n', "manifest_path", 4, "path", ""),
        ("path,genre\na.txt\nb.txt,Essay\n", "manifest_cells", 2, None, None),
        ("path,genre\na.txt,x,y\nb.txt,Essay\n", "manifest_cells", 2, None, None),
        ("path,genre\nb.txt,\na.txt," + "x" * 200_000, "manifest_row", 3, None, None),
        (b"path,genre\na.txt,caf\xe9\nb.txt,\n", "manifest_encoding", 2, "genre", "caf\ufffd"),
    ],
)
def test_a_faulty_row_is_reported_with_its_line(
    table: str | bytes,
    rule: str,
    line: int,
    field: str | None,
    value: str | None,
    tmp_path: Path,
) -> None:
    edition = with_manifest(tmp_path, table)

    found = of_rule(edition, rule)
    assert (found.file, found.line, found.field) == ("manifest.csv", line, field)
    assert found.value == value
    assert edition.counts["published"] == 2


def test_a_file_without_a_row_is_published_with_a_remark(tmp_path: Path) -> None:
    edition = with_manifest(tmp_path, "path\na.txt\n")

    found = of_rule(edition, "file_without_row")
    assert (found.file, found.severity) == ("b.txt", Severity.INFO)
    assert "Add a row to manifest.csv" in found.message


def test_an_identifier_may_stand_in_the_manifest_alone(tmp_path: Path) -> None:
    edition = with_manifest(
        tmp_path, "path,source_id\na.txt,\nb.txt,\nc.txt,from-table\n", c=seed(SOURCE_ID=None)
    )

    assert "text/from-table" in edition


@pytest.mark.parametrize(
    ("stated", "rule", "severity"),
    [
        ("lf", None, None),
        ("crlf", "checksum_line_ends", Severity.INFO),
        ("other", "checksum", Severity.WARNING),
    ],
)
def test_a_checksum_in_the_manifest_is_compared(
    stated: str, rule: str | None, severity: Severity | None, tmp_path: Path
) -> None:
    content = letters("a")["a.txt"]
    assert isinstance(content, str)
    written = {"lf": content, "crlf": content.replace("\n", "\r\n"), "other": "another"}[stated]
    digest = hashlib.sha256(written.encode()).hexdigest()

    edition = with_manifest(tmp_path, f"path,sha256\na.txt,{digest.upper()}\nb.txt,\n")

    found = [f for f in edition.findings("") if f.rule.startswith("checksum")]
    assert [(f.rule, f.severity, f.file) for f in found] == (
        [] if rule is None else [(rule, severity, "a.txt")]
    )


@pytest.mark.parametrize(
    ("table", "line", "key", "remedy"),
    [
        ('file = "gone.csv"', 6, "manifest.file", "cannot be read: No such file or directory"),
        ('file = "."', 6, "manifest.file", "Is a directory"),
        (
            'file = "manifest.csv"\npath = "out"',
            7,
            "manifest.path",
            "no such column; the columns are path",
        ),
        (
            'file = "manifest.csv"\nrelative_to = "/etc"',
            7,
            "manifest.relative_to",
            "name a folder that the folder of seeds lies in",
        ),
        (
            'file = "manifest.csv"\n[manifest.columns]\ntitel = "TITLE"',
            8,
            "manifest.columns.titel",
            "name a column of the manifest (path)",
        ),
        (
            'file = "manifest.csv"\ncolumns = { path = "COLOUR" }',
            7,
            "manifest.columns.path",
            "and a field (TITLE,",
        ),
    ],
)
def test_settings_that_do_not_fit_the_manifest_are_errors_with_their_line(
    table: str, line: int, key: str, remedy: str, tmp_path: Path
) -> None:
    settings = f"{SETTINGS}\n[manifest]\n{table}\n"

    with pytest.raises(SettingsError) as caught:
        with_manifest(tmp_path, "path\na.txt\nb.txt\n", settings)

    assert (caught.value.file, caught.value.key) == (f"corpus.toml:{line}", key)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("table", ["", "\n\n", '"' + "x" * 200_000 + '"\n'])
def test_a_manifest_without_a_usable_first_line_is_an_error(table: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="manifest"):
        with_manifest(tmp_path, table)
