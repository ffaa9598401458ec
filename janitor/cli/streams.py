"""The standard streams, however a pipe, a CI or a daemon has left them: closed, full, or without a reader.

What cannot be said on stderr stays unsaid: nobody's leaving ends a run in its middle. What was asked for on stdout is
owed, and its loss is told.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from janitor.core.errors import Refused

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}


class Unfailing(io.FileIO):
    """A descriptor that takes whatever is written: where nobody reads, and on a full disk, it goes nowhere."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as much as goes, or nothing and say that all is done."""
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def secure() -> None:
    """Make the streams ones to rely on. Before any file is opened: it would get the number of a closed stream."""
    for name, mode in STREAMS.items():
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  open until the end
    replaced = sys.stderr is not sys.__stderr__
    if not replaced:
        raw = io.BufferedWriter(Unfailing(sys.stderr.fileno(), "w", closefd=False))
        sys.stderr = io.TextIOWrapper(raw, encoding=sys.stderr.encoding, write_through=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name in a log of another encoding ends no run


def say(text: str) -> None:
    """To stdout; a reader that has gone away (`| head`) is no error of ours. Raises Refused on a full disk."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Python flushes stdout once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise Refused(f"The result cannot be written to stdout ({error.strerror}).") from None
