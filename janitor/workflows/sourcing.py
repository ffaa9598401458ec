"""What came from where, and what was wrong with it: the sources that a report names. Decides nothing."""

from __future__ import annotations

from janitor.core.model import ApplyLog, Configuration, Health, Snapshot
from janitor.core.outcome import Source
from janitor.journal import Recollection
from janitor.settings import Settings


def sources(
    snapshot: Snapshot,
    configuration: Configuration,
    recollection: Recollection,
    logs: tuple[ApplyLog, ...],
    settings: Settings,
) -> tuple[Source, ...]:
    found = [Source("state", snapshot.source, len(snapshot.managed), _state_problem(snapshot))]
    if recollection.ours or recollection.closed:
        found.append(Source("journal", str(settings.journal_folder), len(recollection.ours)))
    found += [Source("log", log.path, len(log.created), "; ".join(log.problems)) for log in logs]
    if configuration.instances or configuration.problems:
        what = "" if configuration.complete else "incomplete"
        problem = "; ".join(filter(None, (what, *configuration.problems)))
        found.append(Source("configuration", configuration.evaluator, len(configuration.instances), problem))
    found += [Source("mark", mark) for mark in settings.mark]
    return tuple(found)


def _state_problem(snapshot: Snapshot) -> str:
    if snapshot.health is Health.WHOLE:
        return snapshot.problem
    return f"{snapshot.health}: {snapshot.problem}" if snapshot.problem else str(snapshot.health)
