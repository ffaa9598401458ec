"""`janitor lint`: what of this configuration could not be found again if everything were lost but the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from janitor.cli import options as o

Form = Annotated[str, typer.Option("--format", metavar="F", help="text, json or sarif.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 when there is anything to say.")]


def lint(
    *,
    chdir: o.Chdir = None,
    workspace: o.Workspace = None,
    var: o.Var = None,
    var_file: o.VarFile = None,
    binary: o.Binary = None,
    evaluate: o.EvaluateText = None,
    form: Form = "text",
    strict: Strict = False,
    verbose: o.Verbose = False,
    quiet: o.Quiet = False,
    no_color: o.NoColor = False,
) -> None:
    """Tell which resources could not be found again, and why.

    For each that would be lost with state, journal and log: its line, the reason, and the smallest change that
    helps. Reads the text alone, without credentials or a backend, unless --evaluate says otherwise. Variables
    without a default count as given by every run; of others give the values that your pipeline gives.

    \b
    Examples:
      janitor lint --var run=ci-4711 --var name=ci-4711
      janitor lint --strict --format sarif > lint.sarif
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = {name: value for name, value in locals().items() if name not in {"form", "strict"}}
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _linted(given, form, strict=strict), tracebacks=verbose))


def _linted(given: Mapping[str, object], form: str, *, strict: bool) -> int:
    from janitor.cli.running import one_of, opened
    from janitor.cli.streams import say
    from janitor.core.outcome import Command
    from janitor.reports.findings import RENDERINGS, Findings, Found

    one_of("--format", form, RENDERINGS)
    with opened(Command.PLAN, given) as (settings, console, stop):
        from janitor.workflows import lint as workflow

        done = workflow.run(settings, console, stop=stop)
    found = [Found(finding, place.file, place.line) for finding, place in done.findings]
    say(RENDERINGS[form](Findings(found, done.resources, done.notes)))
    return 1 if strict and found else 0
