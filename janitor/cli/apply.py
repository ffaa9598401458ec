"""`janitor apply`: terraform apply, with every id written down the moment it is known."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from janitor.cli import options as o


def apply(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    yes: o.Yes = False,
    rollback_on_failure: o.RollbackOnFailure = False,
    rollback_on_signal: o.RollbackOnSignal = False,
    rollback_timeout: o.RollbackTimeout = None,
    os_cloud: o.OsCloud = None,
    provider_cloud: o.ProviderCloud = None,
    backend_config: o.BackendConfig = None,
    var: o.Var = None,
    var_file: o.VarFile = None,
    binary: o.Binary = None,
    journal: o.Journal = None,
    timeout: o.Timeout = None,
    lock_timeout: o.LockTimeout = None,
    concurrency: o.Concurrency = None,
    break_lock: o.BreakLock = None,
    report_format: o.Format = None,
    report: o.Report = None,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Run `terraform apply`, and write every id down at once.

    Whatever happens then, `janitor destroy` finds by its journal what was created, and what was just being created:
    without a state, a log or a mark. A signal is passed on once, and terraform is waited for. Exits with 0 when all is
    applied, with 1 when terraform failed, whatever a rollback did. --report and --format are about the rollback.

    \b
    Examples:
      janitor apply --workspace ci-4711 --yes
      janitor apply -w ci-4711 --yes --rollback-on-failure --report json=rollback.json
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = dict(locals())
    from janitor.cli.boundary import guarded

    options = {**given, "format": given["report_format"]}
    raise typer.Exit(guarded(lambda: _run(options), tracebacks=verbose))


def _run(options: Mapping[str, object]) -> int:
    from janitor.cli.boundary import complain
    from janitor.cli.running import check_writable, deliver, opened
    from janitor.core.outcome import Command
    from janitor.workflows import apply as workflow

    with opened(Command.APPLY, options) as (settings, console, stop):
        for _, path in settings.report:
            check_writable(path)
        done = workflow.run(settings, console, stop=stop, again=stop.again)
    complain(done.sentence)
    if done.rollback is not None:
        deliver(done.rollback, settings)
    return done.exit_code
