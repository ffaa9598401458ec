"""`janitor graph`: who holds whom, drawn. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from janitor.cli import options as o

Form = Annotated[str, typer.Option("--format", metavar="F", help="On stdout: dot, mermaid, html or json.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask no cloud: state and configuration alone.")]


def graph(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    form: Form = "dot",
    offline: Offline = False,
    mark: o.Mark = None,
    from_log: o.FromLog = None,
    since: o.Since = None,
    os_cloud: o.OsCloud = None,
    provider_cloud: o.ProviderCloud = None,
    backend_config: o.BackendConfig = None,
    var: o.Var = None,
    var_file: o.VarFile = None,
    binary: o.Binary = None,
    state: o.State = None,
    journal: o.Journal = None,
    evaluate: o.EvaluateText = None,
    timeout: o.Timeout = None,
    lock_timeout: o.LockTimeout = None,
    concurrency: o.Concurrency = None,
    expect_empty: o.ExpectEmpty = False,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Draw who holds whom: what has to go before what.

    Each arrow tells how that is known: seen in the cloud, the state, the configuration, or the order of kinds. Without
    credentials, or with --offline, state and configuration alone are drawn. Evaluates the configuration statically
    unless --evaluate says otherwise.

    \b
    Examples:
      janitor graph --workspace ci-4711 --format html > graph.html
      janitor graph -w ci-4711 --offline | dot -Tsvg > graph.svg
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = {name: value for name, value in locals().items() if name not in {"form", "offline"}}
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _drawn(given, form, offline=offline), tracebacks=verbose))


def _drawn(given: Mapping[str, object], form: str, *, offline: bool) -> int:
    from janitor.cli.running import one_of, opened
    from janitor.cli.streams import say
    from janitor.core.outcome import Command
    from janitor.reports.graph import DRAWINGS
    from janitor.settings import Evaluate, Source

    one_of("--format", form, DRAWINGS)
    with opened(Command.PLAN, given) as (settings, console, stop):
        from janitor.workflows import graph as workflow  # only now: it brings the SDK along

        unsaid = settings.origin("evaluate").source is Source.DEFAULT
        chosen = replace(settings, evaluate=Evaluate.STATIC) if unsaid else settings
        drawn = (workflow.offline if offline else workflow.live)(chosen, console, stop=stop)
    say(DRAWINGS[form](drawn))
    return 0
