"""Terraform's apply as it is heard: every creation is in the journal before anybody else hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from janitor import journal as entries
from janitor.core.errors import JanitorError
from janitor.journal import Intended
from janitor.terraform.events import ApplyEvent, What
from janitor.workflows.recounting import created_entry

Write = Callable[[entries.Entry], None]
Show = Callable[[ApplyEvent], None]


@dataclass(slots=True)
class Recorder:
    """Follows the events. `offset`: from our clock to the cloud's. A journal that fails ends the apply, in order."""

    write: Write
    show: Show
    intended: Mapping[str, Intended]
    stop: Callable[[], bool]
    offset: float = 0.0
    created: int = 0
    spent: float = 0.0  # seconds that writing took
    problem: JanitorError | None = None
    heard: Mapping[What, Callable[[ApplyEvent], None]] = field(init=False)

    def __post_init__(self) -> None:
        self.heard = {What.START: self._begun, What.COMPLETE: self._done}

    def on_event(self, event: ApplyEvent) -> None:
        """Write down what it says of a creation, then show it."""
        follow = self.heard.get(event.what)
        if follow is not None:
            follow(event)
        self.show(event)

    def is_set(self) -> bool:
        """Whether terraform is to be interrupted: somebody asked, or the journal cannot be kept."""
        return self.stop() or self.problem is not None

    def _begun(self, event: ApplyEvent) -> None:
        if event.action == "create" and event.address in self.intended:
            self._note(entries.creating(event.address))

    def _done(self, event: ApplyEvent) -> None:
        if event.action == "create" and event.address in self.intended and event.id:
            self._note(created_entry(event.address, event.type, event.id, self.intended))
        self.created += event.action == "create"

    def _note(self, entry: entries.Entry) -> None:
        began = time.perf_counter()
        try:
            self.write({**entry, "at": round(time.time() + self.offset, 3)})
        except JanitorError as error:
            self.problem = self.problem or error
        self.spent += time.perf_counter() - began
