"""What stands under a floor of tests, or under the demo: the toolchain and the local cloud, made side by side.

A cloud that was brought up here is taken down when its user leaves; one that ran already stays.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ground import browser, toolchain
from ground.cloud import LocalCloud, running
from ground.part import PartMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import ExitStack


@dataclass(frozen=True, slots=True)
class Ground:
    """Variables for who stands on it; or why it cannot be had on this machine, or what broke while it was made."""

    variables: dict[str, str] = field(default_factory=dict)
    missing: str = ""
    broken: str = ""


def prepare(names: Iterable[str], leaving: ExitStack) -> dict[str, Ground]:
    """Make the grounds `names` at the same time; each tells for itself how it went."""
    with ThreadPoolExecutor() as pool:
        made = {name: pool.submit(_attempt, GROUNDS[name], leaving) for name in names}
    return {name: future.result() for name, future in made.items()}


def _attempt(make: Callable[[ExitStack], Ground], leaving: ExitStack) -> Ground:
    try:
        return make(leaving)
    except PartMissingError as missing:
        return Ground(missing=str(missing))
    except RuntimeError as broken:
        return Ground(broken=str(broken))


def _toolchain(_leaving: ExitStack) -> Ground:
    toolchain.build_all()
    return Ground(toolchain.environment())


def _cloud(leaving: ExitStack) -> Ground:
    ran = running() is not None
    cloud = LocalCloud.up()
    if not ran:
        leaving.callback(cloud.down)
    return Ground()


def _browser(_leaving: ExitStack) -> Ground:
    browser.ensure()
    return Ground()


GROUNDS: dict[str, Callable[[ExitStack], Ground]] = {"browser": _browser, "toolchain": _toolchain, "cloud": _cloud}
