"""`janitor plan`: the very set that `janitor destroy` would delete, and what it would keep. Changes nothing."""

from __future__ import annotations

import typer

from janitor.cli import options as o


def plan(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
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
    lock_timeout: o.LockTimeout = None,
    concurrency: o.Concurrency = None,
    by_name: o.ByName = False,
    ignore_config: o.IgnoreConfig = False,
    expect_empty: o.ExpectEmpty = False,
    admin_kinds: o.AdminKinds = None,
    ignore_provider: o.IgnoreProvider = None,
    report_format: o.Format = None,
    report: o.Report = None,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Show what `destroy` would delete, and why; change nothing.

    Lists every object with the evidence that it belongs to the workspace, and what is kept with its reason. Takes the
    options of `janitor destroy` that have a meaning for it.

    \b
    Examples:
      janitor plan --workspace ci-4711
      janitor plan -w ci-4711 --mark ci-4711 --from-log apply.log --format json
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = dict(locals())
    from janitor.cli.running import main_run, run
    from janitor.core.outcome import Command

    raise typer.Exit(run(Command.PLAN, {**given, "format": given["report_format"]}, workflow=main_run))
