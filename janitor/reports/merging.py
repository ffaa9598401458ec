"""Several runs as one: the reports of a sweep's shards, or of a pipeline's jobs. The exit code is the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from janitor.core.errors import Refused
from janitor.core.outcome import Agreement, Command, Result, RunReport

_T = TypeVar("_T")


def merged(runs: Sequence[RunReport]) -> RunReport:
    """One report of at least one run. Times count from the earliest begin; nothing is left out, not even twice.

    Raises Refused for plans among runs: what would be deleted is neither left nor gone.
    """
    if len({run.command is Command.PLAN for run in runs}) > 1:
        raise Refused("A plan cannot be merged with a run: give the reports of plans, or those of runs.")
    began = min(run.started for run in runs)
    workspaces = {run.workspace for run in runs}
    results = tuple(row for run in runs for row in _shifted(run, began))
    reasons = [run.state.reason for run in runs if not run.state.agreed]
    return RunReport(
        command=runs[0].command,
        workspace=runs[0].workspace if len(workspaces) == 1 else "",
        scopes=tuple(sorted({scope for run in runs for scope in run.scopes})),
        started=began,
        finished=max(run.finished for run in runs),
        results=results,
        edges=_once(edge for run in runs for edge in run.edges),
        sources=_once(source for run in runs for source in run.sources),
        unseen={where: why for run in runs for where, why in run.unseen.items()},
        unseen_counts=any(run.unseen_counts for run in runs),
        terraform=next((run.terraform for run in runs if run.terraform.ran), runs[0].terraform),
        state=Agreement(agreed=not reasons, reason=" ".join(reasons)),
        requests=sum(run.requests for run in runs),
        interrupted=any(run.interrupted for run in runs),
        refused=" ".join(_once(run.refused for run in runs if run.refused)),
        notes=_once((*(note for run in runs for note in run.notes), *_twice(results))),
    )


def _shifted(run: RunReport, began: float) -> Iterator[Result]:
    for row in run.results:
        yield replace(row, started=row.started + run.started - began)


def _twice(results: Iterable[Result]) -> Iterator[str]:
    """Shards share nothing: an object in two of their reports says that they were not shares of one list."""
    count = sum(number > 1 for ref, number in Counter(row.ref for row in results if row.ref.id).items())
    if count:
        yield f"{count} of the objects stand in more than one of the merged reports"


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
