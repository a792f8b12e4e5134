"""An edition as a version of the dataset: what came before it, its files, and what it changed.

The difference files are an insertion and a deletion in the sense of Berners-Lee and Connolly.
See: https://www.w3.org/TR/vocab-dcat-3/#dataset-versions, https://www.w3.org/TR/prov-o/ and
https://www.w3.org/DesignIssues/lncs04/Diff.pdf
"""

from collections.abc import Iterator
from typing import Final

from ld import quality
from ld.describe.distributions import CODINGS, DUMPS
from ld.edition import Edition
from ld.quality import Past
from ld.stored import DATASET
from ld.terms import Statement, Term, iri, literal
from ld.vocabulary import DCAT, PAV, PROV, RDF_TYPE, SPDX, VOID, XSD, dcterms, schema

_ADMS: Final = "http://www.w3.org/ns/adms#"
_DELTA: Final = "http://www.w3.org/2004/delta#"
_IANA: Final = "http://www.iana.org/assignments/media-types/"
_DIFFERENCES: Final = {"added": "insertion", "removed": "deletion"}
_FOLDER: Final = "dumps/"


def path_of(identifier: str) -> str:
    """Give the path of an edition below the address of the service."""
    return f"edition/{identifier}/"


def edition_statements(current: Edition, edition: Edition) -> list[Statement]:
    """Give the description of an edition that is on disk, as the current one knows it, sorted."""
    past = quality.past(current, edition.id)
    if past is None:
        return []
    return sorted({*_version(current, past), *_counts(edition), *_files(edition)})


def neighbours(current: Edition, past: Past) -> tuple[Past | None, Past | None]:
    """Give the edition that another one was built upon, and the one that was built upon it."""
    before = quality.editions(current, 1, past.sequence)
    # Numbers may be left out, where an edition was damaged and passed over.
    after = current.db.execute(
        "SELECT id FROM edition WHERE sequence > ? ORDER BY sequence LIMIT 1", (past.sequence,)
    ).fetchone()
    return before[0] if before else None, after and quality.past(current, after["id"])


def _version(current: Edition, past: Past) -> Iterator[Statement]:
    version, dataset = _iri(current, past.id), iri(current.base + DATASET)
    created = literal(past.created, datatype=XSD + "dateTime")
    name = f"{current.manifest['title'] or current.base}, edition {past.id}"
    title = literal(name, language=current.manifest["language"])
    licence = iri(current.manifest["licence"])
    for kind in (iri(DCAT + "Dataset"), schema("Dataset"), iri(PROV + "Entity")):
        yield version, RDF_TYPE, kind
    yield version, dcterms("title"), title
    yield version, schema("name"), title
    yield version, iri(DCAT + "version"), literal(past.id)
    yield version, schema("version"), literal(past.id)
    yield version, dcterms("issued"), created
    yield version, schema("datePublished"), created
    yield version, iri(PROV + "generatedAtTime"), created
    yield version, dcterms("license"), licence
    yield version, schema("license"), licence
    yield version, dcterms("isVersionOf"), dataset
    yield version, iri(DCAT + "isVersionOf"), dataset
    yield dataset, iri(DCAT + "hasVersion"), version
    if past.note:
        yield version, iri(_ADMS + "versionNotes"), literal(past.note, language="en")
    parent, successor = neighbours(current, past)
    if parent is not None:
        for predicate in (
            DCAT + "previousVersion",
            PROV + "wasRevisionOf",
            PAV + "previousVersion",
        ):
            yield version, iri(predicate), _iri(current, parent.id)
    if successor is not None:
        yield version, dcterms("isReplacedBy"), _iri(current, successor.id)
    else:
        yield dataset, iri(DCAT + "hasCurrentVersion"), version


def _counts(edition: Edition) -> Iterator[Statement]:
    version = _iri(edition, edition.id)
    for name, counted in (("triples", "statements"), ("documents", "documents")):
        count = literal(str(edition.counts[counted]), datatype=XSD + "integer")
        yield version, iri(VOID + name), count


def _files(edition: Edition) -> Iterator[Statement]:
    version = _iri(edition, edition.id)
    for name, facts in edition.manifest["files"].items():
        file = name.removeprefix(_FOLDER)
        if file == name:
            continue
        what, *kind, syntax, coding = file.split(".")
        url = iri(f"{edition.service_url}{path_of(edition.id)}dump/{file}")
        node = iri(f"{edition.base}{path_of(edition.id)}#{file}")
        if what == "corpus":
            yield version, iri(DCAT + "distribution"), node
            yield version, schema("distribution"), node
            yield node, RDF_TYPE, iri(DCAT + "Distribution")
            yield node, iri(DCAT + "accessURL"), url
        else:
            difference = iri(f"{edition.base}{path_of(edition.id)}#difference")
            yield version, iri(PROV + "qualifiedRevision"), difference
            yield difference, RDF_TYPE, iri(_DELTA + "Difference")
            yield difference, RDF_TYPE, iri(PROV + "Revision")
            yield difference, iri(PROV + "entity"), _iri(edition, edition.manifest["parent"])
            yield difference, iri(_DELTA + _DIFFERENCES[kind[0]]), node
        yield node, RDF_TYPE, schema("DataDownload")
        yield node, dcterms("title"), literal(file)
        yield node, iri(DCAT + "downloadURL"), url
        yield node, schema("contentUrl"), url
        yield node, iri(DCAT + "mediaType"), iri(_IANA + DUMPS[syntax].media_type)
        yield node, iri(DCAT + "compressFormat"), iri(_IANA + CODINGS[coding].media_type)
        yield from _measures(edition, node, facts, file)


def _measures(
    edition: Edition, node: Term, facts: dict[str, object], file: str
) -> Iterator[Statement]:
    size, digest = str(facts["size"]), str(facts["sha256"])
    checksum = iri(f"{edition.base}{path_of(edition.id)}#{file}.sha256")
    yield node, iri(DCAT + "byteSize"), literal(size, datatype=XSD + "nonNegativeInteger")
    yield node, schema("contentSize"), literal(size)
    yield node, schema("sha256"), literal(digest)
    yield node, iri(SPDX + "checksum"), checksum
    yield checksum, RDF_TYPE, iri(SPDX + "Checksum")
    yield checksum, iri(SPDX + "algorithm"), iri(SPDX + "checksumAlgorithm_sha256")
    yield checksum, iri(SPDX + "checksumValue"), literal(digest, datatype=XSD + "hexBinary")


def _iri(edition: Edition, identifier: str) -> Term:
    return iri(edition.base + path_of(identifier))
