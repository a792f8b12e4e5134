"""A synthetic corpus as tables and as an RML mapping of them, for morph-kgc.

morph-kgc reads tables, so the seeds are given to it as CSV: parsed, split into their parts and
authors, with the IRIs, sizes and checksums that Pressmark works out itself. None of that is
measured. The triples are those of `bench.naive`, but for the description of the dataset.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import naive
from bench.generate import SETTINGS
from ld.vocabulary import PREFIXES

BASE: Final = "https://corpus.example.org/"
MAPPING: Final = "mapping.ttl"
GRAPH: Final = "graph.nt"
CONFIGURATION: Final = "morph.ini"
assert f'"{BASE}"' in SETTINGS

Row = Mapping[str, str]

_PREFIXES: Final = PREFIXES | {
    "rr": "http://www.w3.org/ns/r2rml#",
    "rml": "http://semweb.mmlab.be/ns/rml#",
    "ql": "http://semweb.mmlab.be/ns/ql#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "schema": "https://schema.org/",
    "bibo": "http://purl.org/ontology/bibo/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "pav": "http://purl.org/pav/",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "v": f"{BASE}vocab#",
}
_IRI: Final = "rr:termType rr:IRI"
_ENGLISH: Final = 'rr:language "en"'
_DAY: Final = "rr:datatype xsd:date"
_MOMENT: Final = "rr:datatype xsd:dateTime"
_YEAR: Final = "rr:datatype xsd:integer"
_CC0: Final = f"<{naive.CC0}>"
_DATASET: Final = f"<{BASE}dataset>"

#: By table: the column of the subject, and what is said of it: predicates, the column or constant
#: of the object, and for a column what kind of term it is. A constant contains a colon.
_RULES: Final[dict[str, tuple[str, list[tuple[str, str, str]]]]] = {
    "things": ("thing", [
        ("rdf:type", "dcterms:BibliographicResource", ""),
        ("rdf:type", "schema:CreativeWork", ""),
        ("dcterms:type", "dcmitype:Text", ""),
        ("dcterms:title schema:name", "title", _ENGLISH),
        ("dcterms:identifier schema:identifier", "identifier", ""),
        ("dcterms:date", "year", "rr:datatype xsd:gYear"),
        ("v:earliestYear v:latestYear", "year", _YEAR),
        ("dcterms:date", "edtf", f"rr:datatype <{naive.EDTF}>"),
        ("dcterms:language", f"<{naive.ENGLISH}>", ""),
        ("schema:inLanguage", '"en"', ""),
        ("dcterms:source schema:isBasedOn", "source", _IRI),
        ("dcterms:rights schema:copyrightNotice", "notice", _ENGLISH),
        ("dcterms:isPartOf schema:isPartOf", _DATASET, ""),
        ("schema:sdLicense", _CC0, ""),
        ("schema:sdDatePublished", "today", _DAY),
        ("schema:mainEntityOfPage", "document", _IRI),
    ]),
    "creators": ("thing", [("dcterms:creator schema:creator schema:author", "agent", _IRI)]),
    "parts": ("part", [
        ("rdf:type", "bibo:DocumentPart", ""),
        ("dcterms:isPartOf schema:isPartOf", "text", _IRI),
    ]),
    "texts": ("text", [("dcterms:hasPart schema:hasPart", "part", _IRI)]),
    "agents": ("agent", [
        ("rdf:type", "dcterms:Agent", ""),
        ("rdf:type", "foaf:Agent", ""),
        ("schema:name foaf:name", "name", _ENGLISH),
    ]),
    "documents": ("document", [
        ("rdf:type", "foaf:Document", ""),
        ("foaf:primaryTopic", "thing", _IRI),
        ("void:inDataset", _DATASET, ""),
        ("dcterms:license", _CC0, ""),
        ("dcterms:modified", "today", _DAY),
    ]),
    "encodings": ("thing", [("dcterms:hasFormat schema:encoding", "file", _IRI)]),
    "files": ("file", [
        ("rdf:type", "schema:MediaObject", ""),
        ("rdf:type", "prov:Entity", ""),
        ("schema:name", "name", _ENGLISH),
        ("schema:encodingFormat", '"text/plain"', ""),
        ("dcterms:format", f"<{naive.PLAIN_TEXT}>", ""),
        ("schema:contentSize", "size", ""),
        ("schema:sha256", "sha256", ""),
        ("spdx:checksum", "checksum", _IRI),
        ("prov:wasDerivedFrom pav:retrievedFrom", "source", _IRI),
        ("pav:retrievedOn prov:generatedAtTime", "retrieved", _MOMENT),
    ]),
    "checksums": ("checksum", [
        ("rdf:type", "spdx:Checksum", ""),
        ("spdx:algorithm", "spdx:checksumAlgorithm_sha256", ""),
        ("spdx:checksumValue", "sha256", ""),
    ]),
}  # fmt: skip
#: Tables that are columns of another one.
_SOURCES: Final = {"texts": "parts", "encodings": "files", "checksums": "files"}


def write(seeds: Path, folder: Path) -> None:
    """Write tables, mapping and configuration for the seeds in a folder; morph-kgc runs there."""
    folder.mkdir()
    tables: dict[str, list[Row]] = defaultdict(list)
    for table, row in _rows(seeds):
        tables[table].append(row)
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (folder / MAPPING).write_text(_mapping(tables), encoding="utf-8")
    (folder / CONFIGURATION).write_text(
        f"[CONFIGURATION]\noutput_file = {GRAPH}\n\n[Corpus]\nmappings = {MAPPING}\n",
        encoding="utf-8",
    )


def _rows(seeds: Path) -> Iterator[tuple[str, Row]]:
    texts: dict[str, list[naive.Seed]] = defaultdict(list)
    for path in sorted(seeds.rglob("*.txt")):
        seed = naive.read(path)
        texts[seed.header["SOURCE_ID"]].append(seed)
    agents: dict[str, str] = {}
    for identifier, group in texts.items():
        text, header = f"text/{identifier}", group[0].header
        title = header.get("TITLE", "")
        yield from _thing(text, title, header, agents, identifier, header.get("YEAR", ""))
        for seed in group:
            thing = text
            if len(group) > 1:
                thing = f"{text}/{seed.path.stem}"
                heading = seed.heading or seed.header.get("TITLE", "")
                yield from _thing(thing, heading, seed.header, agents)
                yield "parts", {"part": BASE + thing, "text": BASE + text}
            yield "files", _file(thing, seed)
    for key, name in agents.items():
        yield "agents", {"agent": BASE + key, "name": name}
        yield "documents", _document(key)


def _thing(
    key: str,
    title: str,
    header: Mapping[str, str],
    agents: dict[str, str],
    identifier: str = "",
    year: str = "",
) -> Iterator[tuple[str, Row]]:
    is_plain = re.fullmatch("[0-9]{4}", year) is not None
    yield "things", {
        "thing": BASE + key, "title": title, "identifier": identifier,
        "year": year if is_plain else "", "edtf": "" if is_plain else year,
        "source": header.get("SOURCE_URL", ""), "notice": header.get("LICENSE_NOTE", ""),
        "today": _today(), "document": f"{BASE}doc/{key}",
    }  # fmt: skip
    yield "documents", _document(key)
    for author in filter(None, map(str.strip, header.get("AUTHOR", "").split(";"))):
        agent = naive.agent_key(author)
        agents[agent] = author
        yield "creators", {"thing": BASE + key, "agent": BASE + agent}


def _document(key: str) -> Row:
    return {"document": f"{BASE}doc/{key}", "thing": BASE + key, "today": _today()}


def _file(key: str, seed: naive.Seed) -> Row:
    return {
        "thing": BASE + key, "file": f"{BASE}{key}#file", "checksum": f"{BASE}{key}#checksum",
        "name": seed.header.get("SOURCE_PATH", seed.path.name).rpartition("/")[2],
        "size": str(seed.size), "sha256": seed.sha256,
        "source": seed.header.get("SOURCE_URL", ""),
        "retrieved": seed.header.get("RETRIEVED_UTC", ""),
    }  # fmt: skip


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _mapping(tables: Mapping[str, list[Row]]) -> str:
    blocks = [f"@prefix {name}: <{namespace}> .\n" for name, namespace in _PREFIXES.items()]
    for table, (subject, rules) in _RULES.items():
        source = _SOURCES.get(table, table)
        if source not in tables:
            continue
        said = "".join(
            f"  rr:predicateObjectMap [ rr:predicate {' , '.join(predicates.split())} ; "
            f"{_object(value, kind)} ] ;\n"
            for predicates, value, kind in rules
        )
        blocks.append(
            f"<#{table}> a rr:TriplesMap ;\n"
            f'  rml:logicalSource [ rml:source "{source}.csv" ; rml:referenceFormulation ql:CSV ] '
            f';\n{said}  rr:subjectMap [ rml:reference "{subject}" ; {_IRI} ] .\n'
        )
    return "\n".join(blocks)


def _object(value: str, kind: str) -> str:
    if ":" in value or value.startswith('"'):
        return f"rr:objectMap [ rr:constant {value} ]"
    return f'rr:objectMap [ rml:reference "{value}" {f"; {kind} " if kind else ""}]'
