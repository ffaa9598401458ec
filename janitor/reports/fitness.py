"""Renderings of a check: text, JSON, JUnit and markdown, each a function of the `Fitness` and nothing else.

What stands first is what is not fit; what a cloud said went through `core.text.clean`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from janitor.core.fitness import Finding, Fit, Fitness, Topic
from janitor.core.text import clean, counted
from janitor.core.times import iso, spell
from janitor.reports import markdown
from janitor.reports.json import scope_in_json
from janitor.reports.junit import case, suite

VERSION = 1
"""Of the schema: keys are only ever added; a change of meaning is a new version."""

MEANING: Mapping[int, str] = MappingProxyType(
    {
        0: "the environment is fit for the tests",
        1: "the environment is not fit for the tests",
        3: "the input cannot be read, or what was asked was refused; nothing is known",
        4: "something that has to be known could not be asked",
        130: "interrupted; nothing is known",
    }
)
TITLES: Mapping[Fit, str] = MappingProxyType({Fit.NOT_FIT: "Not fit", Fit.UNKNOWN: "Not known", Fit.FIT: "Fit"})


def schema() -> str:
    """The JSON Schema of the report."""
    return files("janitor.reports").joinpath("schema/check.schema.json").read_text(encoding="utf-8")


def headline(fitness: Fitness) -> str:
    """The verdict in one line."""
    name = f"workspace {clean(fitness.workspace)}" if fitness.workspace else "this environment"
    if fitness.refused:
        return f"{name}: refused: {clean(fitness.refused)}"
    against, unknown = len(fitness.of(Fit.NOT_FIT)), len([f for f in fitness.of(Fit.UNKNOWN) if f.counts])
    parts = [f"{against} against it"] if against else []
    parts += [f"{unknown} not known"] if unknown else []
    why = f": {', '.join(parts)}" if parts else ""
    words = {"fit": "fit for the tests", "not fit": "not fit for the tests", "unknown": "not known to be fit"}
    verdict = words.get(fitness.verdict, fitness.verdict)
    return f"{name}: {verdict}{why} ({counted(len(fitness.findings), 'answer')}, {_took(fitness)})"


def text(fitness: Fitness) -> str:
    """The check as plain lines."""
    blocks = [[headline(fitness)], *(list(_lines(fitness, fit)) for fit in TITLES), list(_sources(fitness))]
    blocks.append([f"exit code {fitness.exit_code}: {MEANING[fitness.exit_code]}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _lines(fitness: Fitness, fit: Fit) -> Iterator[str]:
    found = fitness.of(fit)
    if found:
        yield TITLES[fit]
    width = max((len(label(finding)) for finding in found), default=0)
    for finding in found:
        yield f"  {label(finding):<{width}}  {clean(finding.line)}"
        if finding.reason and (fit is not Fit.FIT or finding.topic is Topic.COLLISION):
            yield f"      why: {clean(finding.reason)}"
        if finding.remedy:
            yield f"      do:  {clean(finding.remedy)}"


def label(finding: Finding) -> str:
    """`quota network port`: what a finding is about, unlike any other's."""
    return clean(f"{finding.topic} {finding.subject}")


def _sources(fitness: Fitness) -> Iterator[str]:
    for scope in fitness.scopes:
        yield f"in {clean(scope)}"
    if fitness.requests:
        yield f"{counted(fitness.requests, 'request')} to the cloud"
    for note in fitness.notes:
        yield f"note: {clean(note)}"


def _took(fitness: Fitness) -> str:
    return spell(fitness.finished - fitness.started)


def as_json(fitness: Fitness) -> str:
    """The check as one JSON document, in ASCII."""
    return json.dumps(document(fitness), indent=2) + "\n"


def document(fitness: Fitness) -> Mapping[str, object]:
    """The check as plain values."""
    return {
        "version": VERSION,
        "command": "check",
        "workspace": clean(fitness.workspace),
        "scopes": [scope_in_json(scope) for scope in fitness.scopes],
        "started": iso(fitness.started),
        "finished": iso(fitness.finished),
        "seconds": round(fitness.finished - fitness.started, 3),
        "exit_code": fitness.exit_code,
        "verdict": fitness.verdict,
        "requests": fitness.requests,
        "summary": {str(fit): len(fitness.of(fit)) for fit in Fit},
        "findings": [_finding(finding) for finding in fitness.findings],
        "notes": [clean(note) for note in (fitness.refused, *fitness.notes) if note],
    }


def _finding(finding: Finding) -> Mapping[str, object]:
    return {
        "topic": str(finding.topic),
        "subject": clean(finding.subject),
        "fit": str(finding.fit),
        "line": clean(finding.line),
        "reason": clean(finding.reason),
        "remedy": clean(finding.remedy),
        "counts": finding.counts,
        "needed": finding.needed,
        "free": finding.free,
    }


def junit(fitness: Fitness) -> str:
    """The check as JUnit XML: one case per answer, and one for the check itself, which a refusal fails."""
    cases = [_case(finding) for finding in fitness.findings]
    unknown = [f for f in fitness.of(Fit.UNKNOWN) if f.counts]
    ended = fitness.exit_code not in {0, 1, 4}
    told = headline(fitness)
    verdict = (
        case("janitor", "check", tag="error", message=told, text=told)
        if ended
        else case("janitor", "check", tag="system-out", text=told)
    )
    return suite(
        f"janitor check {clean(fitness.workspace)}",
        [verdict, *cases],
        failures=len(fitness.of(Fit.NOT_FIT)),
        errors=len(unknown) + ended,
        skipped=len(fitness.of(Fit.UNKNOWN)) - len(unknown),
        began=fitness.started,
        ended=fitness.finished,
    )


def _case(finding: Finding) -> str:
    if finding.fit is Fit.FIT:
        return case(str(finding.topic), label(finding))
    tag = "failure" if finding.fit is Fit.NOT_FIT else "error" if finding.counts else "skipped"
    parts = (finding.line, finding.reason, f"next: {finding.remedy}" if finding.remedy else "")
    text = "\n".join(clean(part) for part in parts if part)
    return case(str(finding.topic), label(finding), tag=tag, message=clean(finding.line), text=text)


def as_markdown(fitness: Fitness) -> str:
    """The check as markdown, for a job's summary or a merge request."""
    blocks = [[f"### janitor check: {markdown.escape(headline(fitness))}"]]
    blocks += [list(_table(fitness, fit)) for fit in (Fit.NOT_FIT, Fit.UNKNOWN)]
    blocks.append([f"- note: {markdown.escape(note)}" for note in fitness.notes])
    blocks.append([f"Exit code {fitness.exit_code}: {MEANING[fitness.exit_code]}."])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _table(fitness: Fitness, fit: Fit) -> Iterator[str]:
    found = fitness.of(fit)
    if not found:
        return
    yield f"#### {TITLES[fit]}"
    yield ""
    yield "| About | What is so | Why | What to do |"
    yield "| --- | --- | --- | --- |"
    for finding in found:
        cells = (label(finding), finding.line, finding.reason, finding.remedy)
        yield f"| {' | '.join(markdown.escape(cell) for cell in cells)} |"


FITNESS_FORMATS: Mapping[str, Callable[[Fitness], str]] = MappingProxyType(
    {"text": text, "json": as_json, "junit": junit, "markdown": as_markdown}
)
