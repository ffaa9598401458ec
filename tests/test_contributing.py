"""The tests that CONTRIBUTING names for what must never happen are there, and it stays a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from janitor.core.catalogue import KINDS, Kind, MarkForm, Reference
from janitor.core.catalogue.storage import FORCE
from janitor.core.model import Order

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py::test_\w+)`", PAGE))))
def test_a_test_that_is_named_is_there(named: str) -> None:
    file, _, name = named.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_never_is_tried() -> None:
    rows = PAGE.split("## What must never happen\n")[1].split("\n## ")[0].splitlines()
    empty = [row for row in rows if row.startswith("| ") and "---" not in row and "::test_" not in row]
    assert empty == ["| never | tried by |"]


def test_the_example_of_a_kind_is_the_entry() -> None:
    (example,) = re.findall(r"```python\n(Kind\(\n.*?\n\))\n```", PAGE, re.DOTALL)
    names = {"Kind": Kind, "Reference": Reference, "Order": Order, "MarkForm": MarkForm, "FORCE": FORCE}
    assert eval(example, names) == KINDS["volume_backup"]  # noqa: S307  our own page


def test_it_is_read_in_one_sitting() -> None:
    assert len(PAGE.splitlines()) < 350
