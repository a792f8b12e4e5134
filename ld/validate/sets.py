"""Constraint components of SHACL Core that judge a focus node's value nodes together.

Each function reads one parameter of a shape and gives a check for each constraint. A check
gives the value of every result: None for a result without one. It is as strict as pySHACL, or
stricter where nothing stands below sh:not and its like.

See: https://www.w3.org/TR/shacl/#core-components
"""

import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Final

from ld.terms import Term
from ld.validate.datatypes import Order, holds, language_of, value_of
from ld.validate.declaration import Declaration
from ld.validate.index import Index, Nodes

#: Gives the value of each result; None for a result without a value.
SetCheck = Callable[[Index, Term, Nodes], Collection[Term | None]]
SetComponent = Callable[[Declaration], Iterator[SetCheck]]

_ONE_RESULT: Final = (None,)
_NO_RESULT: Final = ()


def _min_count(shape: Declaration) -> Iterator[SetCheck]:
    least = shape.count("minCount")
    if least:
        yield lambda _, __, values: _ONE_RESULT if len(values) < least else _NO_RESULT


def _max_count(shape: Declaration) -> Iterator[SetCheck]:
    most = shape.count("maxCount")
    if most is not None:
        yield lambda _, __, values: _ONE_RESULT if len(values) > most else _NO_RESULT


def _unique_lang(shape: Declaration) -> Iterator[SetCheck]:
    if not shape.boolean("uniqueLang"):
        return

    def check(_: Index, __: Term, values: Nodes) -> Collection[Term | None]:
        if len(values) < 2:
            return _NO_RESULT
        uses = Counter(language_of(value) for value in values)
        return [None for tag, count in uses.items() if tag is not None and count > 1]

    yield check


def _has_value(shape: Declaration) -> Iterator[SetCheck]:
    for stated in shape.values("hasValue"):
        yield _containing(shape.steady("hasValue", stated))


def _containing(wanted: Term) -> SetCheck:
    return lambda _, __, values: _NO_RESULT if wanted in values else _ONE_RESULT


def _equals(shape: Declaration) -> Iterator[SetCheck]:
    for predicate in shape.iris("equals"):
        yield _comparing(predicate, operator.xor)


def _disjoint(shape: Declaration) -> Iterator[SetCheck]:
    for predicate in shape.iris("disjoint"):
        yield _comparing(predicate, operator.and_)


def _comparing(predicate: Term, combine: Callable[[object, object], set[Term]]) -> SetCheck:
    return lambda index, focus, values: combine(
        values.keys(), index.objects(focus, predicate).keys()
    )


def _ordered(parameter: str, order: Order) -> SetComponent:
    def read(shape: Declaration) -> Iterator[SetCheck]:
        if shape.exact and shape.has(parameter):
            shape.refuse(f"sh:{parameter}", "below sh:not, sh:xone or sh:qualifiedValueShape")
        for predicate in shape.iris(parameter):
            yield _pairing(predicate, order)

    return read


def _pairing(predicate: Term, order: Order) -> SetCheck:
    def check(index: Index, focus: Term, values: Nodes) -> Collection[Term | None]:
        others = [value_of(other) for other in index.objects(focus, predicate)]
        # One result for each pair out of order.
        return [
            value
            for value, known in ([(each, value_of(each)) for each in values] if others else ())
            for other in others
            if not holds(order, known, other)
        ]

    return check


#: Parameter → component name and what reads it.
ALL_VALUES: Final[dict[str, tuple[str, SetComponent]]] = {
    "minCount": ("MinCount", _min_count),
    "maxCount": ("MaxCount", _max_count),
    "uniqueLang": ("UniqueLang", _unique_lang),
    "hasValue": ("HasValue", _has_value),
    "equals": ("Equals", _equals),
    "disjoint": ("Disjoint", _disjoint),
    "lessThan": ("LessThan", _ordered("lessThan", operator.lt)),
    "lessThanOrEquals": ("LessThanOrEquals", _ordered("lessThanOrEquals", operator.le)),
}
