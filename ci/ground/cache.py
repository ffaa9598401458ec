"""Where built things stay between runs, and how two runs share them.

Decides the cache folder, how concurrent builders wait for each other (`flock`, so a killed builder
leaves no stale lock behind) and when a thing counts as built (a stamp which holds its key, written last).
Standard library only: this is imported by bare `python3` before anything has been installed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STAMP = ".built"


def cache_dir() -> Path:
    """The folder of everything that can be built again: `$XDG_CACHE_HOME/tf-janitor`, else `~/.cache/tf-janitor`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    folder = root / "tf-janitor"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def say(text: str) -> None:
    """One line on stderr; stdout belongs to the answers."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the machine-wide lock `name`; says that it waits when another process keeps it for more than a second."""
    folder = cache_dir() / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("a+") as handle:
        if not _try_for_a_second(handle):
            say(f"waiting for another run which holds {name} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _try_for_a_second(handle: IO[str]) -> bool:
    """Whether the lock could be had so soon that nobody needs to hear of it."""
    for _ in range(20):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Print `text … 12.3 s` when the block has ended, or `text … failed after 12.3 s`."""
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"{text} … failed after {time.monotonic() - begun:.1f} s")
        raise
    say(f"{text} … {time.monotonic() - begun:.1f} s")


def is_built(folder: Path, key: str) -> bool:
    """Whether `folder` holds a finished build of exactly `key`."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8") == key
    except OSError:
        return False


def once(folder: Path, key: str, build: Callable[[Path], None]) -> Path:
    """Return `folder`, built by `build(folder)` unless its stamp says that `key` has been built already.

    A half-built or outdated folder is removed first. Concurrent callers wait; one of them builds.
    """
    if is_built(folder, key):
        return folder
    with locked(f"build-{folder.name}"):
        if is_built(folder, key):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        build(folder)
        pending = folder / f"{STAMP}.new"
        pending.write_text(key, encoding="utf-8")
        pending.replace(folder / STAMP)
    return folder
