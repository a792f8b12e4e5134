"""The documents of an edition: the rules for records, and whether the counts are true."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph

from ld.describe import dataset_statements
from ld.edition import Edition
from ld.harvest.oai.formats import edm
from ld.iri import AGENT
from ld.readiness import registers, rules
from ld.readiness.described import Description
from ld.readiness.findings import Check, Findings, Progress
from ld.stored import DATASET, StoredDocument
from ld.terms import Statement, iri
from ld.vocabulary import VOID

_COUNTED: Final = {"text": "texts", "part": "parts", "agent": "agents"}
_GRAPH: Final = "graph"


def check_documents(
    edition: Edition, findings: Findings, progress: Progress, most: int | None
) -> Check:
    """Judge the records, all or as many as said, spread evenly; with all, count statements."""
    if not edm.is_offered(edition):
        findings.add(rules.EUROPEANA_PUBLISHER, edition.base)
    looked_at, statements = 0, 0
    total = edition.counts["documents"]
    for document in _chosen(edition, most):
        _judge(document, findings)
        if document.kind in edm.KINDS and edm.is_offered(edition):
            obstacle = edm.obstacle(document.iri, document.stated)
            if obstacle is not None:
                findings.add(rules.EUROPEANA_RECORDS, document.iri, obstacle)
        looked_at += 1
        statements += len(document.owned)
        progress.count(looked_at, min(total, most or total))
    if most is None and statements != edition.counts["statements"]:
        counted = edition.counts["statements"]
        findings.add(rules.COUNT_STATEMENTS, edition.id, f"{counted:,}, but {statements:,} there")
    return Check("Records", looked_at, "documents")


def check_counts(edition: Edition, findings: Findings) -> Check:
    """Compare what the manifest, the description, the records and the store count."""
    counts = edition.counts
    there = Counter(dict(edition.db.execute("SELECT kind, count(*) FROM document GROUP BY kind")))
    numbers = {name: there[kind] for kind, name in _COUNTED.items()}
    for name, number in {**numbers, "documents": there.total()}.items():
        if counts[name] != number:
            findings.add(
                rules.COUNT_DOCUMENTS, edition.id, f"{counts[name]:,} {name}, but {number:,} there"
            )
    said, dataset = Description(dataset_statements(edition)), iri(edition.base + DATASET)
    for name, stated in (("triples", "statements"), ("documents", "documents")):
        described = said.text(dataset, iri(VOID + name))
        if described != str(counts[stated]):
            findings.add(
                rules.COUNT_DESCRIBED,
                edition.base + DATASET,
                f"void:{name} {described or 'is missing'}, but {counts[stated]:,} counted",
            )
    return Check("Counts in records and description", 2 + len(numbers) + 1, "counts")


def check_store(edition: Edition, findings: Findings) -> Check:
    """Compare the number of triples in the store with that of the statements."""
    stored = len(pyoxigraph.Store.read_only(str(edition.path / _GRAPH)))
    counted = edition.counts["statements"]
    if stored != counted:
        findings.add(rules.COUNT_STORE, _GRAPH, f"{stored:,} triples, not {counted:,}")
    return Check("Triple store", stored, "triples")


def sample(edition: Edition, most: int) -> list[StoredDocument]:
    """Give so many documents at most, spread evenly over the edition, the dataset with them."""
    keys = [row["key"] for row in edition.db.execute("SELECT key FROM document ORDER BY key")]
    step = max(1, -(-len(keys) // most))
    chosen = [*dict.fromkeys((DATASET, *keys[::step]))]
    return [edition.document(key) for key in chosen]


def as_harvested(document: StoredDocument) -> Sequence[Statement]:
    """Give what a document owns and what is known of the agents that it points to."""
    agents = f"<{document.base}{AGENT}"
    return [*document.owned, *(s for s in document.context if s[0].startswith(agents))]


def _chosen(edition: Edition, most: int | None) -> Iterator[StoredDocument]:
    if most is None or edition.counts["documents"] <= most:
        yield from edition.documents()
    else:
        yield from sample(edition, most)


def _judge(document: StoredDocument, findings: Findings) -> None:
    for name in registers.OF_RECORD:
        register = registers.register(name)
        statements = as_harvested(document)
        if not register.conforms(statements):
            register.judge(statements, findings)
