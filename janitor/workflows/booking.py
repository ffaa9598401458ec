"""What a run writes into its journal, and when: before the first delete, around each request, and after the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from janitor import journal as entries
from janitor.core.model import Ref, Scope, Snapshot
from janitor.core.plan import Plan
from janitor.engine.protocols import Reply
from janitor.journal import Journal, JournalKey, Recollection
from janitor.settings import Settings
from janitor.terraform.root import RootModule
from janitor.workflows import recounting


@dataclass(slots=True)
class Book:
    """The journal as this run keeps it. Made with its first line: a run that is refused, or dry, leaves nothing."""

    settings: Settings
    key: JournalKey
    recollection: Recollection
    journal: Journal | None = None
    opening: tuple[entries.Entry, ...] = ()  # of this run; on the disk before its first other line
    copy: bytes = b""  # of the state, kept with the opening

    @classmethod
    def open(cls, settings: Settings, key: JournalKey) -> Self:
        """Read the journal of this workspace, should there be one; raises Refused.

        What an apply's output tells beyond it becomes part of it, with the first line of this run.
        """
        written = entries.peek(settings.journal_folder, key)
        rest = recounting.tail(entries.recall(written), settings.journal_folder)
        return cls(settings, key, entries.recall((*written, *rest)), opening=rest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.journal is not None:
            self.journal.close()

    def write(self, *some: entries.Entry) -> None:
        """Append and wait until it is on the disk; raises JournalUnwritable."""
        if not self.settings.dry_run:
            self._opened().append(*some)

    def new_log(self) -> Path:
        """Where the output of an apply goes that is about to begin."""
        return self._opened().new_log()

    def now(self) -> entries.Recollection:
        """What the journal says by now; `recollection` is what it said when it was opened."""
        return entries.recall(entries.peek(self.settings.journal_folder, self.key))

    def keep(self, raw: bytes) -> None:
        """Keep a copy of the state."""
        if raw and not self.settings.dry_run:
            self._opened().save_snapshot(raw)

    def begin(
        self, settings: Settings, root: RootModule, snapshot: Snapshot, *, scope: Scope, since: float | None
    ) -> None:
        """Put down the run's first entries; they and the state's copy are kept before anything can be changed."""
        self.opening += (
            entries.run_begin(
                command=str(settings.command),
                workspace=root.workspace,
                scopes=[scope],
                lineage=snapshot.lineage,
                serial=snapshot.serial,
                since=since,
            ),
        )
        self.copy = snapshot.raw

    def _opened(self) -> Journal:
        if self.journal is None:
            self.journal = Journal.open(self.settings.journal_folder, self.key)
            self.write(*self.opening)
            self.keep(self.copy)
        return self.journal

    def planned(self, plan: Plan) -> None:
        """What was judged ours, and why: an object that loses the link that proved it stays known.

        Written also where nothing was: from here on something can be changed.
        """
        self.write(
            *(
                entries.planned(
                    step.ref,
                    evidence=step.evidence,
                    address=step.address,
                    name=step.observed.name,
                    created_at=step.observed.created_at,
                )
                for _, step in sorted(plan.steps.items())
            )
        )

    def record(self, entry: Mapping[str, object]) -> None:
        """One of the engine's lines: what is about to be asked, and what was answered."""
        ref = Ref(
            Scope(str(entry["cloud"]), str(entry["region"]), str(entry["project_id"])),
            str(entry["kind"]),
            str(entry["id"]),
        )
        if entry["op"] == "ask":
            self.write(entries.request(ref, str(entry.get("action", "delete"))))
            return
        reply, status = str(entry.get("reply", "")), entry.get("status", 0)
        if reply == Reply.GONE or entry.get("read") == "missing":
            self.write(entries.gone(ref))
        else:
            self.write(
                entries.answer(
                    ref,
                    "delete",
                    status=status if isinstance(status, int) else 0,
                    code=str(entry.get("code", "")),
                    accepted=reply == Reply.ACCEPTED,
                )
            )

    def proved(self, listed: int) -> None:
        """Close the section: nothing of the workspace is left. What lies beside the journal is not needed any more."""
        self.write(entries.closed(listed=listed))
        if self.journal is not None:
            self.journal.drop_copies()
