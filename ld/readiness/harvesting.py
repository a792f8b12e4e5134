"""OAI-PMH as a harvester meets it: Identify, formats, sets, lists and their tokens.

See: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from ld.edition import Edition
from ld.harvest import oai_pmh
from ld.harvest.oai.formats import BY_PREFIX
from ld.readiness import rules
from ld.readiness.findings import Check, Findings, Progress, Rule

_OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
_DATESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_EMAIL: Final = re.compile(r"\S+@\S+\.(?!invalid$)\S+")
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
_IDENTIFY: Final = ("repositoryName", "baseURL", "protocolVersion", "adminEmail",
                    "earliestDatestamp", "deletedRecord", "granularity")  # fmt: skip
#: Records of each format that are looked at; headers are looked at all.
_RECORDS: Final = 25


def check_harvesting(
    edition: Edition, findings: Findings, progress: Progress, *, whole: bool
) -> Check:
    """Ask as a harvester would and judge the answers; `whole` follows all tokens to the end."""
    harvester = _Harvester(edition, findings)
    earliest = harvester.identify()
    prefixes = harvester.formats()
    harvester.sets(prefixes)
    for prefix, namespace in prefixes.items():
        if prefix in BY_PREFIX and BY_PREFIX[prefix].licences(edition) is None:
            harvester.headers(prefix, earliest, progress, whole=whole)
        harvester.records(prefix, namespace)
    return Check("OAI-PMH", harvester.answers, "answers")


class _Harvester:
    def __init__(self, edition: Edition, findings: Findings) -> None:
        self._edition = edition
        self._findings = findings
        self._address = edition.service_url + oai_pmh.PATH
        self.answers = 0

    def identify(self) -> str:
        """Judge Identify; give the earliest datestamp that it states."""
        found = self._ask(verb="Identify")
        said = {name: _text(found, f"{_OAI}Identify/{_OAI}{name}") for name in _IDENTIFY}
        for name, value in said.items():
            if not value:
                self._note(rules.OAI_IDENTIFY, f"{name} is missing")
        expected = {
            "baseURL": self._address,
            "protocolVersion": "2.0",
            "deletedRecord": "persistent",
            "granularity": "YYYY-MM-DDThh:mm:ssZ",
        }
        for name, value in expected.items():
            if said[name] and said[name] != value:
                self._note(rules.OAI_IDENTIFY, f"{name} is {said[name]}, not {value}")
        if not _EMAIL.fullmatch(said["adminEmail"]):
            self._note(rules.OAI_ADMIN_EMAIL, said["adminEmail"])
        if said["earliestDatestamp"] and not _DATESTAMP.fullmatch(said["earliestDatestamp"]):
            self._note(rules.OAI_EARLIEST, said["earliestDatestamp"])
        return said["earliestDatestamp"]

    def formats(self) -> dict[str, str]:
        """Judge ListMetadataFormats; give the namespace of each prefix."""
        prefixes = {}
        for found in self._ask(verb="ListMetadataFormats").iter(f"{_OAI}metadataFormat"):
            prefix, schema, namespace = (
                _text(found, _OAI + name)
                for name in ("metadataPrefix", "schema", "metadataNamespace")
            )
            if not (prefix and schema and namespace):
                self._note(rules.OAI_FORMATS, f"{prefix or 'a format'} is incomplete")
            prefixes[prefix] = namespace
        if "oai_dc" not in prefixes:
            self._note(rules.OAI_FORMATS, "oai_dc is not there")
        return prefixes

    def sets(self, prefixes: dict[str, str]) -> None:
        """Judge ListSets, and whether each set answers."""
        names = [
            _text(one, _OAI + "setSpec") for one in self._ask(verb="ListSets").iter(_OAI + "set")
        ]
        if not names:
            self._note(rules.OAI_SETS, "no set is listed")
        for name in names if "oai_dc" in prefixes else ():
            answer = self._ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set=name)
            error = _error(answer)
            if error not in {"", "noRecordsMatch"}:
                self._note(rules.OAI_SETS, f"{name}: {error}")
            others = {_text(one, _OAI + "setSpec") for one in answer.iter(_OAI + "header")} - {name}
            if others:
                self._note(rules.OAI_SETS, f"{name} gives records of {', '.join(sorted(others))}")

    def headers(self, prefix: str, earliest: str, progress: Progress, *, whole: bool) -> None:
        """Judge the list of all headers of a format and count what is in it."""
        seen: set[str] = set()
        live, size, given = 0, None, 0
        for answer in self._pages(prefix, whole=whole):
            for header in answer.iter(_OAI + "header"):
                given += 1
                identifier = self._header(header, earliest)
                if identifier in seen:
                    self._note(rules.OAI_RESUMPTION, "is listed twice", identifier)
                seen.add(identifier)
                live += header.get("status") != "deleted"
            token = answer.find(f".//{_OAI}resumptionToken")
            if token is not None and size is None:
                size = int(token.get("completeListSize", "0"))
            progress.count(given, size)
        there = _documents(self._edition, BY_PREFIX[prefix].KINDS)
        if whole and live != there:
            self._note(rules.COUNT_HARVEST, f"{prefix}: {live:,} records, but {there:,} documents")
        if whole and size not in {None, given}:
            self._note(
                rules.COUNT_HARVEST, f"{prefix}: completeListSize {size}, but {given:,} listed"
            )

    def records(self, prefix: str, namespace: str) -> None:
        """Judge the first records of a format."""
        answer = self._ask(_RECORDS, verb="ListRecords", metadataPrefix=prefix)
        if _error(answer) not in {"", "noRecordsMatch"}:
            self._note(rules.OAI_LIST, f"{prefix}: {_error(answer)}")
        for record in answer.iter(_OAI + "record"):
            header = record.find(_OAI + "header")
            if header is None:
                self._note(rules.OAI_LIST, f"{prefix}: a record has no header")
                continue
            identifier = self._header(header, "")
            metadata = record.find(_OAI + "metadata")
            root = None if metadata is None else next(iter(metadata), None)
            if header.get("status") == "deleted":
                continue
            if root is None or not _is_of(root, namespace):
                self._note(rules.OAI_LIST, f"{prefix}: no metadata of this format", identifier)
        token = answer.find(f".//{_OAI}resumptionToken")
        if token is not None and token.text:
            following = self._ask(_RECORDS, verb="ListRecords", resumptionToken=token.text)
            if _error(following):
                self._note(rules.OAI_RESUMPTION, f"{prefix}: {_error(following)}")

    def _pages(self, prefix: str, *, whole: bool) -> Iterator[ET.Element]:
        arguments = {"metadataPrefix": prefix}
        tokens: set[str] = set()
        while True:
            answer = self._ask(verb="ListIdentifiers", **arguments)
            error = _error(answer)
            if error == "noRecordsMatch" and not tokens:
                return
            if error:
                self._note(rules.OAI_RESUMPTION if tokens else rules.OAI_LIST, error)
                return
            yield answer
            token = _text(answer, f".//{_OAI}resumptionToken")
            if not token or not (whole or not tokens):
                return
            if token in tokens:
                self._note(rules.OAI_RESUMPTION, "a token leads to itself")
                return
            tokens.add(token)
            arguments = {"resumptionToken": token}

    def _header(self, header: ET.Element, earliest: str) -> str:
        identifier, datestamp, set_spec = (
            _text(header, _OAI + name) for name in ("identifier", "datestamp", "setSpec")
        )
        if not identifier or not set_spec or not _DATESTAMP.fullmatch(datestamp):
            self._note(rules.OAI_LIST, "a header is incomplete", identifier)
        elif datestamp < earliest:
            self._note(rules.OAI_EARLIEST, f"{datestamp} is before {earliest}", identifier)
        return identifier

    def _ask(self, page_size: int | None = None, /, **arguments: str) -> ET.Element:
        self.answers += 1
        answer = oai_pmh.answer(
            self._edition, list(arguments.items()), _ANY_TIME, page_size=page_size
        )
        try:
            # What is parsed is our own answer, and it has no document type.
            return ET.fromstring(answer)  # noqa: S314
        except ET.ParseError as error:
            asked = "&".join(f"{name}={value}" for name, value in arguments.items())
            self._note(rules.OAI_LIST, f"{asked}: {error}")
            return ET.Element(_OAI + "OAI-PMH")

    def _note(self, rule: Rule, what: str, where: str = "") -> None:
        self._findings.add(rule, where or self._address, what)


def _is_of(root: ET.Element, namespace: str) -> bool:
    # EDM is written in RDF/XML, and so the namespace of its root is RDF's.
    return root.tag.startswith(
        (f"{{{namespace}}}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}")
    )


def _documents(edition: Edition, kinds: Sequence[str]) -> int:
    listed = ", ".join("?" * len(kinds))
    (count,) = edition.db.execute(
        f"SELECT count(*) FROM document WHERE kind IN ({listed})",  # noqa: S608
        tuple(kinds),
    ).fetchone()
    return int(count)


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _error(answer: ET.Element) -> str:
    error = answer.find(_OAI + "error")
    return "" if error is None else error.get("code", "an error")
