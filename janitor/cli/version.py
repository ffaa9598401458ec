"""`janitor version`: what stands around janitor here; what a report of a problem should say. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from janitor.cli import options as o

AsJson = Annotated[bool, typer.Option("--json", help="As one JSON document.")]
MISSING = "none found"


def version(
    *, as_json: AsJson = False, chdir: o.Chdir = None, os_cloud: o.OsCloud = None, binary: o.Binary = None
) -> None:
    """Say which versions are at work, and what the cloud offers.

    The versions of janitor, the binary, the provider and the SDK, and the services of the cloud. Signs in where
    there are credentials; without them everything else is said all the same.

    \b
    Examples:
      janitor version
      janitor version --json --os-cloud gitlab
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    given = {"chdir": chdir, "os_cloud": os_cloud, "binary": binary}
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _said(given, as_json=as_json)))


def _said(given: Mapping[str, object], *, as_json: bool) -> int:
    from janitor.cli.running import opened
    from janitor.cli.streams import say
    from janitor.core.outcome import Command

    with opened(Command.PLAN, given) as (settings, _, _):
        from janitor.workflows import versions  # only now: it brings the SDK along

        facts = versions.seen(settings)
    say(json.dumps(facts, indent=2) + "\n" if as_json else "".join(f"{line}\n" for line in _lines(facts)))
    return 0


def _lines(facts: Mapping[str, object]) -> Iterator[str]:
    """One line a fact; what is made of several, in one line."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield f"{name:<13} {', '.join(_part(key, part) for key, part in value.items() if part)}"
        else:
            yield f"{name:<13} {MISSING if value is None else value}"


def _part(key: str, part: object) -> str:
    words = " ".join(map(str, part)) if isinstance(part, list) else str(part)
    return words if key in {"name", "version", "path", "source", "problem"} else f"{key} {words}"
