"""The report for a tired person: the verdict first, then only what needs attention, then where knowledge came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from janitor.core.model import Outcome
from janitor.core.outcome import Command, Result, RunReport
from janitor.core.text import clean, counted, some
from janitor.core.times import spell
from janitor.reports import words

MANY = 5
WIDEST = 40


def render(report: RunReport) -> str:
    """The report as plain lines."""
    blocks = (
        [words.headline(report)],
        list(_counts(report)),
        list(_planned(report)),
        list(_stays(report)),
        list(_unverified(report)),
        list(_kept(report)),
        list(_unseen(report)),
        list(_sources(report)),
        [f"exit code {report.exit_code}: {words.meaning(report)}"],
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _counts(report: RunReport) -> Iterator[str]:
    for outcome in (Outcome.DELETED, Outcome.ABSENT):
        if found := report.of(outcome):
            yield f"  {outcome:<8} {len(found):>4}   {words.per_kind(found)}"


def _planned(report: RunReport) -> Iterator[str]:
    """In a plan, every object with the reason why it is ours: it is the very set that a real run deletes."""
    found = report.of(Outcome.PLANNED)
    if report.command is not Command.PLAN or not found:
        return
    scopes = sorted({row.ref.scope for row in report.results})
    for scope in scopes:
        here = sorted((r for r in found if r.ref.scope == scope), key=lambda r: (r.ref.kind, r.name, r.ref))
        if here:
            yield f"Would be deleted in {clean(scope)}" if len(scopes) > 1 else "Would be deleted"
        for kind, group in groupby(here, key=lambda r: r.ref.kind):
            members = list(group)
            yield f"  {clean(kind)} ({len(members)})"
            yield from _rows(members)


def _rows(members: Sequence[Result]) -> Iterator[str]:
    name_width = min(max(len(clean(member.name)) for member in members), WIDEST)
    id_width = max(len(clean(member.ref.id)) for member in members)
    evidence = [",".join(member.evidence) for member in members]
    width = max(map(len, evidence))
    for member, why in zip(members, evidence, strict=True):
        name = clean(member.name, longest=WIDEST)
        where = clean(member.address) or clean(member.reason)
        yield f"    {name:<{name_width}}  {clean(member.ref.id):<{id_width}}  {why:<{width}}  {where}".rstrip()


def _stays(report: RunReport) -> Iterator[str]:
    found = words.stays(report)
    if found:
        yield "What stays, and why"
    yield from _attention(report, found, holders="held by")


def _unverified(report: RunReport) -> Iterator[str]:
    found = report.of(Outcome.UNVERIFIED)
    if found:
        yield "Not verified"
    yield from _attention(report, found, holders="may be")


def _attention(report: RunReport, found: Iterable[Result], *, holders: str) -> Iterator[str]:
    """Those that are alike together: every object by its name and id, then what is true of all of them."""
    name, remedy_of = words.named(report), words.remedies(report)
    for group in words.alike(found):
        for result in group:
            address = clean(result.address) if result.ref.id else ""
            yield f"  {name(result)}  {address}".rstrip()
        first = group[0]
        if first.reason:
            yield f"      {first.outcome}: {clean(first.reason)}"
        for item in first.holders:
            if words.holder(item) not in clean(first.reason):
                yield f"      {holders} {words.holder(item)}"
        for remedy in dict.fromkeys(map(remedy_of, group)):
            if remedy:
                yield f"      to free {'it' if len(group) == 1 else 'them'}: {remedy}"


def _kept(report: RunReport) -> Iterator[str]:
    groups, name, briefly = words.kept(report), words.named(report), words.named(report, words.short)
    if groups:
        yield "Kept, as it should be"
    for reason, members in groups.items():
        if len(members) <= MANY:
            for member in members:
                yield f"  {name(member)}: {reason}"
        else:
            yield f"  {len(members)} objects: {reason}"
            yield f"      {some(map(briefly, members), most=MANY)}"


def _unseen(report: RunReport) -> Iterator[str]:
    if report.unseen:
        yield "Could not be listed"
    for (scope, kind), reason in sorted(report.unseen.items()):
        yield f"  {clean(kind)} in {clean(scope)}: {clean(reason)}"


def _sources(report: RunReport) -> Iterator[str]:
    for scope in report.scopes:
        name, number = clean(scope.project_name), clean(scope.project_id)
        project = f"{name} ({number})" if name and name != number else number
        told = (("", clean(scope.cloud)), ("region ", clean(scope.region)), ("project ", project))
        yield f"in {', '.join(f'{what}{value}' for what, value in told if value)}"
    for source in report.sources:
        yield f"from {words.source(source)}"
    if report.terraform.ran:
        code = "" if report.terraform.exit_code is None else f", exit code {report.terraform.exit_code}"
        handed = f"; handed over: {clean(report.terraform.handed_over)}" if report.terraform.handed_over else ""
        yield f"terraform destroy ran {spell(report.terraform.seconds)}{code}{handed}"
    if not report.state.agreed:
        yield f"the state was not made to agree: {clean(report.state.reason)}"
    if report.requests:
        yield f"{counted(report.requests, 'request')} to the cloud"
    for note in report.notes:
        yield f"note: {clean(note)}"
