"""`janitor destroy`: terraform destroy, then the rest along the edges, then the proof."""

from __future__ import annotations

import typer

from janitor.cli import options as o


def destroy(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    mark: o.Mark = None,
    from_log: o.FromLog = None,
    since: o.Since = None,
    yes: o.Yes = False,
    dry_run: o.DryRun = False,
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
    stall_after: o.StallAfter = None,
    lock_timeout: o.LockTimeout = None,
    concurrency: o.Concurrency = None,
    by_name: o.ByName = False,
    ignore_config: o.IgnoreConfig = False,
    expect_empty: o.ExpectEmpty = False,
    admin_kinds: o.AdminKinds = None,
    ignore_provider: o.IgnoreProvider = None,
    break_lock: o.BreakLock = None,
    delete_workspace: o.DeleteWorkspace = False,
    keep_state: o.KeepState = False,
    report_format: o.Format = None,
    report: o.Report = None,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Destroy a workspace, and prove that nothing of it is left.

    Runs `terraform destroy` first, then deletes what is left and provably belongs to the workspace. Exits with 0 only
    after a fresh listing has shown that nothing is left; else it says which object stays, who holds it, and what would
    free it.

    \b
    Examples:
      janitor destroy --workspace ci-4711
      janitor destroy -w ci-4711 --mark ci-4711 --from-log apply.log --yes --report json=janitor.json
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = dict(locals())
    from janitor.cli.running import main_run, run
    from janitor.core.outcome import Command

    raise typer.Exit(run(Command.DESTROY, {**given, "format": given["report_format"]}, workflow=main_run))
