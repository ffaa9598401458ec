"""`janitor report`: a saved run, rendered again in any format. Asks no cloud and needs no folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from janitor.cli import options as o

Runs = Annotated[
    list[str] | None, typer.Argument(metavar="RUN", help="What --report json=PATH has written; - is standard input.")
]
Merge = Annotated[bool, typer.Option("--merge", help="Several runs, like the shards of a sweep, as one.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the JSON report.")]


def report(
    runs: Runs = None,
    *,
    merge: Merge = False,
    schema: Schema = False,
    report_format: o.Format = None,
    report: o.Report = None,
) -> None:
    """Render a saved run again, in any format.

    Exits with 0 when it is rendered, whatever the run's own exit code was; with --merge, with the worst of the runs'.

    \b
    Examples:
      janitor report janitor.json
      janitor report janitor.json --format html > janitor.html
      janitor report - --report junit=janitor.xml --report markdown=janitor.md < janitor.json
      janitor report --merge shard-*.json --report markdown=sweep.md
      janitor report --schema
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    from janitor.cli.boundary import guarded

    def work() -> int:
        return _published() if schema and not runs else _rendered(runs or [], report_format, report, merge=merge)

    raise typer.Exit(guarded(work))


def _published() -> int:
    from janitor.cli.streams import say
    from janitor.reports import json

    say(json.schema())
    return 0


def _rendered(runs: list[str], report_format: str | None, report: list[str] | None, *, merge: bool) -> int:
    import os
    import time

    from janitor.cli.running import check_writable, hand_out
    from janitor.core.errors import UsageError
    from janitor.core.outcome import Command
    from janitor.reports import FORMATS
    from janitor.reports.merging import merged
    from janitor.reports.reading import read_run
    from janitor.settings import settle

    if not runs:
        raise UsageError("Give the JSON report of a run, or - for standard input, or --schema.")
    if len(runs) > 1 and not merge:
        raise UsageError("These are several runs: add --merge to have one report of them.")
    options = {"format": report_format, "report": report}
    settings = settle(options, dict(os.environ), {}, time.time(), command=Command.PLAN)
    for _, path in settings.report:
        check_writable(path)
    read = [read_run(_text(run), name="standard input" if run == "-" else run) for run in runs]
    if not merge:
        return hand_out(read[0], FORMATS, settings)
    whole = merged(read)
    return hand_out(whole, FORMATS, settings) or whole.exit_code


def _text(run: str) -> str:
    """The file's text. Raises Refused."""
    from janitor.core.errors import Refused

    try:
        return sys.stdin.read() if run == "-" else Path(run).read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{run} cannot be read ({error.strerror}): give the file that --report json=PATH wrote."
        ) from None
    except UnicodeDecodeError:
        raise Refused(f"{run} is no text: give the file that --report json=PATH wrote.") from None
