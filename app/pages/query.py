"""The query page: the query in its editor, its answer, and ways to take both elsewhere."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from app.language import gettext as _
from app.language import lazy_gettext, ngettext
from app.pages.answers import Answers
from app.pages.record import Download
from app.pages.values import bytes_of, number, size
from app.pages.views import Bars, Period, bars, timeline
from app.variants import address
from ld.edition import Edition
from ld.errors import QueryBusyError, QueryError, QuerySyntaxError
from ld.query import results
from ld.query.examples import PATH, Example, examples
from ld.query.guard import MAX_BYTES, Form

#: What each form of query can be downloaded as: suffix → format.
DOWNLOADS: Final[Mapping[str, results.ResultFormat]] = {
    {"srj": "json", "srx": "xml"}.get(fmt.suffix, fmt.suffix): fmt
    for fmt in (*sorted(results.SOLUTIONS, key=lambda fmt: fmt.name), *results.GRAPHS)
}
_VIEWS: Final = {
    "table": lazy_gettext("Table"),
    "chart": lazy_gettext("Chart"),
    "timeline": lazy_gettext("Timeline"),
}
# Longer queries go in the body of a request, since not every proxy passes such addresses.
_LONGEST_ADDRESS: Final = 4000


@dataclass(frozen=True, slots=True)
class Entry:
    """A link among others of which one may be current."""

    label: str
    href: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """Example queries on one topic."""

    name: str
    examples: list[Entry]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to ask the same query from elsewhere; `anchor` names its text on the page."""

    label: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer, and what to do; `line` and `column` count from 1."""

    title: str
    detail: str
    remedy: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with its views; exactly one of `truth` and `answers` is there."""

    truth: bool | None
    answers: Answers | None
    shown: str  # the number of rows that are
    heading: str
    view: str
    views: list[Entry]
    bars: Bars | None
    timeline: list[Period] | None
    downloads: list[Download]
    milliseconds: str


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What the page shows beside the answer."""

    query: str
    question: str | None
    topics: list[Topic]
    endpoint: str
    recipes: list[Recipe]
    limits: str
    is_start: bool


def query_page(
    edition: Edition,
    query: str,
    form: Form | None,
    example: Example | None,
    limits: Mapping[str, float] | None,
    *,
    is_start: bool,
) -> QueryPage:
    """Give the page of a query; `is_start` if nobody has asked one yet."""
    endpoint = edition.service_url + "sparql"
    return QueryPage(
        query=query,
        question=None if is_start or example is None else _(example.question),
        topics=_topics(None if is_start else example, is_start=is_start),
        endpoint=endpoint,
        recipes=[] if is_start or form is None else recipes(endpoint, query, form),
        limits=_limits(limits or {}),
        is_start=is_start,
    )


def answered(
    query: str,
    form: Form,
    answer: Answers | bool,
    view: str,
    seconds: float,
    example: Example | None = None,
) -> Answered:
    """Give an answer as the page shows it; a view that it does not allow becomes its own best."""
    asked = {"query": query} if example is None else {"example": example.name}
    answers = None if isinstance(answer, bool) else answer
    drawn = None if answers is None else bars(answers)
    dated = None if answers is None else timeline(answers)
    possible = ["table", *(["chart"] if drawn else []), *(["timeline"] if dated else [])]
    if view not in possible:
        view = "chart" if drawn else "table"
    views = [
        Entry(_VIEWS[name], _here({**asked, "view": name}) + "#results", name == view)
        for name in possible
    ]
    milliseconds = max(1, round(seconds * 1000))
    return Answered(
        truth=answer if isinstance(answer, bool) else None,
        answers=answers,
        shown=number(0 if answers is None else len(answers.rows)),
        heading=_heading(answer),
        view=view,
        views=views if len(views) > 1 else [],
        bars=drawn,
        timeline=dated,
        downloads=_downloads(query, form),
        milliseconds=_("%(number)s\u00a0ms", number=number(milliseconds)),
    )


def trouble_of(error: QueryError, title: str, remedy: str) -> Trouble:
    """Give the words for a query that was not answered; title and remedy are its kind's."""
    if isinstance(error, QuerySyntaxError):
        title = _("This query could not be read")
        remedy = _("Nothing was run. Look at this place, and at what stands just before it.")
        if error.line is None:
            remedy = _("Nothing was run.")
        return Trouble(title, str(error), remedy, error.line, error.column)
    if isinstance(error, QueryBusyError):
        remedy = ngettext(
            "Ask again in %(num)s second.", "Ask again in %(num)s seconds.", error.retry_after
        )
    return Trouble(title, str(error), remedy)


def recipes(endpoint: str, query: str, form: Form) -> list[Recipe]:
    """Give ways to ask a query from elsewhere: a link, a command, a program."""
    link = f"{endpoint}?{urlencode({'query': query})}"
    is_graph = form in {Form.CONSTRUCT, Form.DESCRIBE}
    accept = results.GRAPHS[0] if is_graph else results.SOLUTIONS[2]
    way = "--get " if len(link) <= _LONGEST_ADDRESS else ""
    curl = (
        f"curl {way}{shlex.quote(endpoint)} \\\n"
        f"  --header {shlex.quote(f'Accept: {accept.media_type}')} \\\n"
        f"  --data-urlencode {shlex.quote(f'query={query}')}"
    )
    return [
        Recipe(_("Link"), "recipe-link", link),
        Recipe("cURL", "recipe-curl", curl),
        Recipe("Python", "recipe-python", _python(endpoint, query, form)),
    ]


def _topics(current: Example | None, *, is_start: bool) -> list[Topic]:
    topics = []
    for name, members in groupby(examples(), key=lambda example: example.topic):
        entries = [
            Entry(
                _(member.question), f"{address('sparql')}?example={member.name}", member == current
            )
            for member in members
        ]
        is_open = is_start or any(entry.is_current for entry in entries)
        topics.append(Topic(_(name), entries, is_open))
    return topics


def _heading(answer: Answers | bool) -> str:
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    if answer.total is None:
        rows = number(len(answer.rows))
        if answer.is_graph:
            return _("More than %(number)s statements", number=rows)
        return _("More than %(number)s results", number=rows)
    total = answer.total
    if answer.is_graph:
        if total == 0:
            return _("No statements")
        return ngettext(
            "%(number)s statement", "%(number)s statements", total, number=number(total)
        )
    if total == 0:
        return _("No results")
    return ngettext("%(number)s result", "%(number)s results", total, number=number(total))


def _downloads(query: str, form: Form) -> list[Download]:
    offered = results.SOLUTIONS if form in {Form.SELECT, Form.ASK} else results.GRAPHS
    return [
        Download(
            fmt.name,
            f"{address('sparql/answer')}.{suffix}?{urlencode({'query': query})}",
            fmt.media_type,
        )
        for suffix, fmt in DOWNLOADS.items()
        if fmt in offered
    ]


def _here(parameters: Mapping[str, str]) -> str:
    return f"{address('sparql')}?{urlencode(parameters)}"


def _limits(limits: Mapping[str, float]) -> str:
    said = [_("A query may have %(size)s.", size=bytes_of(MAX_BYTES))]
    if (seconds := limits.get("deadline")) is not None:
        said.append(_("An answer may take %(seconds)s\u00a0s.", seconds=f"{seconds:g}"))
    if (octets := limits.get("result_bytes")) is not None:
        said.append(_("It may have %(size)s.", size=size(int(octets))))
    return " ".join(said)


def _python(endpoint: str, query: str, form: Form) -> str:
    is_graph = form in {Form.CONSTRUCT, Form.DESCRIBE}
    accept = (results.GRAPHS if is_graph else results.SOLUTIONS)[0].media_type
    reading = {
        Form.SELECT: (
            '    for row in json.load(response)["results"]["bindings"]:\n'
            '        print({name: term["value"] for name, term in row.items()})'
        ),
        Form.ASK: '    print(json.load(response)["boolean"])',
    }.get(form, "    print(response.read().decode())")
    return (
        ("" if is_graph else "import json\n")
        + "from urllib.parse import urlencode\n"
        + "from urllib.request import Request, urlopen\n\n"
        + f"query = {_python_string(query)}\n"
        + "request = Request(\n"
        + f"    {endpoint!r},\n"
        + '    data=urlencode({"query": query}).encode(),\n'
        + f'    headers={{"Accept": "{accept}"}},\n'
        + ")\n"
        + "with urlopen(request) as response:\n"
        + reading
    )


def _python_string(text: str) -> str:
    # Whoever made the query need not be who copies it: the string must not end early.
    is_plain = all(line.isprintable() for line in text.split("\n"))
    if is_plain and "\\" not in text and '"""' not in text and not text.endswith('"'):
        return f'"""\\\n{text}"""'
    return repr(text)


def examples_path(name: str = "") -> str:
    """Give the path of an example, or of all, below the service's address."""
    return PATH + name if name else PATH.rstrip("/")
