"""Is a request one that Amazon's models allow?

`recording(amazon)` notes what a client sends; `problems(request)` names what
the model of its operation would object to.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
from jsonschema import Draft4Validator, FormatChecker

from core.spapi.client import Amazon
from core.spapi.operations import OPERATIONS, Operation
from tests.building.shared import shared

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return (
        not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None
    )


@dataclass(frozen=True)
class Recorded:
    """One request as it went on the wire, without its token."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, request: httpx.Request) -> "Recorded":
        query = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        path = request.url.raw_path.decode().partition("?")[0]
        return cls(request.method, path, tuple(query), request.content)


@contextmanager
def recording(amazon: Amazon) -> Iterator[list[Recorded]]:
    """Note every request to the API while the context is open."""
    noted: list[Recorded] = []
    client: httpx.Client = amazon._line._transport._client

    def note(request: httpx.Request) -> None:
        request.read()
        noted.append(Recorded.of(request))

    before = client.event_hooks
    client.event_hooks = {**before, "request": [*before["request"], note]}
    try:
        yield noted
    finally:
        client.event_hooks = before


def problems(request: Recorded) -> list[str]:
    """Return what the models object to, nothing when the request is fine."""
    found = operation_of(request)
    if found is None:
        return [f"{request.method} {request.path} is no operation of the table"]
    operation, in_path = found
    facts = {p["name"]: p for p in _parameters(operation)}
    told = _named_twice(request)
    given: dict[str, Any] = {**in_path, **dict(request.query)}
    for name, parameter in facts.items():
        if parameter["in"] == "body":
            told += _body_problems(operation, parameter["schema"], request.body)
        elif name in given:
            told += _value_problems(parameter, given[name])
        elif parameter.get("required"):
            told.append(f"{operation.name} lacks {name}")
    told += [f"{operation.name} knows no {name}" for name in given if name not in facts]
    return told


def operation_of(request: Recorded) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation of a request and the values in its path."""
    for operation in OPERATIONS.values():
        steps, given = operation.path.split("/"), request.path.split("/")
        if operation.method != request.method or len(steps) != len(given):
            continue
        pairs = list(zip(steps, given, strict=True))
        if all(step == part or step.startswith("{") for step, part in pairs):
            names = {s.strip("{}"): unquote(p) for s, p in pairs if s.startswith("{")}
            return operation, names
    return None


@cache
def model(name: str) -> dict[str, Any]:
    """Return one of Amazon's models."""
    found: dict[str, Any] = json.loads(shared(f"spapi-models/{name}").read_text())
    return found


def described(operation: Operation) -> dict[str, Any]:
    """Return what Amazon's model says of an operation."""
    facts = model(operation.model)
    base = facts.get("basePath", "").rstrip("/")
    path = operation.path
    if path not in facts["paths"]:
        path = path.removeprefix(base)
    found: dict[str, Any] = facts["paths"][path][operation.method.lower()]
    shared_parameters = facts["paths"][path].get("parameters", [])
    return {**found, "parameters": [*shared_parameters, *found.get("parameters", [])]}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    facts = model(operation.model)
    return [
        facts["parameters"][p["$ref"].rpartition("/")[2]] if "$ref" in p else p
        for p in described(operation)["parameters"]
    ]


def _named_twice(request: Recorded) -> list[str]:
    names = [name for name, _ in request.query]
    return [f"{name} is given twice" for name in {*names} if names.count(name) > 1]


def _value_problems(parameter: dict[str, Any], text: str) -> list[str]:
    value: Any = text
    kind = parameter["type"]
    if kind == "array":
        value = text.split(",")
    elif kind == "boolean" and text in ("true", "false"):
        value = text == "true"
    elif kind == "integer" and text.lstrip("-").isdigit():
        value = int(text)
    return _objections(parameter["name"], _schema(parameter), value)


def _schema(parameter: dict[str, Any]) -> dict[str, Any]:
    aside = ("name", "in", "required", "description", "collectionFormat", "default")
    return {name: value for name, value in parameter.items() if name not in aside}


def _body_problems(
    operation: Operation, schema: dict[str, Any], body: bytes
) -> list[str]:
    whole = {**schema, "definitions": model(operation.model)["definitions"]}
    given = json.loads(body)
    name = schema["$ref"].rpartition("/")[2]
    known = model(operation.model)["definitions"][name]["properties"]
    told = [f"{operation.name} knows no {key}" for key in given if key not in known]
    return told + _objections("body", whole, given)


def _objections(name: str, schema: dict[str, Any], value: Any) -> list[str]:
    validator = Draft4Validator(schema, format_checker=_FORMATS)
    return [f"{name}: {error.message}" for error in validator.iter_errors(value)]
