"""Rules that are checked by looking: at files, counts, answers and addresses."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from ld.readiness import registers
from ld.readiness.findings import EVERYONE, Consumer, Level, Rule

_HARVESTERS: Final = (Consumer.OAI, Consumer.EUROPEANA)
_BUILD_AGAIN: Final = "Publish again; if it stays, it is a fault of Pressmark: report it."

CHECKABLE: Final = Rule(
    "checkable",
    "Every check can be carried out",
    "The edition could not be read, so nothing can be said of it and nobody could use it. "
    "Restore it from a backup, or publish again.",
    EVERYONE,
)
BASE: Final = Rule(
    "base-public",
    "The base is an address of the public web",
    "Everything is named below an address that only this machine knows, so no register could "
    "look anything up. Set base in the settings before the first publication for others.",
    EVERYONE,
    Level.UNSTATED,
)

FILE_INTACT: Final = Rule(
    "file-intact",
    "Every file of the edition is as it was written",
    "A file is missing or does not have the checksum that edition.json states, so what is served "
    "from it cannot be trusted. Restore it from a backup, or publish again.",
    EVERYONE,
)
DUMP_PRESENT: Final = Rule(
    "dump-present",
    "Every dump that is described is there",
    "Registers probe the addresses of distributions and mark the dataset as broken where one "
    "gives nothing. Publish again.",
    (Consumer.NDE, Consumer.DCAT_AP, Consumer.MIRRORS),
)
DUMP_SIZE: Final = Rule(
    "dump-size",
    "A dump is as large as its description says",
    "Portals and mirrors compare the size and take the file for damaged. Publish again.",
    (Consumer.DCAT_AP, Consumer.MIRRORS),
)
DUMP_CHECKSUM: Final = Rule(
    "dump-checksum",
    "A dump has the checksum that its description states",
    "Mirrors compare the checksum and throw the file away. Restore the file from a backup, or "
    "publish again.",
    (Consumer.DCAT_AP, Consumer.MIRRORS),
)
DUMP_CONTENT: Final = Rule(
    "dump-content",
    "A dump holds the media type that its description states",
    "The file cannot be unpacked, or does not parse as what it is said to be; the register of "
    "the NDE probes this, and importers fail. Publish again.",
    (Consumer.NDE, Consumer.MIRRORS),
)
DUMP_TRIPLES: Final = Rule(
    "dump-triples",
    "A dump holds as many triples as the edition",
    "A mirror made from this file would miss or invent statements. Publish again.",
    (Consumer.NDE, Consumer.DCAT_AP, Consumer.MIRRORS),
)

COUNT_DOCUMENTS: Final = Rule(
    "count-documents",
    "The manifest counts the documents that there are",
    "edition.json counts other documents than records.sqlite holds, so every door states a "
    f"wrong number. {_BUILD_AGAIN}",
    EVERYONE,
)
COUNT_STATEMENTS: Final = Rule(
    "count-statements",
    "The manifest counts the statements that there are",
    "edition.json counts other statements than the documents own, so every door states a wrong "
    f"number. {_BUILD_AGAIN}",
    EVERYONE,
)
COUNT_DESCRIBED: Final = Rule(
    "count-described",
    "The description of the dataset counts what there is",
    f"VoID states other numbers than the manifest; mirrors take theirs for broken. {_BUILD_AGAIN}",
    (Consumer.MIRRORS,),
)
COUNT_STORE: Final = Rule(
    "count-store",
    "The triple store holds what the documents state",
    "Answers to queries are incomplete, and nobody would see it in them. Publish again.",
    (Consumer.MIRRORS,),
)
COUNT_HARVEST: Final = Rule(
    "count-harvest",
    "OAI-PMH lists as many records as there are documents",
    "Harvesters end with other records than the corpus has; what is not listed they delete. "
    f"{_BUILD_AGAIN}",
    _HARVESTERS,
)

OAI_IDENTIFY: Final = Rule(
    "oai-identify",
    "Identify says what the protocol asks for",
    "Harvesters refuse a service whose Identify lacks an element, or has a base address that is "
    f"not the one asked. Check title and service_url in the settings. {_BUILD_AGAIN}",
    _HARVESTERS,
)
OAI_ADMIN_EMAIL: Final = Rule(
    "oai-admin-email",
    "Identify gives a real address for mail",
    "The protocol demands an adminEmail and registries send a message there to confirm; now a "
    "placeholder stands in its place. Write contact with a valid email in the settings.",
    _HARVESTERS,
    setting="contact",
)
OAI_EARLIEST: Final = Rule(
    "oai-earliest-datestamp",
    "No record is older than earliestDatestamp",
    "Harvesters that begin at earliestDatestamp would miss records. " + _BUILD_AGAIN,
    _HARVESTERS,
)
OAI_FORMATS: Final = Rule(
    "oai-formats",
    "The formats are announced, and oai_dc is one of them",
    f"The protocol demands oai_dc, and of every format its schema and namespace. {_BUILD_AGAIN}",
    _HARVESTERS,
)
OAI_SETS: Final = Rule(
    "oai-sets",
    "Every set is listed and answers",
    f"Harvesters ask for the sets that ListSets names and fail where one gives an error. "
    f"{_BUILD_AGAIN}",
    _HARVESTERS,
)
OAI_LIST: Final = Rule(
    "oai-list",
    "Lists are well-formed and every record is complete",
    "Harvesters stop at an answer that is not XML, a header without identifier, datestamp or "
    f"set, or a record whose metadata is not of the format asked. {_BUILD_AGAIN}",
    _HARVESTERS,
)
OAI_RESUMPTION: Final = Rule(
    "oai-resumption",
    "Resumption tokens lead through the whole list, each record once",
    "A harvest would break off, miss records or never end. " + _BUILD_AGAIN,
    _HARVESTERS,
)
EUROPEANA_PUBLISHER: Final = Rule(
    "europeana-provider",
    "Europeana is told who provides the records",
    "Europeana takes no record without a provider, so the format edm is not offered. Write "
    "publisher in the settings.",
    (Consumer.EUROPEANA,),
    setting="publisher",
)
EUROPEANA_RECORDS: Final = Rule(
    "europeana-records",
    "Every text is offered to Europeana",
    "Europeana takes texts only with a title, a language and rights from its list; these are "
    "left out of the format edm. State LANGUAGE and a rule in the setting rights.",
    (Consumer.EUROPEANA,),
    Level.REMARK,
)

IRI_RESOLVES: Final = Rule(
    "iri-resolves",
    "IRIs lead to their descriptions",
    "An IRI of this corpus does not lead to data; crawlers and registers take it for broken. "
    f"{_BUILD_AGAIN}",
    EVERYONE,
)
IRI_NAMED: Final = Rule(
    "iri-named",
    "A description names the thing that was asked for",
    "What an IRI leads to does not state a name or title of it, so nobody can tell what it "
    f"identifies. {_BUILD_AGAIN}",
    EVERYONE,
)
GONE_TOLD: Final = Rule(
    "gone-told",
    "What was withdrawn says so",
    "Where a withdrawn text does not answer 410, copies of it stay in catalogues. " + _BUILD_AGAIN,
    EVERYONE,
)
DOOR_ANSWERS: Final = Rule(
    "door-answers",
    "Every address in the description answers",
    "The description names an address at which nothing is served, and registers that probe it "
    f"mark the dataset as broken. {_BUILD_AGAIN}",
    EVERYONE,
)

PROFILE: Final = Rule(
    "profile",
    "The profiles that were given find no violation",
    "The original shapes of a register find a violation; it would refuse what this concerns.",
    (),
)
PROFILE_REMARK: Final = Rule(
    "profile-remark",
    "The profiles that were given have nothing to remark",
    "The original shapes of a register give a warning or a remark; it takes the data all the same.",
    (),
    Level.REMARK,
)
PROFILE_USABLE: Final = Rule(
    "profile-usable",
    "Every profile that was given can be used",
    "The file is no set of shapes that pySHACL can use, so it says nothing of this edition. "
    "Give files of SHACL in Turtle.",
    (),
)

_LOOKED_AT: Final = tuple(value for value in globals().values() if isinstance(value, Rule))


@lru_cache(maxsize=1)
def all_rules() -> Mapping[str, Rule]:
    """Give every rule by its id."""
    return MappingProxyType({rule.id: rule for rule in (*_LOOKED_AT, *registers.rules())})
