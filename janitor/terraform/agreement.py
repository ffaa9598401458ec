"""Making the state agree with what was proved: `state rm` in one call, and the emptied workspace's end.

Never decides what is gone; never touches the workspace `default`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from janitor.terraform.backend import backend_of, state_path
from janitor.terraform.process import run_writing
from janitor.terraform.root import RootModule
from janitor.terraform.runner import READ_TIMEOUT, Ran, command, environment, outcome


def state_rm(
    root: RootModule,
    addresses: Sequence[str],
    *,
    lock_timeout: float = 0,
    lock_held: bool = False,
    backup: Path | None = None,
    timeout: float = READ_TIMEOUT,
) -> Ran:
    """Let these addresses leave the state, in one call. With `lock_held` (by us) the call takes no lock of its own.

    Only the local backend lets the backup's place be chosen; others keep versions of their own, or none.
    """
    if not addresses:
        return Ran(0)
    backend = backend_of(root)
    options: dict[str, object] = {"lock": False} if lock_held else {"lock_timeout": f"{lock_timeout:g}s"}
    if backup is not None and backend.type == "local":
        options["backup"] = str(backup)
    line = command(root, "state rm", *addresses, **options)
    env = environment(root, backend=backend)
    done = run_writing(line, folder=root.path, environment=env, timeout=timeout)
    if backup is not None and backup.exists():
        backup.chmod(0o600)
    return outcome(root, done, f"{root.flavour} state rm")


def workspace_delete(root: RootModule, *, lock_timeout: float = 0) -> Ran:
    """Delete the emptied workspace, also when it is selected; never `default`, never one that lists anything."""
    if root.workspace == "default":
        return Ran(1, "The workspace `default` cannot be deleted.")
    line = command(root, "workspace delete", root.workspace, lock_timeout=f"{lock_timeout:g}s")
    env = environment(root) | {"TF_WORKSPACE": "default"}  # the selected one is refused
    done = run_writing(line, folder=root.path, environment=env, timeout=READ_TIMEOUT)
    if done.exit_code == 0:
        _select_default(root)
        backend = backend_of(root)
        if backend.type == "local":
            _remove_if_empty(state_path(root, backend).parent)
    return outcome(root, done, f"{root.flavour} workspace delete")


def _select_default(root: RootModule) -> None:
    """A selected workspace that no longer exists would make every later command fail."""
    selected = root.data_dir / "environment"
    if selected.exists() and selected.read_text(encoding="utf-8").strip() == root.workspace:
        fresh = selected.with_name("environment.janitor")
        fresh.write_text("default", encoding="utf-8")
        fresh.replace(selected)


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
