"""The renderings of lint: SARIF as its schema says, JSON as a program reads it, text as a person does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from runs import HOSTILE

from janitor.core.findability import MEANING, Finding, Rule
from janitor.reports.findings import RENDERINGS, Findings, Found

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
ONE = Found(
    Finding("openstack_compute_keypair_v2.k", "t", Rule.NAME_WITHOUT_RUN, "why", "change", "keypair", 2),
    "a b/main.tf",
    7,
)
EVIL = Found(Finding(HOSTILE, HOSTILE, Rule.NO_MARK, HOSTILE, HOSTILE, "port"), f"{HOSTILE}.tf", 1)


@pytest.mark.parametrize("found", [[], [ONE], [ONE, EVIL]], ids=["nothing", "one", "hostile"])
def test_sarif_is_what_its_schema_says(found: list[Found]) -> None:
    document = json.loads(RENDERINGS["sarif"](Findings(found, 3, ["a note", HOSTILE])))
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)
    (run,) = document["runs"]
    assert len(run["results"]) == len(found)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_points_to_the_line() -> None:
    (result,) = json.loads(RENDERINGS["sarif"](Findings([ONE], 3)))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b/main.tf"}, "region": {"startLine": 7}}
    assert "change" in result["message"]["text"]


def test_every_rule_is_explained() -> None:
    assert set(MEANING) == set(Rule)


def test_json_has_it_all() -> None:
    document = json.loads(RENDERINGS["json"](Findings([ONE], 3, ["n"])))
    assert document["findings"] == [
        {
            "rule": "name-without-run",
            "address": "openstack_compute_keypair_v2.k",
            "type": "t",
            "kind": "keypair",
            "instances": 2,
            "file": "a b/main.tf",
            "line": 7,
            "why": "why",
            "change": "change",
        }
    ]
    assert (document["version"], document["instances"], document["notes"]) == (1, 3, ["n"])


def test_text_is_for_a_person() -> None:
    said = RENDERINGS["text"](Findings([ONE], 3, ["n"]))
    assert said.startswith("a b/main.tf:7: openstack_compute_keypair_v2.k (2 instances): name-without-run\n    why\n")
    assert said.endswith("note: n\n2 objects of 3 could not be found again without state, journal and log\n")
    assert RENDERINGS["text"](Findings([], 3)) == "every one of 3 objects could be found again\n"


@pytest.mark.parametrize("form", sorted(RENDERINGS))
def test_no_name_is_more_than_a_name(form: str) -> None:
    said = RENDERINGS[form](Findings([EVIL], 1, [HOSTILE]))
    assert "\x1b" not in said
    assert not any(line.startswith("::") for line in said.splitlines())
