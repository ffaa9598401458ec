"""Options > environment > `tf-janitor.toml` > default → Settings. Pure, but for `load_toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from janitor.core import times
from janitor.core.errors import Refused, UsageError
from janitor.core.outcome import Command
from janitor.settings import ci
from janitor.settings.reading import at_home, did_you_mean
from janitor.settings.rules import check
from janitor.settings.table import FIELDS, OWN_VARIABLES, Field
from janitor.settings.values import Origin, Settings, Source

FILE = "tf-janitor.toml"
CLOCKS_APART = 300.0  # a begin this far ahead of our clock is still "now" of another machine


def load_toml(chdir: Path) -> Mapping[str, object]:
    """The root module's `tf-janitor.toml`, empty when there is none. Raises Refused, UsageError."""
    import tomllib

    try:
        if not chdir.is_dir():
            raise Refused(f"{chdir} is not a folder: give the root module's folder with --chdir.")
        return tomllib.loads((chdir / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        what = chdir / FILE if os.access(chdir, os.X_OK) else chdir
        raise Refused(f"{what} cannot be read ({error.strerror}): check its permissions.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{chdir / FILE} is not valid TOML: {error}.") from None


def settle(
    options: Mapping[str, object],
    environment: Mapping[str, str],
    toml: Mapping[str, object],
    now: float,
    *,
    command: Command = Command.DESTROY,
    here: Path | None = None,
    terminal: bool = False,
) -> Settings:
    """The settings of one call. An option that is None, False or empty was not given. Raises UsageError.

    `here` is the folder that relative paths of the command line start from; the file's start from the root module.
    """
    here = here or Path.cwd()
    chdir, chdir_origin = _chdir(options, environment, here)
    table = _known(toml)
    values: dict[str, object] = {}
    origins: dict[str, Origin] = {"chdir": chdir_origin}
    for field in FIELDS.values():
        for origin, raw in _candidates(field, options, environment, table):
            start = chdir if origin.source is Source.FILE else here
            values[field.name] = _parse(field, raw, origin=origin, here=start)
            origins[field.name] = origin
            break
    _settle_times(values, origins, options, environment, now)
    values["dry_run"] = command is Command.PLAN or values.get("dry_run", False)
    color = not options.get("no_color") and not environment.get("NO_COLOR")
    return check(
        Settings(
            command=Command.PLAN if values["dry_run"] else command,
            chdir=chdir,
            color=color,
            terminal=terminal,
            tf_var={key[7:]: value for key, value in sorted(environment.items()) if key.startswith("TF_VAR_")},
            environment=dict(environment),
            origins=origins,
            notes=tuple(_notes(environment)),
            **values,  # type: ignore[arg-type]
        )
    )


def _chdir(options: Mapping[str, object], environment: Mapping[str, str], here: Path) -> tuple[Path, Origin]:
    for origin, raw in (
        (Origin(Source.OPTION, "--chdir"), options.get("chdir")),
        (Origin(Source.ENVIRONMENT, "JANITOR_CHDIR"), environment.get("JANITOR_CHDIR") or None),
    ):
        if raw is not None:
            if not str(raw).strip():
                raise UsageError(f"{origin.name}: the value is empty (is a shell variable unset?).")
            try:
                return (here / at_home(str(raw))).resolve(), origin
            except ValueError as error:
                raise UsageError(f"{origin.name}: {error}.") from None
    return here.resolve(), Origin()


def _known(toml: Mapping[str, object]) -> Mapping[str, object]:
    """The file's keys in our spelling. Raises UsageError for one that means nothing."""
    table: dict[str, object] = {}
    allowed = [field.name for field in FIELDS.values() if field.file]
    for key, value in toml.items():
        name = key.replace("-", "_")
        if (name in FIELDS and name not in allowed) or name in {"since", "chdir"}:
            raise UsageError(f"{FILE}: {key!r} belongs to one call, not into a file: give --{name.replace('_', '-')}.")
        if name not in allowed:
            raise UsageError(f"{FILE}: {key!r} is not a setting{did_you_mean(name, allowed) or ': remove it.'}")
        table[name] = value
    return table


def _candidates(
    field: Field, options: Mapping[str, object], environment: Mapping[str, str], toml: Mapping[str, object]
) -> Iterator[tuple[Origin, object]]:
    """Where the value stands, strongest first."""
    given = options.get(field.name)
    if given is not None and given is not False and given not in ((), []):
        yield Origin(Source.OPTION, field.option), given
    if field.environment and environment.get(field.environment, "").strip():
        raw = environment[field.environment].strip()
        yield Origin(Source.ENVIRONMENT, field.environment), re.split(r"[,\s]+", raw) if field.many else raw
    if field.name in toml:
        yield Origin(Source.FILE, FILE), toml[field.name]


def _parse(field: Field, raw: object, *, origin: Origin, here: Path) -> object:
    try:
        return field.parse(raw, here=here)
    except ValueError as error:
        where = f"{origin.name}: {field.name}" if origin.source is Source.FILE else origin.name
        raise UsageError(f"{where}: {error}{'' if str(error).endswith('?') else '.'}") from None


def _settle_times(
    values: dict[str, object],
    origins: dict[str, Origin],
    options: Mapping[str, object],
    environment: Mapping[str, str],
    now: float,
) -> None:
    """The deadline and the run's begin: their defaults are the CI job's."""
    if "timeout" not in values:
        values["timeout"], why = ci.deadline(environment, now=now)
        origins["timeout"] = Origin(Source.CI, why) if why else Origin()
    for origin, raw in (
        (Origin(Source.OPTION, "--since"), options.get("since")),
        (Origin(Source.ENVIRONMENT, "JANITOR_SINCE"), environment.get("JANITOR_SINCE", "").strip() or None),
    ):
        if raw is not None:
            values["since"], origins["since"] = _since(str(raw), origin.name, now), origin
            return
    begin = ci.pipeline_begin(environment)
    if begin is not None:
        values["since"], origins["since"] = begin, Origin(Source.CI, "CI_PIPELINE_CREATED_AT")


def _since(text: str, name: str, now: float) -> float:
    try:
        begin = times.since(text, now=now)
    except ValueError as error:
        raise UsageError(f"{name}: {error}.") from None
    if begin > now + CLOCKS_APART:
        raise UsageError(f"{name}: {times.iso(begin)} lies in the future; the run's begin is expected.")
    return begin


def _notes(environment: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(environment):
        if name.startswith("JANITOR_") and name not in OWN_VARIABLES:
            hint = did_you_mean(name, sorted(OWN_VARIABLES)) or "."
            yield f"The environment variable {name} means nothing to janitor{hint}"
