"""A copy of a configuration in which a plan can be made without touching the user's folder, state, or `.terraform`.

The copy stands at the end of the same path of folder names, with links to what lies beside each of them, so that
`../modules/x`, `file("../key.pub")` and `basename(path.cwd)` mean what they mean in the original. Readable by us alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from janitor.terraform.root import LOCK_FILE, RootModule

_STATES = ("terraform.tfstate", "errored.tfstate", ".terraform.tfstate", "terraform.tfstate.d", ".janitor", "crash.")
_LARGEST = 4 * 1024 * 1024
_OVERRIDE = "zz_janitor_override.tf"
_BACKEND = """terraform {{
  backend "local" {{
    path          = "{folder}/terraform.tfstate"
    workspace_dir = "{folder}/workspaces"
  }}
}}
"""


@contextmanager
def scratch_copy(root: RootModule) -> Iterator[RootModule]:
    """The copy as a root module with an empty local state; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="janitor-", ignore_cleanup_errors=True) as made:
        top = Path(made).resolve()
        folder = _mirrored(root.path.resolve(), top / "tree")
        _copy(root.path.resolve(), folder)
        installed = root.data_dir / "modules"
        if root.data_dir == root.path / ".terraform" and installed.is_dir():
            shutil.copytree(installed, folder / ".terraform" / "modules", symlinks=True)
        state = top / "state"
        (state / "workspaces" / root.workspace).mkdir(parents=True)
        (folder / _OVERRIDE).write_text(_BACKEND.format(folder=state.as_posix()), encoding="utf-8")
        env = {name: value for name, value in root.environment.items() if name != "TF_DATA_DIR"}
        yield replace(root, path=folder, environment=env, backend_config=())


def _mirrored(path: Path, top: Path) -> Path:
    """Make the path's folders under `top`, each with links to what lies beside the next one."""
    here, original = top, Path(path.anchor)
    here.mkdir()
    for part in path.relative_to(path.anchor).parts:
        try:
            beside = sorted(entry.name for entry in os.scandir(original))
        except OSError:
            beside = []
        for name in beside:
            if name != part:
                (here / name).symlink_to(original / name)
        here, original = here / part, original / part
        here.mkdir()
    return here


def _copy(source: Path, target: Path) -> None:
    """Copy a folder without `.terraform` and states; what is large, or is no file, becomes a link."""
    for entry in sorted(os.scandir(source), key=lambda e: e.name):
        if entry.name == ".terraform" or entry.name.startswith(_STATES):
            continue
        there = target / entry.name
        if entry.is_dir(follow_symlinks=False) and entry.name != ".git":
            there.mkdir()
            _copy(Path(entry.path), there)
        elif entry.is_file() and entry.stat().st_size <= _LARGEST:
            shutil.copyfile(entry.path, there)
        else:
            there.symlink_to(entry.path)
    lock_file = target / LOCK_FILE
    if lock_file.exists():
        lock_file.chmod(0o600)
