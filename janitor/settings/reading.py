"""Readers: one raw value (text from a shell, a value from TOML) → one typed value, or a ValueError that says why not.

A reader knows nothing of where the value stands; who calls it puts the option's name in front of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from janitor.core import times
from janitor.core.catalogue import KINDS, Fate, Kind, kind_of_type
from janitor.core.marks import NAME
from janitor.reports import FORMATS
from janitor.settings.values import Evaluate

WORKSPACE = re.compile(r"[A-Za-z0-9_.~$&+=:@-]+")  # what needs no escaping in a URL: Terraform's own rule
MOST_THREADS = 64
ALL = "all"
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def text(raw: object) -> str:
    """Text that is not empty: an unset shell variable must not look like a choice."""
    if not isinstance(raw, str):
        raise ValueError(f"text is expected, not {raw!r}")  # noqa: TRY004  callers know one error
    if not raw.strip():
        raise ValueError("the value is empty (is a shell variable unset?)")
    return raw


def texts(raw: object) -> tuple[str, ...]:
    """Several texts, without repetition, in their order."""
    items = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else (raw,)
    return tuple(dict.fromkeys(text(item) for item in items))


def flag(raw: object) -> bool:
    """Yes or no."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in _WORDS:
        return _WORDS[raw.strip().lower()]
    raise ValueError(f"true or false is expected, not {raw!r}")


def seconds(raw: object) -> float:
    """A duration above zero."""
    value = times.duration(text(raw))
    if value <= 0:
        raise ValueError("a duration above zero is expected")
    return value


def patience(raw: object) -> float:
    """A duration that may be `0s`: do not wait at all."""
    return times.duration(text(raw))


def threads(raw: object) -> int:
    """How many requests at once."""
    try:
        value = int(raw) if isinstance(raw, (int, str)) and not isinstance(raw, bool) else 0
    except ValueError:
        value = 0
    if not 1 <= value <= MOST_THREADS:
        raise ValueError(f"a number from 1 to {MOST_THREADS} is expected, not {raw!r}")
    return value


def pairs(raw: object) -> Mapping[str, str]:
    """`K=V` once or several times, or a table; the last one of a key counts. Values may hold secrets: never shown."""
    if isinstance(raw, Mapping):
        return {str(key): value if isinstance(value, str) else str(value).lower() for key, value in raw.items()}
    found: dict[str, str] = {}
    for number, item in enumerate(texts(raw), start=1):
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"KEY=VALUE is expected (number {number} has no key, or no `=`)")
        found[key.strip()] = value
    return found


def workspace(raw: object) -> str:
    """A name that Terraform would accept for a workspace."""
    name = text(raw)
    if not WORKSPACE.fullmatch(name) or set(name) == {"."}:
        raise ValueError(f"{name!r} cannot be the name of a workspace")
    return name


def marks(raw: object) -> tuple[str, ...]:
    """Names of runs as a mark can carry them."""
    for name in (names := texts(raw)):
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be a mark: 1 to 48 letters, digits, dots, dashes and underscores")
    return names


def providers(raw: object) -> frozenset[str]:
    """Providers by the last part of their address."""
    return frozenset(name.rsplit("/", 1)[-1] for name in texts(raw))


def format_name(raw: object) -> str:
    """A format that a report can be rendered in."""
    if (name := text(raw)) not in FORMATS:
        raise ValueError(f"{name!r} is not one of {', '.join(FORMATS)}{did_you_mean(name, FORMATS)}")
    return name


def evaluate(raw: object) -> Evaluate:
    """Who evaluates the configuration."""
    try:
        return Evaluate(text(raw))
    except ValueError:
        raise ValueError(f"{raw!r} is not one of {', '.join(Evaluate)}") from None


def kind_timeouts(raw: object) -> Mapping[str, float]:
    """The table `[timeouts]`: how long an object of a kind may take."""
    if not isinstance(raw, Mapping):
        raise ValueError('a table is expected, like [timeouts] load_balancer = "8m"')  # noqa: TRY004
    found: dict[str, float] = {}
    for kind, value in raw.items():
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind that janitor knows{did_you_mean(str(kind), KINDS)}")
        found[str(kind)] = seconds(value)
    return found


def kind_named(name: str) -> Kind:
    """The kind of that name, or the one that a resource type makes."""
    found = KINDS.get(name) or kind_of_type(name) or kind_of_type(f"openstack_{name}")
    if found is None:
        known = [*KINDS, *(f"openstack_{made}" for kind in KINDS.values() for made in kind.types)]
        raise ValueError(
            f"{name!r} is not a kind that janitor knows{did_you_mean(name, known) or ': see `janitor kinds`'}"
        )
    return found


def admin_kinds(raw: object) -> frozenset[str]:
    """Kinds that are Terraform's to delete, once or several times, also with commas; `all` of them."""
    known = {kind.name for kind in KINDS.values() if kind.fate is Fate.REFUSED}
    named = {name.strip() for item in texts(raw) for name in item.split(",")}
    for name in sorted(named - known - {ALL}):
        if name in KINDS:
            raise ValueError(f"{name} is no admin kind: janitor deletes it anyway where it is yours")
        raise ValueError(f"{name!r} is not an admin kind{did_you_mean(name, sorted(known)) or ': see `janitor kinds`'}")
    return frozenset(known if ALL in named else named)


def reports(raw: object, *, here: Path) -> tuple[tuple[str, Path], ...]:
    """`FORMAT=PATH`, once or several times."""
    found: list[tuple[str, Path]] = []
    items = [f"{key}={value}" for key, value in raw.items()] if isinstance(raw, Mapping) else texts(raw)
    for item in items:
        name, equals, where = item.partition("=")
        if not equals or not where:
            raise ValueError(f"FORMAT=PATH is expected, like json=report.json, not {item!r}")
        if where == "-":
            raise ValueError("a report goes into a file; for standard output there is --format")
        found.append((format_name(name), path(where, here=here)))
    return tuple(found)


def path(raw: object, *, here: Path) -> Path:
    """A path, absolute from here on; not looked at."""
    return here / at_home(text(raw))


def at_home(raw: str) -> Path:
    """A path with its `~` or `~NAME` replaced."""
    try:
        return Path(raw).expanduser()
    except RuntimeError:
        raise ValueError(f"nobody knows the home folder that {raw!r} begins with") from None


def paths(raw: object, *, here: Path) -> tuple[Path, ...]:
    """Several paths; `-` stays what it is."""
    return tuple(Path(item) if item == "-" else path(item, here=here) for item in texts(raw))


def program(raw: object, *, here: Path) -> str:
    """A name to be looked up on PATH, or an absolute path."""
    name = text(raw)
    return str(path(name, here=here)) if "/" in name else name


def did_you_mean(word: str, known: Mapping[str, object] | Sequence[str]) -> str:
    """`; did you mean "timeout"?`, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
