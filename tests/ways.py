"""The ways a scenario is run: terraform first and janitor after it, or janitor alone."""

import pytest

each_way = pytest.mark.parametrize(
    ("binary", "mode"),
    [
        pytest.param("tofu", [], id="tofu first"),
        pytest.param("terraform", [], id="terraform first"),
        pytest.param("tofu", ["--direct"], id="direct"),
    ],
    indirect=["binary"],
)
"""Where the binaries may differ. Without their half one is as good as the other."""

both_ways = pytest.mark.parametrize(
    "mode", [pytest.param([], id="terraform first"), pytest.param(["--direct"], id="direct")]
)
