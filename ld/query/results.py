"""Result formats: which there are for which query form."""

from dataclasses import dataclass
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from ld.formats import FORMATS, Format
from ld.query.guard import Form


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """One way to write a result; `iri` is its name in the W3C's registry of file formats."""

    name: str
    media_type: str
    suffix: str
    iri: str
    syntax: QueryResultsFormat | RdfFormat


_REGISTRY: Final = "http://www.w3.org/ns/formats/"

#: How solutions (SELECT) and truth values (ASK) are written, in order of preference.
SOLUTIONS: Final[tuple[ResultFormat, ...]] = tuple(
    ResultFormat(name, media_type, suffix, f"{_REGISTRY}SPARQL_Results_{name}", syntax)
    for name, media_type, suffix, syntax in (
        ("JSON", "application/sparql-results+json", "srj", QueryResultsFormat.JSON),
        ("XML", "application/sparql-results+xml", "srx", QueryResultsFormat.XML),
        ("CSV", "text/csv", "csv", QueryResultsFormat.CSV),
        ("TSV", "text/tab-separated-values", "tsv", QueryResultsFormat.TSV),
    )
)

# Many clients ask for these general types and read the specific ones.
_ALIASES: Final[tuple[ResultFormat, ...]] = tuple(
    ResultFormat(fmt.name, media_type, fmt.suffix, fmt.iri, fmt.syntax)
    for fmt, media_type in zip(SOLUTIONS, ("application/json", "application/xml"), strict=False)
)


def _graph_format(fmt: Format) -> ResultFormat:
    syntax = RdfFormat.from_media_type(fmt.MEDIA_TYPE)
    if syntax is None:
        raise LookupError(f"no serialiser for query results in {fmt.NAME}")
    iri = _REGISTRY + fmt.NAME.replace("/", "_")
    return ResultFormat(fmt.NAME, fmt.MEDIA_TYPE, fmt.SUFFIX, iri, syntax)


#: How graphs (CONSTRUCT, DESCRIBE) are written, in order of preference.
GRAPHS: Final[tuple[ResultFormat, ...]] = tuple(map(_graph_format, FORMATS))

BY_MEDIA_TYPE: Final[dict[str, ResultFormat]] = {
    fmt.media_type: fmt for fmt in (*SOLUTIONS, *_ALIASES, *GRAPHS)
}


def media_types(form: Form) -> tuple[str, ...]:
    """Give the media types of a form's results, in order of preference."""
    formats = (*SOLUTIONS, *_ALIASES) if form in {Form.SELECT, Form.ASK} else GRAPHS
    return tuple(fmt.media_type for fmt in formats)
