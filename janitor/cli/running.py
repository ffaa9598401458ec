"""What the workspace commands have in common: options → settings → workflow → reports → exit code.

An error that ends the workflow still gives the asked-for reports, but for a bug: who reads JSON must not have to read
stderr, too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from janitor.cli.boundary import complain, guarded
from janitor.cli.signals import Stop
from janitor.console import Console, Loudness
from janitor.core.errors import Interrupted, JanitorError, Refused, StateDisagrees, Unverifiable, UsageError
from janitor.core.outcome import Agreement, Command, RunReport
from janitor.reports import FORMATS, write
from janitor.settings import Settings, load_toml, settle

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
    settings = _settings(command, options)
    for _, path in settings.report:
        _check_writable(path)
    loudness = Loudness.QUIET if settings.quiet else Loudness.VERBOSE if settings.verbose else Loudness.NORMAL
    started = time.time()
    with Console(
        environment=settings.environment, loudness=loudness, color=settings.color, yes=settings.yes
    ) as console:
        for note in settings.notes:
            console.warn(note)
        try:
            report = workflow(settings, console, stop=stop)
        except (Refused, Unverifiable, StateDisagrees, Interrupted) as error:
            console.close()
            complain(str(error))
            report = ended_by(error, settings, started=started)
            return max(error.exit_code, deliver(report, settings, spoken=True))
    return deliver(report, settings)


def _settings(command: Command, options: Mapping[str, object]) -> Settings:
    environment = dict(os.environ)
    chdir = Path(str(options.get("chdir") or environment.get("JANITOR_CHDIR") or ".")).expanduser()
    return settle(
        options,
        environment,
        load_toml(chdir),
        time.time(),
        command=command,
        terminal=sys.stdin.isatty() and sys.stderr.isatty(),
    )


def ended_by(error: JanitorError, settings: Settings, *, started: float) -> RunReport:
    """The report of a run that an error has ended: nothing is known of any object."""
    sentence = str(error)
    return RunReport(
        command=settings.command,
        workspace=settings.workspace or "",
        scopes=(),
        started=started,
        finished=time.time(),
        refused=sentence if isinstance(error, Refused) else "",
        interrupted=isinstance(error, Interrupted),
        unseen_counts=isinstance(error, Unverifiable),
        state=Agreement(agreed=False, reason=sentence) if isinstance(error, StateDisagrees) else Agreement(),
        notes=() if isinstance(error, Refused) else (sentence,),
    )


def deliver(report: RunReport, settings: Settings, *, spoken: bool = False) -> int:
    """Write the reports, print the asked-for format. `spoken`: a person has read the sentence already."""
    code = report.exit_code
    for name, path in settings.report:
        try:
            write(report, name=name, path=path)
        except OSError as error:
            complain(f"The {name} report {path} cannot be written ({error.strerror}).")
            code = code or UNWRITTEN
    if not (spoken and settings.format == "text"):
        say(FORMATS[settings.format](report))
    return code


def say(text: str) -> None:
    """To stdout; a reader that has gone away (`| head`) is no error of ours."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes stdout once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check_writable(path: Path) -> None:
    """Before anything is deleted: a run of an hour must not end without its report. Raises UsageError."""
    if path.is_dir():
        raise UsageError(f"--report: {path} is a folder; a file is expected.")
    if not path.parent.is_dir():
        raise UsageError(f"--report: the folder {path.parent} does not exist; make it first.")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"--report: the folder {path.parent} cannot be written; choose another path.")
