"""The soak's own judgement and bookkeeping: what it concludes from what was seen."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ground import faulty, stops
from ground.neighbour import Seen
from ground.rounds import Task, judge
from ground.soak import Results, parser, table, tasks
from ground.subject import frozen
from ground.troubles import KEYSTONE_DOWN, MUST_GO, SERVICES, TROUBLES

BY_NAME = Task("small", "tofu", "name", marks=False, number=1, moment=4.0, visit=None)
NEIGHBOUR = Seen("volume", "n", "neighbour-data", "status=available")
MINE = Seen("floating_ip", "f", "", "status=DOWN")
BEFORE = {"volume/n": NEIGHBOUR}
WRECK = BEFORE | {"floating_ip/f": MINE}


def judged(now, *, code=0, unverified=(), task=BY_NAME):
    return judge(task, BEFORE, WRECK, now, {"exit": code, "unverified": list(unverified)})


class TestJudge:
    def test_everything_gone_and_proved(self):
        seen = judged(BEFORE)
        assert (seen["found"], seen["missed"], seen["violations"]) == (1, [], [])

    def test_proved_with_something_left(self):
        assert judged(WRECK)["violations"] == ["proved, and left floating_ip f"]

    def test_left_and_named(self):
        seen = judged(WRECK, code=4, unverified=["floating_ip/f"])
        assert (seen["missed"], seen["violations"]) == (["floating_ip (no name)"], [])

    def test_left_without_a_word(self):
        assert judged(WRECK, code=4)["violations"] == ["left without a word: floating_ip f"]

    @pytest.mark.parametrize("now", [{}, {"volume/n": NEIGHBOUR._replace(attributes="status=in-use")}])
    def test_a_neighbours_object_was_touched(self, now):
        assert judged(now)["violations"] == ["touched: volume neighbour-data"]

    def test_doubt_needs_somebody_to_doubt_about(self):
        assert judged(BEFORE, code=4)["violations"] == ["exit code 4, and nothing is left"]
        visited = judged(BEFORE, code=4, task=replace(BY_NAME, visit=2.0))
        assert (visited["violations"], visited["cautious"]) == ([], True)

    def test_what_was_marked_leaves_no_doubt(self):
        assert judged(WRECK, code=4, unverified=["floating_ip/f"], task=replace(BY_NAME, way="mark"))["violations"]

    def test_any_other_end_is_a_broken_promise(self):
        assert judged(BEFORE, code=70)["violations"] == ["exit code 70"]


def test_the_same_seed_gives_the_same_rounds_and_none_is_played_twice(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: name if name == "tofu" else None)
    results = Results(tmp_path / "soak" / "small-7.jsonl")
    results.keep({"timed": "tofu", "seconds": 30.0})
    chosen = parser().parse_args(["kills", "--count", "3", "--seed", "7"])
    first = list(tasks(chosen, None, results))
    assert first == list(tasks(chosen, None, results))
    assert len({task.key for task in first}) == len(first) == 12
    assert all(0.5 <= task.moment <= 30.0 for task in first)
    assert {task.number for task in first if task.visit is not None} == {3}
    with results.path.open("a", encoding="utf-8") as file:
        file.write('{"key": "cut')
    assert results.rounds() == []


def test_applies_are_killed_with_marks_and_without(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: name if name == "tofu" else None)
    results = Results(tmp_path / "small-7.jsonl")
    results.keep({"timed": "tofu", "seconds": 30.0})
    rounds = list(tasks(parser().parse_args(["applies", "--count", "2"]), None, results))
    assert [(task.way, task.marks, task.number) for task in rounds] == [
        ("journal", marks, number) for number in (1, 2) for marks in (True, False)
    ]
    assert all(task.key.startswith("apply-small-tofu-journal-") and task.moment for task in rounds)


def test_the_table_has_one_row_per_way():
    line = {"key": "k", "moment": 1.0, "binary": "tofu", "marks": True, "way": "mark", "exit": 0, "found": 3}
    line |= {"missed": [], "cautious": False, "violations": []}
    rows = table([json.loads(json.dumps(line)), line | {"exit": 4, "missed": ["port x"]}]).splitlines()
    assert rows[2:] == ["| kill -9 | tofu | yes | --mark | 2 | 0 (1), 4 (1) | 6 | 1 port | 0 | 0 |"]


def test_what_is_soaked_is_the_janitor_of_the_beginning(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    where = [sys.executable, "-c", "import janitor; print(janitor.__file__)"]
    with frozen() as subject:
        said = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
        assert Path(said) == subject / "janitor" / "__init__.py"
        assert list(tmp_path.rglob(f"{subject.name}/janitor/*.pyc"))
    assert not subject.exists()
    assert not list(tmp_path.rglob("janitor-subject-*"))


IN_TROUBLE = faulty.Task(number=1, seed=1, trouble="503", binary="tofu", direct=True, lost=False, timeout=60)


class TestJudgeOfFaults:
    """One run in trouble, one after it, and a listing after each."""

    def judged(self, after, now=BEFORE, *, code=0, again=0, seconds=20.0, traceback=False, **task):
        first = {"exit": code, "seconds": seconds, "traceback": traceback}
        second = {"exit": again, "seconds": 1.0, "traceback": False}
        return faulty.judge(replace(IN_TROUBLE, **task), BEFORE, (after, now), (first, second))

    def test_everything_gone_and_proved(self):
        assert self.judged(BEFORE) == []

    def test_proved_with_something_left(self):
        assert self.judged(WRECK) == ["proved, and left floating_ip f"]

    def test_what_is_left_needs_a_deadline_that_was_reached_or_a_service_that_is_down(self):
        assert self.judged(WRECK, code=1) == ["left, and could go: floating_ip f"]
        assert self.judged(WRECK, code=1, seconds=58.0) == []
        assert self.judged(WRECK, code=4, trouble="network is down") == []
        assert self.judged(WRECK, code=4, trouble="compute is down") == ["left, and could go: floating_ip f"]

    def test_a_run_that_is_late_or_ends_with_a_traceback_or_another_code(self):
        assert self.judged(BEFORE, seconds=70.0) == ["10 s later than its deadline of 60 s"]
        assert self.judged(BEFORE, traceback=True) == ["a traceback"]
        assert self.judged(BEFORE, code=3) == ["exit code 3"]
        assert self.judged(WRECK, code=3, trouble=KEYSTONE_DOWN) == []

    def test_a_neighbours_object_was_touched(self):
        assert self.judged({}) == ["touched: volume neighbour-data"]

    def test_what_the_run_after_it_leaves(self):
        assert self.judged(BEFORE, WRECK, again=1) == [
            "exit code 1 when the trouble was over",
            "left in the end: floating_ip f",
        ]


def test_two_turns_play_every_trouble_in_both_modes():
    chosen = parser().parse_args(["faults", "--count", str(2 * len(TROUBLES)), "--seed", "3"])
    rounds = list(faulty.tasks(chosen))
    assert rounds == list(faulty.tasks(chosen))
    assert {(task.trouble, task.direct) for task in rounds} == {
        (name, mode) for name in TROUBLES for mode in (True, False)
    }
    assert set(MUST_GO) == set(SERVICES)


class TestJudgeOfStops:
    """Runs that were stopped, one that was not, the listing and the state after them."""

    def judged(self, now=BEFORE, *, how="SIGTERM", hit=True, code=130, seconds=1.0, said="", last=0, listed=()):
        end = {"how": how, "hit": hit, "exit": code, "seconds": seconds, "said": said}
        return stops.judge(BEFORE, now, [end], {"exit": last, "traceback": False}, listed)

    def test_interrupted_and_then_proved(self):
        assert self.judged() == []
        assert self.judged(code=0) == [], "all was said already"
        assert self.judged(how="kill -9", code=-9) == []
        assert self.judged(hit=False, code=0) == []

    def test_an_end_that_is_late_or_another_one_or_a_traceback(self):
        assert self.judged(seconds=8.0) == ["8.0 s until its end after SIGTERM"]
        assert self.judged(code=1) == ["exit code 1 after SIGTERM"]
        assert self.judged(code=-15) == ["exit code -15 after SIGTERM"]
        assert self.judged(hit=False, code=4) == ["exit code 4 after nothing"]
        assert self.judged(said="Traceback (most recent call last)") == ["a traceback after SIGTERM"]

    def test_what_the_last_run_leaves(self):
        assert self.judged(WRECK, last=1, listed=["openstack_x.y"]) == [
            "exit code 1 of the last run",
            "left in the end: floating_ip f",
            "left in the state: openstack_x.y",
        ]
        assert self.judged({}) == ["touched: volume neighbour-data"]


def test_two_turns_of_stops_have_every_way_in_both_modes():
    chosen = parser().parse_args(["stops", "--seed", "3"])
    rounds = list(stops.tasks(chosen))
    assert rounds == list(stops.tasks(chosen))
    assert {(task.stops[0].how, task.direct) for task in rounds} == {
        (how, mode) for how in stops.HOWS for mode in (True, False)
    }
    assert {len(task.stops) for task in rounds} <= {1, 2, 3}


def test_the_table_counts_each_stop_and_no_run_twice():
    end = {"how": "kill -9", "hit": True, "exit": -9, "seconds": 0.0}
    line = {"key": "k", "binary": "tofu", "direct": True, "ends": [end, end | {"hit": False, "exit": 0}], "exit": 0}
    rows = stops.table([line | {"violations": []}]).splitlines()
    assert rows[2:] == [
        "| kill -9 | direct | 1 | 1 | -9 (1) | 0.0 | 0 (1) | 0 |",
        "| all |  | 1 | 1 | -9 (1) | 0.0 | 0 (1) | 0 |",
    ]
