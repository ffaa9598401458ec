"""The modules of `tests/terraform/modules`: working copies, and what a plan by each binary said of them.

`planned.BINARY.json` beside a module is written by its scenario (`JANITOR_EXPECT=1`); `holes` are the instances of
which the small evaluator knows no name.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

from roots import clean_environment

from janitor.core.model import Configuration
from janitor.terraform.root import RootModule, open_root

FOLDER = Path(__file__).parent / "terraform" / "modules"
NAMES = tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))
WORKSPACE = "feature-7"
PROVIDER = """terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}
"""
NOWHERE = {"OS_AUTH_URL": "http://127.0.0.1:9/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "p"}
"""Enough for the provider to be configured; it is never asked for anything while nothing exists."""
_SHORT = "openstack_networking_network_v2."


def copied(name: str, parent: Path, *, binary: str) -> RootModule:
    """A working copy as a root module, with what is given to it."""
    folder = parent / name
    shutil.copytree(FOLDER / name, folder, ignore=shutil.ignore_patterns("planned.*.json"))
    if (folder / "dot-terraform").is_dir():
        (folder / "dot-terraform").rename(folder / ".terraform")
    for below in {file.parent for file in folder.rglob("main.tf*")}:
        if "required_providers" not in "".join(file.read_text(encoding="utf-8") for file in below.glob("*.tf")):
            (below / "providers.tf").write_text(PROVIDER, encoding="utf-8")
    told = folder / "given.toml"
    given = tomllib.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    return open_root(
        folder,
        workspace=WORKSPACE,
        binary=binary,
        environment=clean_environment() | NOWHERE | given.get("environment", {}),
        variables=given.get("variables", ()),
        var_files=[Path(file) for file in given.get("var_files", ())],
    )


def named(found: Configuration, root: RootModule) -> dict[str, str | None]:
    """Each instance and its name; the folder of the copy is nobody's business."""
    return {
        one.address.replace(_SHORT, ""): one.name and one.name.replace(str(root.path), "/copy")
        for one in found.instances
    }


def recorded(name: str, binary: str) -> Mapping[str, Mapping[str, str | None]]:
    """What the plan said: the names, and the holes of the small evaluator among them."""
    text = (FOLDER / name / f"planned.{binary}.json").read_text(encoding="utf-8")
    said: Mapping[str, Mapping[str, str | None]] = json.loads(text)
    return said


def record(name: str, binary: str, names: Mapping[str, str | None], static: Mapping[str, str | None]) -> None:
    """Write it anew; to be read before it is committed."""
    holes = {address: text for address, text in names.items() if text is not None and static.get(address) is None}
    known = {address: text for address, text in names.items() if address not in holes}
    body = json.dumps({"known": known, "holes": holes}, indent=2, ensure_ascii=False, sort_keys=True)
    (FOLDER / name / f"planned.{binary}.json").write_text(f"{body}\n", encoding="utf-8")
