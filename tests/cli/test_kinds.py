"""`janitor kinds` as a user calls it: no cloud, no folder, no credentials."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from janitor.core.catalogue import KINDS

Janitor = Callable[..., Any]


def test_the_table_goes_to_stdout(janitor: Janitor) -> None:
    done = janitor("kinds")
    assert (done.code, done.err) == (0, "")
    assert [name for name in KINDS if f"\n  {name} " not in done.out] == []


@pytest.mark.parametrize("name", ["server", "compute_instance_v2", "openstack_compute_instance_v2"])
def test_a_kind_or_a_resource_type_is_told_in_full(janitor: Janitor, name: str) -> None:
    done = janitor("kinds", name)
    assert done.code == 0
    assert done.out.startswith("server: deleted\n")


def test_json_is_a_list_of_kinds(janitor: Janitor) -> None:
    assert [entry["kind"] for entry in json.loads(janitor("kinds", "port", "--format", "json").out)] == ["port"]
    assert len(json.loads(janitor("kinds", "--format", "json").out)) == len(KINDS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sever",), "did you mean 'server'?"),
        (("openstack_compute_instance",), "did you mean 'openstack_compute_instance_v2'?"),
        (("zzzzzz",), "see `janitor kinds`."),
        (("--format", "html"), "'html' is not one of text, json, markdown"),
        (("--format", "jsn"), "did you mean 'json'?"),
        (("server", "port"), ""),
    ],
)
def test_what_it_does_not_know_is_a_usage_error(janitor: Janitor, words: tuple[str, ...], said: str) -> None:
    done = janitor("kinds", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "?." not in done.err


def test_its_help_has_examples(janitor: Janitor) -> None:
    assert "janitor kinds security_group" in janitor("kinds", "--help").out
