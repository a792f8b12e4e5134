"""Every type of page that the service has, at an address that an edition has it.

What looks at pages looks at these: the HTML checker, the pictures, the tests in a browser.
"""

from typing import Final

from ld import history
from ld.edition import Edition
from ld.fields.languages import direction
from ld.stored import Change, Entry

# Of agents, and of the latest changes, for one that is not like the others.
_LOOKED_AT: Final = 200


def page_types(edition: Edition) -> dict[str, str]:
    """Give the addresses by what is there, below that of the service, those of errors among them.

    What an edition does not have (parts, withdrawn texts) is not there.
    """
    text = edition.entries("text", limit=1)[0].key
    changed = _latest(edition, "updated") or text
    agents = edition.entries("agent", limit=_LOOKED_AT)
    agent = max((one.key for one in agents), key=edition.count_referring)
    found = {
        "home": "",
        "list": "texts",
        "search": "texts?q=the&kind=any&sort=year",
        "filtered list": "texts?decade=-&sort=title",
        "nothing found": "texts?q=zzzz&decade=1880s",
        "text": f"doc/{text}",
        "agent": f"doc/{agent}",
        "agents": "agents",
        "dataset": "dataset",
        "catalogue": "catalog",
        "dumps": "dump",
        "vocabulary": "vocab",
        "model": "model",
        "interfaces": "api",
        "about": "about",
        "licence": "licence",
        "quality": "quality",
        "readiness": "readiness",
        "changes": "changes",
        "changes of an edition": f"changes/{edition.id}",
        "edition": f"edition/{edition.id}/",
        "history": f"history/{changed}",
        "memento": _memento(edition, edition.history_of(changed)[-1]),
        "query": "sparql",
        "answer as a table": "sparql?example=texts-and-authors&view=table",
        "answer as a chart": "sparql?example=texts-per-decade&view=chart",
        "answer as a time line": "sparql?example=texts-of-a-period&view=timeline",
        "query with a mistake": "sparql?query=SELECT%20*%20WHERE%20%7B%0A%20%20%3Fa%20%3Fb%20%7D",
        "examples": ".well-known/sparql-examples",
        "not found": "doc/text/nowhere",
        "nowhere": "nowhere",
    }
    if (part := _part(edition)) is not None:
        found["part"] = f"doc/{part.key}"
        found["text in parts"] = f"doc/{part.key.rpartition('/')[0]}"
    if withdrawn := _latest(edition, "deleted"):
        found["withdrawn"] = f"doc/{withdrawn}"
    if backward := _from_right_to_left(edition):
        found["text from right to left"] = f"doc/{backward}"
    return found


def _part(edition: Edition) -> Entry | None:
    """Give the second part of the first text that has parts, so that there is one before it."""
    first = edition.entries("part", limit=1)
    return edition.parts_of(first[0].key.rpartition("/")[0])[:2][-1] if first else None


def _latest(edition: Edition, kind: str) -> str | None:
    """Give the key of the text that a change of this kind was made to lately."""
    changes = history.latest(edition, _LOOKED_AT)
    return next((c.key for c in changes if (c.kind, c.key[:5]) == (kind, "text/")), None)


def _from_right_to_left(edition: Edition) -> str | None:
    rows = edition.db.execute(
        "SELECT label_language, min(key) FROM document WHERE kind = 'text' GROUP BY label_language"
    )
    return next((key for tag, key in rows if tag and direction(tag) == "rtl"), None)


def _memento(edition: Edition, change: Change) -> str:
    return history.version_iri(edition, change).removeprefix(edition.base)
