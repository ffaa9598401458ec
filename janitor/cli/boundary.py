"""Every error becomes one sentence and its exit code here, and nowhere else.

What janitor raises on purpose carries both. A file that the system refuses is its user's matter, and named. Anything
else is a bug: its text is not shown, it may hold a secret; its place is.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from janitor.core.errors import Interrupted, JanitorError, Refused
from janitor.core.text import clean


def guarded(call: Callable[[], int], *, tracebacks: bool = False) -> int:
    """The exit code of the call, or of the error that ended it."""
    try:
        return call()
    except JanitorError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted")
        return Interrupted.exit_code
    except OSError as error:
        if error.filename is None:
            return _bug(error, tracebacks=tracebacks)
        complain(
            f"{error.filename} cannot be used ({error.strerror}), and the run ended there. Nothing is proved; what was "
            "deleted is in the journal. Look at this file or folder, then run the same command again."
        )
        return Refused.exit_code
    except Exception as error:  # noqa: BLE001  the last boundary: nothing above would say more
        return _bug(error, tracebacks=tracebacks)


def _bug(error: Exception, *, tracebacks: bool) -> int:
    if tracebacks:
        traceback.print_exception(error)
    complain(
        f"this is a bug in janitor: {type(error).__name__} {place(error)}. Nothing is proved; what was deleted is "
        "in the journal. Please report it with the output of the same command and -v (look it through for secrets "
        "first)."
    )
    return JanitorError.exit_code


def complain(sentence: str) -> None:
    """One line on stderr, with the program's name. A sentence about a cloud may quote it."""
    sys.stderr.write(f"janitor: {clean(sentence, longest=4000)}\n")
    sys.stderr.flush()


def place(error: BaseException) -> str:
    """`in planning.py, line 12`: where in janitor it was raised, as deep as our own code goes."""
    ours = Path(__file__).resolve().parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(ours)] or list(frames)
    return f"in {Path(inside[-1].filename).name}, line {inside[-1].lineno}" if inside else "somewhere"
