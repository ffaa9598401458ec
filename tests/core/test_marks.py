"""Marks as people spell them: exact where they prove something, generous where they keep something."""

from __future__ import annotations

import pytest
from builders import a, world

from janitor.core.case import Case, Claim, claims_by_ref
from janitor.core.model import Denial, Evidence
from janitor.core.ownership import judge
from janitor.core.selection import Selection


def verdicts(selection: Selection, *objects):
    seen = world(*objects)
    return judge(selection.applied(Case(kinds=selection.kinds()), seen), seen)


class TestNearlyMarks:
    """Nobody's evidence, and reason enough to keep what no source knows."""

    tagged = Selection(tags=(("team", "ci"),))

    @pytest.mark.parametrize(
        "more",
        [
            {"description": "do not touch, janitor:keep."},
            {"description": "Janitor_Keep = true"},
            {"tags": ["team=ci", "JANITOR:KEEP"]},
        ],
    )
    def test_keep_may_be_spelt_as_people_do(self, more):
        net = a("network", "n", **{"tags": ["team=ci"], **more})
        assert verdicts(self.tagged, net)[net.ref].denial is Denial.PROTECTED

    @pytest.mark.parametrize(
        ("metadata", "denial"),
        [
            ({"janitor-keep": "yes"}, Denial.PROTECTED),
            ({"Janitor-Keep": "true"}, Denial.PROTECTED),
            ({"janitor-keep": "false"}, None),
            ({"janitor-run": "other run"}, Denial.AMBIGUOUS),
            ({"Janitor-Run": "other"}, Denial.AMBIGUOUS),
        ],
    )
    def test_of_metadata_too(self, metadata, denial):
        server = a("server", "s", metadata={"team": "ci", **metadata})
        assert verdicts(self.tagged, server)[server.ref].denial is denial

    @pytest.mark.parametrize("tag", ["janitor:run=" + "x" * 49, "janitor:run=a/b", "janitor:run=", "janitor:Run=other"])
    def test_a_name_that_no_run_can_have_may_be_anothers(self, tag):
        net = a("network", "n", tags=["team=ci", tag])
        assert verdicts(self.tagged, net)[net.ref].denial is Denial.AMBIGUOUS

    def test_what_a_source_knows_is_not_kept_by_its_own_odd_mark(self):
        net = a("network", "n", tags=["janitor:run=feature/foo"])
        assert judge(Case(claims=claims_by_ref([Claim(net.ref, Evidence.STATE, "x.n")])), world(net))[net.ref].ours
