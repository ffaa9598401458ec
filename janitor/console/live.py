"""The live display on a terminal: the phase, its counts, and the few tasks that take longest; gone when it is over.

Each phase leaves one line behind. Nothing here reads a name as markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from rich.console import Console as Terminal
from rich.console import Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from janitor.console.board import Board, Task
from janitor.core.times import spell

TALLEST = 8


@dataclass(slots=True)
class Screen:
    """One live area at the bottom of the terminal, shown while a phase is open."""

    stream: TextIO
    color: bool
    board: Board
    clock: Callable[[], float]
    terminal: Terminal = field(init=False)
    live: Live | None = None
    shows_tasks: bool = True
    phases: list[tuple[str, float, Spinner]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terminal = Terminal(
            file=self.stream,
            no_color=not self.color,
            markup=False,
            emoji=False,
            highlight=False,
            force_terminal=True,
        )

    def begin(self, title: str) -> None:
        """Show a phase."""
        spinner = Spinner("dots" if self._unicode else "line", style="cyan")
        self.phases.append((title, self.clock(), spinner))
        if self.live is None:
            self.live = Live(console=self.terminal, get_renderable=self.view, refresh_per_second=8, transient=True)
            self.live.start()

    def end(self, title: str, outcome: str) -> None:
        """Leave the phase's line behind."""
        _, began, _ = self.phases.pop()
        mark = "✓" if self._unicode else "*"
        took = spell(self.clock() - began)
        self.say(
            Text.assemble(
                (f"{mark} ", "green"), title, (f"  {outcome}", "bold") if outcome else "", (f"  {took}", "dim")
            )
        )
        if not self.phases:
            self.close()

    def say(self, line: str | Text) -> None:
        """A line that stays, above the live area."""
        self.terminal.print(line if isinstance(line, Text) else Text(line), soft_wrap=True)

    def close(self) -> None:
        """Give the terminal back."""
        if self.live is not None:
            self.live.stop()
            self.live = None

    def view(self) -> RenderableType:
        """What the live area shows now."""
        if not self.phases:
            return Text("")
        title, began, spinner = self.phases[-1]
        now = self.clock()
        head = Text.assemble((title, "bold"), f"  {self.board.tally()}".rstrip(), (f"  {spell(now - began)}", "dim"))
        spinner.update(text=head)
        # Oldest first: what takes longest is what a person wants to know; a copy, the engine goes on meanwhile.
        tasks = sorted(self.board.tasks.copy().values(), key=lambda task: (not task.waits, task.began, task.label))
        return Group(spinner, *([_table(tasks[:TALLEST], now)] if tasks else []), *_more(len(tasks) - TALLEST))

    @property
    def _unicode(self) -> bool:
        return "utf" in (self.terminal.encoding or "").lower()


def _table(tasks: list[Task], now: float) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(overflow="fold")  # who holds it is what a person needs: in full, on two lines if need be
    for task in tasks:
        verb = Text("  waiting" if task.waits else f"  {task.verb}", "yellow" if task.waits else "cyan")
        table.add_row(verb, Text(task.label), Text(spell(now - task.began), "dim"), Text(task.waits))
    return table


def _more(count: int) -> list[Text]:
    return [Text(f"  and {count} more", "dim")] if count > 0 else []
