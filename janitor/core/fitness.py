"""Whether an environment is fit for the tests: findings with a line, a reason and what to do; and what follows.

A finding that nobody without more rights could make (`counts` is False) is told, and makes no exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from janitor.core.model import Scope


class Fit(StrEnum):
    """One answer in one word."""

    FIT = "fit"
    NOT_FIT = "not fit"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    """What a finding is about, in the order in which it is told."""

    CREDENTIALS = "credentials"
    LOCK = "lock"
    LEFTOVERS = "leftovers"
    CONFIGURATION = "configuration"
    SERVICE = "service"
    ROLE = "role"
    NAME = "name"  # what the configuration names exists and is usable
    COLLISION = "collision"  # an object that is in the way
    QUOTA = "quota"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. `line` says what is so, `reason` why, `remedy` what to do about it."""

    topic: Topic
    subject: str  # `network port`, `image cirros`: what the finding is about, no two of a topic alike
    fit: Fit
    line: str
    reason: str = ""
    remedy: str = ""
    counts: bool = True
    needed: int | None = None  # QUOTA and ADDRESSES, where it is known
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Fitness:
    """The record of one check; every report of it is rendered from this and nothing else."""

    workspace: str
    scopes: tuple[Scope, ...]
    started: float
    finished: float
    findings: tuple[Finding, ...] = ()
    requests: int = 0
    interrupted: bool = False
    refused: str = ""
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """130 interrupted, 3 refused, 1 not fit, 4 unknown, 0 fit."""
        if self.interrupted:
            return 130
        if self.refused:
            return 3
        if any(finding.fit is Fit.NOT_FIT for finding in self.findings):
            return 1
        open_ends = not self.findings or any(f.fit is Fit.UNKNOWN and f.counts for f in self.findings)
        return 4 if open_ends else 0

    @property
    def verdict(self) -> str:
        """The word that belongs to the exit code."""
        return {0: "fit", 1: "not fit", 3: "refused", 4: "unknown", 130: "interrupted"}[self.exit_code]

    def of(self, fit: Fit) -> tuple[Finding, ...]:
        """The findings with this answer, in the order in which they are told."""
        return tuple(finding for finding in self.findings if finding.fit is fit)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by topic and subject, each once."""
    topics = list(Topic)
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (topics.index(f.topic), f.subject, f.line)))
