"""Plain lines, one per event, for a CI's log or a pipe; phases fold where the CI knows how.

GitLab: https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections; GitHub: workflow commands `::group::`.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TextIO

from janitor.core.times import spell


class Folding(Enum):
    """How the log's viewer folds."""

    NONE = "none"
    GITLAB = "gitlab"
    GITHUB = "github"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Folding:
        """By the variables that the CI sets itself."""
        if environment.get("GITLAB_CI"):
            return cls.GITLAB
        return cls.GITHUB if environment.get("GITHUB_ACTIONS") else cls.NONE


@dataclass(slots=True)
class Lines:
    """Writes each thing at once and flushes: a log that is read while it grows."""

    stream: TextIO
    folding: Folding
    began: float
    clock: Callable[[], float]
    shows_tasks: bool = False
    open: list[str] = field(default_factory=list)
    folded: Counter[str] = field(default_factory=Counter)  # how often each section was begun: GitLab wants other names

    def begin(self, title: str) -> None:
        """A phase begins. GitHub cannot nest groups, so only the outermost one folds."""
        self.open.append(title)
        outermost = len(self.open) == 1
        if outermost and self.folding is Folding.GITLAB:
            self.folded[title] += 1
            mark = f"section_start:{int(time.time())}:{self._section(title)}[collapsed=true]"
            self._write(f"\x1b[0K{mark}\r\x1b[0K{title}")
        elif outermost and self.folding is Folding.GITHUB:
            self._write(f"::group::{title}")
        else:
            self.say(f"{title} …")

    def end(self, title: str, outcome: str) -> None:
        """A phase has ended; after `close` there is nothing left to fold."""
        folded = len(self.open) == 1
        if self.open:
            self.open.pop()
        if folded and self.folding is Folding.GITLAB:
            self._write(f"\x1b[0Ksection_end:{int(time.time())}:{self._section(title)}\r\x1b[0K")
        elif folded and self.folding is Folding.GITHUB:
            self._write("::endgroup::")
        if outcome:
            self.say(f"{title}: {outcome}")

    def say(self, text: str) -> None:
        """One line, with the time since the begin of the run."""
        self._write(f"[{spell(self.clock() - self.began):>7}] {text}")

    def close(self) -> None:
        """End what is still folded, so that the log after us is not."""
        while self.open:
            self.end(self.open[-1], "")

    def _section(self, title: str) -> str:
        number = self.folded[title]
        return f"{_slug(title)}_{number}" if number > 1 else _slug(title)

    def _write(self, text: str) -> None:
        self.stream.write(f"{text}\n")
        self.stream.flush()


def _slug(title: str) -> str:
    return "janitor_" + re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
