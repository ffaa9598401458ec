"""The stacks of the kinds and the gaps in them, compared with the catalogue: nothing is left out silently."""

from __future__ import annotations

import pytest
from kinds import claims
from kinds.claims import Way
from kinds.record import Row, Witnessed, table


def test_every_type_that_matters_is_made_by_a_stack() -> None:
    made = frozenset().union(*(claims.types_in(stack) for stack in claims.stacks()))
    known = {name for name, way in claims.gaps() if way is Way.STATE}
    wanted = {name for names in claims.importance().values() for name in names if claims.kind(name)}
    assert sorted(wanted - made - known) == []


@pytest.mark.parametrize("stack", claims.stacks())
def test_a_stack_makes_what_the_catalogue_knows(stack: str) -> None:
    assert [name for name in sorted(claims.types_in(stack)) if claims.kind(name) is None] == []


def test_a_gap_is_about_something_that_is_claimed() -> None:
    assert [
        f"{name}, {way}"
        for name, way in claims.gaps()
        if (entry := claims.kind(name)) is None or way not in claims.ways(entry)
    ] == []


def test_a_claim_that_was_not_shown_is_told() -> None:
    rows: list[Row] = []
    record = Witnessed(rows.append)
    made = {"a": "networking_network_v2", "b": "networking_network_v2", "c": "networking_subnet_v2"}
    record.demand(Way.MARK, made, {"a", "c"})
    assert record.wrong == ["networking_network_v2, mark: claimed, and not shown for b"]
    assert rows == [Row("networking_subnet_v2", "subnet", "mark")]


def test_the_table_says_what_is_live_and_what_is_not() -> None:
    rows = [Row("networking_subnet_v2", "subnet", "mark"), Row("", "volume_backup", "state", "SDK")]
    text = table(rows, ["networking_subnet_v2", "fw_rule_v1"])
    assert "| networking_subnet_v2 | subnet | provider | ? | live |" in text
    assert "| volume_backup | SDK | live |" in text
    assert "1 types live, made by the provider; 1 more kinds live, made through the SDK." in text
    assert "On floor 1 alone (1): `fw_rule_v1`" in text
