"""The journal: append-only JSON lines on disk, one file per backend, workspace and scope; later runs resume from it."""

from __future__ import annotations

from janitor.journal.entries import (
    Entry,
    answer,
    applied,
    applying,
    closed,
    created,
    creating,
    gone,
    intended,
    outcome,
    planned,
    request,
    run_begin,
    snapshot,
    stated,
)
from janitor.journal.file import Journal, JournalKey, JournalUnwritable, peek, read
from janitor.journal.recalling import Applying, Intended, Recalled, Recollection, recall

__all__ = [
    "Applying",
    "Entry",
    "Intended",
    "Journal",
    "JournalKey",
    "JournalUnwritable",
    "Recalled",
    "Recollection",
    "answer",
    "applied",
    "applying",
    "closed",
    "created",
    "creating",
    "gone",
    "intended",
    "outcome",
    "peek",
    "planned",
    "read",
    "recall",
    "request",
    "run_begin",
    "snapshot",
    "stated",
]
