"""`janitor sweep` as a person mistypes it: every answer comes before anybody signs in."""

from __future__ import annotations

import json

import pytest

from janitor.core.shards import Shard
from janitor.settings.sweeping import asked

SELECTED = ("--mark", "ci-4711")
UNKNOWN = {
    "cloud": "c",
    "region": "r",
    "project_id": "p",
    "project_name": "n",
    "kind": "dragon",
    "id": "1",
    "identity": "",
}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Age alone selects nothing"),
        (("--older-than", "6h"), "Age alone selects nothing"),
        (("--mark", "*"), "narrow it with --expired"),
        (("--mark", "a b"), "is no mark"),
        (("--expired", "--tag", "ci"), "--expired narrows marks"),
        (("--name", "ci-{run}"), "--name and --run belong together"),
        (("--name", "ci", "--run", "7"), "has no {run}"),
        (("--producer", "ocm=x"), "did you mean 'occm'"),
        (("--producer", "occm"), "needs its key"),
        (("--producer", "occm=kubernetes"), "every cluster"),
        (("--tag", "=x"), "is not K or K=V"),
        (("--tag", "janitor:run=ci-7"), "is a run's mark: give --mark ci-7"),
        (("--tag", "janitor:run"), "is a run's mark: give --mark NAME"),
        ((*SELECTED, "--shard", "5/4"), "is no share"),
        ((*SELECTED, "--shard", "/4"), "says no share"),
        ((*SELECTED, "--plan", "p.json"), "leave the selecting options out"),
        (("--plan", "p.json", "--out", "q.json"), "give one of them"),
        (("--plan", "p.json", "--runs-alive", "alive"), "leave the selecting options out"),
        (("--plan", "p.json", "--older-than", "6h"), "leave the selecting options out"),
        (("--plan", "p.json", "--shard", "1/2"), "leave the selecting options out"),
        (("--plan", "p.json", "--os-cloud", "other"), "leave the selecting options out"),
        ((*SELECTED, "--shard", f"1/{'9' * 5000}"), "is no share"),
        ((*SELECTED, "--older-than", "6"), "is not a duration"),
    ],
)
def test_what_does_not_go_together_is_said_at_once(janitor, arguments, said):
    done = janitor("sweep", "--yes", *arguments)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("nonsense", "is no plan"),
        ('{"janitor": "sweep", "version": 2}', "another version"),
        ('{"janitor": "sweep", "version": 1, "runs": [], "objects": [{}]}', "is damaged"),
        (json.dumps({"janitor": "sweep", "version": 1, "runs": [], "objects": [UNKNOWN]}), "is damaged"),
        ("[" * 100_000, "is no plan"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(janitor, tmp_path, content, said):
    if content is not None:
        (tmp_path / "plan.json").write_text(content, encoding="utf-8")
    done = janitor("sweep", "--yes", "--plan", "plan.json")
    assert done.code == 3
    assert said in done.err


def test_an_empty_list_of_living_runs_is_refused(janitor, tmp_path):
    """It is what a failed query leaves behind, and would make every run a dead one."""
    (tmp_path / "alive").write_text("# none\n", encoding="utf-8")
    done = janitor("sweep", "--yes", "--mark", "*", "--runs-alive", "alive")
    assert done.code == 3
    assert "is empty" in done.err


@pytest.mark.parametrize("content", ["ci-1 ci-2\n", "ci-1\n\u200bci-2\n"])
def test_a_list_of_living_runs_that_names_none_of_them_is_refused(janitor, tmp_path, content):
    (tmp_path / "alive").write_text(content, encoding="utf-8")
    done = janitor("sweep", "--yes", "--mark", "*", "--runs-alive", "alive")
    assert done.code == 3
    assert "is no run" in done.err


def test_a_list_of_living_runs_may_come_from_windows(tmp_path):
    (tmp_path / "alive").write_bytes("\ufeffci-1\r\nci-2".encode())
    found = asked({"mark": ["*"], "runs_alive": str(tmp_path / "alive")}, {}, now=0.0)
    assert found.selection.alive == {"ci-1", "ci-2"}


JOB = {"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"}


@pytest.mark.parametrize(
    ("given", "environment", "share"),
    [
        (None, JOB, Shard()),
        ("/", JOB, Shard(2, 3)),
        ("/4", JOB, Shard(2, 4)),
        ("/4", {"JOB_COMPLETION_INDEX": "0"}, Shard(1, 4)),
    ],
)
def test_a_jobs_index_makes_no_share_of_itself(given, environment, share):
    """GitLab sets it in every matrix: a job for each cloud would leave most of them out."""
    assert asked({"mark": ["a"], "shard": given}, environment, now=0.0).shard == share


def test_nobody_to_ask_is_said_before_anything_is_asked(janitor):
    assert janitor("sweep", *SELECTED).code == 2


@pytest.mark.parametrize(
    ("given", "marks"), [({}, {"live"}), ({"producer": ["occm=x"]}, set()), ({"mark": ["a"]}, {"a"})]
)
def test_a_mark_of_the_environment_counts_where_nothing_else_was_asked_for(given, marks):
    """A pipeline's own mark must not be swept along with what a producer left."""
    assert asked(given, {"JANITOR_MARK": "live"}, now=0.0).selection.marks == marks


def test_the_cloud_is_the_one_that_the_file_and_the_environment_say():
    assert asked({"mark": ["a"]}, {}, now=0.0, os_cloud="test").clouds == ("test",)
