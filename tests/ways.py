"""The ways a scenario is run: which binary, and whether terraform comes first or janitor works alone.

What a scenario shows already the other way is `thorough`: run by `SCENARIOS=all`, left out of the ordinary tests.
"""

from __future__ import annotations

import os
import shutil

import pytest

WAYS: dict[str, tuple[str, list[str]]] = {
    "tofu first": ("tofu", []),
    "terraform first": ("terraform", []),
    "direct": ("tofu", ["--direct"]),
}


def ways(*names: str, rarely: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """Run with these options of `destroy` in `mode`."""
    each = [
        *(pytest.param(*WAYS[name], id=name) for name in names),
        *(pytest.param(*WAYS[name], id=name, marks=pytest.mark.thorough) for name in rarely),
    ]
    return pytest.mark.parametrize(("binary", "mode"), each, indirect=["binary"])


def binaries(name: str, *, rarely: str) -> pytest.MarkDecorator:
    """Run with a binary, and now and then with the other one."""
    each = [name, pytest.param(rarely, marks=pytest.mark.thorough)]
    return pytest.mark.parametrize("binary", each, indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    """Make `thorough` known; a conftest has this hook and the next one by importing them."""
    config.addinivalue_line("markers", "thorough: a variant that only SCENARIOS=all runs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the thorough ones out."""
    if os.environ.get("SCENARIOS") == "all":
        return
    rare = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=rare)
    items[:] = [item for item in items if item not in rare]


def found(name: str) -> str:
    """The binary, where this machine has it."""
    if shutil.which(name) is None:
        pytest.skip(f"missing: {name} on PATH")
    return name


@pytest.fixture
def tofu() -> str:
    """Where one binary is as good as the other."""
    return found("tofu")
