"""The janitor that is measured or soaked: as it is now, whatever somebody changes in the checkout meanwhile."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ground.venv import ROOT


@contextlib.contextmanager
def frozen() -> Iterator[Path]:
    """Within the block every Python that is started here finds a copy of janitor before the checkout's."""
    with tempfile.TemporaryDirectory(prefix="janitor-subject-") as name:
        shutil.copytree(ROOT / "janitor", Path(name) / "janitor", ignore=shutil.ignore_patterns("__pycache__"))
        before = os.environ.get("PYTHONPATH", "")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [name, before]))
        try:
            yield Path(name)
        finally:
            os.environ["PYTHONPATH"] = before
            if bytecode := os.environ.get("PYTHONPYCACHEPREFIX"):
                shutil.rmtree(bytecode + name, ignore_errors=True)
