"""The journal: append-only JSON lines on disk, one file per backend, workspace and scope; a later run resumes from it.

Entries are made by the constructors below, from allow-listed fields: no body of a request or an answer, no secret of
the state ever gets here. What is in the file was written before the run went on; a torn last line is normal.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from janitor.core.errors import JanitorError, Refused
from janitor.core.model import Evidence, Outcome, Ref, Scope

VERSION = 1
IGNORE = "# Written by janitor: journals and copies of states stay out of the repository.\n*\n"

Entry = Mapping[str, object]
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


class Recalled(NamedTuple):
    """What the journal knows of one object."""

    evidence: tuple[Evidence, ...]
    address: str
    name: str
    created_at: float | None


@dataclass(frozen=True, slots=True)
class Recollection:
    """What earlier runs left behind. `ours` holds the open section alone, the other two sets the whole journal."""

    ours: Mapping[Ref, Recalled] = field(default_factory=dict)
    accepted_deletes: frozenset[Ref] = frozenset()
    gone: frozenset[Ref] = frozenset()
    open_section: bool = False  # something was begun and never proved gone
    open_apply: bool = False  # that something is an apply of ours
    closed: bool = False  # a section was closed by a proof, and nothing was begun since
    began: float | None = None  # of the open section: the apply's begin, or the `since` its first run went by
    snapshots: tuple[str, ...] = ()  # copies of the state that the open section took
    notes: tuple[str, ...] = ()


# --- what can be written -------------------------------------------------------------------------------------------


def run_begin(
    *,
    command: str,
    workspace: str,
    scopes: Sequence[Scope] = (),
    lineage: str = "",
    serial: int = -1,
    since: float | None = None,
) -> Entry:
    """A run begins."""
    where = [[s.cloud, s.region, s.project_id] for s in scopes]
    who = {"pid": os.getpid(), "host": os.uname().nodename}
    run = {"command": command, "workspace": workspace, "scopes": where, "lineage": lineage, "serial": serial}
    return {"what": "run-begin", **run, "since": since, **who}


def snapshot(path: Path) -> Entry:
    """Where the copy of the state is, that was taken before anything could empty it."""
    return {"what": "snapshot", "path": str(path)}


def planned(
    ref: Ref, *, evidence: Sequence[Evidence], address: str = "", name: str = "", created_at: float | None = None
) -> Entry:
    """An object that was judged ours."""
    why = [str(item) for item in evidence]
    return {
        "what": "planned",
        "ref": _packed(ref),
        "evidence": why,
        "address": address,
        "name": name,
        "created_at": created_at,
    }


def request(ref: Ref, op: str) -> Entry:
    """A writing request is about to be sent. `op`: delete, detach, disassociate …"""
    return {"what": "request", "op": op, "ref": _packed(ref)}


def answer(ref: Ref, op: str, *, status: int, code: str = "", accepted: bool = False) -> Entry:
    """The answer to it. `code` is the service's own word, never its text."""
    return {"what": "answer", "op": op, "ref": _packed(ref), "status": status, "code": code[:64], "accepted": accepted}


def gone(ref: Ref) -> Entry:
    """A read or a complete listing does not have it any more."""
    return {"what": "gone", "ref": _packed(ref)}


def outcome(ref: Ref, what: Outcome) -> Entry:
    """What became of it."""
    return {"what": "outcome", "ref": _packed(ref), "outcome": str(what)}


def closed(*, listed: int) -> Entry:
    """The proof: a last listing of that many kinds found nothing of ours."""
    return {"what": "closed", "proof": "empty", "listed": listed}


# --- the file ------------------------------------------------------------------------------------------------------


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
        path = self.path.with_name(f"{self.path.stem}.{hashlib.sha256(raw).hexdigest()[:12]}.tfstate")
        try:
            write_private(path, raw)
        except OSError as error:
            raise _unwritable(path, error) from None
        self.append(snapshot(path))
        return path

    def drop_snapshots(self) -> None:
        """After the proof: the copies are worth nothing any more, and full of secrets."""
        for path in self.path.parent.glob(f"{self.path.stem}.*.tfstate"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; nothing is lost without it."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step, readable by its owner alone. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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


def recall(entries: Iterable[Entry]) -> Recollection:
    """What the entries say together. Objects that are gone are not ours any more: a name may have a new owner."""
    ours: dict[Ref, Recalled] = {}
    accepted: set[Ref] = set()
    vanished: set[Ref] = set()
    begun: list[Entry] = []
    copies: list[str] = []
    notes: list[str] = []
    proved = False
    before: Entry = {}
    for entry in entries:
        ref = _ref(entry.get("ref"))
        match entry.get("what"):
            case "run-begin":
                if before.get("what") == "unreadable":
                    notes.pop()  # the line that a killed run has torn
                begun.append(entry)
            case "planned" if ref:
                ours[ref] = _recalled(entry)
                vanished.discard(ref)
            case "answer" if ref and entry.get("accepted") is True:
                accepted.add(ref)
            case "gone" if ref:
                vanished.add(ref)
                ours.pop(ref, None)
            case "snapshot":
                copies.append(str(entry.get("path", "")))
            case "closed":
                ours, begun, copies, proved = {}, [], [], True
            case "unreadable":
                notes.append(f"line {entry.get('line')} of the journal {entry.get('path')} cannot be read; left out")
        before = entry
    applies = [entry for entry in begun if entry.get("command") == "apply"]
    began = (
        _number(applies[0].get("at"))
        if applies
        else next((_number(e.get("since")) for e in begun if e.get("since")), None)
    )
    return Recollection(
        ours=ours,
        accepted_deletes=frozenset(accepted),
        gone=frozenset(vanished),
        open_section=bool(begun),
        open_apply=bool(applies),
        closed=proved and not begun,
        began=began,
        snapshots=tuple(copies),
        notes=tuple(notes),
    )


def _parsed(line: bytes) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("v"), int) and "what" in entry else None


def _recalled(entry: Entry) -> Recalled:
    listed = entry.get("evidence")
    known = {str(item): item for item in Evidence}
    evidence = tuple(known[word] for word in listed if word in known) if isinstance(listed, list) else ()
    return Recalled(
        evidence, str(entry.get("address", "")), str(entry.get("name", "")), _number(entry.get("created_at"))
    )


def _packed(ref: Ref) -> Sequence[str]:
    return [ref.scope.cloud, ref.scope.region, ref.scope.project_id, ref.kind, ref.id]


def _ref(packed: object) -> Ref | None:
    match packed:
        case [str(cloud), str(region), str(project), str(kind), str(identifier)]:
            return Ref(Scope(cloud, region, project), kind, identifier)
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _unwritable(path: Path, error: OSError) -> JournalUnwritable:
    why = error.strerror or type(error).__name__
    return JournalUnwritable(
        f"The journal {path} cannot be written ({why}), and without it nothing is deleted: "
        "make room or give another folder with --journal PATH."
    )
