"""`janitor ci`: the jobs that run janitor in GitLab, GitHub or Kubernetes. Asks no cloud and needs no folder."""

from __future__ import annotations

from typing import Annotated

import typer

Runner = Annotated[str, typer.Argument(metavar="RUNNER", help="gitlab, github or kubernetes.")]
StateIn = Annotated[
    str | None, typer.Option("--state", metavar="WHERE", help="Terraform's state: artifact or http; artifact.")
]
Chdir = Annotated[str | None, typer.Option("-C", "--chdir", metavar="DIR", help="The root module in the repository.")]
Image = Annotated[str | None, typer.Option("--image", metavar="IMAGE", help="A container image with janitor in it.")]
Shards = Annotated[int | None, typer.Option("--shards", metavar="N", min=1, help="Pods of the Indexed Job; 4.")]


def ci(
    runner: Runner,
    *,
    state: StateIn = None,
    chdir: Chdir = None,
    image: Image = None,
    shards: Shards = None,
) -> None:
    """Print the jobs that check, clean up, and sweep.

    They check before an apply, clean up after it, and sweep what has outlived its run. The clean-up runs after a
    failure, a cancel and a timeout, too, and finds by the run's mark what nothing else knows. For Kubernetes it is
    the sweep alone, of many projects, shared out between the pods of an Indexed Job.

    \b
    Examples:
      janitor ci gitlab --state http > .gitlab/janitor.yml
      janitor ci github --chdir infra > .github/workflows/janitor.yml
      janitor ci kubernetes --image registry.example.org/janitor:0.1.0 --shards 8 | kubectl apply -f -
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _rendered(runner, state, chdir, image, shards)))


def _rendered(runner: str, state: str | None, chdir: str | None, image: str | None, shards: int | None) -> int:
    from janitor import jobs
    from janitor.cli.running import one_of
    from janitor.cli.streams import say
    from janitor.core.errors import UsageError

    one_of("janitor ci", runner, jobs.JOBS)
    if state is not None:
        one_of("--state", state, jobs.State)
    swept_only = runner == "kubernetes"
    if swept_only and (state is not None or chdir is not None):
        raise UsageError("janitor ci kubernetes sweeps, and needs no root module: leave --state and --chdir out.")
    if swept_only and not image:
        raise UsageError("janitor ci kubernetes needs a container image with janitor in it: add --image IMAGE.")
    if not swept_only and shards is not None:
        raise UsageError("--shards shares a sweep out between the pods of Kubernetes: leave it out.")
    wanted = jobs.Wanted(
        state=jobs.State(state or jobs.State.ARTIFACT),
        chdir=_inside(chdir or "."),
        image=image or "",
        shards=shards or jobs.Wanted().shards,
    )
    say(jobs.render(runner, wanted))
    return 0


def _inside(folder: str) -> str:
    """A folder of the repository, as a job on another machine finds it. Raises UsageError."""
    import re
    from pathlib import PurePosixPath

    from janitor.core.errors import UsageError

    path = PurePosixPath(folder)
    plain = re.fullmatch(r"[\w ./+@-]+", folder)  # what means something to a runner's globs and variables is not
    if path.is_absolute() or ".." in path.parts or not plain:
        raise UsageError(f"--chdir: {folder!r} is no folder inside the repository: give it relative to the top.")
    return str(path)
