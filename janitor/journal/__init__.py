"""The journal: append-only JSON lines on disk, one file per backend, workspace and scope; later runs resume from it."""

from __future__ import annotations

from janitor.journal.entries import Entry, answer, closed, gone, outcome, planned, request, run_begin, snapshot
from janitor.journal.file import Journal, JournalKey, JournalUnwritable, peek, read
from janitor.journal.recalling import Recalled, Recollection, recall

__all__ = [
    "Entry",
    "Journal",
    "JournalKey",
    "JournalUnwritable",
    "Recalled",
    "Recollection",
    "answer",
    "closed",
    "gone",
    "outcome",
    "peek",
    "planned",
    "read",
    "recall",
    "request",
    "run_begin",
    "snapshot",
]
