"""The OpenAPI document: the table of interfaces as programs read it.

See: https://spec.openapis.org/oas/v3.1.1.html
"""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from app import problems
from app.interfaces import TOPICS, Operation, Parameter
from app.language import DEFAULT, speaking
from ld.edition import Edition

MEDIA_TYPE: Final = "application/json"
_OPENAPI: Final = "3.1.1"
_REDIRECTS: Final = {302: "Sent on to a version.", 303: "Sent on to the record."}
_PROBLEMS: Final = {
    "400": "The request cannot be read, or asks for more than one query may have.",
    "404": "There is no such thing.",
    "406": "It does not come in a format that the client accepts.",
    "410": "It was published once; the answer says why it is no more.",
    "429": "This client's queries keep being stopped.",
    "503": "Come back after the time that Retry-After names.",
}
_OF_QUERIES: Final = ("400", "406", "429", "503")
_OF_THINGS: Final = ("404", "406", "410", "503")
_OF_THE_REST: Final = ("406", "503")


def document(edition: Edition, examples: Mapping[str, str]) -> dict[str, Any]:
    """Give the description of this service; `examples` are things of its corpus."""
    with speaking(DEFAULT):
        return {
            "openapi": _OPENAPI,
            "info": _info(edition),
            "servers": [{"url": edition.service_url.rstrip("/")}],
            "tags": [{"name": str(topic.label)} for topic in TOPICS],
            "paths": dict(_paths(examples)),
            "components": {"responses": dict(_responses()), "schemas": {"Problem": _PROBLEM}},
        }


def _info(edition: Edition) -> dict[str, Any]:
    manifest = edition.manifest
    info: dict[str, Any] = {
        "title": manifest["title"] or edition.base,
        "version": edition.id,
        "description": (
            "Read-only. Every answer is made from one edition, which the header "
            "Pressmark-Edition names. Answers have strong entity tags; conditional requests and "
            f"ranges are answered. Served by Pressmark {_version()}."
        ),
        "license": {"name": "Licence of the metadata", "url": manifest["licence"]},
    }
    if manifest["contact"]:
        info["contact"] = {
            "name": manifest["contact"]["name"],
            "email": manifest["contact"]["email"],
        }
    return info


def _paths(examples: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    found: dict[str, dict[str, Any]] = {}
    for topic in TOPICS:
        for operation in topic.operations:
            described = _operation(operation, str(topic.label), examples)
            found.setdefault(f"/{operation.path}", {})[operation.method] = described
    yield from found.items()


def _operation(operation: Operation, tag: str, examples: Mapping[str, str]) -> dict[str, Any]:
    names = re.sub(r"[^a-z]+", "_", operation.path.lower()).strip("_")
    described: dict[str, Any] = {
        "operationId": f"{operation.method}_{names}",
        "tags": [tag],
        "summary": str(operation.what),
        "responses": dict(_answers(operation)),
    }
    if operation.method == "post":
        described["requestBody"] = _body(operation)
    else:
        described["parameters"] = [_parameter(one, examples) for one in operation.parameters]
    return described


def _answers(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    if operation.redirects is not None:
        yield (
            str(operation.redirects),
            {
                "description": _REDIRECTS[operation.redirects],
                "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
            },
        )
    else:
        content: dict[str, Any] = {media_type: {} for media_type in operation.media_types}
        yield "200", {"description": str(operation.what), "content": content}
    statuses: tuple[str, ...]
    if operation.path == "sparql":
        statuses = _OF_QUERIES
    else:
        statuses = _OF_THINGS if "{" in operation.path else _OF_THE_REST
    for status in statuses:
        yield status, {"$ref": f"#/components/responses/{status}"}


def _parameter(parameter: Parameter, examples: Mapping[str, str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": str(parameter.what),
        "required": parameter.is_needed,
        "schema": schema,
    }
    if parameter.name == "key" and "text" in examples:
        described["example"] = examples["text"]
    return described


def _body(operation: Operation) -> dict[str, Any]:
    fields = {one.name: {"type": "string"} for one in operation.parameters}
    form = {"type": "object", "properties": fields, "required": list(fields)}
    return {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": form},
            "application/sparql-query": {"schema": {"type": "string"}},
        },
    }


def _responses() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for status, description in _PROBLEMS.items():
        yield status, {"description": description, "content": {problems.MEDIA_TYPE: schema}}


_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A problem as RFC 9457 has it, with what to do about it.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
    },
    "required": ["type", "title", "status"],
}


def _version() -> str:
    try:
        return version("pressmark")
    except PackageNotFoundError:
        return "from its sources"
