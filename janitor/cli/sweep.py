"""`janitor sweep`: no workspace at hand; by mark, name, tag or producer, in many clouds and projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from janitor.cli import options as o

if TYPE_CHECKING:
    from janitor.console import Console
    from janitor.core.outcome import RunReport
    from janitor.settings import Settings

Texts = list[str] | None
Mark = Annotated[
    Texts, typer.Option("--mark", metavar="NAME", help="A run's mark, or '*' for every one; repeatable. [JANITOR_MARK]")
]
Expired = Annotated[bool, typer.Option("--expired", help="Of the marks, only runs whose janitor:until has passed.")]
Alive = Annotated[
    str | None, typer.Option("--runs-alive", metavar="FILE", help="Runs that are never swept, one a line; - for stdin.")
]
Name = Annotated[Texts, typer.Option("--name", metavar="TEMPLATE", help="Exact names, with {run} in them; repeatable.")]
Run = Annotated[Texts, typer.Option("--run", metavar="ID", help="What {run} stands for; repeatable.")]
Tag = Annotated[Texts, typer.Option("--tag", metavar="K[=V]", help="A tag, or metadata; repeatable.")]
Producer = Annotated[
    Texts, typer.Option("--producer", metavar="NAME=KEY", help="What a producer made for a cluster; repeatable.")
]
Older = Annotated[str | None, typer.Option("--older-than", metavar="D", help="Only what is older; selects nothing.")]
Clouds = Annotated[Texts, typer.Option("--os-cloud", metavar="NAME", help="A cloud; repeatable. [OS_CLOUD, OS_*]")]
AllRegions = Annotated[bool, typer.Option("--all-regions", help="Every region of the catalog.")]
Projects = Annotated[
    str | None, typer.Option("--projects-file", metavar="FILE", help="Projects, an id or a name a line; - for stdin.")
]
ShardOf = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", help="Share I of N of the clouds and projects; /N in a job with an index."),
]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE", help="Save the plan, and delete nothing.")]
Saved = Annotated[str | None, typer.Option("--plan", metavar="FILE", help="Delete what was saved, and nothing else.")]


def sweep(
    *,
    mark: Mark = None,
    expired: Expired = False,
    runs_alive: Alive = None,
    name: Name = None,
    run: Run = None,
    tag: Tag = None,
    producer: Producer = None,
    older_than: Older = None,
    os_cloud: Clouds = None,
    all_regions: AllRegions = False,
    projects_file: Projects = None,
    shard: ShardOf = None,
    out: Out = None,
    plan: Saved = None,
    yes: o.Yes = False,
    dry_run: o.DryRun = False,
    timeout: o.Timeout = None,
    concurrency: o.Concurrency = None,
    report_format: o.Format = None,
    report: o.Report = None,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Delete what carries an identity, in one project or in many.

    Proves that it is gone. Selects by mark, exact name, tag or producer, never by age or by being unused. What
    hangs on a selected object goes with it; what is shared, foreign or marked janitor:keep stays, with the reason.
    Producers are capo, csi, gardener, harvester, kops, kubespray, magnum, occm, octavia and openshift.

    \b
    Examples:
      janitor sweep --mark ci-4711
      janitor sweep --name 'ci-{run}' --run 4711 --older-than 6h --dry-run
      janitor sweep --producer occm=ci-4711 --projects-file projects.txt --shard 2/4 --yes
      janitor sweep --mark '*' --expired --out plan.json && janitor sweep --plan plan.json --yes
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = dict(locals())
    from janitor.cli import running
    from janitor.core.outcome import Command

    own = {key: given[key] for key in OWN}
    common = {key: value for key, value in given.items() if key not in OWN}
    common |= {"format": report_format, "dry_run": dry_run or out is not None}
    raise typer.Exit(running.run(Command.SWEEP, common, workflow=_workflow(own)))


OWN = (
    *("mark", "expired", "runs_alive", "name", "run", "tag", "producer", "older_than", "os_cloud", "all_regions"),
    *("projects_file", "shard", "out", "plan"),
)


def _workflow(own: Mapping[str, object]) -> Callable[..., RunReport]:
    def swept(settings: Settings, console: Console, *, stop: Callable[[], bool]) -> RunReport:
        import time

        from janitor.settings.sweeping import asked
        from janitor.workflows import sweep as workflow

        given = asked(own, settings.environment, now=time.time(), os_cloud=settings.os_cloud)
        return workflow.run(settings, given, console, stop=stop)

    return swept
