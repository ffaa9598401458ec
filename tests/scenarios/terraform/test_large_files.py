"""Files of a size that somebody has: janitor's readers take little more than a parser alone, and little memory.

Seconds mean nothing on a machine that others use: those are figures of `ci/bench`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from roots import MakeRoot

from ground import large
from janitor.core.model import Health
from janitor.terraform.evaluate import evaluate
from janitor.terraform.state import parse

T = TypeVar("T")


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    begin = time.process_time()
    done = work()
    return time.process_time() - begin, done


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="missing: /proc")
def test_ten_thousand_real_resources_take_little_memory(tmp_path: Path) -> None:
    read = large.read_state(tmp_path)
    assert read.health == str(Health.WHOLE)
    assert read.found >= 10_000
    assert read.memory <= 150, "megabytes"


def test_ten_thousand_resources_are_read_in_little_more_time_than_their_json() -> None:
    """Also where the end is lost, and each piece has to be found. What is not linear takes a hundred times as much."""
    raw = large.state().encode()
    alone, _ = cpu(lambda: json.loads(raw))
    for wreck in (raw, raw[: len(raw) * 9 // 10]):
        taken, found = cpu(partial(parse, wreck, source="s"))
        assert taken < 15 * alone
        assert len(found.resources) > 8900


def test_five_thousand_lines_are_evaluated_in_little_more_time_than_their_parser_takes(make_root: MakeRoot) -> None:
    import hcl2

    text = large.configuration()
    assert len(text.splitlines()) > 5000
    alone, _ = cpu(lambda: hcl2.loads(text))
    root = make_root(text)
    taken, found = cpu(lambda: evaluate(root, how="static"))
    assert taken < 2 * alone
    assert (len(found.instances), len(found.edges), found.complete) == (600, 300, True)
    assert found.instances[-1].name == "big-x-port-099"
