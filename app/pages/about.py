"""About the corpus: whose it is and how it is made; under which terms everything may be used."""

from dataclasses import dataclass, replace
from typing import Final

from app.language import gettext as _
from app.pages import dates
from app.pages.asked import Asked
from app.pages.browse import label_of
from app.pages.charts import Bar, bars
from app.pages.corpus import outcome
from app.pages.facts import Facts
from app.pages.values import Fact, Value, number, of_licence
from app.variants import address
from ld import browse, quality
from ld.browse import Choice, FacetValue
from ld.edition import Edition
from ld.iri import DOCUMENT, agent_key

_DATASET: Final = "dataset"


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The facts about the corpus; `base` begins every identifier."""

    facts: list[Fact]
    description: Value | None
    outcome: str
    base: str
    contact: Value | None


@dataclass(frozen=True, slots=True)
class LicencePage:
    """The licence of the metadata, and the licences that texts state, with counts.

    `silent` is where the texts are that state none; None if all state one.
    """

    metadata: Value
    publisher: str | None
    texts: list[Bar]
    silent: Value | None


def about_page(edition: Edition) -> AboutPage:
    """Give the page about the corpus."""
    facts = Facts(edition, edition.document(_DATASET))
    latest = quality.editions(edition, 1)[0]
    return AboutPage(
        facts=[
            Fact(_("Publisher"), _publisher(edition)),
            Fact(_("Licence of the metadata"), [of_licence(edition.manifest["licence"])]),
            Fact(
                _("This edition"),
                [
                    Value(
                        edition.id,
                        href=address(f"changes/{edition.id}"),
                        is_code=True,
                        note=dates.day(edition.created),
                    )
                ],
            ),
            Fact(
                _("Editions so far"),
                [Value(number(latest.sequence), href=address("changes"))],
            ),
            Fact(_("Identifiers begin with"), [Value(edition.base, is_code=True)]),
        ],
        description=facts.summary(),
        outcome=outcome(edition),
        base=edition.base,
        contact=_contact(edition),
    )


def licence_page(edition: Edition) -> LicencePage:
    """Give the page of licences."""
    values = browse.values(edition, "licence")
    publisher = edition.manifest["publisher"]
    silent = None
    if values.not_stated:
        silent = Value(number(values.not_stated), href=_texts(None))
    return LicencePage(
        metadata=of_licence(edition.manifest["licence"]),
        publisher=publisher["name"] if publisher else None,
        texts=bars(
            (replace(label_of("licence", value, {}), href=_texts(value)), count)
            for value, count in values.counted
        ),
        silent=silent,
    )


def _publisher(edition: Edition) -> list[Value]:
    publisher = edition.manifest["publisher"]
    if not publisher:
        return []
    href = address(DOCUMENT + agent_key(publisher["name"]))
    return [Value(publisher["name"], "und", href)]


def _contact(edition: Edition) -> Value | None:
    contact = edition.manifest["contact"]
    if not contact:
        return None
    return Value(contact["name"], "und", f"mailto:{contact['email']}", note=contact["email"])


def _texts(licence: FacetValue) -> str:
    return address(Asked(Choice(facets={"licence": licence})).address())
