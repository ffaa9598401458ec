"""How many examples a property is tried with: few in the quick loop, else its count times TEST_EXAMPLES."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

FACTOR = float(os.environ.get("TEST_EXAMPLES", "0.4"))


def examples(count: int, **more: Any) -> settings:
    """`count` of them, times TEST_EXAMPLES; no deadline for one, the machine may be busy."""
    return settings(max_examples=max(1, round(count * FACTOR)), deadline=None, **more)
