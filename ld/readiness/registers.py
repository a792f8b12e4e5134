"""The rules of registers: shapes of our own, and what of a description does not meet them.

`shapes/` has one file per register and kind of description. The shapes are compiled, so that
every record of a large corpus can be looked at; a rule is known by the fragment of its IRI.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph

from ld.errors import ShapesError
from ld.readiness.findings import Consumer, Findings, Level, Rule
from ld.terms import Statement, Term, iri_of, literal_of, text_of
from ld.validate.compiled import Validator, compile_shapes
from ld.vocabulary import SH

_FOLDER: Final = Path(__file__).parent / "shapes"
_ADDRESS: Final = "urn:x-pressmark:readiness"
_SETTING: Final = f"<{_ADDRESS}#setting>"
_NAME, _MESSAGE, _SEVERITY = (f"<{SH}{name}>" for name in ("name", "message", "severity"))
_WARNING: Final = f"<{SH}Warning>"
_CONSUMERS: Final = {
    "nde": (Consumer.NDE,),
    "nde-record": (Consumer.NDE,),
    "dcat-ap": (Consumer.DCAT_AP,),
}
#: The files for the description of the dataset, and for one record.
OF_DATASET: Final = ("nde", "dcat-ap")
OF_RECORD: Final = ("nde-record",)


class Register:
    """The rules of one file, ready to judge."""

    def __init__(self, name: str) -> None:
        """Read one file of the folder.

        Raises: ShapesError if it cannot be read or is no set of rules.
        """
        statements = list(_read(_FOLDER / f"{name}.ttl"))
        self.rules: Mapping[str, Rule] = dict(_rules(statements, _CONSUMERS[name]))
        self._validator: Validator = compile_shapes(
            statement for statement in statements if statement[1] != _SETTING
        )

    def judge(self, statements: Iterable[Statement], findings: Findings) -> bool:
        """Note what of a description does not meet the rules; say whether all of it does."""
        results = self._validator.results(statements)
        for result in results:
            rule = self.rules[_fragment(result.source_shape)]
            value = "" if result.value is None else _shown(result.value)
            findings.add(rule, text_of(result.focus_node), value)
        return not results

    def conforms(self, statements: Iterable[Statement]) -> bool:
        """Say whether a description meets all rules; cheaper than to judge it."""
        return self._validator.conforms(statements)


@lru_cache(maxsize=8)
def register(name: str) -> Register:
    """Give the rules of one file."""
    return Register(name)


def rules() -> Iterator[Rule]:
    """Give the rules of all registers."""
    for name in (*OF_DATASET, *OF_RECORD):
        yield from register(name).rules.values()


def _read(path: Path) -> Iterator[Statement]:
    try:
        for quad in pyoxigraph.parse(
            path=path, format=pyoxigraph.RdfFormat.TURTLE, base_iri=_ADDRESS
        ):
            yield _term(quad.subject), _term(quad.predicate), _term(quad.object)
    except (OSError, SyntaxError) as error:
        raise ShapesError(f"{path.name} cannot be read: {error}") from error


def _term(term: object) -> Term:
    return str(term)


def _rules(
    statements: list[Statement], consumers: tuple[Consumer, ...]
) -> Iterator[tuple[str, Rule]]:
    said: dict[Term, dict[Term, Term]] = {}
    for subject, predicate, obj in statements:
        said.setdefault(subject, {})[predicate] = obj
    for shape, words in said.items():
        if _MESSAGE in words:
            setting = words.get(_SETTING)
            yield (
                _fragment(shape),
                Rule(
                    id=_fragment(shape),
                    title=literal_of(words[_NAME])[0],
                    message=literal_of(words[_MESSAGE])[0],
                    consumers=consumers,
                    level=Level.REMARK if words.get(_SEVERITY) == _WARNING else Level.FAULT,
                    setting=None if setting is None else literal_of(setting)[0],
                ),
            )


def _fragment(shape: Term) -> str:
    return iri_of(shape).rpartition("#")[2]


def _shown(value: Term) -> str:
    return value if len(value) <= 200 else value[:199] + "…"
