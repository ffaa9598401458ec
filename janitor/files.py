"""Writing a file that is its owner's alone, in one step: whoever reads it finds the old content or the new, never half.

Decides nothing about what is written, or where.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

DEVICES = frozenset({Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd")})


def is_no_file(path: Path) -> bool:
    """Whether a folder, a device or a pipe stands there, which a replacement would lose or fail at. Raises OSError."""
    return (path.exists() and not path.is_file()) or path.parent in DEVICES


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step, readable by its owner alone, and on the disk afterwards. Raises OSError."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
