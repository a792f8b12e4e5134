"""Answers to queries, as far as a page shows them: the first rows, and how many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import orjson
import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat

from app.language import ngettext
from app.pages.values import Value, compact, licence_name, number, shortened, web
from app.variants import address
from ld.edition import Edition
from ld.iri import DOCUMENT
from ld.terms import Term, literal
from ld.vocabulary import XSD

#: Of one answer a page shows no more; the downloads have everything.
MOST_ROWS: Final = 1000
_MOST_CELLS: Final = 6000
_MOST_BYTES: Final = 4 * 2**20
_LONGEST: Final = 1000
# Rows beyond those shown are counted up to this size of the answer, in bytes.
_COUNTED: Final = 32 * 2**20
_NUMBERS: Final = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "nonNegativeInteger")
)
_STATEMENT: Final = ("subject", "predicate", "object")

Node: TypeAlias = NamedNode | BlankNode | Literal | pyoxigraph.Triple


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row: how it is shown, and the literal behind it, if it is one."""

    shown: Value
    literal: Term | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The solutions of a query or the statements of a graph.

    `total` is None if there are more than were counted.
    """

    columns: list[str]
    rows: list[list[Cell | None]]
    total: int | None
    is_graph: bool = False

    @property
    def is_whole(self) -> bool:
        """Say whether every row is shown."""
        return self.total == len(self.rows)

    @property
    def numeric(self) -> list[bool]:
        """Say of each column whether all its values are numbers."""
        return [
            any(column) and all(cell.is_number for cell in column if cell is not None)
            for column in self.by_column
        ]

    @property
    def by_column(self) -> list[list[Cell | None]]:
        """The values, column by column."""
        return [[row[at] for row in self.rows] for at in range(len(self.columns))]


def truth(body: Iterable[bytes]) -> bool:
    """Read the answer to an ASK query, which is JSON."""
    return bool(orjson.loads(b"".join(body))["boolean"])


def solutions(body: Iterable[bytes], edition: Edition) -> Answers:
    """Read the first rows of an answer in TSV."""
    lines = _Lines(body)
    head = lines.take(1)
    columns = [name.removeprefix("?") for name in head.decode().rstrip("\n").split("\t")]
    first = lines.take(min(MOST_ROWS, max(1, _MOST_CELLS // len(columns))))
    if columns == [""]:
        count = first.count(b"\n")
        return _answers([], [[] for _ in range(count)], lines.count_rest(count), edition)
    parsed = pyoxigraph.parse_query_results(head + first, QueryResultsFormat.TSV)
    if isinstance(parsed, pyoxigraph.QueryBoolean):
        raise TypeError("a truth value has no rows")
    nodes = [list(solution) for solution in parsed]
    answers = _answers(columns, nodes, lines.count_rest(len(nodes)), edition)
    for row in answers.rows:
        _leave_out_what_the_row_says(row)
    return answers


def graph(body: Iterable[bytes], edition: Edition) -> Answers:
    """Read the first statements of a graph in N-Triples."""
    lines = _Lines(body)
    first = lines.take(MOST_ROWS)
    nodes = [
        [quad.subject, quad.predicate, quad.object]
        for quad in pyoxigraph.parse(first, RdfFormat.N_TRIPLES)
    ]
    answers = _answers(list(_STATEMENT), nodes, lines.count_rest(len(nodes)), edition)
    return replace(answers, is_graph=True)


class _Lines:
    """Lines of a body that is read as far as it is needed."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._chunks = iter(body)
        self._rest = bytearray()

    def take(self, most: int) -> bytes:
        """Give the next whole lines, as many as are wanted and not too long."""
        end = 0
        while most:
            found = self._rest.find(b"\n", end)
            if found >= _MOST_BYTES:
                break
            if found >= 0:
                end = found + 1
                most -= 1
                continue
            chunk = next(self._chunks, None)
            if chunk is None or len(self._rest) > _MOST_BYTES:
                self._rest += chunk or b""
                break
            self._rest += chunk
        taken = bytes(self._rest[:end])
        del self._rest[:end]
        return taken

    def count_rest(self, counted: int) -> int | None:
        """Give the number of lines with those already counted; None if that takes too long."""
        counted += self._rest.count(b"\n")
        size = 0
        for chunk in self._chunks:
            counted += chunk.count(b"\n")
            size += len(chunk)
            if size > _COUNTED:
                return None
        return counted


def _answers(
    columns: list[str],
    nodes: Sequence[Sequence[Node | None]],
    total: int | None,
    edition: Edition,
) -> Answers:
    named = {node.value for row in nodes for node in row if isinstance(node, NamedNode)}
    things = _things(edition, named)
    return Answers(columns, [[_cell(node, things) for node in row] for row in nodes], total)


def _cell(node: Node | None, things: dict[str, Value]) -> Cell | None:
    match node:
        case None:
            return None
        case NamedNode(value=iri):
            return Cell(things.get(iri) or _elsewhere(iri))
        case Literal():
            return _literal(node)
        case _:
            return Cell(Value(shortened(str(node), _LONGEST), is_code=True))


def _elsewhere(iri: str) -> Value:
    name = licence_name(iri)
    if name != iri:
        return Value(name, href=web(iri))
    return Value(shortened(compact(iri), _LONGEST), href=web(iri), is_code=True)


def _literal(node: Literal) -> Cell:
    datatype = None if node.language else node.datatype.value
    note = None
    if len(node.value) > _LONGEST:
        note = ngettext(
            "%(number)s character; the downloads have it all",
            "%(number)s characters; the downloads have them all",
            len(node.value),
            number=number(len(node.value)),
        )
    shown = Value(shortened(node.value, _LONGEST), node.language or "und", note=note)
    term = literal(shown.text, language=node.language, datatype=datatype)
    return Cell(shown, term, datatype in _NUMBERS and note is None)


def _things(edition: Edition, iris: Iterable[str]) -> dict[str, Value]:
    """Give the things of this corpus among some IRIs, by name, linked to their pages."""
    keys: dict[str, str] = {}
    for iri in iris:
        if iri.startswith(edition.base):
            key = iri.removeprefix(edition.base).partition("#")[0]
            keys[iri] = key.removeprefix(DOCUMENT)
    rows = edition.db.execute(
        "SELECT key, label, label_language FROM document "
        "WHERE key IN (SELECT value FROM json_each(?))",
        (orjson.dumps(sorted(set(keys.values()))).decode(),),
    )
    labels = {row["key"]: (row["label"], row["label_language"] or "und") for row in rows}
    return {
        iri: _thing(iri.removeprefix(edition.base), key, *labels[key])
        for iri, key in keys.items()
        if key in labels
    }


def _thing(path: str, key: str, label: str, language: str) -> Value:
    page = "dataset" if key == "dataset" else DOCUMENT + key
    name = shortened(label, _LONGEST)
    if label == key:
        return Value(path, href=address(page), is_code=True)
    return Value(name, language, address(page), note=path)


def _leave_out_what_the_row_says(row: list[Cell | None]) -> None:
    """Show the key instead of a name that stands in another column anyway."""
    said = {cell.shown.text for cell in row if cell is not None and cell.literal is not None}
    for at, cell in enumerate(row):
        if cell is not None and cell.literal is None and cell.shown.text in said:
            shown = cell.shown
            if shown.note is not None:
                key = Value(shown.note, href=shown.href, is_code=True)
                row[at] = replace(cell, shown=key)
