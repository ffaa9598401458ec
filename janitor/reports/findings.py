"""What `janitor lint` found: for people, as JSON, and as SARIF for code scanning (GitHub, GitLab).

Each format is a function of the findings and nothing else; one more is one more line in RENDERINGS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from janitor import __version__
from janitor.core.findability import MEANING, Finding, Rule
from janitor.core.text import clean, counted

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Found(NamedTuple):
    """A finding and the line that it is about."""

    finding: Finding
    file: str
    line: int


class Findings(NamedTuple):
    """All of them, of that many instances; `notes`: what could not be looked at."""

    found: Sequence[Found]
    instances: int
    notes: Sequence[str] = ()


def text(given: Findings) -> str:
    """One paragraph a finding, as compilers write them."""
    lines: list[str] = []
    for one, file, line in given.found:
        several = f" ({one.instances} instances)" if one.instances > 1 else ""
        lines += [f"{clean(file)}:{line}: {clean(one.address)}{several}: {one.rule}"]
        lines += [f"    {clean(one.why)}", f"    change: {clean(one.change)}", ""]
    lines += [f"note: {clean(note)}" for note in given.notes]
    lost = sum(one.finding.instances for one in given.found)
    lines.append(
        f"{counted(lost, 'object')} of {given.instances} could not be found again without state, journal and log"
        if lost
        else f"every one of {counted(given.instances, 'object')} could be found again"
    )
    return "\n".join(lines) + "\n"


def as_json(given: Findings) -> str:
    """One document, in ASCII; keys are only ever added."""
    rows = [
        {
            "rule": str(one.rule),
            "address": clean(one.address),
            "type": clean(one.type),
            "kind": one.kind,
            "instances": one.instances,
            "file": clean(file),
            "line": line,
            "why": clean(one.why),
            "change": clean(one.change),
        }
        for one, file, line in given.found
    ]
    document = {"version": 1, "instances": given.instances, "findings": rows, "notes": [clean(n) for n in given.notes]}
    return json.dumps(document, indent=2) + "\n"


def sarif(given: Findings) -> str:
    """SARIF 2.1.0: one run, one rule for each reason."""
    rules = list(Rule)
    driver = {
        "name": "janitor",
        "semanticVersion": __version__,
        "rules": [
            {"id": str(rule), "shortDescription": {"text": MEANING[rule]}, "defaultConfiguration": {"level": "warning"}}
            for rule in rules
        ],
    }
    notes = [{"level": "note", "message": {"text": clean(note)}} for note in given.notes]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(one, rules.index(one.finding.rule)) for one in given.found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(one: Found, index: int) -> Mapping[str, object]:
    finding = one.finding
    said = f"{clean(finding.address)}: {clean(finding.why)} Change: {clean(finding.change)}"
    place = {"artifactLocation": {"uri": _uri(one.file)}, "region": {"startLine": one.line}}
    return {
        "ruleId": str(finding.rule),
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": said},
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"fullyQualifiedName": clean(finding.address), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"address/v1": f"{clean(finding.address)} {finding.rule}"},
    }


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(clean(file).replace("\\", "/"))


RENDERINGS: Mapping[str, Callable[[Findings], str]] = MappingProxyType({"text": text, "json": as_json, "sarif": sarif})
