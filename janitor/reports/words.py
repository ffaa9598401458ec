"""What the formats for people say alike: the headline, what needs attention, and what each exit code means.

Everything that comes from a cloud or a state leaves this module cleaned; escaping for a markup is the format's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from janitor.core.catalogue import KINDS
from janitor.core.model import Holder, Outcome, Ref
from janitor.core.outcome import LEFT, Command, Result, RunReport, Source
from janitor.core.text import clean, counted
from janitor.core.times import spell

MEANING: Mapping[int, str] = {
    0: "a fresh listing of the cloud proved that nothing of the workspace is left",
    1: "something that is ours, or may be, is left",
    3: "the input cannot be read, or what was asked was refused; nothing is proved",
    4: "not everything could be verified",
    5: "the cloud is proved empty, but the state could not be made to agree",
    130: "interrupted; the same command takes up where this run stopped",
}
PLAN_MEANING: Mapping[int, str] = {
    0: "the plan is made; nothing was changed",
    4: "the plan is made, but not everything could be verified; nothing was changed",
}
SWEEP_MEANING: Mapping[int, str] = {
    0: "a fresh listing of the cloud proved that nothing of what was selected is left",
    1: "something of what was selected, or may be, is left",
}
AGAIN = "then run the same command again"


def headline(report: RunReport) -> str:
    """The verdict in one line."""
    name = f"workspace {clean(report.workspace)}" if report.workspace else "this run"
    return f"{name}: {_verdict(report)}"


def _verdict(report: RunReport) -> str:
    took = spell(report.finished - report.started)
    gone = report.count(Outcome.DELETED)
    left = len(stays(report))
    match report.exit_code:
        case 0 | 4 if report.command is Command.PLAN:
            to_delete = counted(report.count(Outcome.PLANNED), "object")
            doubts = f"; {unknown(report)}" if report.exit_code else ""
            return f"{to_delete} would be deleted, {report.count(Outcome.KEPT)} kept{doubts}"
        case 0 if _looked_nowhere(report):
            return "there was nothing to look at"
        case 130:
            return f"interrupted after {took}, {gone} deleted"
        case 3:
            return f"refused: {clean(report.refused)}"
        case 1:
            return f"not empty after {took}: {counted(left, 'object')} left, {gone} deleted"
        case 4:
            return f"not verified after {took}: {gone} deleted, {unknown(report)}"
        case 5:
            return f"proved empty in {took} ({gone} deleted), but its state still lists what is gone"
    return f"proved empty in {took} ({gone} deleted, {report.count(Outcome.ABSENT)} gone before)"


def unknown(report: RunReport) -> str:
    """What could not be verified, counted."""
    parts = []
    if open_ends := report.count(Outcome.UNVERIFIED):
        parts.append(f"{counted(open_ends, 'object')} could not be verified")
    if report.unseen:
        parts.append(f"{counted(len(report.unseen), 'kind')} could not be listed")
    return ", ".join(parts) or "see the notes"


def meaning(report: RunReport) -> str:
    """What the exit code says."""
    if _looked_nowhere(report) and report.exit_code == 0:
        return "nothing was looked at: no target is in this share, or no object in the saved plan"
    special = PLAN_MEANING if report.command is Command.PLAN else SWEEP_MEANING if not report.workspace else {}
    return special.get(report.exit_code, MEANING[report.exit_code])


def _looked_nowhere(report: RunReport) -> bool:
    return not report.workspace and not report.scopes


def stays(report: RunReport) -> tuple[Result, ...]:
    """The objects that make the run fail: ours, or ambiguous, and still there."""
    if report.command is Command.PLAN:
        return ()
    return tuple(r for r in report.results if r.counts and r.outcome in LEFT)


def folded(results: Iterable[Result]) -> Mapping[str, Sequence[Result]]:
    """Results by their reason, in the order of their first appearance."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[clean(result.reason) or "no reason is known"].append(result)
    return groups


def alike(results: Iterable[Result]) -> Iterable[Sequence[Result]]:
    """Results that say the same for the same reason, together: sixty objects behind one outage are one paragraph."""
    groups: dict[object, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.outcome, clean(result.reason), result.holders, remedy_of_kind(result)].append(result)
    return groups.values()


def kept(report: RunReport) -> Mapping[str, Sequence[Result]]:
    """What is kept as it should be, by reason."""
    left = set(map(id, stays(report)))
    return folded(r for r in report.of(Outcome.KEPT) if id(r) not in left)


def label(result: Result) -> str:
    """`server web-1 (id)`; without an id, the address that cannot be found again."""
    kind = clean(result.ref.kind)
    name, identifier, address = clean(result.name), clean(result.ref.id), clean(result.address)
    if not identifier:
        return f"{kind} {address or name}".strip()
    return f"{kind} {name} ({identifier})" if name and name != identifier else f"{kind} {identifier}"


def short(result: Result) -> str:
    """`server web-1`: enough among many."""
    return f"{clean(result.ref.kind)} {clean(result.name) or clean(result.ref.id) or clean(result.address)}".strip()


def named(report: RunReport, label: Callable[[Result], str] = label) -> Callable[[Result], str]:
    """How an object is called in this report: with its project and region where the run had several."""
    several = len({row.ref.scope for row in report.results}) > 1
    return (lambda row: f"{label(row)} in {clean(row.ref.scope)}") if several else label


def holder(held_by: Holder) -> str:
    """`port by-hand (id) of project …`."""
    return clean(held_by)


def source(known_from: Source) -> str:
    """`state tofu state pull: 61 resources (what was wrong with it)`."""
    problem = f" ({clean(known_from.problem)})" if known_from.problem else ""
    return f"{read_from(known_from)}{problem}"


def read_from(known_from: Source) -> str:
    """The same without what was wrong with it."""
    knows = known_from.resources or known_from.kind == "state"
    told = f": {counted(known_from.resources, 'resource')}" if knows else ""
    return f"{clean(known_from.kind)} {clean(known_from.path)}{told}"


def remedies(report: RunReport) -> Callable[[Result], str]:
    """What would free an object of this run, "" where its reason says all there is."""
    rows = {row.ref: row for row in report.results if row.outcome in LEFT - {Outcome.KEPT}}

    def remedy(result: Result) -> str:
        if result.holders and result.outcome is not Outcome.UNVERIFIED:
            steps = dict.fromkeys(_first_step(item, rows.get(_ref(result, item))) for item in _ends(result, rows))
            return f"{' and '.join(steps)}, {AGAIN}"
        advice = _advice(result)
        return f"{advice}; {AGAIN}" if advice and advice not in clean(result.reason) else ""

    return remedy


def _ends(result: Result, rows: Mapping[Ref, Result]) -> tuple[Holder, ...]:
    """Who holds what holds it, and so on: the ends of those chains; of a circle, its nearest members."""
    ends: dict[Ref, Holder] = {}
    seen, waiting = {result.ref}, list(result.holders)
    while waiting:
        item = waiting.pop(0)
        ref = _ref(result, item)
        if ref in seen:
            continue
        seen.add(ref)
        row = rows.get(ref)
        if row is not None and row.holders:
            waiting += row.holders
        else:
            ends[ref] = item
    return tuple(ends.values()) or result.holders


def _ref(result: Result, item: Holder) -> Ref:
    return Ref(result.ref.scope, item.kind, item.id)


def _first_step(item: Holder, row: Result | None) -> str:
    """What to do about the end of a chain: an object of this run that failed, or somebody else's."""
    if row is None:
        return f"delete or detach {holder(item)}"
    advice = _advice(row)
    return f"free {label(row)} first ({advice})" if advice else f"see why {label(row)} stays, it comes first"


def _advice(result: Result) -> str:
    return remedy_of_kind(result).replace("{id}", clean(result.ref.id))


def remedy_of_kind(result: Result) -> str:
    """The catalogue's advice for a stuck object of this kind, with `{id}` in it."""
    kind = KINDS.get(result.ref.kind)
    return kind.advice if kind and result.outcome is Outcome.FAILED else ""


def per_kind(results: Iterable[Result]) -> str:
    """`3 servers, 1 network`, the most frequent first."""
    counts = Counter(result.ref.kind for result in results)
    return ", ".join(
        counted(n, clean(kind)) for kind, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
