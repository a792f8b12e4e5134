"""The pipeline that is written today: one rdflib graph, pySHACL once, four serialisations.

The peer of `ld.publish` in `bench.peers`. It states the same triples about the same seeds and
leaves out what Pressmark adds: findings with file and line, provenance of each triple, versions
and history, a withheld document in place of a withheld corpus, compressed dumps, checksums, the
triple store, and the switch to the new edition.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
import pyshacl
from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, SDO, VOID, XSD, Graph, Literal, Namespace, URIRef

from bench.measure import Steps

SHAPES = Path(__file__).parents[1] / "shapes"
DCMITYPE = Namespace("http://purl.org/dc/dcmitype/")
BIBO = Namespace("http://purl.org/ontology/bibo/")
PAV = Namespace("http://purl.org/pav/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
EDTF = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")
ENGLISH = URIRef("http://id.loc.gov/vocabulary/iso639-1/en")
PLAIN_TEXT = URIRef("https://www.iana.org/assignments/media-types/text/plain")
CC0 = URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
MISSING = {"", "?", "-", "na", "n/a", "n.d.", "none", "unknown"}
# Turtle last, so that what it costs is its own: it fills a cache of namespaces.
SYNTAXES = {"nt": "nt", "rdf": "xml", "jsonld": "json-ld"}


class Seed(NamedTuple):
    """One seed file: its header, the heading of its body, and its bytes in numbers."""

    path: Path
    header: dict[str, str]
    heading: str | None
    size: int
    sha256: str


def read(path: Path) -> Seed:
    """Read `KEY: value` lines up to the line `----`."""
    content = path.read_bytes()
    head, _, body = content.decode().partition("\n----\n")
    header = {}
    for line in head.splitlines():
        key, _, value = line.partition(":")
        if value.strip().lower() not in MISSING:
            header[key.strip()] = value.strip()
    first = body.strip().partition("\n")[0]
    heading = first[3:].strip() if first.startswith("## ") else None
    return Seed(path, header, heading, len(content), hashlib.sha256(content).hexdigest())


def agent_key(name: str) -> str:
    """Give the key of an agent from its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall("[a-z0-9]+", plain))
    return f"agent/{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Corpus:
    """The graph of a corpus, as it grows."""

    def __init__(self, base: str, title: str) -> None:
        self.base = base
        self.vocabulary = Namespace(f"{base}vocab#")
        self.dataset = URIRef(f"{base}dataset")
        self.today = Literal(datetime.now(UTC).date().isoformat(), datatype=XSD.date)
        self.graph = Graph()
        for prefix, namespace in {"schema": SDO, "bibo": BIBO, "pav": PAV, "spdx": SPDX}.items():
            self.graph.bind(prefix, namespace, replace=True)
        self.agents: set[str] = set()
        add, thing = self.graph.add, self.dataset
        for kind in (SDO.Dataset, VOID.Dataset, DCAT.Dataset):
            add((thing, RDF.type, kind))
        add((thing, DCTERMS.title, Literal(title, lang="en")))
        add((thing, SDO.name, Literal(title, lang="en")))
        add((thing, DCTERMS.license, CC0))
        add((thing, SDO.license, CC0))
        add((thing, DCTERMS.modified, self.today))

    def add_text(self, seeds: list[Seed]) -> None:
        """Add a text; of several seeds each is a part of it."""
        header = seeds[0].header
        key = f"text/{header['SOURCE_ID']}"
        text = URIRef(self.base + key)
        self._describe(text, key, header, header.get("TITLE"))
        identifier = Literal(header["SOURCE_ID"])
        self.graph.add((text, DCTERMS.identifier, identifier))
        self.graph.add((text, SDO.identifier, identifier))
        if "YEAR" in header:
            self._date(text, header["YEAR"])
        if len(seeds) == 1:
            self._file(text, seeds[0])
            return
        for seed in seeds:
            part_key = f"{key}/{seed.path.stem}"
            part = URIRef(self.base + part_key)
            self._describe(part, part_key, seed.header, seed.heading or seed.header.get("TITLE"))
            self._file(part, seed)
            self.graph.add((part, RDF.type, BIBO.DocumentPart))
            for whole, has in ((DCTERMS.isPartOf, DCTERMS.hasPart), (SDO.isPartOf, SDO.hasPart)):
                self.graph.add((part, whole, text))
                self.graph.add((text, has, part))

    def _describe(self, thing: URIRef, key: str, header: dict[str, str], title: str | None) -> None:
        add = self.graph.add
        add((thing, RDF.type, DCTERMS.BibliographicResource))
        add((thing, RDF.type, SDO.CreativeWork))
        add((thing, DCTERMS.type, DCMITYPE.Text))
        if title:
            name = Literal(title, lang="en")
            add((thing, DCTERMS.title, name))
            add((thing, SDO.name, name))
        for author in header.get("AUTHOR", "").split(";"):
            if author.strip():
                agent = self._agent(author.strip())
                add((thing, DCTERMS.creator, agent))
                add((thing, SDO.creator, agent))
                add((thing, SDO.author, agent))
        add((thing, DCTERMS.language, ENGLISH))
        add((thing, SDO.inLanguage, Literal("en")))
        if "SOURCE_URL" in header:
            source = URIRef(header["SOURCE_URL"])
            add((thing, DCTERMS.source, source))
            add((thing, SDO.isBasedOn, source))
        if "LICENSE_NOTE" in header:
            note = Literal(header["LICENSE_NOTE"], lang="en")
            add((thing, DCTERMS.rights, note))
            add((thing, SDO.copyrightNotice, note))
        add((thing, DCTERMS.isPartOf, self.dataset))
        add((thing, SDO.isPartOf, self.dataset))
        add((thing, SDO.sdLicense, CC0))
        add((thing, SDO.sdDatePublished, self.today))
        add((thing, SDO.mainEntityOfPage, self._document(thing, key)))

    def _date(self, thing: URIRef, year: str) -> None:
        if not re.fullmatch("[0-9]{4}", year):
            self.graph.add((thing, DCTERMS.date, Literal(year, datatype=EDTF)))
            return
        self.graph.add((thing, DCTERMS.date, Literal(year, datatype=XSD.gYear)))
        number = Literal(int(year))
        self.graph.add((thing, self.vocabulary.earliestYear, number))
        self.graph.add((thing, self.vocabulary.latestYear, number))

    def _agent(self, name: str) -> URIRef:
        key = agent_key(name)
        agent = URIRef(self.base + key)
        if key not in self.agents:
            self.agents.add(key)
            self.graph.add((agent, RDF.type, DCTERMS.Agent))
            self.graph.add((agent, RDF.type, FOAF.Agent))
            self.graph.add((agent, SDO.name, Literal(name, lang="en")))
            self.graph.add((agent, FOAF.name, Literal(name, lang="en")))
            self._document(agent, key)
        return agent

    def _document(self, thing: URIRef, key: str) -> URIRef:
        document = URIRef(f"{self.base}doc/{key}")
        self.graph.add((document, RDF.type, FOAF.Document))
        self.graph.add((document, FOAF.primaryTopic, thing))
        self.graph.add((document, VOID.inDataset, self.dataset))
        self.graph.add((document, DCTERMS.license, CC0))
        self.graph.add((document, DCTERMS.modified, self.today))
        return document

    def _file(self, thing: URIRef, seed: Seed) -> None:
        add, header = self.graph.add, seed.header
        file, checksum = URIRef(f"{thing}#file"), URIRef(f"{thing}#checksum")
        add((thing, DCTERMS.hasFormat, file))
        add((thing, SDO.encoding, file))
        add((file, RDF.type, SDO.MediaObject))
        add((file, RDF.type, PROV.Entity))
        name = header.get("SOURCE_PATH", seed.path.name).rpartition("/")[2]
        add((file, SDO.name, Literal(name, lang="en")))
        add((file, SDO.encodingFormat, Literal("text/plain")))
        add((file, DCTERMS["format"], PLAIN_TEXT))
        add((file, SDO.contentSize, Literal(str(seed.size))))
        add((file, SDO.sha256, Literal(seed.sha256)))
        add((file, SPDX.checksum, checksum))
        add((checksum, RDF.type, SPDX.Checksum))
        add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
        add((checksum, SPDX.checksumValue, Literal(seed.sha256)))
        if "SOURCE_URL" in header:
            source = URIRef(header["SOURCE_URL"])
            add((file, PROV.wasDerivedFrom, source))
            add((file, PAV.retrievedFrom, source))
        if "RETRIEVED_UTC" in header:
            # The shapes ask for Z, and rdflib would write +00:00.
            moment = Literal(header["RETRIEVED_UTC"], datatype=XSD.dateTime, normalize=False)
            add((file, PAV.retrievedOn, moment))
            add((file, PROV.generatedAtTime, moment))


def shapes(base: str) -> Graph:
    """Read our shapes for the corpus with this base."""
    graph = Graph()
    for path in sorted(SHAPES.glob("*.ttl")):
        graph.parse(path, format="turtle", publicID=f"{base}shapes/{path.stem}")
    return graph


@click.command()
@click.argument("seeds", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--turtle", is_flag=True, help="Write Turtle too.")
def main(seeds: Path, out: Path, *, turtle: bool) -> None:
    """Write the linked data of the SEEDS into OUT."""
    steps = Steps()
    steps.begin("read")
    settings = tomllib.loads((seeds / "corpus.toml").read_text(encoding="utf-8"))
    texts: dict[str, list[Seed]] = defaultdict(list)
    for path in sorted(seeds.rglob("*.txt")):
        seed = read(path)
        texts[seed.header["SOURCE_ID"]].append(seed)
    steps.begin("graph")
    corpus = Corpus(settings["base"], settings["title"])
    for group in texts.values():
        corpus.add_text(group)
    steps.begin("shapes")
    _, report, _ = pyshacl.validate(
        corpus.graph, shacl_graph=shapes(corpus.base), inference="none", inplace=True
    )
    out.mkdir(parents=True)
    syntaxes = SYNTAXES | ({"ttl": "turtle"} if turtle else {})
    for suffix, syntax in syntaxes.items():
        steps.begin(syntax)
        corpus.graph.serialize(out / f"corpus.{suffix}", format=syntax, encoding="utf-8")
    steps.begin("report")
    report.serialize(out / "report.ttl", format="turtle", encoding="utf-8")
    steps.tell(triples=len(corpus.graph))


if __name__ == "__main__":
    main()
