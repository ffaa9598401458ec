"""The state of one step: where it stands, what was sent for it and when, what the readings since then showed.

A reading is believed only when it started after our last request was answered; `note` counts the unchanged ones.
Nothing here sends or decides what comes next.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from janitor.core.catalogue import KINDS, Kind
from janitor.core.model import EdgeSource, Holder, Observed, Outcome, Ref
from janitor.core.outcome import Result
from janitor.core.plan import Action, Step
from janitor.engine.protocols import Answer

DYING = frozenset({"deleting", "pending_delete", "soft-deleting", "delete_in_progress"})
"""Statuses and task states that say: a delete was accepted, by whomever."""

DROPPED = "accepted, then dropped"
"""What stands for the answer where a delete was accepted, and the object is as it was before."""

TASK_STATE = "OS-EXT-STS:task_state"
UNDER_WAY = ("pending", "delete")
"""Designate has one status for whatever is under way, and says beside it what that is."""


class Phase(StrEnum):
    """Where a step stands."""

    HELD = "held"  # something has to go first
    READY = "ready"  # in its service's queue
    ASKED = "asked"  # read, judge, delete are under way
    SEARCHED = "searched"  # refused; its holders are looked for
    PAUSED = "paused"  # waits for the clock
    BUSY = "busy"  # refused; waits for a status that passes by itself
    ACCEPTED = "accepted"  # waits for a listing without it
    DOUBTED = "doubted"  # not listed; waits for a reading that says whether listings of its kind hide what lives
    CARRIED = "carried"  # goes with its carrier, which is still there
    FADING = "fading"  # its carrier is gone; looked for
    GONE = "gone"
    KEPT = "kept"
    BLOCKED = "blocked"  # until its holders go, or the end
    FAILED = "failed"
    CUT = "cut"  # the run ended before its turn


WAITED_FOR = frozenset({Phase.BUSY, Phase.ACCEPTED, Phase.FADING})
SETTLED = frozenset({Phase.GONE, Phase.KEPT, Phase.BLOCKED, Phase.FAILED, Phase.CUT})


@dataclass(slots=True)
class Progress:
    """One step under way. Owned by the scheduler's thread alone."""

    step: Step
    kind: Kind
    phase: Phase
    before: dict[Ref, EdgeSource] = field(default_factory=dict)  # what has to go first, and how we know
    height: int = 0  # the longest chain of steps that waits for this one
    carrier: Ref | None = None
    observed: Observed | None = None  # the newest reading
    answer: Answer | None = None  # the newest refusal or fault
    answered_at: float = float("-inf")  # our last request's answer: older readings do not count
    remarks: str = ""  # the service's own, about a delete that it accepted and that failed
    waiting_since: float | None = None
    sent: int = 0  # deletes that may have had an effect
    begun: bool = False  # a share of it is done
    accepted: bool = False
    along: bool = False  # its carrier went by our request
    insists: bool = False  # the one repeated DELETE to an object that is already dying
    insisted: bool = False
    saw_dying: bool = False
    attempts: int = 0  # throttled or broken in a row …
    troubled_since: float | None = None  # … since then
    refusals: int = 0
    unchanged: int = 0
    passing: bool = False  # failed for a reason that may have passed by the end
    retried: bool = False  # had its second chance
    requests: int = 0
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    reason: str = ""
    holders: tuple[Holder, ...] = ()
    counts: bool = True

    @property
    def ref(self) -> Ref:
        """The object's key."""
        return self.step.ref

    @property
    def service(self) -> str:
        """Whose limits count."""
        return self.kind.service

    @property
    def name(self) -> str:
        """The object's name as it was planned."""
        return self.step.observed.name

    def note(self, observed: Observed) -> bool:
        """Take a reading; True when it differs from the one before."""
        changed = self.observed is not None and fingerprint(self.observed) != fingerprint(observed)
        self.unchanged = 0 if changed or self.observed is None else self.unchanged + 1
        self.observed = observed
        self.saw_dying = self.saw_dying or is_dying(observed)
        return changed

    def advice(self) -> str:
        """What would free the object, as far as the catalogue knows."""
        return self.kind.advice.replace("{id}", self.ref.id)

    def unseen(self) -> str:
        """Why it stays, where the service says that it is in use, and shows us nothing that uses it; else nothing."""
        if self.answer is None or not self.answer.in_use or self.holders:
            return ""
        said = f"held by something we cannot see, in another project most likely ({self.answer.code})"
        facts = self.observed.facts if self.observed is not None else {}
        shown = self.kind.users.format_map(defaultdict(str, facts, id=self.ref.id))
        return f"{said}; who it is, as admin: {shown}" if shown else f"{said}; ask an administrator who it is"


def progress(step: Step) -> Progress:
    """The state a step begins in."""
    phase = Phase.CARRIED if step.action is Action.GOES_WITH and step.carrier is not None else Phase.HELD
    return Progress(step, KINDS[step.ref.kind], phase, carrier=step.carrier if phase is Phase.CARRIED else None)


def fingerprint(observed: Observed) -> tuple[str, str, int]:
    """What has to change for a reading to count as movement."""
    return (observed.status.lower(), observed.fact(TASK_STATE).lower(), len(observed.links))


def is_dying(observed: Observed) -> bool:
    """Whether the object itself says that its delete was accepted."""
    if (observed.status.lower(), observed.fact("action").lower()) == UNDER_WAY:
        return True
    return observed.status.lower() in DYING or observed.fact(TASK_STATE).lower() in DYING


def standing(observed: Observed | None) -> str:
    """Its status, and what is under way: Nova calls a server ACTIVE while it deletes it."""
    if observed is None:
        return "unknown"
    task = observed.fact(TASK_STATE) or (observed.fact("action") if observed.status.lower() == UNDER_WAY[0] else "")
    return f"{observed.status} ({task})" if task else observed.status


def is_dead(kind: Kind, observed: Observed) -> bool:
    """Listed still, but gone."""
    return _among(observed, kind.dead)


def is_busy(kind: Kind, observed: Observed) -> bool:
    """In a status that passes by itself."""
    return _among(observed, kind.busy)


def is_stuck(kind: Kind, observed: Observed) -> bool:
    """In a status that only an admin can clear."""
    return _among(observed, kind.stuck)


def result(one: Progress, *, begun: float, now: float) -> Result:
    """The step as the report shows it."""
    started = one.started if one.started is not None else (one.ended or now)
    return Result(
        ref=one.ref,
        outcome=one.outcome or Outcome.PLANNED,
        name=one.name,
        address=one.step.address,
        evidence=one.step.evidence,
        reason=one.reason,
        holders=one.holders,
        requests=one.requests,
        seconds=max(0.0, (one.ended if one.ended is not None else now) - started),
        started=max(0.0, started - begun),
        counts=one.counts,
    )


def as_holder(one: Progress) -> Holder:
    """A step as the holder of another."""
    observed = one.observed or one.step.observed
    return Holder(one.ref.kind, one.ref.id, observed.name, observed.project_id, observed)


def words(answer: Answer | None) -> str:
    """An answer in a few words, the service's own where there are any."""
    if answer is None:
        return "held"
    return " ".join(part for part in (str(answer.status or ""), answer.code or answer.text) if part) or "no answer"


def explained(one: Progress, said: str) -> str:
    """Why a step is given up: what was seen of it, what the service says, what would free it."""
    noted = f"the service notes: {one.remarks}" if one.remarks else ""
    parts = [said, noted, words(one.answer) if one.answer else "", one.advice()]
    return "; ".join(part for part in parts if part)


def _among(observed: Observed, statuses: tuple[str, ...]) -> bool:
    return observed.status.lower() in {status.lower() for status in statuses}
