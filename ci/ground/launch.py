"""How a command of `ci/` that works in the local cloud is started: the ground first, then its module.

The module runs in the developer's environment, with the toolchain on PATH and nothing of the caller's that would steer
terraform, janitor or the SDK. A cloud that was brought up for it goes down with it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack

from ground import venv
from ground.floors import clean_environment
from ground.grounds import prepare
from ground.part import PartMissingError


def in_memory(module: str, arguments: Sequence[str]) -> int:
    """Run `python -m MODULE ARGUMENTS` with the tests' own clouds, which need no ground."""
    path = os.pathsep.join(str(venv.ROOT / part) for part in ("ci", "tests", ""))
    environment = clean_environment() | {"PYTHONPATH": path}
    command = [str(venv.developer()), "-m", module, *arguments]
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def on_ground(module: str, arguments: Sequence[str]) -> int:
    """Run `python -m MODULE ARGUMENTS` and return its exit code; asked for help only, it needs no ground."""
    environment = clean_environment() | {"PYTHONPATH": str(venv.ROOT / "ci")}
    command = [str(venv.developer()), "-m", module, *arguments]
    with ExitStack() as leaving:
        if not {"-h", "--help"} & set(arguments):
            grounds = prepare(["cloud", "toolchain"], leaving)
            for ground in grounds.values():
                if ground.missing:
                    raise PartMissingError(ground.missing)
                if ground.broken:
                    raise RuntimeError(ground.broken)
            environment |= grounds["toolchain"].variables
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
