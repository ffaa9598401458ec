"""What became of every object, and the exit code that follows from it: computed once, from the record alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janitor.core.model import Edge, Evidence, Holder, Outcome, Ref, Scope


class Command(StrEnum):
    """The commands that change something, or say what they would. `apply` reports on its rollback alone."""

    DESTROY = "destroy"
    PLAN = "plan"
    APPLY = "apply"
    SWEEP = "sweep"


class RunVerdict(StrEnum):
    """A run in one word."""

    EMPTY = "empty"
    LEFT = "left"
    UNVERIFIED = "unverified"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Result:
    """One object at the end of the run. `counts`: whether it makes the run fail (ours, or ambiguous)."""

    ref: Ref
    outcome: Outcome
    name: str = ""
    address: str = ""
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    holders: tuple[Holder, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    started: float = 0.0  # seconds after the begin of the run
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """Where knowledge came from and what was wrong with it."""

    kind: str  # state, journal, log, mark, configuration
    path: str
    resources: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TerraformRun:
    """What `terraform destroy` did. `handed_over`: why janitor took over, "" when it ended by itself."""

    ran: bool = False
    exit_code: int | None = None
    seconds: float = 0.0
    handed_over: str = ""
    started: float = 0.0  # seconds after the begin of the run


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether the state lists no more than what exists. `needed` is False where there was nothing to agree."""

    agreed: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """The record of one run; every report is rendered from this and nothing else."""

    command: Command
    workspace: str
    scopes: tuple[Scope, ...]
    started: float
    finished: float
    results: tuple[Result, ...] = ()
    edges: tuple[Edge, ...] = ()
    sources: tuple[Source, ...] = ()
    unseen: Mapping[tuple[Scope, str], str] = field(default_factory=dict)
    unseen_counts: bool = False  # an unseen kind could hold something of ours
    terraform: TerraformRun = field(default_factory=TerraformRun)
    state: Agreement = field(default_factory=Agreement)
    requests: int = 0
    interrupted: bool = False
    refused: str = ""
    notes: tuple[str, ...] = ()

    def of(self, outcome: Outcome) -> tuple[Result, ...]:
        """The objects that ended that way."""
        return tuple(result for result in self.results if result.outcome is outcome)

    def count(self, outcome: Outcome) -> int:
        """How many objects ended that way."""
        return len(self.of(outcome))

    @property
    def exit_code(self) -> int:
        """130 > 3 > 1 > 4 > 5 > 0, as the documentation's table says; 70 never gets a report."""
        if self.interrupted:
            return 130
        if self.refused:
            return 3
        left = any(result.counts and result.outcome in LEFT for result in self.results)
        if left and self.command is not Command.PLAN:
            return 1
        if self.unseen_counts or self.count(Outcome.UNVERIFIED):
            return 4
        return 0 if self.state.agreed else 5

    @property
    def verdict(self) -> RunVerdict:
        """The word that belongs to the exit code."""
        if self.command is Command.PLAN and self.exit_code == 0:
            return RunVerdict.PLANNED
        return VERDICTS[self.exit_code]


LEFT = frozenset({Outcome.FAILED, Outcome.BLOCKED, Outcome.KEPT, Outcome.PLANNED})
GONE = frozenset({Outcome.DELETED, Outcome.ABSENT})

VERDICTS: Mapping[int, RunVerdict] = {
    0: RunVerdict.EMPTY,
    1: RunVerdict.LEFT,
    3: RunVerdict.REFUSED,
    4: RunVerdict.UNVERIFIED,
    5: RunVerdict.EMPTY,
    130: RunVerdict.INTERRUPTED,
}
