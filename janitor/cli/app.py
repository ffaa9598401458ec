"""The application: its commands, `--version`, and the way out."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, NoReturn, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from janitor import __version__
from janitor.cli.apply import apply
from janitor.cli.boundary import guarded
from janitor.cli.check import check
from janitor.cli.ci import ci
from janitor.cli.config import config
from janitor.cli.destroy import destroy
from janitor.cli.graph import graph
from janitor.cli.kinds import kinds
from janitor.cli.lint import lint
from janitor.cli.plan import plan
from janitor.cli.report import report
from janitor.cli.streams import secure
from janitor.cli.sweep import sweep
from janitor.cli.version import version

NAMES = ("janitor", "tf-janitor")  # a command called janitor exists in another package, too
EPILOG = (
    "Exit codes of destroy and sweep: 0 proved empty, 1 something is left, 2 usage, 3 refused or unreadable, "
    "4 not verified, 5 the state disagrees, 70 a bug in janitor, 130 interrupted."
)

# Without rich: its help pages cost more than half of the time that `janitor --help` may take.
app = typer.Typer(
    name="janitor",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _version(value: bool) -> None:  # noqa: FBT001  typer calls it so
    if value:
        typer.echo(f"janitor {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Clean up after Terraform or OpenTofu on OpenStack, and prove that nothing is left.

    \b
    First use, in the root module's folder:
      janitor plan --workspace ci-4711
      janitor destroy --workspace ci-4711
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart


app.command()(destroy)
app.command()(plan)
app.command()(check)
app.command()(apply)
app.command()(lint)
app.command()(kinds)
app.command()(graph)
app.command()(report)
app.command()(version)
app.command()(config)
app.command()(sweep)
app.command()(ci)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. The commands guard themselves; this guards what is around them."""
    secure()
    words = list(arguments) if arguments is not None else None
    collect_seldom()
    atexit.register(gc.freeze)  # Python's own last search through all that a run has read took it half a second
    sys.exit(guarded(lambda: _code(words)))


def collect_seldom() -> None:
    """What a run reads stays until its end: a search for cycles every 700 objects was a quarter of all its work."""
    gc.set_threshold(50_000, 20, 100)


@cache
def commands() -> TyperGroup:
    """All of them with their options, read from their functions once."""
    return cast("TyperGroup", get_command(app))


def _code(arguments: list[str] | None) -> int:
    called = Path(sys.argv[0]).name
    try:
        commands()(args=arguments, prog_name=called if called in NAMES else NAMES[0])
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    return 0
