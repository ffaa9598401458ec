"""Markdown for a merge request's comment or a job's summary: verdict, what needs attention, sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from janitor.core.model import Outcome
from janitor.core.outcome import Result, RunReport
from janitor.core.text import clean, some
from janitor.reports import words

MANY = 5
ROWS = 100  # GitHub takes a summary of 1 MiB, and refuses a longer one as a whole
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~@<>&-])")
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}  # `@name` would call somebody


def render(report: RunReport) -> str:
    """The report as markdown."""
    blocks = (
        [f"### janitor {report.command}: {escape(words.headline(report))}"],
        list(_counts(report)),
        list(_table(report, "What stays", words.stays(report), holders="Held by")),
        list(_table(report, "Not verified", report.of(Outcome.UNVERIFIED), holders="May be")),
        list(_kept(report)),
        list(_sources(report)),
        [f"Exit code {report.exit_code}: {words.meaning(report)}."],
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """Text that no markdown reader takes for markup, HTML, a link or a mention."""
    return (
        _MARKUP.sub(lambda match: _HTML.get(match[1], f"\\{match[1]}"), clean(text))
        .replace("://", ":&#47;/")
        .replace("www.", "www&#46;")
    )


def _counts(report: RunReport) -> Iterator[str]:
    for outcome in (Outcome.PLANNED, Outcome.DELETED, Outcome.ABSENT):
        if found := report.of(outcome):
            yield f"- {outcome}: {len(found)} ({escape(words.per_kind(found))})"


def _table(report: RunReport, title: str, results: Iterable[Result], *, holders: str) -> Iterator[str]:
    rows, remedy, name = list(results), words.remedies(report), words.named(report)
    if not rows:
        return
    yield f"#### {title}"
    yield ""
    yield f"| Object | Why | {holders} | To free it |"
    yield "| --- | --- | --- | --- |"
    for row in rows[:ROWS]:
        more = [f"and {len(row.holders) - MANY} more"] if len(row.holders) > MANY else []
        held = "<br>".join([*(escape(words.holder(item)) for item in row.holders[:MANY]), *more])
        yield f"| {escape(name(row))} | {escape(row.reason)} | {held} | {escape(remedy(row))} |"
    if len(rows) > ROWS:
        yield ""
        yield f"… and {len(rows) - ROWS} more; the other formats have them all."


def _kept(report: RunReport) -> Iterator[str]:
    briefly = words.named(report, words.short)
    for reason, members in words.kept(report).items():
        names = some(map(briefly, members), most=MANY)
        yield f"- kept {len(members)}: {escape(reason)} ({escape(names)})"


def _sources(report: RunReport) -> Iterator[str]:
    for source in report.sources:
        problem = f" ({escape(source.problem)})" if source.problem else ""
        yield f"- from {escape(words.read_from(source))}{problem}"
    for (_, kind), reason in sorted(report.unseen.items()):
        yield f"- could not be listed: {escape(kind)} ({escape(reason)})"
    for note in report.notes:
        yield f"- note: {escape(note)}"
