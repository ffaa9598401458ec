"""`janitor kinds`: what janitor does with each kind of object and resource type. Asks no cloud and needs no folder."""

from __future__ import annotations

from typing import Annotated

import typer

Wanted = Annotated[str | None, typer.Argument(metavar="[KIND]", help="A kind, or a resource type; default: all.")]
Format = Annotated[str, typer.Option("--format", metavar="F", help="text, json or markdown.")]


def kinds(kind: Wanted = None, *, form: Format = "text") -> None:
    """Say what janitor does with each kind of object.

    And how it finds them again. With a kind, or one of the provider's resource types, that one in full,
    with what holds it.

    \b
    Examples:
      janitor kinds
      janitor kinds security_group
      janitor kinds openstack_dns_zone_v2 --format json
    """  # noqa: D301  \b is a character: it keeps the lines of the examples apart
    from janitor.cli.boundary import guarded

    raise typer.Exit(guarded(lambda: _shown(kind, form)))


def _shown(name: str | None, form: str) -> int:
    from janitor.cli.running import one_of
    from janitor.cli.streams import say
    from janitor.core.errors import UsageError
    from janitor.reports.kinds import RENDERED, row, rows
    from janitor.settings.reading import kind_named

    one_of("--format", form, RENDERED)
    try:
        say(RENDERED[form](rows() if name is None else [row(kind_named(name))]))
    except ValueError as error:
        raise UsageError(f"janitor kinds: {error}{'' if str(error).endswith('?') else '.'}") from None
    return 0
