"""Facts → documents: every statement is owned by exactly one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ld.corpus import Settings
from ld.document import Document
from ld.mapping import dublin_core, provenance, schema_org
from ld.mapping.facts import Agent, Fact, Facts, Interpreter
from ld.mapping.statements import Statements
from ld.record import Record
from ld.report import Finding
from ld.terms import iri, literal
from ld.vocabulary import DCAT, RDF_TYPE, VOID, dcterms, schema


@dataclass(slots=True)
class MappedText:
    """The documents of one text, the text's own first, then its parts' in order.

    `files` names the document that each seed file went into; a file that is not in it was left
    out with a finding. `agents` are those that the documents refer to.
    """

    documents: list[Document]
    files: dict[str, str]
    agents: list[Fact[Agent]]
    findings: list[Finding] = field(default_factory=list)


def map_text(records: Sequence[Record], settings: Settings, now: datetime) -> MappedText:
    """Map the records of one SOURCE_ID, in order, to the documents of that text and its parts."""
    interpreter = Interpreter(settings, now)
    described = interpreter.text(records)
    agents = {c.value.key: c for facts in described for c in facts.creators}
    return MappedText(
        documents=[text_document(facts, settings) for facts in described],
        files={facts.file.file.path: facts.key for facts in described if facts.file},
        agents=list(agents.values()),
        findings=interpreter.findings,
    )


def text_document(facts: Facts, settings: Settings) -> Document:
    """Give the document of a text or a part, with its file."""
    stated, volatile = Statements(), Statements()
    dublin_core.describe_text(stated, facts, settings)
    schema_org.describe_text(stated, facts, settings)
    if facts.file:
        file = iri(f"{settings.base}{facts.key}#file")
        checksum = iri(f"{settings.base}{facts.key}#checksum")
        dublin_core.describe_file(stated, file, facts.file)
        schema_org.describe_file(stated, file, facts.file, facts)
        provenance.describe_file(stated, file, checksum, facts.file)
        # Where a field of the header is volatile, so are the bytes that it stands in: what they
        # add up to goes with the moment that they state.
        passing = volatile if settings.volatile else stated
        schema_org.describe_bytes(passing, file, facts.file)
        provenance.describe_bytes(passing, checksum, facts.file)
        is_volatile = "RETRIEVED_UTC" in settings.volatile
        provenance.describe_retrieval(volatile if is_volatile else stated, file, facts.file)
    provenance.describe_record(stated, facts.key, settings)
    content = facts.file.file.body_sha256 if facts.file else ""
    return _document(facts.key, stated, volatile, content)


def agent_document(agent: Fact[Agent], settings: Settings) -> Document:
    """Give the document of an agent."""
    stated = Statements()
    thing = iri(settings.base + agent.value.key)
    for vocabulary in (schema_org, provenance):
        vocabulary.describe_agent(stated, thing, agent, settings.language)
    provenance.describe_record(stated, agent.value.key, settings)
    return _document(agent.value.key, stated)


def dataset_document(settings: Settings) -> Document:
    """Give the document of the dataset: what the settings say of it, without counts and dates."""
    stated = Statements()
    thing = iri(settings.base + "dataset")
    for kind in (schema("Dataset"), iri(VOID + "Dataset"), iri(DCAT + "Dataset")):
        stated.add(thing, RDF_TYPE, kind, "dataset.type")
    title = settings.title or settings.base
    for key, text in (("title", title), ("description", settings.description)):
        if text is not None:
            origin = (settings.origin_of(key),)
            written = literal(text, language=settings.language)
            stated.add(thing, dcterms(key), written, f"dataset.{key}", origin)
            name = schema("name" if key == "title" else key)
            stated.add(thing, name, written, f"dataset.{key}", origin)
    licence = (settings.origin_of("licence"),)
    for predicate in (dcterms("license"), schema("license")):
        stated.add(thing, predicate, iri(settings.licence), "dataset.licence", licence)
    if settings.publisher:
        publisher = iri(settings.base + Agent(settings.publisher.name).key)
        origin = (settings.origin_of("publisher"),)
        for predicate in (dcterms("publisher"), schema("publisher")):
            stated.add(thing, predicate, publisher, "dataset.publisher", origin)
    return _document("dataset", stated)


def publisher_of(settings: Settings) -> Fact[Agent] | None:
    """Give the publisher of the dataset as an agent, None if the settings name none."""
    if settings.publisher is None:
        return None
    agent = Agent(settings.publisher.name, settings.publisher)
    return Fact(agent, (settings.origin_of("publisher"),))


def _document(
    key: str, stated: Statements, volatile: Statements | None = None, content: str = ""
) -> Document:
    rest = volatile or Statements()
    return Document(
        key=key,
        stated=tuple(sorted(stated)),
        volatile=tuple(sorted(rest)),
        derivations={**stated.derivations, **rest.derivations},
        content=content,
    )
