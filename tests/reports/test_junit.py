"""JUnit as CIs read it: the schema of Jenkins, and what GitLab makes of each case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from clusters import cluster
from runs import EMPTY, LEFT, PLANNED, SCOPE, hostile, result

from janitor.core.model import Outcome, Ref
from janitor.core.outcome import RunReport
from janitor.reports import FORMATS


@cache  # read by the worker that has a use for it, not by each that collects
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent / "schema" / "junit-10.xsd")  # of Jenkins' xUnit plugin


RUNS = {
    "left": LEFT,
    "empty": EMPTY,
    "planned": PLANNED,
    "refused": replace(EMPTY, results=(), refused="no"),
    "interrupted": replace(LEFT, interrupted=True),
    "hostile": hostile(),
    "cluster": cluster(60),
}


def gitlab_reads(report: RunReport) -> Iterator[tuple[tuple[str, str], str, str]]:
    """(class and name, status, what is shown): GitLab takes the first of these tags, and its text, not its message."""
    for case in ET.fromstring(FORMATS["junit"](report)).iter("testcase"):  # noqa: S314  our own
        found = next((tag for tag in ("failure", "error", "skipped") if case.find(tag) is not None), "success")
        yield (case.get("classname", ""), case.get("name", "")), found, case.findtext(found) or ""


@pytest.mark.parametrize("run", RUNS)
def test_it_keeps_its_schema(run: str) -> None:
    schema().validate(FORMATS["junit"](RUNS[run]))


def test_the_schema_refuses_what_is_none() -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema().validate(FORMATS["junit"](LEFT).replace("<failure", "<falure").replace("</failure", "</falure"))


def test_its_suite_is_called_after_the_command_and_its_workspace_where_there_is_one() -> None:
    sweep = replace(EMPTY, command="sweep", workspace="")
    names = [ET.fromstring(FORMATS["junit"](run))[0].get("name") for run in (EMPTY, sweep)]  # noqa: S314  our own
    assert names == [f"janitor {EMPTY.command} {EMPTY.workspace}", "janitor sweep"]


@pytest.mark.parametrize("run", RUNS)
def test_gitlab_takes_no_two_cases_for_one(run: str) -> None:
    names = [name for name, _, _ in gitlab_reads(RUNS[run])]
    assert len(names) == len(set(names))


def test_one_case_for_each_object_that_should_be_gone() -> None:
    shown = {name: status for (_, name), status, _ in gitlab_reads(LEFT)}
    expected = [row for row in LEFT.results if row.outcome is not Outcome.KEPT or row.counts]
    assert len(shown) == len(expected) + 1
    assert shown["verdict"] == "success"  # the failures speak for themselves
    assert shown["server web-1 (s-1)"] == "success"
    assert shown["keypair ci"] == "failure"
    assert "router edge (r-1)" not in shown


def test_a_failure_that_is_shown_names_holder_and_next_step() -> None:
    texts = {name: text for (_, name), status, text in gitlab_reads(LEFT) if status == "failure"}
    held = texts["security_group k8s (g-1)"]
    assert "blocked: a port that is not ours uses it" in held
    assert "held by port by-hand (p-9) of project 99aa" in held
    assert "next: delete or detach port by-hand (p-9) of project 99aa" in held
    assert "next: as admin:" in texts["volume data (v-1)"]


def test_a_refusal_is_shown_although_no_object_has_a_row() -> None:
    (name, status, text), *rest = gitlab_reads(RUNS["refused"])
    assert (name, status, rest) == (("janitor", "verdict"), "error", [])
    assert "refused: no" in text


def test_the_same_name_in_two_projects_is_two_cases() -> None:
    elsewhere = replace(SCOPE, region="RegionTwo")
    rows = [
        replace(result("keypair", "ci", Outcome.DELETED), ref=Ref(scope, "keypair", "ci"))
        for scope in (SCOPE, elsewhere)
    ]
    names = [name for (_, name), _, _ in gitlab_reads(replace(EMPTY, results=tuple(rows)))]
    assert names[1:] == ["keypair ci in gitlab/RegionOne/ci-project", "keypair ci in gitlab/RegionTwo/ci-project"]
