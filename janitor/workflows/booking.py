"""What a run writes into its journal, and when: before the first delete, around each request, and after the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from janitor import journal as entries
from janitor.core.model import Ref, Scope, Snapshot
from janitor.core.plan import Plan
from janitor.engine.protocols import Reply
from janitor.journal import Journal, JournalKey, Recollection
from janitor.settings import Settings
from janitor.terraform.root import RootModule


@dataclass(frozen=True, slots=True)
class Book:
    """The journal as this run keeps it. A dry run reads it and writes nothing."""

    journal: Journal | None
    recollection: Recollection

    @classmethod
    def open(cls, settings: Settings, key: JournalKey) -> Self:
        """Open the journal of this workspace; raises JournalUnwritable, Refused."""
        if settings.dry_run:
            return cls(None, entries.recall(entries.peek(settings.journal_folder, key)))
        journal = Journal.open(settings.journal_folder, key)
        return cls(journal, entries.recall(journal.entries()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.journal is not None:
            self.journal.close()

    def write(self, *some: entries.Entry) -> None:
        """Append and wait until it is on the disk."""
        if self.journal is not None and some:
            self.journal.append(*some)

    def keep(self, raw: bytes) -> None:
        """Keep a copy of the state."""
        if self.journal is not None and raw:
            self.journal.save_snapshot(raw)

    def begin(
        self, settings: Settings, root: RootModule, snapshot: Snapshot, *, scope: Scope, since: float | None
    ) -> None:
        """The run's first entries; the state's copy is kept before anything can empty it."""
        self.write(
            entries.run_begin(
                command=str(settings.command),
                workspace=root.workspace,
                scopes=[scope],
                lineage=snapshot.lineage,
                serial=snapshot.serial,
                since=since,
            )
        )
        self.keep(snapshot.raw)

    def planned(self, plan: Plan) -> None:
        """What was judged ours, and why: an object that loses the link that proved it stays known."""
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
        """Close the section: nothing of the workspace is left. The state's copies are not needed any more."""
        self.write(entries.closed(listed=listed))
        if self.journal is not None:
            self.journal.drop_snapshots()
