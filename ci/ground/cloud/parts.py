"""What the local cloud needs from the machine: Debian packages, and a virtual environment with the services.

Decides what is missing and gets it; what cannot be had ends in one sentence. Only programs and headers are installed
(`mariadb-server-core`), so that apt starts no database of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ground.cache import cache_dir, locked, once, step
from ground.part import PartMissingError, run
from ground.venv import ROOT, fingerprint, install, make

if TYPE_CHECKING:
    from collections.abc import Callable

LOCKS = ROOT / "ci" / "locks"


class Part(NamedTuple):
    """A Debian package and how its presence shows."""

    package: str
    found: Callable[[], bool]


def program(name: str) -> str | None:
    """Where a program is; Debian keeps servers in sbin, which is not on everybody's PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")


def _has_headers(module: str) -> bool:
    if not program("pkg-config"):
        return False
    return subprocess.run(["pkg-config", "--exists", module], check=False, capture_output=True).returncode == 0


def _python_header() -> bool:
    return (Path(sysconfig.get_path("include")) / "Python.h").exists()


PROGRAMS = (
    Part("mariadb-server-core", lambda: bool(program("mariadbd") and program("mariadb-install-db"))),
    Part("mariadb-client-core", lambda: bool(program("mariadb"))),
    Part("openssl", lambda: bool(program("openssl"))),
)
BUILD = (
    Part("pkg-config", lambda: bool(program("pkg-config"))),
    Part("libmariadb-dev", lambda: _has_headers("libmariadb")),
    Part("gcc", lambda: bool(program("cc") or program("gcc"))),
    Part("python3-dev", _python_header),
    Part("python3-venv", lambda: bool(_importable("ensurepip"))),
)


def ensure(*, more: bool) -> Path:
    """Have everything and return the services' virtual environment."""
    ensure_packages(PROGRAMS)
    return environment(more=more)


def ensure_packages(parts: tuple[Part, ...], *, what: str = "the local cloud") -> None:
    """Install the packages which are missing, when this machine lets us."""
    with locked("apt") if _missing(parts) else locked("cloud-parts"):
        missing = _missing(parts)
        if not missing:
            return
        command = f"apt-get install --no-install-recommends {' '.join(missing)}"
        if not program("apt-get"):
            raise PartMissingError(
                f"{what[0].upper()}{what[1:]} needs {_listed(missing)}, and this machine has no apt-get: install what "
                f"this system calls them (on Debian: `{command}`)."
            )
        if os.geteuid() != 0:
            raise PartMissingError(
                f"The package{'s' * (len(missing) > 1)} {_listed(missing)} {'are' if len(missing) > 1 else 'is'} "
                f"missing for {what}: `sudo {command}`."
            )
        with step(f"apt-get install {' '.join(missing)}"):
            _apt(missing)
        still = _missing(parts)
        if still:
            raise PartMissingError(f"apt-get has installed {_listed(still)} but what they bring cannot be found.")


def environment(*, more: bool) -> Path:
    """The virtual environment of the services, of the optional ones too when `more`; made on first use."""
    lock = LOCKS / ("cloud-more.txt" if more else "cloud.txt")
    name = lock.relative_to(ROOT)
    key = fingerprint(lock.read_text(encoding="utf-8"), sys.version, sys.base_prefix)

    def build(folder: Path) -> None:
        ensure_packages(BUILD)
        with step(f"the services' environment ({name}, about 400 MB)"):
            try:
                install(make(folder, with_pip=False), "-r", str(lock))
            except RuntimeError as failed:
                raise PartMissingError(
                    f"The OpenStack services cannot be installed ({_cause(failed)}): make `pip install -r {name}` work."
                ) from None

    return once(cache_dir() / f"cloud-venv-{key}", key, build)


def _missing(parts: tuple[Part, ...]) -> list[str]:
    return [part.package for part in parts if not part.found()]


def _listed(packages: list[str]) -> str:
    return packages[0] if len(packages) == 1 else f"{', '.join(packages[:-1])} and {packages[-1]}"


def _apt(packages: list[str]) -> None:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq"]
    wanted = [*command, "install", "-y", "--no-install-recommends", *packages]
    try:
        run(wanted, env=env)
    except RuntimeError:  # most likely the package lists are missing or old
        try:
            run([*command, "update"], env=env)
            run(wanted, env=env)
        except RuntimeError as failed:
            raise PartMissingError(
                f"{_listed(packages)} cannot be installed ({_cause(failed)}): "
                f"`apt-get install --no-install-recommends {' '.join(packages)}` must work."
            ) from None


def _cause(failed: RuntimeError) -> str:
    """The last line of what a program said, but no hint."""
    lines = [line.strip() for line in str(failed).splitlines() if line.strip() and not line.startswith("hint")]
    return lines[-1]


def _importable(module: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(module) is not None
