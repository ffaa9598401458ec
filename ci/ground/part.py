"""A part of the ground that this machine cannot have, and how a program here says so.

A missing part is no failure of the project: the commands in `ci/` end with `MISSING` (77, "skipped" to most runners)
and one sentence which names the package and the command that gets it.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from ground.cache import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MISSING = 77


class PartMissingError(Exception):
    """One sentence: which part is missing, and the command that gets it."""


def run(command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run `command` quietly and return its stdout; its last lines become the error when it fails."""
    done = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise RuntimeError(f"`{' '.join(command)}` ended with {done.returncode}:\n{tail}")
    return done.stdout


def ends(main: Callable[[list[str]], int]) -> int:
    """Call `main` with the arguments of the command line; a missing part becomes its sentence and exit code 77."""
    try:
        return main(sys.argv[1:])
    except PartMissingError as missing:
        say(str(missing))
        return MISSING
    except RuntimeError as failed:
        say(str(failed))
        return 1
    except KeyboardInterrupt:
        return 130
