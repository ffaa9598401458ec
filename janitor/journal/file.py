"""The journal's file: JSON lines, appended and synced; a copy of the state beside it. Everything 0600 in a 0700 folder.

What `append` has returned from is on the disk; a torn last line is what a killed run leaves, and normal.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from janitor.core.errors import JanitorError, Refused
from janitor.files import write_private
from janitor.journal.entries import Entry, snapshot

VERSION = 1
STATE, LOG = ".tfstate", ".apply.jsonl"
IGNORE = "# Written by janitor: journals and copies of states stay out of the repository.\n*\n"

_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class JournalUnwritable(JanitorError):
    """The journal cannot be kept, and without it nothing is deleted."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class JournalKey:
    """Whose journal it is. The backend's identity may hold a URL: only its hash reaches the disk."""

    backend: str
    workspace: str
    scope: str

    @property
    def stem(self) -> str:
        """A name that a person recognises and no other key has."""
        readable = re.sub(r"[^A-Za-z0-9_-]+", "-", self.workspace).strip("-")[:48] or "workspace"
        digest = hashlib.sha256(f"{self.backend}\0{self.workspace}\0{self.scope}".encode()).hexdigest()
        return f"{readable}-{digest[:12]}"


class Journal:
    """An open journal. Safe to append to from several threads; what `append` returned from is on the disk."""

    def __init__(self, path: Path, descriptor: int, *, clock: Callable[[], float]) -> None:
        self.path = path
        self._descriptor = descriptor
        self._clock = clock
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, key: JournalKey, *, clock: Callable[[], float] = time.time) -> Self:
        """Open, and make what is missing: the folder 0700 with its own .gitignore, the file 0600."""
        path = folder / f"{key.stem}.jsonl"
        try:
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True)
                (folder / ".gitignore").write_text(IGNORE, encoding="utf-8")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise JournalUnwritable(f"The journal {path} is not a file: give another folder with --journal PATH.")
            os.fchmod(descriptor, 0o600)
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                os.write(descriptor, b"\n")  # the run before was killed while it wrote
        except OSError as error:
            raise _unwritable(path, error) from None
        return cls(path, descriptor, clock=clock)

    def append(self, *entries: Entry) -> None:
        """Write the entries, in order, and wait until they are on the disk. Raises JournalUnwritable."""
        with self._lock:
            at = round(self._clock(), 3)
            lines = (json.dumps({"v": VERSION, "at": at, **entry}, separators=(",", ":")) + "\n" for entry in entries)
            rest = "".join(lines).encode()
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError as error:
                raise _unwritable(self.path, error) from None
        try:
            _sync(self._descriptor)  # outside the lock: the kernel joins the waits of several threads
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def entries(self) -> tuple[Entry, ...]:
        """Everything in the file. Raises Refused for what a newer janitor wrote."""
        return read(self.path)

    def save_snapshot(self, raw: bytes) -> Path:
        """Keep a copy of the state beside the journal until the proof; the same bytes are kept once."""
        path = self.path.with_name(f"{self.path.stem}.{hashlib.sha256(raw).hexdigest()[:12]}{STATE}")
        try:
            write_private(path, raw)
        except OSError as error:
            raise _unwritable(path, error) from None
        self.append(snapshot(path))
        return path

    def new_log(self) -> Path:
        """Where the next apply's output goes: a name beside the journal that no earlier apply has used."""
        return self.path.with_name(f"{self.path.stem}.{time.time_ns()}{LOG}")

    def drop_copies(self) -> None:
        """After the proof: copies of states and output of applies are worth nothing any more, and hold secrets."""
        for kept in (STATE, LOG):
            for path in self.path.parent.glob(f"{self.path.stem}.*{kept}"):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; nothing is lost without it."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def peek(folder: Path, key: JournalKey) -> tuple[Entry, ...]:
    """The entries of a journal that is only looked at: for a plan, which makes no folder and no file."""
    return read(folder / f"{key.stem}.jsonl")


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a journal, nothing where there is none. Lines that are no entries come as `what: unreadable`.

    Raises Refused where a newer janitor has written, or the file cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Refused(f"The journal {path} cannot be read ({error.strerror}): check its permissions.") from None
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        entry = _parsed(line)
        version = entry.get("v") if entry else None
        if isinstance(version, int) and version > VERSION:
            raise Refused(
                f"The journal {path} was written by a newer janitor (version {version}, line {number}): "
                "use that janitor, or another folder with --journal PATH."
            )
        if entry is not None:
            entries.append(entry)
        elif number < len(lines):
            entries.append({"what": "unreadable", "path": str(path), "line": number})
    return tuple(entries)


def _parsed(line: bytes) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("v"), int) and "what" in entry else None


def _unwritable(path: Path, error: OSError) -> JournalUnwritable:
    why = error.strerror or type(error).__name__
    return JournalUnwritable(
        f"The journal {path} cannot be written ({why}), and without it nothing is deleted: "
        "make room or give another folder with --journal PATH."
    )
