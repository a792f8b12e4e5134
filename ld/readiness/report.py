"""What came of a check, for programs: as JSON and as RDF in the terms of EARL.

See: https://www.w3.org/TR/EARL10-Schema/
"""

from collections.abc import Iterator
from typing import Any, Final

from ld.edition import Edition
from ld.readiness.findings import Consumer, Finding, Level, Readiness
from ld.readiness.rules import all_rules
from ld.stored import DATASET
from ld.terms import Statement, iri, literal
from ld.vocabulary import RDF_TYPE, dcterms

#: The address of the report below the service, and of each rule as its fragment.
PATH: Final = "readiness"
_EARL: Final = "http://www.w3.org/ns/earl#"
_OUTCOMES: Final = {Level.FAULT: "failed", Level.UNSTATED: "failed", Level.REMARK: "cantTell"}


def as_object(readiness: Readiness) -> dict[str, Any]:
    """Give the outcome as an object of JSON."""
    return {
        "edition": readiness.edition_id,
        "ready": readiness.is_ready,
        "consumers": {
            consumer.value: {
                "title": consumer.label,
                "accepts": not (refused := readiness.refused_by(consumer)),
                "refuses_for": sorted({finding.rule.id for finding in refused}),
            }
            for consumer in Consumer
        },
        "checks": [
            {"title": check.title, "looked_at": check.looked_at, "unit": check.unit}
            for check in readiness.checks
        ],
        "findings": [_finding(finding) for finding in readiness.findings],
    }


def statements(readiness: Readiness, edition: Edition) -> list[Statement]:
    """Give the outcome as an assertion for every rule, sorted."""
    return sorted(_statements(readiness, edition))


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "level": finding.level.value,
        "consumers": [consumer.value for consumer in rule.consumers],
        "message": rule.message,
        "count": finding.count,
        "places": [{"where": place.where, "what": place.what} for place in finding.places],
    }


def _statements(readiness: Readiness, edition: Edition) -> Iterator[Statement]:
    address = f"{edition.service_url}{PATH}#"
    broken = {finding.rule.id: finding for finding in reversed(readiness.findings)}
    subject = iri(edition.base + DATASET)
    tool = iri(f"{address}pressmark")
    yield tool, RDF_TYPE, iri(_EARL + "Software")
    yield tool, dcterms("title"), literal("Pressmark", language="en")
    for rule in all_rules().values():
        finding = broken.get(rule.id)
        test, result = iri(address + rule.id), iri(f"{address}{rule.id}.result")
        assertion = iri(f"{address}{rule.id}.assertion")
        yield test, RDF_TYPE, iri(_EARL + "TestCriterion")
        yield test, dcterms("title"), literal(rule.title, language="en")
        yield assertion, RDF_TYPE, iri(_EARL + "Assertion")
        yield assertion, iri(_EARL + "assertedBy"), tool
        yield assertion, iri(_EARL + "subject"), subject
        yield assertion, iri(_EARL + "test"), test
        yield assertion, iri(_EARL + "mode"), iri(_EARL + "automatic")
        yield assertion, iri(_EARL + "result"), result
        yield result, RDF_TYPE, iri(_EARL + "TestResult")
        outcome = "passed" if finding is None else _OUTCOMES[finding.level]
        yield result, iri(_EARL + "outcome"), iri(_EARL + outcome)
        if finding is not None:
            yield result, dcterms("description"), literal(rule.message, language="en")
            for place in finding.places:
                told = f"{place.where}: {place.what}" if place.what else place.where
                yield result, iri(_EARL + "info"), literal(told)
