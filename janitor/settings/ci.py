"""What a CI job says of time: when its pipeline began, and how long this job has left.

Facts: GitLab gives a job CI_JOB_STARTED_AT and CI_JOB_TIMEOUT (seconds); CI_JOB_STATUS is no longer `running` in an
after_script, which has five minutes unless RUNNER_AFTER_SCRIPT_TIMEOUT says otherwise. GitHub sets none of these.
"""

from __future__ import annotations

from collections.abc import Mapping

from janitor.core import times

LONGEST = 55 * 60.0
SHORTEST = 30.0
JOB_GRACE = 60.0  # for the last listing and the reports, before the runner kills the job
AFTER_SCRIPT = 300.0
AFTER_SCRIPT_GRACE = 20.0
_OVER = frozenset({"success", "failed", "canceled", "timedout"})


def deadline(environment: Mapping[str, str], *, now: float) -> tuple[float, str]:
    """The default deadline in seconds, and the variable that made it shorter than it would be."""
    bounds = [(LONGEST, "")]
    left = _job_left(environment, now)
    if left is not None:
        bounds.append((left - JOB_GRACE, "CI_JOB_TIMEOUT"))
    if environment.get("CI_JOB_STATUS") in _OVER:
        bounds.append((_after_script(environment) - AFTER_SCRIPT_GRACE, "CI_JOB_STATUS"))
    seconds, why = min(bounds)
    return max(seconds, SHORTEST), why


def pipeline_begin(environment: Mapping[str, str]) -> float | None:
    """When the pipeline was created; None outside of one."""
    return times.moment_or_none(environment.get("CI_PIPELINE_CREATED_AT", ""))


def _job_left(environment: Mapping[str, str], now: float) -> float | None:
    """Seconds until the job's end; None when unknown, or past: then the variables are somebody else's."""
    started = times.moment_or_none(environment.get("CI_JOB_STARTED_AT", ""))
    try:
        allowed = float(environment.get("CI_JOB_TIMEOUT", ""))
    except ValueError:
        return None
    left = None if started is None else started + allowed - now
    return left if left is not None and 0 < left <= allowed + SHORTEST else None


def _after_script(environment: Mapping[str, str]) -> float:
    try:
        return times.duration(environment.get("RUNNER_AFTER_SCRIPT_TIMEOUT", ""))
    except ValueError:
        return AFTER_SCRIPT
