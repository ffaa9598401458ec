"""Every resource type that the provider ever had ends in exactly one kind, and so in exactly one fate."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from janitor.core.catalogue import KINDS

LINES = (Path(__file__).parent / "provider_types.txt").read_text(encoding="utf-8").splitlines()
TYPES = {line.split()[0]: line.endswith(" removed") for line in LINES if not line.startswith("#")}
MADE = Counter(name for kind in KINDS.values() for name in kind.types)


def test_the_list_is_whole():
    assert (len(TYPES), sum(TYPES.values())) == (123, 14)


def test_every_type_ends_in_exactly_one_kind():
    assert {name for name, times in MADE.items() if times > 1} == set()
    assert sorted(set(TYPES) - set(MADE)) == []


def test_no_kind_claims_a_type_that_does_not_exist():
    assert sorted(set(MADE) - set(TYPES)) == []
