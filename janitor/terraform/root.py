"""The root module a run works on: its folder, workspace, binary and the words the user gave for it.

Decides which of these apply when several places name one. Reads only; starts nothing.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from janitor.core.errors import Refused, UsageError

LOCK_FILE = ".terraform.lock.hcl"
CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
_REGISTRY = re.compile(r'^\s*provider\s+"([^"/]+)/', re.MULTILINE)
_BY_REGISTRY = {"registry.opentofu.org": "tofu", "registry.terraform.io": "terraform"}
_VARIABLE = re.compile(r"^[A-Za-z_][\w-]*=", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RootModule:
    """One folder with a configuration. What is kept out of the `repr` may hold secrets: it is never printed."""

    path: Path
    workspace: str = "default"
    binary: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # of every command, complete
    variables: tuple[str, ...] = field(default=(), repr=False)  # K=V, as given
    var_files: tuple[Path, ...] = ()
    backend_config: tuple[str, ...] = field(default=(), repr=False)  # K=V or a file, as given

    @property
    def data_dir(self) -> Path:
        """`.terraform`, or what TF_DATA_DIR says."""
        return self.path / (self.environment.get("TF_DATA_DIR") or ".terraform")

    @property
    def flavour(self) -> str:
        """`tofu` or `terraform`: what to call the binary in a sentence, whose options it knows, whose files count.

        Where this machine has neither, it is the one that the folder was written for.
        """
        if self.binary is None:
            return _wanted(self.path)
        return "tofu" if "tofu" in self.binary.name else "terraform"

    def need_binary(self) -> Path:
        """The binary. Raises Refused when this machine has none."""
        if self.binary is None:
            raise Refused("Neither tofu nor terraform is on PATH; install one, or name it with --binary PATH.")
        return self.binary


def open_root(
    path: Path,
    *,
    workspace: str | None = None,
    binary: str | None = None,
    environment: Mapping[str, str] | None = None,
    variables: Sequence[str] = (),
    var_files: Sequence[Path] = (),
    backend_config: Sequence[str] = (),
) -> RootModule:
    """Look at the folder once. Raises Refused or UsageError with a sentence; creates nothing."""
    root = _folder(path)
    env = dict(os.environ if environment is None else environment)
    for given in variables:
        if not _VARIABLE.match(given):
            raise UsageError("--var takes NAME=VALUE; one of those given has no name before its `=`.")
    files = tuple(_var_file(root, file) for file in var_files)
    data_dir = root / (env.get("TF_DATA_DIR") or ".terraform")
    return RootModule(
        path=root,
        workspace=_workspace(workspace or env.get("TF_WORKSPACE") or selected_workspace(data_dir)),
        binary=find_binary(root, binary=binary, search=env.get("PATH")),
        environment=env,
        variables=tuple(variables),
        var_files=files,
        backend_config=tuple(backend_config),
    )


def selected_workspace(data_dir: Path) -> str:
    """What `workspace select` wrote down, `default` where it never ran."""
    try:
        return (data_dir / "environment").read_text(encoding="utf-8").strip() or "default"
    except (OSError, UnicodeDecodeError):
        return "default"


def configuration_files(folder: Path) -> tuple[Path, ...]:
    """The files that terraform or tofu would read, sorted; overrides last, as they do."""
    found = [f for f in sorted(folder.iterdir()) if f.name.endswith(CONFIGURATION) and not _ignored(f.name)]
    files = [f for f in found if f.is_file()]
    return tuple(sorted(files, key=lambda f: (is_override(f.name), f.name)))


def is_override(name: str) -> bool:
    """Whether a file's blocks are merged into those of the others."""
    stem = name
    for suffix in sorted(CONFIGURATION, key=len, reverse=True):
        stem = stem.removesuffix(suffix)
    return stem == "override" or stem.endswith("_override")


def find_binary(root: Path, *, binary: str | None = None, search: str | None = None) -> Path | None:
    """The binary that was asked for, else the one whose registry the lock file names, else any that is on PATH.

    Raises Refused when the one asked for does not exist.
    """
    if binary:
        found = shutil.which(binary, path=search)
        if found is None:
            raise Refused(f"The binary {binary!r} of --binary is not there, or may not be executed.")
        return Path(found).absolute()
    wanted = _wanted(root)
    for name in (wanted, "terraform" if wanted == "tofu" else "tofu"):
        found = shutil.which(name, path=search)
        if found is not None:
            return Path(found).absolute()
    return None


def _wanted(root: Path) -> str:
    if any(f.name.endswith((".tofu", ".tofu.json")) for f in root.iterdir()):
        return "tofu"
    try:
        registries = set(_REGISTRY.findall((root / LOCK_FILE).read_text(encoding="utf-8", errors="replace")))
    except OSError:
        registries = set()
    named = {_BY_REGISTRY[registry] for registry in registries if registry in _BY_REGISTRY}
    return named.pop() if len(named) == 1 else "tofu"


def _folder(path: Path) -> Path:
    root = path.absolute()
    try:
        if not root.is_dir():
            what = "is not a folder" if root.exists() else "does not exist"
            raise Refused(f"{path} {what}; give the folder of the root module with --chdir.")
        if not configuration_files(root):
            raise Refused(f"{path} holds no Terraform configuration (*.tf, *.tofu); give the root module with --chdir.")
    except PermissionError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    if not os.access(root, os.R_OK | os.X_OK):
        raise Refused(f"{path} cannot be read: Permission denied.")
    return root


def _var_file(root: Path, file: Path) -> Path:
    try:
        for candidate in (Path.cwd() / file, root / file):
            if candidate.is_file():
                return candidate.absolute()
    except OSError as error:
        raise UsageError(f"The file {file} of --var-file cannot be read: {error.strerror}.") from None
    raise UsageError(f"The file {file} of --var-file does not exist.")


def _workspace(name: str) -> str:
    # A name is a folder name of the local backend: with a slash in it, it would leave that folder.
    if not re.fullmatch(r"[^\s/\\\x00-\x1f]{1,90}", name) or name in {".", ".."}:
        raise UsageError(f"{name!r} cannot be the name of a workspace.")
    return name


def _ignored(name: str) -> bool:
    return name.startswith((".", "#")) or name.endswith("~")
