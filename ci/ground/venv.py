"""Virtual environments from locked packages: the developer's, with this checkout in it, and any other.

Packages come from exact pins (`ci/locks/*.txt`); uv installs them when PyPI has a uv for this machine, else pip does.
The developer's environment lives in the cache, one per checkout, Python version and lock file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import venv
from pathlib import Path

from ground.cache import cache_dir, locked, once, say, step
from ground.part import PartMissingError, run

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "ci" / "locks" / "dev.txt"
UV = "uv==0.13.8"
OLDEST = (3, 11)


def fingerprint(*texts: str) -> str:
    """A short name for what `texts` say together."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def make(folder: Path, *, with_pip: bool) -> Path:
    """Make an empty virtual environment in `folder` and return its interpreter."""
    if sys.version_info < OLDEST:
        raise PartMissingError("Python 3.11 or newer is missing: `apt-get install python3.11 python3.11-venv`")
    if importlib.util.find_spec("ensurepip") is None:
        get_ensurepip()
    venv.EnvBuilder(with_pip=with_pip, symlinks=True, clear=True).create(folder)
    return folder / "bin" / "python"


def get_ensurepip() -> None:
    """Install what Debian leaves out of Python; only root can."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "python3-venv"]
    try:
        with step("apt-get install python3-venv"):
            run(["apt-get", "update"])
            run(command)
    except (OSError, RuntimeError):
        raise PartMissingError(f"The package python3-venv is missing: `sudo {' '.join(command)}`.") from None


def uv() -> Path | None:
    """The installer uv from PyPI, in an environment of its own; None where PyPI has none that works here."""

    def build(folder: Path) -> None:
        python = make(folder, with_pip=True)
        run([str(python), "-m", "pip", "install", "--quiet", UV])
        run([str(folder / "bin" / "uv"), "--version"])

    try:
        return once(cache_dir() / "uv", fingerprint(UV, sys.version), build) / "bin" / "uv"
    except RuntimeError as failed:
        say(f"uv cannot be had here, pip takes its place ({str(failed).splitlines()[0]})")
        return None


def install(python: Path, *arguments: str) -> None:
    """Install into the environment of `python`: requirements, `-r FILE`, `-e FOLDER`."""
    installer = uv()
    if installer is not None:
        try:
            run([str(installer), "pip", "install", "--quiet", "--system-certs", "--python", str(python), *arguments])
        except RuntimeError as failed:
            say(f"uv could not install, pip takes its place ({str(failed).splitlines()[-1].strip()})")
        else:
            return
    if not (python.parent / "pip").exists():
        run([str(python), "-m", "ensurepip", "--default-pip"])
    run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def developer() -> Path:
    """The interpreter which has janitor (this checkout, editable) and every tool of the tests; made on first use."""
    lock = LOCK.read_text(encoding="utf-8")

    def build(folder: Path) -> None:
        with step(f"the developer's environment ({LOCK.relative_to(ROOT)})"):
            install(make(folder, with_pip=False), "-r", str(LOCK))

    key = fingerprint(lock, sys.version, sys.prefix, str(ROOT))
    folder = once(cache_dir() / f"dev-{fingerprint(str(ROOT))}", key, build)
    python = folder / "bin" / "python"
    install_checkout(folder, python)
    return python


def install_checkout(folder: Path, python: Path) -> None:
    """Put this checkout into the environment; again only when pyproject.toml has changed."""
    stamp = folder / ".checkout"
    wanted = fingerprint((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with locked(f"checkout-{folder.name}"):
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        with step("this checkout into the developer's environment"):
            install(python, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        stamp.write_text(wanted, encoding="utf-8")
