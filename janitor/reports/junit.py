"""JUnit XML for the CI's test tab: one suite per run, one case per object that should be gone; what stays is a failure.

GitLab shows the text inside a failure and not its message, and takes two cases of the same name for one: so the text
says everything, and a name is an object's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    name, remedy = words.named(report), words.remedies(report)
    cases = [_case(row, name(row), tag=tag, remedy=remedy(row)) for row, tag in zip(expected, tags, strict=True)]
    verdict, errors = _run(report)
    return suite(
        f"janitor {report.command} {clean(report.workspace)}".rstrip(),
        [verdict, *cases],
        failures=tags.count("failure"),
        errors=tags.count("error") + errors,
        skipped=tags.count("skipped"),
        began=report.started,
        ended=report.finished,
    )


def suite(
    name: str, cases: Sequence[str], *, failures: int, errors: int, skipped: int, began: float, ended: float
) -> str:
    """The whole file: one suite."""
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": skipped}
    times = {"time": _seconds(ended - began), "timestamp": iso(began).removesuffix("Z")}
    opening = _open("testsuite", {"name": name, **counts, **times})
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  {opening}", *cases]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def case(
    group: str, name: str, *, seconds: float = 0.0, tag: str = "", message: str | None = None, text: str = ""
) -> str:
    """One case, with an element of that tag in it where it has something to say."""
    opening = _open("testcase", {"classname": group, "name": name, "time": _seconds(seconds)})
    if not tag:
        return f"    {opening[:-1]}/>"
    inside = f"<{tag}>" if message is None else _open(tag, {"message": message})
    return f"    {opening}{inside}{escape(text)}</{tag}></testcase>"


def _tag(row: Result) -> str:
    """What a case that is no failure has inside: nothing where the object is gone."""
    if row.outcome in GONE:
        return ""
    return "error" if row.outcome is Outcome.UNVERIFIED else "skipped"


def _run(report: RunReport) -> tuple[str, int]:
    """A case for the run itself, so that a refusal shows although no object has a row; and whether it is an error."""
    text = words.headline(report)
    if report.exit_code in {0, 1}:
        return case("janitor", "verdict", tag="system-out", text=text), 0
    return case("janitor", "verdict", tag="error", message=text, text=f"{text}\n{words.meaning(report)}"), 1


def _case(result: Result, name: str, *, tag: str, remedy: str) -> str:
    message = f"{result.outcome}: {clean(result.reason)}"
    holders = (f"held by {words.holder(item)}" for item in result.holders if tag == "failure")
    details = [message, clean(result.address), *holders, f"next: {remedy}" if remedy else ""]
    text = "\n".join(line for line in details if line)
    return case(clean(result.ref.kind), name, seconds=result.seconds, tag=tag, message=message, text=text)


def _open(tag: str, attributes: Mapping[str, object]) -> str:
    pairs = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{tag} {pairs}>"


def _seconds(value: float) -> str:
    return f"{max(value, 0.0):.3f}"
