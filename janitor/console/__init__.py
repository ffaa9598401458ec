"""What a person sees while a run goes on, on stderr: a live display on a terminal, plain lines in a CI's log.

Shows events, decides nothing; the one thing it is asked is the question before a delete. Every name is cleaned.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, Self, TextIO

from janitor.console.board import HEARD_FROM, Board, Event, Loudness, line
from janitor.console.lines import Folding, Lines
from janitor.console.question import QUESTION, summary
from janitor.core.errors import Interrupted
from janitor.core.plan import Plan
from janitor.core.text import clean
from janitor.core.times import spell

__all__ = ["Console", "Loudness"]


class Display(Protocol):
    """Where lines and phases go."""

    shows_tasks: bool

    def begin(self, title: str) -> None: ...
    def end(self, title: str, outcome: str) -> None: ...
    def say(self, line: str) -> None: ...
    def close(self) -> None: ...


class Console:
    """The run's voice. Safe to call from several threads; use it as a context manager to get the terminal back."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        loudness: Loudness = Loudness.NORMAL,
        color: bool = True,
        yes: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.loudness = loudness
        self._yes = yes
        self._stream = stream or sys.stderr
        self._clock = clock
        self._board = Board()
        self._lock = threading.RLock()
        self._display = self._chosen(environment or {}, color=color)

    def _chosen(self, environment: Mapping[str, str], *, color: bool) -> Display:
        in_ci = environment.get("CI", "").lower() not in {"", "0", "false"}
        dumb = environment.get("TERM", "") == "dumb"
        if self._stream.isatty() and not in_ci and not dumb and self.loudness is not Loudness.QUIET:
            from janitor.console.live import Screen

            return Screen(self._stream, color=color, board=self._board, clock=self._clock)
        return Lines(self._stream, Folding.of(environment), began=self._clock(), clock=self._clock)

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """Show a phase while it lasts: `with console.phase("scanning the cloud"):`."""
        if self.loudness is Loudness.QUIET:
            yield
            return
        with self._lock:
            self._board.begin()
            self._display.begin(title)
        try:
            yield
        finally:
            with self._lock:
                self._display.end(title, self._board.tally())
                self._board.begin()

    def expect(self, count: int) -> None:
        """How many objects this phase has to do with, for `41 of 63 done`."""
        with self._lock:
            self._board.total = count

    def event(self, event: Event) -> None:
        """Something happened to an object."""
        with self._lock:
            self._board.take(event, now=self._clock())
            if self._hears(HEARD_FROM.get(event.what, Loudness.VERBOSE)) and self._board.is_news(event):
                self._display.say(line(event))

    def terraform(self, address: str, action: str, status: str, *, elapsed: float | None = None) -> None:
        """A line of terraform's progress; `status` is start, progress, complete or errored."""
        with self._lock:
            self._board.take_terraform(address, action, status, now=self._clock())
            heard = Loudness.VERBOSE if status in {"start", "progress"} else Loudness.NORMAL
            if self._hears(Loudness.QUIET if status == "errored" else heard):
                took = "" if elapsed is None else f" ({spell(elapsed)})"
                self._display.say(f"terraform: {clean(action)} {clean(address)} {clean(status)}{took}")

    def _hears(self, loudness: Loudness) -> bool:
        """Whether an event gets a line. Where the display shows the tasks, only trouble leaves one behind."""
        if self._display.shows_tasks and loudness is Loudness.NORMAL:
            return self.loudness is Loudness.VERBOSE
        return loudness <= self.loudness

    def note(self, text: str) -> None:
        """Something worth knowing; silent with -q."""
        if self.loudness > Loudness.QUIET:
            with self._lock:
                self._display.say(clean(text))

    def detail(self, text: str) -> None:
        """Something worth knowing for who asks with -v."""
        if self.loudness is Loudness.VERBOSE:
            with self._lock:
                self._display.say(clean(text))

    def warn(self, text: str) -> None:
        """Something a person has to know, also with -q."""
        with self._lock:
            self._display.say(f"warning: {clean(text)}")

    def confirm(self, *plans: Plan, whose: str) -> bool:
        """Show what would go and ask; with --yes, or with nothing to delete, nobody is asked. Raises Interrupted."""
        lines = [line for plan in plans if plan.steps for line in summary(plan, whose=clean(whose))]
        return self._yes or not lines or self.ask(lines, QUESTION)

    def ask(self, lines: Iterable[str], question: str) -> bool:
        """Show the lines and ask; only "yes" is a yes. Raises Interrupted."""
        self.close()
        # The run's own handlers only set a flag; at a question Ctrl-C has to answer it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._stream.write("\n".join((*lines, question)))
            self._stream.flush()
            return sys.stdin.readline().strip().lower() == "yes"
        except KeyboardInterrupt:
            self._stream.write("\n")
            raise Interrupted("Interrupted at the question; nothing was changed.") from None
        finally:
            signal.signal(signal.SIGINT, before)

    def close(self) -> None:
        """Give the terminal back; what comes after is shown again."""
        with self._lock:
            self._display.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
