"""Interfaces: every request that programs make here, with an example that can be run.

The page about interfaces and the OpenAPI document are both made of this table. In a template and
an example, `{text}`, `{agent}` and the like stand for things of the corpus that is served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.citing import RIS
from app.language import lazy_gettext as _
from app.links import LINKSET_JSON
from app.tables import MEDIA_TYPE as CSV
from app.variants import VARIANTS
from ld import browse, history
from ld.browse import KINDS, Choice
from ld.describe import CATALOG
from ld.edition import Edition
from ld.formats import FORMATS
from ld.harvest import activity_streams, atom, ldes, oai_pmh, resource_sync, sitemap
from ld.query import results

_RDF: Final = tuple(fmt.MEDIA_TYPE for fmt in FORMATS)
_EVERY: Final = tuple(variant.media_type for variant in VARIANTS)
_HTML: Final = ("text/html",)
_TURTLE: Final = "text/turtle"
_SOLUTIONS: Final = tuple(fmt.media_type for fmt in results.SOLUTIONS)
_GRAPHS: Final = tuple(fmt.media_type for fmt in results.GRAPHS)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a request may say: a piece of its path, or of its query."""

    name: str
    what: str
    choices: tuple[str, ...] = ()
    place: str = "query"
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request. `path` is a template below the service's address.

    `example` is the path of one, `accept` its header and `form` the fields that it sends.
    """

    path: str
    what: str
    media_types: tuple[str, ...]
    example: str | None
    accept: str | None = None
    parameters: tuple[Parameter, ...] = ()
    method: str = "get"
    form: tuple[tuple[str, str], ...] = ()
    redirects: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Operations that serve one purpose; `name` is that of its anchor."""

    name: str
    label: str
    operations: tuple[Operation, ...]


def _in_path(name: str, what: str, choices: Sequence[str] = ()) -> Parameter:
    return Parameter(name, what, tuple(choices), "path", is_needed=True)


_KEY: Final = _in_path("key", _("text/… or agent/…; its slashes are written as they are"))
_ID: Final = _in_path("id", _("the identifier, with its slashes as they are"))
_SUFFIX: Final = _in_path("suffix", _("the format"), [variant.suffix for variant in VARIANTS])
_LIST_SUFFIX: Final = _in_path(
    "suffix", _("the format"), ["csv", "atom", *(variant.suffix for variant in VARIANTS)]
)
_LIST: Final = (
    Parameter("q", _("words that must all occur; the last may be the beginning of one")),
    Parameter("kind", _("texts, parts of texts, or both"), (*KINDS, "any")),
    Parameter("author", _("the last part of an agent's address; - means not stated")),
    Parameter("decade", _("as in 1880s; - means not stated")),
    Parameter("language", _("a BCP 47 tag; - means not stated")),
    Parameter("licence", _("an address; - means not stated")),
    Parameter("host", _("the site of the source; - means not stated")),
    Parameter("sort", _("what the list is sorted by"), ("title", "year", "author", "relevance")),
    Parameter("after", _("the key after which a page begins; the Link header leads on")),
)
_QUERY: Final = Parameter("query", _("a SPARQL 1.1 query"), is_needed=True)
_COUNT: Final = "SELECT (COUNT(*) AS ?texts) WHERE { ?text a <https://schema.org/CreativeWork> }"
_TITLES: Final = (
    "CONSTRUCT { ?text <http://purl.org/dc/terms/title> ?title } "
    "WHERE { ?text <http://purl.org/dc/terms/title> ?title } LIMIT 10"
)

TOPICS: Final = (
    Topic(
        "records",
        _("Texts, parts and agents"),
        (
            Operation(
                "text/{id}", _("Ask for a text by its identifier; you are sent on to its record."),
                _EVERY, "{text}", _TURTLE, (_ID,), redirects=303,
            ),
            Operation(
                "agent/{id}", _("Ask for an agent by its identifier."),
                _EVERY, "{agent}", "application/ld+json", (_ID,), redirects=303,
            ),
            Operation(
                "doc/{key}", _("A record in the format that you like best."),
                _EVERY, "doc/{text}", "application/n-triples", (_KEY,),
            ),
            Operation(
                "doc/{key}.{suffix}", _("A record in one format."),
                _EVERY, "doc/{text}.jsonld", None, (_KEY, _SUFFIX),
            ),
            Operation(
                "doc/{key}.ris", _("A reference for a reference manager; also .bib, .csl.json."),
                (RIS.media_type,), "doc/{text}.ris", None, (_KEY,),
            ),
            Operation(
                "linkset/{key}.json", _("What the links of a record say, in one place."),
                (LINKSET_JSON,), "linkset/{text}.json", None, (_KEY,),
            ),
            Operation(
                "owned/{key}.nt", _("The statements of a record without those about others."),
                (history.OWNED_MEDIA_TYPE,), "owned/{text}.nt", None, (_KEY,),
            ),
        ),
    ),
    Topic(
        "lists",
        _("Lists and search"),
        (
            Operation(
                "texts", _("Texts that were searched for, filtered and sorted."),
                (*_HTML, CSV, *_RDF, atom.MEDIA_TYPE), "texts?q={word}", _TURTLE, _LIST,
            ),
            Operation(
                "texts.{suffix}", _("The same list in one format, as a table for instance."),
                (*_HTML, CSV, *_RDF, atom.MEDIA_TYPE), "texts.csv?sort=year", None,
                (_LIST_SUFFIX, *_LIST),
            ),
            Operation("agents", _("Agents, on pages."), _HTML, None),
        ),
    ),
    Topic(
        "query",
        _("SPARQL"),
        (
            Operation(
                "sparql", _("Ask a query; without one, the description of the service."),
                (*_SOLUTIONS, *_GRAPHS), "sparql", results.SOLUTIONS[0].media_type,
                (Parameter("query", _QUERY.what),), form=(("query", _COUNT),),
            ),
            Operation(
                "sparql", _("Ask a long query, or one for a graph."),
                (*_SOLUTIONS, *_GRAPHS), "sparql", _TURTLE,
                (_QUERY,), method="post", form=(("query", _TITLES),),
            ),
            Operation(
                ".well-known/sparql-examples", _("Example queries, to learn from and to run."),
                _EVERY, ".well-known/sparql-examples", _TURTLE,
            ),
        ),
    ),
    Topic(
        "dataset",
        _("The whole dataset"),
        (
            Operation(
                "dataset", _("What the dataset is, in VoID, DCAT and schema.org."),
                _EVERY, "dataset", _TURTLE,
            ),
            Operation(
                CATALOG, _("The same in a catalogue, for registers that read DCAT-AP."),
                _EVERY, CATALOG, _TURTLE,
            ),
            Operation(
                "dump", _("The files of every edition that is kept."), _EVERY, "dump", _TURTLE
            ),
            Operation(
                "dump/{name}", _("All statements in one compressed file."),
                ("application/gzip",), "dump/{dump}", None,
                (_in_path("name", _("the name of a file that the dataset lists")),),
            ),
            Operation(
                "vocab", _("The terms that this corpus defines itself."), _EVERY, "vocab", _TURTLE
            ),
        ),
    ),
    Topic(
        "harvest",
        _("Harvesting and following"),
        (
            Operation(
                oai_pmh.PATH, _("OAI-PMH 2.0, with deletions, sets and several formats."),
                (oai_pmh.MEDIA_TYPE,), f"{oai_pmh.PATH}?verb=ListRecords&metadataPrefix=oai_dc",
                None,
                (
                    Parameter(
                        "verb", _("what is asked for"),
                        ("Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers",
                         "ListRecords", "GetRecord"),
                        is_needed=True,
                    ),
                    Parameter("metadataPrefix", _("the format of the records")),
                    Parameter("identifier", _("the record that GetRecord asks for")),
                    Parameter("set", _("a part of the corpus")),
                    Parameter("from", _("the earliest datestamp")),
                    Parameter("until", _("the latest datestamp")),
                    Parameter("resumptionToken", _("where a list goes on")),
                ),
            ),
            Operation(
                resource_sync.SOURCE, _("ResourceSync: what there is, and what changed."),
                (resource_sync.MEDIA_TYPE,), resource_sync.SOURCE,
            ),
            Operation(
                resource_sync.CAPABILITY_LIST, _("The lists of ResourceSync."),
                (resource_sync.MEDIA_TYPE,), resource_sync.CAPABILITY_LIST,
            ),
            Operation(
                resource_sync.RESOURCE_LIST, _("All records with their checksums."),
                (resource_sync.MEDIA_TYPE,), resource_sync.RESOURCE_LIST,
            ),
            Operation(
                resource_sync.CHANGE_LIST, _("All changes with their moments."),
                (resource_sync.MEDIA_TYPE,), resource_sync.CHANGE_LIST,
            ),
            Operation(
                ldes.PATH, _("Every version of every record, as a Linked Data Event Stream."),
                (ldes.MEDIA_TYPE,), ldes.PATH,
            ),
            Operation(
                activity_streams.PATH, _("What changed, as ActivityStreams."),
                (activity_streams.MEDIA_TYPE,), activity_streams.PATH,
            ),
            Operation(
                atom.PATH, _("What changed, for feed readers."), (atom.MEDIA_TYPE,), atom.PATH
            ),
            Operation(
                sitemap.PATH, _("All pages, for search engines."),
                (sitemap.MEDIA_TYPE,), sitemap.PATH,
            ),
        ),
    ),
    Topic(
        "history",
        _("History"),
        (
            Operation(
                "timemap/{key}", _("All versions of a record (Memento)."),
                ("application/link-format",), "timemap/{text}", None, (_KEY,),
            ),
            Operation(
                "timegate/{key}", _("The version that was current at the time in Accept-Datetime."),
                _RDF, "timegate/{text}", _TURTLE, (_KEY,), redirects=302,
            ),
            Operation("changes", _("Editions and what each changed, on pages."), _HTML, None),
            Operation(
                "edition/{id}/", _("An edition that is kept, described."),
                _EVERY, "edition/{edition}/", _TURTLE, (_ID,),
            ),
            Operation(
                "history/{key}", _("The versions of a record, side by side, on a page."),
                _HTML, None, None, (_KEY,),
            ),
        ),
    ),
    Topic(
        "quality",
        _("Data quality"),
        (
            Operation(
                "quality.csv", _("Everything that the rules found, with file and line."),
                (CSV,), "quality.csv", None, (Parameter("rule", _("the name of one rule")),),
            ),
            Operation(
                "quality/held.csv", _("What is held back, and why."), (CSV,), "quality/held.csv"
            ),
            Operation(
                "quality/report.ttl", _("The validation report in SHACL's terms."),
                (_TURTLE,), "quality/report.ttl",
            ),
            Operation(
                "readiness", _("What registers would refuse of the edition, in the terms of EARL."),
                _EVERY, "readiness", _TURTLE,
            ),
            Operation(
                "readiness.json", _("What registers would refuse of the edition, as JSON."),
                ("application/json",), "readiness.json",
            ),
        ),
    ),
    Topic(
        "service",
        _("The service itself"),
        (
            Operation(
                "health", _("Which edition is served, and since when."),
                ("application/json",), "health",
            ),
            Operation(
                "openapi.json", _("All of this as an OpenAPI document."),
                ("application/json",), "openapi.json",
            ),
        ),
    ),
)  # fmt: skip


def things(edition: Edition, dump: str | None) -> Mapping[str, str]:
    """Give things of the corpus for examples, by the name that templates use for them.

    What an edition does not have is not there. `dump` is the name of a file.
    """
    found = {"edition": edition.id} if dump is None else {"edition": edition.id, "dump": dump}
    for line in browse.listed(edition, browse.page(edition, Choice(), 1).numbers):
        found["text"] = line.entry.key
        found["word"] = max(_words(line.entry.label), key=len, default="text")
    for agent in edition.entries("agent", limit=1):
        found["agent"] = agent.key
    return found


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word.isalnum()]
