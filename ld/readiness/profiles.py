"""Profiles: the original shapes of registers, put before pySHACL with the same data.

A profile that looks for datasets judges the description of the dataset, any other a sample of
the records. Nothing is fetched: what a file imports is left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import rdflib

from ld.describe import catalog_statements
from ld.edition import Edition
from ld.errors import ShapesError
from ld.readiness import rules
from ld.readiness.documents import as_harvested, sample
from ld.readiness.findings import Check, Findings, Progress
from ld.report import Severity
from ld.terms import Statement, Term, text_of
from ld.validate import authority
from ld.vocabulary import DCAT, SCHEMA, SH

#: Records that pySHACL looks at; it takes some milliseconds for each.
_RECORDS: Final = 50
_TARGET: Final = rdflib.URIRef(SH + "targetClass")
_OF_DATASETS: Final = {
    rdflib.URIRef(DCAT + "Dataset"),
    rdflib.URIRef(DCAT + "Catalog"),
    rdflib.URIRef(SCHEMA + "Dataset"),
}


def check_profiles(edition: Edition, folder: Path, findings: Findings, progress: Progress) -> Check:
    """Let pySHACL judge by every Turtle file in a folder."""
    files = sorted(folder.glob("*.ttl"))
    description = catalog_statements(edition)
    records = list(_records(edition))
    for done, path in enumerate(files, start=1):
        try:
            shapes = rdflib.Graph().parse(path, format="turtle")
            is_of_datasets = not _OF_DATASETS.isdisjoint(shapes.objects(None, _TARGET))
            outcome = authority.validate(description if is_of_datasets else records, shapes)
        except ShapesError as error:
            findings.add(rules.PROFILE_USABLE, path.name, str(error))
        except Exception as error:  # noqa: BLE001 - rdflib raises many types for one fault
            findings.add(rules.PROFILE_USABLE, path.name, f"{type(error).__name__}: {error}")
        else:
            for result in outcome.results:
                is_violation = result.severity is Severity.VIOLATION
                findings.add(
                    rules.PROFILE if is_violation else rules.PROFILE_REMARK,
                    f"{path.name}: {_text(result.focus_node)}",
                    f"{_text(result.path)} {result.message}".strip(),
                )
        progress.count(done, len(files))
    return Check("Profiles given", len(files), "files")


def _records(edition: Edition) -> Iterator[Statement]:
    for document in sample(edition, _RECORDS):
        yield from as_harvested(document)


def _text(term: Term | None) -> str:
    return text_of(term) if term else ""
