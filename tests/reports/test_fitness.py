"""Every format of a check: the schema it promises, what comes first, and names that try to be more than names."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from documents import run_document

from janitor.core.fitness import Finding, Fit, Fitness, Topic
from janitor.core.model import Scope
from janitor.reports.fitness import FITNESS_FORMATS, as_json, junit, text

FOUND = (
    Finding(Topic.CREDENTIALS, "roles", Fit.FIT, "signed in"),
    Finding(Topic.QUOTA, "compute cores", Fit.NOT_FIT, "9 needed, 8 free", "for 9 servers", "free 1", needed=9, free=8),
    Finding(Topic.SERVICE, "dns", Fit.UNKNOWN, "no answer", "503", "ask again"),
    Finding(Topic.ADDRESSES, "pool public", Fit.UNKNOWN, "7 needed", counts=False, needed=7),
)
NOT_FIT = Fitness("ci-1", (Scope("c", "r", "id", "p"),), 0.0, 1.5, FOUND, requests=20, notes=("a note",))
CHECKS = {
    "not fit": NOT_FIT,
    "fit": replace(NOT_FIT, findings=FOUND[:1]),
    "unknown": replace(NOT_FIT, findings=FOUND[2:]),
    "refused": Fitness("", (), 0.0, 0.1, refused="No cloud."),
    "interrupted": Fitness("", (), 0.0, 0.1, interrupted=True),
}
HOSTILE = "\x1b[31m::error::<b>|`x`]]>&\n##[command]"


@pytest.mark.parametrize("verdict", CHECKS)
def test_every_check_is_what_its_schema_says(verdict: str):
    assert run_document(as_json(CHECKS[verdict]))["verdict"] == verdict


def test_what_is_against_it_comes_first_with_its_reason_and_what_to_do():
    lines = text(NOT_FIT).splitlines()
    assert lines[0] == "workspace ci-1: not fit for the tests: 1 against it, 1 not known (4 answers, 1.5 s)"
    assert lines[2:6] == [
        "Not fit",
        "  quota compute cores  9 needed, 8 free",
        "      why: for 9 servers",
        "      do:  free 1",
    ]
    assert lines[-1] == "exit code 1: the environment is not fit for the tests"


def test_junit_has_a_case_for_each_answer():
    suite = ET.fromstring(junit(NOT_FIT)).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "1", "errors": "1", "skipped": "1"}
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert (failure.text or "").endswith("next: free 1")


@pytest.mark.parametrize("name", FITNESS_FORMATS)
def test_no_name_is_more_than_a_name(name: str):
    hostile = Finding(Topic.NAME, HOSTILE, Fit.NOT_FIT, HOSTILE, HOSTILE, HOSTILE)
    shown = FITNESS_FORMATS[name](replace(NOT_FIT, findings=(hostile,), notes=(HOSTILE,), refused=HOSTILE))
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("::")]
    if name == "junit":
        ET.fromstring(shown)  # noqa: S314 - our own
    if name == "markdown":
        assert "<b>" not in shown
