"""`janitor config`: every setting with where it came from. Asks no cloud, starts nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from janitor.cli import options as o

Form = Annotated[str, typer.Option("--format", metavar="F", help="text or json.")]


def config(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    mark: o.Mark = None,
    since: o.Since = None,
    os_cloud: o.OsCloud = None,
    binary: o.Binary = None,
    journal: o.Journal = None,
    evaluate: o.EvaluateBy = None,
    timeout: o.Timeout = None,
    stall_after: o.StallAfter = None,
    lock_timeout: o.LockTimeout = None,
    concurrency: o.Concurrency = None,
    direct: o.Direct = False,
    form: Form = "text",
) -> None:
    """Show every setting with where it came from.

    An option, the environment, tf-janitor.toml, the CI job, or the default. Values that may be secret (--var,
    --backend-config) are named, never shown.

    \b
    Examples:
      janitor config --workspace ci-4711
      janitor config --timeout 30m --format json
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = {name: value for name, value in locals().items() if name != "form"}
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _shown(given, form)))


def _shown(given: Mapping[str, object], form: str) -> int:
    from janitor.cli.running import one_of, settled
    from janitor.cli.streams import say
    from janitor.core.outcome import Command
    from janitor.settings.explain import explained

    one_of("--format", form, ("text", "json"))
    rows = list(explained(settled(Command.PLAN, given)))
    if form == "json":
        say(json.dumps({row.name: {"value": row.value, "source": row.source} for row in rows}, indent=2) + "\n")
        return 0
    name, value = max(len(row.name) for row in rows), max(len(row.value) for row in rows)
    say("".join(f"{row.name:{name}}  {row.value:{value}}  {row.source}".rstrip() + "\n" for row in rows))
    return 0
