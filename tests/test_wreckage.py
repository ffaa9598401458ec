"""The table of the wrecks: what is missed is counted in another listing, whatever the report says."""

from __future__ import annotations

from typing import Any

from stage import Ran
from wreckage import row, table

from ground.neighbour import Seen


def seen(*keys: str) -> dict[str, Seen]:
    return {key: Seen(*key.split("/"), name="n", attributes="") for key in keys}


def ran(*objects: dict[str, Any]) -> Ran:
    source = {"kind": "state", "path": "/tmp/x/terraform.tfstate"}
    return Ran(1, {"command": "destroy", "sources": [source], "objects": list(objects)}, "", 0.0)


def told(kind: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "1", "outcome": outcome, "evidence": ["state"], "holders": [], **more}


def test_what_is_reported_gone_and_still_listed_is_missed() -> None:
    there = seen("network/1", "port/1")
    one = row("cut", ran(told("network", "deleted"), told("port", "deleted")), there, seen("port/1", "port/others"))
    assert (one.read, one.there, one.found, one.by, one.missed) == ("state: terraform.tfstate", 2, 1, "state", "port")


def test_what_the_report_names_is_told_apart() -> None:
    there = seen("network/1", "floating_ip/1")
    holder = {"kind": "floating_ip", "id": "1"}
    report = ran(told("network", "blocked"), {**told("floating_ip", "unverified", holders=[holder]), "id": ""})
    assert row("cut", report, there, there).missed == "floating_ip (named), network (named)"


def test_what_is_out_of_reach_is_named_by_its_id_under_the_name_of_its_type() -> None:
    there = seen("network/1")
    report = ran(told("openstack_networking_network_v2", "unverified"))
    assert row("cut", report, there, there).missed == "network (named)"


def test_what_a_plan_shows_is_found_though_it_is_there() -> None:
    there = seen("network/1", "port/1")
    one = row("cut", ran(told("network", "planned")), there, there)
    assert (one.found, one.missed) == (1, "port")


def test_a_row_stands_once_and_the_last_line_counts() -> None:
    one = row("cut", ran(told("network", "deleted")), seen("network/1", "port/1"), seen("port/1"))
    text = table([one, one])
    assert text.count("| cut |") == 1
    assert "1 calls on 1 wrecks: 1 of 2 objects found." in text
