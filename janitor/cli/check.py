"""`janitor check`: is this environment fit for the tests? Changes nothing, except with --clean."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from janitor.cli import options as o

if TYPE_CHECKING:
    from janitor.settings import Settings

Clean = Annotated[bool, typer.Option("--clean", help="Destroy what is left over of this workspace, and check again.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of this command's JSON report.")]
Forms = Annotated[
    str, typer.Option("--format", metavar="F", help="On stdout: text, json, junit or markdown; text. [JANITOR_FORMAT]")
]


def check(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    clean: Clean = False,
    yes: o.Yes = False,
    mark: o.Mark = None,
    from_log: o.FromLog = None,
    since: o.Since = None,
    direct: o.Direct = False,
    os_cloud: o.OsCloud = None,
    provider_cloud: o.ProviderCloud = None,
    backend_config: o.BackendConfig = None,
    var: o.Var = None,
    var_file: o.VarFile = None,
    binary: o.Binary = None,
    state: o.State = None,
    journal: o.Journal = None,
    evaluate: o.EvaluateBy = None,
    timeout: o.Timeout = None,
    concurrency: o.Concurrency = None,
    by_name: o.ByName = False,
    ignore_config: o.IgnoreConfig = False,
    expect_empty: o.ExpectEmpty = False,
    form: Forms = "",
    report: o.Report = None,
    schema: Schema = False,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Say whether the environment is fit for tests; change nothing.

    Leftovers of an earlier run, quota against what the configuration needs, names that it uses, services, roles, the
    state's lock, and how long the credentials live: each with a line, a reason and what to do. Exits with 0 when it is
    fit, with 1 when it is not, with 4 when that could not be found out.

    \b
    Examples:
      janitor check --workspace ci-4711
      janitor check -w ci-4711 --mark ci-4711 --clean --yes --report junit=check.xml
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = {name: value for name, value in locals().items() if name not in {"form", "schema", "clean"}}
    from janitor.cli.boundary import guarded

    options = {**given, "format": form or None}
    raise typer.Exit(guarded(lambda: _published() if schema else _run(options, clean=clean), tracebacks=verbose))


def _published() -> int:
    from janitor.cli.streams import say
    from janitor.reports import fitness

    say(fitness.schema())
    return 0


def _run(options: Mapping[str, object], *, clean: bool) -> int:
    from janitor.cli.boundary import complain
    from janitor.cli.running import check_writable, hand_out, has_terminal, opened
    from janitor.core.errors import Interrupted, Refused, UsageError
    from janitor.core.fitness import Fitness
    from janitor.core.outcome import Command
    from janitor.reports.fitness import FITNESS_FORMATS

    began = time.time()
    if clean and not options["yes"] and not has_terminal():
        raise UsageError("There is no terminal to ask on: add --yes, or leave --clean out to look first.")
    # To look takes a plan's rules; what --clean does takes those of a destroy: somebody to ask, or --yes.
    with opened(Command.DESTROY if clean else Command.PLAN, options) as (given, console, stop):
        settings = _with_a_format_of_its_own(given)
        for name in (settings.format, *(name for name, _ in settings.report)):
            if name not in FITNESS_FORMATS:
                raise UsageError(f"janitor check has no {name} report: take one of {', '.join(FITNESS_FORMATS)}.")
        for _, path in settings.report:
            check_writable(path)
        from janitor.workflows import check as workflow  # only now: it brings the SDK along

        try:
            fitness = workflow.run(settings, console, clean=clean, stop=stop)
        except (Refused, Interrupted) as error:
            console.close()
            complain(str(error))
            refused = "" if isinstance(error, Interrupted) else str(error)
            fitness = Fitness(
                settings.workspace or "", (), began, time.time(), interrupted=not refused, refused=refused
            )
    written = hand_out(fitness, FITNESS_FORMATS, settings, spoken=bool(fitness.refused))
    return fitness.exit_code or written


def _with_a_format_of_its_own(settings: Settings) -> Settings:
    """Text where the format is set for every command, and this one does not have it; what an option says is kept."""
    from janitor.reports.fitness import FITNESS_FORMATS
    from janitor.settings import Source

    asked = settings.origin("format").source is Source.OPTION
    return settings if asked or settings.format in FITNESS_FORMATS else replace(settings, format="text")
