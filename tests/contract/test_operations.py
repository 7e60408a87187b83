"""The table of operations says what Amazon's models say."""

import re
from typing import Any

import pytest

from core.spapi.operations import OPERATIONS, Operation
from tests.contract.requests import _parameters, described, model

TABLE = re.compile(r"\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|")
ALL = OPERATIONS.values()


def body_of(operation: Operation) -> dict[str, Any]:
    (body,) = [p for p in _parameters(operation) if p["in"] == "body"]
    name = body["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = model(operation.model)["definitions"][name]
    return found


def named(operation: Operation) -> str:
    return operation.name


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_path_and_method_are_amazons(operation: Operation) -> None:
    assert described(operation)["operationId"] == operation.name
    assert not described(operation).get("deprecated")


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_parameters_are_amazons(operation: Operation) -> None:
    if operation.method == "POST":
        body = body_of(operation)
        assert operation.parameters == set(body["properties"])
        assert set(operation.required) == set(body["required"])
        return
    query = [p for p in _parameters(operation) if p["in"] == "query"]
    assert operation.parameters == {p["name"] for p in query}
    required = {p["name"] for p in query if p.get("required")}
    assert set(operation.required) == required


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_the_path_names_what_stands_in_it(operation: Operation) -> None:
    in_path = {p["name"] for p in _parameters(operation) if p["in"] == "path"}
    assert set(re.findall(r"{(\w+)}", operation.path)) == in_path


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_rate_and_burst_are_those_of_the_description(operation: Operation) -> None:
    tables = TABLE.findall(described(operation)["description"])
    assert tables, "the description has a table of rate and burst"
    assert (operation.rate, operation.burst) == (
        float(tables[0][0]),
        int(tables[0][1]),
    )


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_the_token_of_the_next_page_is_a_parameter(operation: Operation) -> None:
    if operation.next_token:
        assert operation.next_token in operation.parameters


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_what_an_answer_must_have_is_in_its_schema(operation: Operation) -> None:
    answers = described(operation)["responses"]
    good = next(answers[status] for status in ("200", "202") if status in answers)
    schema = _resolved(operation, good["schema"])
    if operation.payload:
        assert operation.payload in schema["properties"]
        schema = _resolved(operation, schema["properties"][operation.payload])
    for key in operation.must_have:
        assert key in schema["properties"]


def _resolved(operation: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = model(operation.model)["definitions"][name]
    return schema
