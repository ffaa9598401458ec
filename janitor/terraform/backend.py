"""Which backend a root module uses: from what `init` wrote down, else from the configuration's text.

Its configuration may hold credentials: kept out of every `repr`, never printed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from janitor.terraform.root import RootModule, configuration_files
from janitor.terraform.secrecy import is_secret, without_credentials

WITHOUT_WORKSPACES = frozenset({"http", "inmem"})
OWN_WORKSPACES = frozenset({"cloud", "remote"})
"""Backends that map workspaces themselves; `default` means nothing there."""

_ADDRESS = {"http": ("address", "TF_HTTP_ADDRESS"), "pg": ("conn_str", "PG_CONN_STR")}
"""Which setting says where the state is, and the variable that says it, too."""

_BACKEND = re.compile(r'^[ \t]*backend[ \t]+"(?P<type>[\w-]+)"[ \t]*\{', re.MULTILINE)
_BRACE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}]')  # one in quotes is none
_CLOUD = re.compile(r"^[ \t]*cloud[ \t]*\{", re.MULTILINE)
_ENCRYPTION = re.compile(r'^[ \t]*encryption[ \t]*\{|"encryption"[ \t]*:', re.MULTILINE)
_PAIR = re.compile(r'^\s*(?P<key>\w+)\s*=\s*"(?P<value>[^"$%\\]*)"\s*$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend's type and what is known of its configuration."""

    type: str = "local"
    config: Mapping[str, object] = field(default_factory=dict, repr=False)
    initialised: bool = False  # `init` wrote it down

    @property
    def has_workspaces(self) -> bool:
        """Whether a workspace other than `default` can exist."""
        return self.type not in WITHOUT_WORKSPACES

    def text(self, name: str) -> str:
        """A setting as text; empty when it is absent or null."""
        value = self.config.get(name)
        return "" if value is None else str(value)


def backend_of(root: RootModule) -> Backend:
    """What `.terraform/terraform.tfstate` says, else the configuration, else the default: local."""
    try:
        body = json.loads((root.data_dir / "terraform.tfstate").read_bytes())
    except (OSError, ValueError, RecursionError):
        return _declared(root)
    backend = body.get("backend") if isinstance(body, dict) else None
    if not isinstance(backend, dict) or not isinstance(backend.get("type"), str):
        return _declared(root)
    config = backend.get("config")
    return Backend(backend["type"], config if isinstance(config, dict) else {}, initialised=True)


def state_path(root: RootModule, backend: Backend, *, workspace: str | None = None) -> Path:
    """Where the local backend keeps the state of a workspace."""
    name = root.workspace if workspace is None else workspace
    if name == "default":
        return root.path / (backend.text("path") or "terraform.tfstate")
    return workspace_folder(root, backend) / name / "terraform.tfstate"


def identity(root: RootModule, backend: Backend, *, seen_from_root: bool) -> str:
    """Which backend this is, the same in every job of a pipeline: its credentials are each job's own. Never shown.

    `seen_from_root`: a local state is named as the root module sees it, wherever a job has its checkout.
    """
    if backend.type == "local":
        path = state_path(root, backend)
        return os.path.relpath(path, root.path) if seen_from_root else str(path)
    config = {key: value for key, value in backend.config.items() if value is not None and not is_secret(key)}
    if named := _ADDRESS.get(backend.type):
        setting, variable = named
        address = root.environment.get(variable) or backend.text(setting)
        config[setting] = without_credentials(address)
    return f"{backend.type} {sorted(config.items())}"


def workspace_folder(root: RootModule, backend: Backend) -> Path:
    """Where the local backend keeps the states of all workspaces but `default`."""
    return root.path / (backend.text("workspace_dir") or "terraform.tfstate.d")


def encrypts(root: RootModule) -> bool:
    """Whether tofu is told to encrypt what it stores."""
    if root.environment.get("TF_ENCRYPTION"):
        return True
    return any(_ENCRYPTION.search(_read(file)) for file in configuration_files(root.path))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _declared(root: RootModule) -> Backend:
    """The backend block as text: enough for its type and for plain strings, which is all a local one has."""
    found = Backend()
    for file in configuration_files(root.path):
        text = _read(file)
        if file.name.endswith(".json"):
            found = _declared_json(text) or found
        elif match := _BACKEND.search(text):
            body = _body(text[match.end() :])
            found = Backend(match["type"], {m["key"]: m["value"] for m in _PAIR.finditer(body)})
        elif _CLOUD.search(text):
            found = Backend("cloud")
    given = dict(pair.split("=", 1) for pair in root.backend_config if "=" in pair)
    return Backend(found.type, {**found.config, **given})


def _body(text: str) -> str:
    """A block's text up to the brace that closes it; empty where none does."""
    depth = 1
    for match in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return text[: match.start()]
    return ""


def _declared_json(text: str) -> Backend | None:
    try:
        blocks = json.loads(text)["terraform"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    for block in blocks if isinstance(blocks, list) else [blocks]:
        backend = block.get("backend") if isinstance(block, dict) else None
        if isinstance(backend, dict):
            for kind, config in backend.items():
                return Backend(kind, config if isinstance(config, dict) else {})
    return None
