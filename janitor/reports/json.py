"""The JSON report, as `schema/report.schema.json` says.

Keys are only ever added; a change of meaning is a new version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from janitor.core.model import Edge, Holder, Outcome, Ref, Scope
from janitor.core.outcome import Result, RunReport
from janitor.core.text import clean
from janitor.core.times import iso

VERSION = 1


def schema() -> str:
    """The JSON Schema of the report."""
    return files("janitor.reports").joinpath("schema/report.schema.json").read_text(encoding="utf-8")


def render(report: RunReport) -> str:
    """The report as one JSON document, in ASCII."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: RunReport) -> Mapping[str, object]:
    """The report as plain values."""
    notes = [report.refused, *report.notes] if report.refused else report.notes
    return {
        "version": VERSION,
        "command": str(report.command),
        "workspace": clean(report.workspace),
        "scopes": [scope_in_json(scope) for scope in report.scopes],
        "started": iso(report.started),
        "finished": iso(report.finished),
        "seconds": round(report.finished - report.started, 3),
        "exit_code": report.exit_code,
        "verdict": str(report.verdict),
        "sources": [
            {
                "kind": clean(source.kind),
                "path": clean(source.path),
                "resources": source.resources,
                "problem": clean(source.problem),
            }
            for source in report.sources
        ],
        "unseen": [
            {"kind": kind, "reason": clean(reason), "scope": scope_in_json(scope)}
            for (scope, kind), reason in sorted(report.unseen.items())
        ],
        "terraform": {
            "ran": report.terraform.ran,
            "exit_code": report.terraform.exit_code,
            "seconds": round(report.terraform.seconds, 3),
            "handed_over": clean(report.terraform.handed_over),
            "started": round(report.terraform.started, 3),
        },
        "state": {"agreed": report.state.agreed, "reason": clean(report.state.reason)},
        "requests": report.requests,
        "summary": {str(outcome): report.count(outcome) for outcome in Outcome},
        "objects": [_object(result) for result in report.results],
        "edges": [_edge(edge) for edge in report.edges],
        "notes": [clean(note) for note in notes],
    }


def _object(result: Result) -> Mapping[str, object]:
    return {
        **_ref(result.ref),
        "name": clean(result.name),
        "address": clean(result.address),
        "evidence": [str(item) for item in result.evidence],
        "outcome": str(result.outcome),
        "reason": clean(result.reason),
        "holders": [_holder(holder) for holder in result.holders],
        "requests": result.requests,
        "seconds": round(result.seconds, 3),
        "started": round(result.started, 3),
        "counts": result.counts,
    }


def _edge(edge: Edge) -> Mapping[str, object]:
    return {"from": _ref(edge.dependent), "to": _ref(edge.dependency), "source": edge.source.name.lower()}


def _ref(ref: Ref) -> Mapping[str, object]:
    return {"scope": scope_in_json(ref.scope), "kind": clean(ref.kind), "id": clean(ref.id)}


def _holder(holder: Holder) -> Mapping[str, str]:
    return {
        "kind": clean(holder.kind),
        "id": clean(holder.id),
        "name": clean(holder.name),
        "project_id": clean(holder.project_id),
    }


def scope_in_json(scope: Scope) -> Mapping[str, object]:
    """Where an id means something."""
    project = {"id": clean(scope.project_id), "name": clean(scope.project_name)}
    return {"cloud": clean(scope.cloud), "region": clean(scope.region), "project": project}
