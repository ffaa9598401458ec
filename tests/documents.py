"""Every JSON report that a test reads keeps the published schema, and says nothing that it does not describe."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from janitor.reports import fitness
from janitor.reports import json as json_report


def strict(schema: Any) -> Any:
    """The schema, allowing nothing but what it names: a key that is not described must not be written."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return {key: strict(value) for key, value in schema.items()} | closed
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


SLACK = 0.5

REPORT, CHECK = (
    Draft202012Validator(strict(json.loads(schema)), format_checker=FormatChecker())
    for schema in (json_report.schema(), fitness.schema())
)


def run_document(text: str) -> dict[str, Any]:
    """The JSON report of a run, or of a check, as plain values, validated."""
    document: dict[str, Any] = json.loads(text)
    (CHECK if document.get("command") == "check" else REPORT).validate(document)
    return document


def times_fit(document: dict[str, Any]) -> bool:
    """Whether everything lies inside the run, and janitor's own deletes after terraform's."""
    if document["command"] == "check":
        return True
    terraform, rows = document["terraform"], [row for row in document["objects"] if row["requests"]]
    inside = all(row["started"] + row["seconds"] <= document["seconds"] + SLACK for row in rows)
    begins = terraform["started"] + terraform["seconds"] - SLACK if terraform["ran"] else 0
    return inside and all(row["started"] >= begins for row in rows)
