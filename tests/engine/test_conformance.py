"""The in-memory cloud gives the answers of the table; tests/cloud holds the real services to the same one."""

from __future__ import annotations

import pytest
from conformance import CASES, Case, kinds, resolved
from conformance_network import NETWORK_CASES
from engine.staging import Stage, ref, stage

from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.core.plan import Action, Step
from janitor.engine.protocols import Answer

ALL = (*CASES, *NETWORK_CASES)


def read(here: Stage, kind: str, identifier: str) -> Observed | None:
    return here.cloud.observed().get(ref(kind, identifier))


def ask(here: Stage, kind: str, identifier: str) -> tuple[Observed, Answer]:
    observed = read(here, kind, identifier)
    assert observed is not None
    return observed, here.cloud.delete(Step(observed.ref, Action.DELETE, observed), observed)


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_the_memory_cloud_answers_as_the_services_do(case: Case):
    here, ids, kind_of = stage(), {}, kinds(case)
    for made in case.setup:
        ids[made.name] = here.make(made.kind, made.name, **resolved(made.values, ids))
    for name in case.first:
        ask(here, kind_of[name], ids[name])
    observed, answer = ask(here, kind_of[case.delete], ids[case.delete])
    assert (answer.reply, answer.code) == (case.reply, case.code)
    assert answer.status == case.status or not case.status
    if case.holders:
        held = {(h.kind, h.id) for h in here.cloud.holders(observed, answer)}
        assert held == {(kind_of[name], ids[name]) for name in case.holders}
    here.crew.clock += 60.0
    here.cloud.advance()
    assert {name: read(here, kind_of[name], ids[name]) for name in case.gone} == dict.fromkeys(case.gone)
    assert [name for name in case.stays if read(here, kind_of[name], ids[name]) is None] == []


def test_the_table_names_kinds_of_the_catalogue_once():
    assert {made.kind for case in ALL for made in case.setup} <= set(KINDS)
    assert len({case.name for case in ALL}) == len(ALL)
