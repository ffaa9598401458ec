"""Read the state from wherever it is: through the binary first, from the backend itself where the binary cannot.

Decides which of several states is the workspace's, by lineage and serial; merges nothing: what only an older serial
knows is a hint. Writes nothing, creates no workspace (every command of the binary would).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from janitor.core.errors import StateUnreadable, UsageError
from janitor.core.model import Health, Resource, Snapshot
from janitor.terraform.backend import OWN_WORKSPACES, Backend, backend_of, encrypts, state_path, workspace_folder
from janitor.terraform.events import one_line
from janitor.terraform.httpstate import ABSENT, HttpState
from janitor.terraform.messages import masked, plain, reason
from janitor.terraform.process import run_reading
from janitor.terraform.root import RootModule
from janitor.terraform.runner import READ_TIMEOUT, command, environment, state_pull
from janitor.terraform.state import SEALED, parse

ERRORED = "errored.tfstate"
PULL = "state pull"
"""Ends the name of a source that the binary itself could read."""
_ADVICE = "Check the backend's credentials and address, or give a copy of the state with --state FILE."
_BACKUPS = 5
_UNREADABLE = re.compile(r"(?i)decrypt|encrypted")
"""What tofu says of a state that it has no key for."""


def read_state(root: RootModule, *, state_file: Path | None = None, timeout: float = READ_TIMEOUT) -> Snapshot:
    """The workspace's state as it can be had now; a lost one is a value. Raises StateUnreadable."""
    if state_file is not None:
        return parse(_given(root, state_file), source=state_file.name, path=str(state_file))
    backend = backend_of(root)
    check_workspace(root, backend)
    if backend.type == "local":
        found = _local(root, backend, timeout=timeout)
    else:
        found = _pulled(root, backend, timeout=timeout)
    return _with_relatives(root, found, backend)


def check_workspace(root: RootModule, backend: Backend) -> None:
    """Raise UsageError for a workspace that this backend cannot have."""
    if root.workspace != "default" and not backend.has_workspaces:
        raise UsageError(
            f"The {backend.type} backend has no workspaces, so {root.workspace!r} cannot be one: "
            "the state is chosen by its address (TF_HTTP_ADDRESS)."
        )
    written, wanted = backend.text("address"), root.environment.get("TF_HTTP_ADDRESS", "")
    given = any(pair.startswith("address=") for pair in root.backend_config)
    if backend.type == "http" and wanted and written not in {"", wanted} and not given:
        raise UsageError(
            "TF_HTTP_ADDRESS names another state than the configuration, or than the one that `init` wrote down, and "
            "terraform would use that: unset it, or run init -reconfigure."
        )


def workspaces(root: RootModule, *, timeout: float = READ_TIMEOUT, unready: str = "") -> tuple[str, ...]:
    """The workspaces that the backend knows, `default` first. Raises StateUnreadable.

    `unready`: why `init` failed, which is what a backend that it could not write down is unreadable for.
    """
    backend = backend_of(root)
    if not backend.has_workspaces:
        return ("default",)
    if backend.type == "local":
        folder = workspace_folder(root, backend)
        try:
            names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []
        except PermissionError as error:
            raise StateUnreadable(f"{folder} cannot be read: {error.strerror}.") from error
        return ("default", *(name for name in names if name != "default"))
    _need_binary(root, backend)
    if unready and not backend.initialised:
        raise _unlisted(backend, unready)
    env = environment(root, backend=backend)
    env.pop("TF_WORKSPACE", None)  # would be listed, whether it exists or not
    done = run_reading(command(root, "workspace list"), folder=root.path, environment=env, timeout=timeout)
    if done.exit_code != 0:
        raise _unlisted(backend, masked(reason(done.output, done.errors), root))
    lines = [line.strip(" *\t") for line in plain(done.output.decode("utf-8", "replace")).splitlines()]
    names = sorted({name for name in lines if name and " " not in name} - {"default"})
    return ("default", *names)


def _unlisted(backend: Backend, why: str) -> StateUnreadable:
    return StateUnreadable(
        f"The workspaces of the {backend.type} backend cannot be listed: {why.rstrip('.')}. {_ADVICE}"
    )


def _need_binary(root: RootModule, backend: Backend) -> None:
    if root.binary is None:
        raise StateUnreadable(
            f"The {backend.type} backend is read through tofu or terraform, and neither is on PATH: install one, name "
            "it with --binary PATH, or give a copy of the state with --state FILE."
        )


def _given(root: RootModule, file: Path) -> bytes:
    for candidate in (Path.cwd() / file, root.path / file):
        if _exists(candidate):
            return _bytes(candidate)
    raise StateUnreadable(f"The file {file} of --state does not exist.")


def _exists(path: Path) -> bool:
    """Raises StateUnreadable where nobody lets us look."""
    try:
        return path.exists()
    except OSError as error:
        raise StateUnreadable(f"{path} cannot be read: {error.strerror}.") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StateUnreadable(f"{path} cannot be read: {error.strerror}.") from error


def _local(root: RootModule, backend: Backend, *, timeout: float) -> Snapshot:
    path = state_path(root, backend)
    known = workspaces(root)
    if root.workspace not in known:
        why = f"The workspace {root.workspace!r} does not exist; the local backend knows {', '.join(known)}."
        return Snapshot(Health.LOST, "the local backend", problem=why)
    refused = ""
    if root.binary is not None:
        done = state_pull(root, timeout=timeout)
        pulled = parse(done.output, source=f"{root.flavour} {PULL}", path=str(path))
        if done.exit_code == 0 and pulled.health is Health.WHOLE:
            return _kept_sealed(pulled, path)
        refused = masked(reason(done.output, done.errors), root) if done.exit_code else ""
    name = _relative(root, path)
    if not _exists(path):
        return Snapshot(Health.LOST, name, path=str(path), problem=f"{name} does not exist: the state is lost.")
    found = parse(_bytes(path), source=name, path=str(path))
    if refused and found.health is Health.WHOLE:
        return replace(found, problem=f"Read from {name} itself: {root.flavour} state pull failed: {refused}")
    return _told_why(found, refused)


def _kept_sealed(pulled: Snapshot, path: Path) -> Snapshot:
    """The same with the file's own bytes as the copy to keep, where these are encrypted: no plain text on this disk."""
    if not _exists(path):
        return pulled
    stored = _bytes(path)
    return replace(pulled, raw=stored) if stored != pulled.raw and parse(stored, source="").sealed else pulled


def _told_why(found: Snapshot, refused: str) -> Snapshot:
    """With what the binary said of a state that it could not decrypt."""
    return replace(found, problem=f"{found.problem} ({refused.rstrip('.')})") if found.sealed and refused else found


def _pulled(root: RootModule, backend: Backend, *, timeout: float) -> Snapshot:
    """Through the binary; from an http backend itself where that cannot, or sees nothing."""
    if root.binary is not None and root.workspace != "default" and backend.type not in OWN_WORKSPACES:
        known = workspaces(root)
        if root.workspace not in known:  # any other command of the binary would make it
            why = (
                f"The workspace {root.workspace!r} does not exist; the {backend.type} backend knows {', '.join(known)}."
            )
            return Snapshot(Health.LOST, f"the {backend.type} backend", problem=why)
    refused = ""
    if root.binary is not None:
        done = state_pull(root, timeout=timeout)
        refused = masked(reason(done.output, done.errors), root) or f"exit {done.exit_code}" if done.exit_code else ""
        found = parse(done.output, source=f"{root.flavour} {PULL}")
        if not refused and found.health is not Health.LOST:
            # What tofu encrypts at its backend is not kept here in plain text.
            return replace(found, raw=b"") if encrypts(root) else found
    if backend.type == "http":
        return _fetched(root, backend, refused)
    _need_binary(root, backend)
    if refused and _UNREADABLE.search(refused):
        where = f"The state in the {backend.type} backend"
        return _told_why(Snapshot(Health.LOST, where, sealed=True, problem=SEALED.format(where)), refused)
    if refused:
        raise StateUnreadable(
            f"The state cannot be read from the {backend.type} backend: {refused.rstrip('.')}. {_ADVICE}"
        )
    which = f"workspace {root.workspace!r} of the {backend.type} backend"
    return replace(found, problem=f"There is no state in {which}: it is lost, or was never there.")


def _fetched(root: RootModule, backend: Backend, refused: str) -> Snapshot:
    """From the http backend itself. `refused`: why the binary could not."""
    try:
        raw = HttpState(root, backend).fetch()
    except StateUnreadable as error:
        told = f" ({root.flavour} state pull: {refused.rstrip('.')})" if refused else ""
        raise StateUnreadable(
            f"The state cannot be read from the http backend: {masked(str(error), root)}{told} {_ADVICE}"
        ) from error
    name = "the http backend"
    if raw is None:
        return Snapshot(Health.LOST, name, problem=f"{name} has no state for us: {ABSENT}.", veiled=True)
    found = parse(raw, source=name)
    if refused and found.health is Health.WHOLE:
        return replace(found, problem=f"Read from {name} itself: {root.flavour} state pull failed: {refused}")
    return _told_why(found, refused)


def _with_relatives(root: RootModule, found: Snapshot, backend: Backend) -> Snapshot:
    """Compare with what an interrupted or older command left beside it."""
    relatives = [(file, parse(_bytes(file), source=file.name, path=str(file))) for file in _relatives(root, backend)]
    relatives = [(file, other) for file, other in relatives if other.health is not Health.LOST]
    if not found.lineage or (found.health is Health.LOST and relatives):
        told = [f"{_relative(root, file)} (serial {other.serial})" for file, other in relatives]
        advice = f" {', '.join(told)} lies here; if it is this workspace's, give it with --state." if told else ""
        return replace(found, problem=found.problem + advice)
    for file, other in relatives:
        if other.lineage != found.lineage:
            continue
        if file.name == ERRORED and other.serial > found.serial and other.health is Health.WHOLE:
            why = f"{ERRORED} (serial {other.serial}) is newer than {found.source} (serial {found.serial}) and counts."
            found = replace(other, problem=why, hints=_unknown((*found.resources, *found.hints), other))
        else:
            found = replace(found, hints=(*found.hints, *_unknown((*other.resources, *other.hints), found)))
    return found


def _relatives(root: RootModule, backend: Backend) -> list[Path]:
    files = [root.path / ERRORED]
    try:
        if backend.type == "local":
            path = state_path(root, backend)
            stamped = path.parent.glob(f"{path.name}.*.backup") if path.parent.is_dir() else ()
            newest = sorted(stamped, key=lambda file: file.stat().st_mtime, reverse=True)[:_BACKUPS]
            files += [path.with_name(f"{path.name}.backup"), *newest]
        return [file for file in files if file.is_file()]
    except OSError as error:
        raise StateUnreadable(f"{error.filename} cannot be read: {error.strerror}.") from error


def _unknown(some: Iterable[Resource], snapshot: Snapshot) -> tuple[Resource, ...]:
    known = {(r.type, r.id) for r in (*snapshot.resources, *snapshot.hints)}
    fresh: dict[tuple[str, str], Resource] = {}
    for resource in some:
        key = (resource.type, resource.id)
        if resource.id and key not in known:
            fresh.setdefault(key, resource)
    return tuple(fresh.values())


def _relative(root: RootModule, path: Path) -> str:
    return one_line(str(path.relative_to(root.path)) if path.is_relative_to(root.path) else str(path))
