"""The table of kinds says of every kind what a person asks, in words that fit a cell."""

from __future__ import annotations

import json

import pytest

from janitor.core.catalogue import KINDS, Fate
from janitor.reports.kinds import RENDERED, as_json, markdown, row, rows, text

LONGEST_CELL = 260


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table.splitlines()]


@pytest.mark.parametrize("name", sorted(RENDERED))
def test_every_kind_stands_in_every_format_once(name: str):
    shown = RENDERED[name](rows())
    for kind in KINDS:
        quoted = {"text": f"\n  {kind} ", "json": f'"kind": "{kind}"', "markdown": f"\n| `{kind}` |"}[name]
        assert shown.count(quoted) == 1, kind


def test_a_cell_can_be_read():
    head, _, *lines = cells(markdown(rows()))
    assert {len(line) for line in lines} == {len(head)}
    assert [line[0] for line in lines for cell in line if not cell or len(cell) > LONGEST_CELL] == []


def test_the_json_has_every_column_and_no_cut():
    entries = {entry["kind"]: entry for entry in json.loads(as_json(rows()))}
    volume = entries["volume"]
    assert volume["types"][0] == "openstack_blockstorage_volume_v3"
    assert volume["found_by"] == ["state", "journal", "log", "mark", "name", "attached"]
    assert {"server", "volume_snapshot", "volume_attachment"} <= set(volume["held_by"])
    assert volume["quota"] == ["volumes", "gigabytes"]


def test_how_a_kind_is_listed_is_said_as_it_is():
    assert row(KINDS["server"]).listed == "GET /servers/detail"
    assert row(KINDS["volume_attachment"]).listed == "with each volume"
    assert row(KINDS["flavor"]).listed == "never; read by its id"
    assert row(KINDS["compute_quota"]).listed == "never"
    assert row(KINDS["image"]).listed.startswith("GET /v2/images?owner={project}")


@pytest.mark.parametrize("fate", list(Fate))
def test_every_fate_is_explained(fate: Fate):
    of_fate = [kind for kind in KINDS.values() if kind.fate is fate]
    assert of_fate
    for kind in of_fate:
        assert row(kind).why or fate is Fate.DELETED, kind.name


def test_one_kind_alone_is_told_in_full():
    shown = text([row(KINDS["volume"])])
    assert shown.startswith("volume: deleted\n")
    assert "error_deleting" in shown
    assert "openstack volume delete --force {id}" in shown
    assert "janitor kinds KIND" not in shown
