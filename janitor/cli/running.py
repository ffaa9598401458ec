"""What the workspace commands have in common: options → settings → workflow → reports → exit code.

An error that ends the workflow still gives the asked-for reports, but for a bug: who reads JSON must not have to read
stderr, too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from janitor.cli.boundary import complain, guarded
from janitor.cli.signals import Stop
from janitor.cli.streams import say
from janitor.console import Console, Loudness
from janitor.core.errors import Interrupted, JanitorError, Refused, StateDisagrees, Unverifiable, UsageError
from janitor.core.outcome import Agreement, Command, RunReport
from janitor.files import is_no_file, write_private
from janitor.reports import FORMATS
from janitor.settings import Settings, load_toml, settle
from janitor.settings.reading import at_home, did_you_mean

_Report = TypeVar("_Report")

UNWRITTEN = 3


class Workflow(Protocol):
    """What a command runs. Raises JanitorError."""

    def __call__(self, settings: Settings, console: Console, /, *, stop: Callable[[], bool]) -> RunReport: ...


def main_run(settings: Settings, console: Console, *, stop: Callable[[], bool]) -> RunReport:
    """`destroy` and `plan`. Loaded only now: it brings the SDK along, and a mistyped option is answered at once."""
    from janitor.workflows import destroy

    return destroy.run(settings, console, stop=stop)


def run(command: Command, options: Mapping[str, object], *, workflow: Workflow) -> int:
    """Run a workspace command; its exit code."""
    return guarded(lambda: _run(command, options, workflow), tracebacks=bool(options.get("verbose")))


def _run(command: Command, options: Mapping[str, object], workflow: Workflow) -> int:
    stop = Stop()
    stop.install()
    settings, refused = _settings(command, options)
    for _, path in settings.report:
        check_writable(path)
    if refused is not None:
        return _ended(refused, settings, started=time.time())
    started = time.time()
    with _console(settings) as console:
        try:
            report = workflow(settings, console, stop=stop)
        except JanitorError as error:
            console.close()
            if error.exit_code in {UsageError.exit_code, JanitorError.exit_code}:
                raise
            return _ended(error, settings, started=started)
    return deliver(report, settings)


@contextmanager
def opened(command: Command, options: Mapping[str, object]) -> Iterator[tuple[Settings, Console, Stop]]:
    """What a command works with whose result is no run report. Raises Refused, UsageError."""
    stop = Stop()
    stop.install()
    settings = settled(command, options)
    with _console(settings) as console:
        yield settings, console, stop


def settled(command: Command, options: Mapping[str, object]) -> Settings:
    """The settings of a call. Raises Refused, UsageError."""
    settings, refused = _settings(command, options)
    if refused is not None:
        raise refused
    return settings


@contextmanager
def _console(settings: Settings) -> Iterator[Console]:
    loudness = Loudness.QUIET if settings.quiet else Loudness.VERBOSE if settings.verbose else Loudness.NORMAL
    with Console(
        environment=settings.environment, loudness=loudness, color=settings.color, yes=settings.yes
    ) as console:
        for note in settings.notes:
            console.warn(note)
        yield console


def _settings(command: Command, options: Mapping[str, object]) -> tuple[Settings, Refused | None]:
    """The settings; and why the root module's own file could not be asked, where it could not."""
    environment, refused = dict(os.environ), None
    table: Mapping[str, object] = {}
    try:
        table = load_toml(at_home(str(options.get("chdir") or environment.get("JANITOR_CHDIR") or ".")))
    except ValueError:
        pass  # told by the settings, with the option's name
    except Refused as error:
        refused = error
    return settle(options, environment, table, time.time(), command=command, terminal=has_terminal()), refused


def has_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ended(error: JanitorError, settings: Settings, *, started: float) -> int:
    """Say the sentence that ended the run, and give the reports all the same."""
    complain(str(error))
    return max(error.exit_code, deliver(ended_by(error, settings, started=started), settings, spoken=True))


def ended_by(error: JanitorError, settings: Settings, *, started: float) -> RunReport:
    """The report of a run that an error has ended: nothing is known of any object."""
    sentence = str(error)
    return RunReport(
        command=settings.command,
        workspace=settings.workspace or "",
        scopes=(),
        started=started,
        finished=time.time(),
        refused=sentence if error.exit_code == Refused.exit_code else "",
        interrupted=isinstance(error, Interrupted),
        unseen_counts=isinstance(error, Unverifiable),
        state=Agreement(agreed=False, reason=sentence) if isinstance(error, StateDisagrees) else Agreement(),
        notes=() if error.exit_code == Refused.exit_code else (sentence,),
    )


def deliver(report: RunReport, settings: Settings, *, spoken: bool = False) -> int:
    """Hand out the reports; the run's exit code."""
    written = hand_out(report, FORMATS, settings, spoken=spoken)
    return report.exit_code or written


def hand_out(
    report: _Report, formats: Mapping[str, Callable[[_Report], str]], settings: Settings, *, spoken: bool = False
) -> int:
    """Write the reports, print the asked-for format: 0, or the exit code of one that could not be written.

    `spoken`: a person has read the sentence already.
    """
    code = 0
    for name, path in settings.report:
        try:
            write_private(path, formats[name](report).encode())
        except OSError as error:
            complain(f"The {name} report {path} cannot be written ({error.strerror}).")
            code = UNWRITTEN
    if not (spoken and settings.format == "text"):
        try:
            say(formats[settings.format](report))
        except Refused as error:
            complain(str(error))
            code = UNWRITTEN
    return code


def one_of(what: str, given: str, known: Iterable[str]) -> None:
    """Raise UsageError for a word that is none of the known ones; `what` asked for it."""
    words = [str(word) for word in known]
    if given not in words:
        raise UsageError(f"{what}: {given!r} is not one of {', '.join(words)}{did_you_mean(given, words) or '.'}")


def check_writable(path: Path) -> None:
    """Before anything is deleted: a run of an hour must not end without its report. Raises UsageError.

    A file is replaced as a whole: a device or a pipe in its place would be lost.
    """
    try:
        folder, inside = path.is_dir(), path.parent.is_dir()
        special = is_no_file(path)
    except OSError as error:
        raise UsageError(f"--report: {path} cannot be written: {error.strerror}.") from None
    if folder:
        raise UsageError(f"--report: {path} is a folder; a file is expected.")
    if special:
        raise UsageError(f"--report: {path} is a device or a pipe; a file is expected, and --format writes to stdout.")
    if not inside:
        raise UsageError(f"--report: the folder {path.parent} does not exist; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"--report: the folder {path.parent} cannot be written; choose another path.")
