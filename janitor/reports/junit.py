"""JUnit XML for the CI's test tab: one suite per run, one case per object that should be gone; what stays is a failure.

GitLab shows the text inside a failure and not its message, and takes two cases of the same name for one: so the text
says everything, and a name is an object's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

from janitor.core.model import Outcome
from janitor.core.outcome import GONE, Result, RunReport
from janitor.core.text import clean
from janitor.core.times import iso
from janitor.reports import words


def render(report: RunReport) -> str:
    """The report as JUnit XML."""
    left = set(map(id, words.stays(report)))
    expected = [row for row in report.results if row.outcome is not Outcome.KEPT or id(row) in left]
    tags = ["failure" if id(row) in left else _tag(row) for row in expected]
    name, remedy = _names(report), words.remedies(report)
    cases = [_case(row, name(row), tag=tag, remedy=remedy(row)) for row, tag in zip(expected, tags, strict=True)]
    verdict, errors = _run(report)
    attributes = {
        "name": f"janitor {report.command} {clean(report.workspace)}",
        "tests": len(cases) + 1,
        "failures": tags.count("failure"),
        "errors": tags.count("error") + errors,
        "skipped": tags.count("skipped"),
        "time": _seconds(report.finished - report.started),
        "timestamp": iso(report.started).removesuffix("Z"),
    }
    suite = _open("testsuite", attributes)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  {suite}", verdict, *cases]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _tag(row: Result) -> str:
    """What a case that is no failure has inside: nothing where the object is gone."""
    if row.outcome in GONE:
        return ""
    return "error" if row.outcome is Outcome.UNVERIFIED else "skipped"


def _names(report: RunReport) -> Callable[[Result], str]:
    """How a case is called: with its project where the run had several."""
    several = len({row.ref.scope for row in report.results}) > 1

    def name(row: Result) -> str:
        return f"{words.label(row)} in {clean(row.ref.scope)}" if several else words.label(row)

    return name


def _run(report: RunReport) -> tuple[str, int]:
    """A case for the run itself, so that a refusal shows although no object has a row; and whether it is an error."""
    opening = _open("testcase", {"classname": "janitor", "name": "verdict", "time": "0.000"})
    code = report.exit_code
    text = words.headline(report)
    if code in {0, 1}:
        return f"    {opening}<system-out>{escape(text)}</system-out></testcase>", 0
    body = escape(f"{text}\n{words.meaning(report)}")
    return f"    {opening}{_open('error', {'message': text})}{body}</error></testcase>", 1


def _case(result: Result, name: str, *, tag: str, remedy: str) -> str:
    identity = {"classname": clean(result.ref.kind), "name": name, "time": _seconds(result.seconds)}
    opening = _open("testcase", identity)
    if not tag:
        return f"    {opening[:-1]}/>"
    message = f"{result.outcome}: {clean(result.reason)}"
    holders = (f"held by {words.holder(item)}" for item in result.holders if tag == "failure")
    details = [message, clean(result.address), *holders, f"next: {remedy}" if remedy else ""]
    body = escape("\n".join(line for line in details if line))
    return f"    {opening}{_open(tag, {'message': message})}{body}</{tag}></testcase>"


def _open(tag: str, attributes: Mapping[str, object]) -> str:
    pairs = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{tag} {pairs}>"


def _seconds(value: float) -> str:
    return f"{max(value, 0.0):.3f}"
