"""One run of terraform or tofu: its own process group, no terminal, output to files, most of them without a name.

Never sends a second SIGINT, and kills only what writes nothing or has been given up as a last resort. The output goes
to files, not pipes, so that a terraform which outlives janitor can go on writing: a closed pipe would end it (SIGPIPE)
while it saves the state.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Protocol

_LONGEST_OUTPUT = 512 * 1024 * 1024
_LONGEST_LINE = 4 * 1024 * 1024
_LONGEST_ERROR = 64 * 1024
_POLL = 0.03
LAST_RESORT = 1800.0
"""How long an interrupted command that writes the state may take to save it before its group is killed."""

NOT_STARTED = 126
"""A shell's exit code of a file that is there and cannot be run."""


class Flag(Protocol):
    """Whether a command is to be interrupted: an Event, or anything that knows."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. `output` may hold secrets (a state, a plan): never printed as it is."""

    exit_code: int  # NOT_STARTED where there was no process
    output: bytes = field(default=b"", repr=False)
    errors: str = field(default="", repr=False)  # the end of stderr
    seconds: float = 0.0
    interrupted: bool = False  # we asked it to stop, or it took longer than it was given


class Process:
    """A command that runs. Thread-safe; `interrupt` may be called from a signal handler or another thread."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path | None = None
    ) -> None:
        """Start it. `log`: a new file for its output, its owner's alone, which outlives us. Raises OSError."""
        # All of them live as long as the process does.
        self._output: IO[bytes] = tempfile.TemporaryFile() if log is None else _private(log)  # noqa: SIM115
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._started = time.monotonic()
        self._interrupted: float | None = None
        self._lock = Lock()
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._errors,
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def seconds(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self._started

    @property
    def stopping(self) -> float:
        """Seconds since it was interrupted; 0 before."""
        return 0.0 if self._interrupted is None else time.monotonic() - self._interrupted

    def interrupt(self) -> None:
        """One SIGINT to the command itself, however often this is called: it tells its plugins and provisioners."""
        with self._lock:
            if self._interrupted is not None or not self.running:
                return
            self._interrupted = time.monotonic()
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End the whole group at once. For commands that write nothing; for the others only after LAST_RESORT."""
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            # Once it was waited for, its number may be somebody else's.
            if self.running:
                self._interrupted = self._interrupted or time.monotonic()
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; False when it still runs after `timeout` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def lines(self) -> Iterator[bytes]:
        """The lines of its output as they come, until it has ended; an empty one now and then while nothing comes.

        A line that was cut by the end is yielded last.
        """
        offset, rest = 0, b""
        while True:
            running = self.running  # asked first: what is written before the end is read after it
            chunk = os.pread(self._output.fileno(), 1 << 16, offset)
            offset += len(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > _LONGEST_LINE:
                rest = b""
            if not chunk:
                if not running:
                    break
                self.wait(_POLL)
                yield b""
        if rest:
            yield rest

    def finished(self) -> Finished:
        """What it left behind. Call after its end."""
        size = os.fstat(self._errors.fileno()).st_size
        return Finished(
            exit_code=self._process.wait(),
            output=os.pread(self._output.fileno(), _LONGEST_OUTPUT, 0),
            errors=os.pread(self._errors.fileno(), _LONGEST_ERROR, max(0, size - _LONGEST_ERROR)).decode(
                "utf-8", "replace"
            ),
            seconds=self.seconds,
            interrupted=self._interrupted is not None,
        )

    def close(self) -> None:
        """Let go of the files. The process, should it still run, goes on writing to them."""
        self._output.close()
        self._errors.close()


def run_reading(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], timeout: float, stop: Flag | None = None
) -> Finished:
    """Run a command that writes nothing anybody needs; killed with its children on time-out, `stop` or an exception."""
    try:
        process = Process(command, folder=folder, environment=environment)
    except OSError as error:
        return _not_started(command, error)
    try:
        while not process.wait(_poll(process, timeout)):
            if process.seconds >= timeout or (stop is not None and stop.is_set()):
                process.kill()
        return process.finished()
    except BaseException:
        process.kill()
        process.wait(5)
        raise
    finally:
        process.close()


def run_writing(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], timeout: float, stop: Flag | None = None
) -> Finished:
    """Run a command that may be saving state: interrupted once on time-out, `stop` or an exception, then waited for.

    An exception leaves it to end by itself: it holds its lock until then, and the next run waits for that.
    """
    try:
        process = Process(command, folder=folder, environment=environment)
    except OSError as error:
        return _not_started(command, error)
    try:
        while not process.wait(_poll(process, timeout)):
            if process.seconds >= timeout or (stop is not None and stop.is_set()):
                process.interrupt()
            if process.stopping >= LAST_RESORT:
                process.kill()
        return process.finished()
    except BaseException:
        process.interrupt()
        raise
    finally:
        process.close()


def _not_started(command: Sequence[str], error: OSError) -> Finished:
    """A binary of another machine, or half of one; more variables than a process may be given."""
    return Finished(NOT_STARTED, errors=f"{command[0]} cannot be started: {error.strerror}")


def _private(path: Path) -> IO[bytes]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def _poll(process: Process, timeout: float) -> float:
    return max(0.01, min(0.25, timeout - process.seconds))
