"""The ways a scenario is run: which binary, and whether terraform comes first or janitor works alone.

What a scenario shows already the other way is `thorough`: run by `SCENARIOS=all`, left out of the ordinary tests.
"""

from __future__ import annotations

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
