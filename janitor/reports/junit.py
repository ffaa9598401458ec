"""JUnit XML for the CI's test tab: one suite per run, one case per object that was ours; what stays is a failure."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from janitor.core.model import Outcome
from janitor.core.outcome import Result, RunReport
from janitor.core.text import clean
from janitor.core.times import iso
from janitor.reports import words


def render(report: RunReport) -> str:
    """The report as JUnit XML."""
    left = set(map(id, words.stays(report)))
    cases = [_case(result, fails=id(result) in left) for result in report.results]
    failures = len(left)
    unverified = report.count(Outcome.UNVERIFIED)
    skipped = len(cases) - failures - unverified - report.count(Outcome.DELETED) - report.count(Outcome.ABSENT)
    verdict, errors = _run(report)
    attributes = {
        "name": f"janitor {report.command} {clean(report.workspace)}",
        "tests": len(cases) + 1,
        "failures": failures,
        "errors": unverified + errors,
        "skipped": skipped,
        "time": _seconds(report.finished - report.started),
        "timestamp": iso(report.started).removesuffix("Z"),
    }
    suite = _open("testsuite", attributes)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  {suite}", verdict, *cases]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _run(report: RunReport) -> tuple[str, int]:
    """A case for the run itself, so that a refusal shows although no object has a row; and whether it is an error."""
    opening = _open("testcase", {"classname": "janitor", "name": "verdict", "time": "0.000"})
    code = report.exit_code
    text = words.headline(report)
    if code in {0, 1}:
        return f"    {opening}<system-out>{escape(text)}</system-out></testcase>", 0
    return f"    {opening}{_open('error', {'message': text})}{escape(words.meaning(report))}</error></testcase>", 1


def _case(result: Result, *, fails: bool) -> str:
    identity = {"classname": clean(result.ref.kind), "name": words.label(result), "time": _seconds(result.seconds)}
    opening = _open("testcase", identity)
    if result.outcome in {Outcome.DELETED, Outcome.ABSENT}:
        return f"    {opening[:-1]}/>"
    tag = "failure" if fails else "error" if result.outcome is Outcome.UNVERIFIED else "skipped"
    details = [clean(result.address), *(words.holder(item) for item in result.holders), words.remedy(result)]
    body = escape("\n".join(line for line in details if line)) if tag != "skipped" else ""
    message = _open(tag, {"message": f"{result.outcome}: {clean(result.reason)}"})
    return f"    {opening}{message}{body}</{tag}></testcase>"


def _open(tag: str, attributes: Mapping[str, object]) -> str:
    pairs = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{tag} {pairs}>"


def _seconds(value: float) -> str:
    return f"{max(value, 0.0):.3f}"
