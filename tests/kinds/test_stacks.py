"""Every type of every stack, made by the real provider: found in each way that its entry claims, and proved gone.

What is claimed about the cloud comes from `ground.witness`, a listing that is not janitor's. The other ways of a stack
are `thorough` where another stack shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kinds.claims import Way, gaps, parameters, stacks
from kinds.play import Play, listed_at_last, written
from kinds.record import Witnessed
from ways import binaries

from ground.cloud import Project, fault_region
from janitor.core.attached import RULES

pytestmark = pytest.mark.scenario

SHOWN_ALWAYS = frozenset({"network"})

BY_STATE_ALWAYS = frozenset({"network", "storage", "keys", "dns"})
"""One of each sort of id and path; an apply takes the provider longer than anything else here takes."""

every_stack = pytest.mark.parametrize("stack", parameters(stacks(), ordinary=BY_STATE_ALWAYS))
some_stacks = pytest.mark.parametrize("stack", parameters(stacks(), ordinary=SHOWN_ALWAYS))
stacks_when_asked = pytest.mark.parametrize("stack", parameters(stacks(), ordinary=frozenset()))
"""The scenarios show names and logs on every day."""


@every_stack
def test_the_state_is_enough(
    enter: Callable[..., Play], project: Project, witnessed: Witnessed, stack: str, tmp_path: Path
) -> None:
    """Behind proxies that record every request. The second run asks for nothing but listings; and a state that knows
    all of it, as from a backup, finds all of it gone.
    """
    with fault_region("kinds") as region:
        play = enter(stack)
        play.stage.more = region.env(project, tmp_path)
        before = play.look()
        play.apply()
        assert play.look() != before

        begun = len(region.log)
        ran = play.destroy()
        assert ran.code == 0, ran.text
        assert play.look() == before
        witnessed.demand(Way.STATE, play.made, play.proved(ran) | play.nothing_to_do(ran))
        calls = region.log[begun:]
        listed = {address for address, kind in play.kinds.items() if listed_at_last(calls, kind.name)}
        witnessed.demand(Way.LISTING, play.made, listed)

        begun = len(region.log)
        again = play.destroy()
        assert again.code == 0, again.text
        assert written(region.log[begun:]) == []
        witnessed.demand(Way.AGAIN, play.made, play.resources)

        play.find_the_state()
        begun = len(region.log)
        late = play.destroy("--expect-empty", "--journal", str(tmp_path / "journal"))
        assert late.code == 0, late.text
        assert written(region.log[begun:]) == []
        witnessed.demand(Way.ABSENT, play.made, play.proved(late, outcomes={"absent"}))
    assert witnessed.wrong == []


@binaries("tofu", rarely="terraform")
@some_stacks
def test_the_mark_is_enough_and_a_twin_stays(
    enter: Callable[..., Play], other: Project, witnessed: Witnessed, stack: str, binary: str
) -> None:
    """The same stack, with the same names and without a mark, beside it in the project and in another one.

    The marks are those of `terraform/modules/marks`.
    """
    beside, elsewhere = enter(stack, "beside"), enter(stack, "elsewhere", where=other)
    with ThreadPoolExecutor() as hands:
        list(hands.map(Play.apply, (beside, elsewhere)))
    here, there = beside.look(), elsewhere.look()

    play = enter(stack, run=beside.stage.project.name[:48], binary=binary)
    play.apply()
    play.lose_the_state()
    ran = play.destroy("--mark", play.stage.variables["run"])
    witnessed.demand(Way.MARK, play.made, play.proved(ran, evidence="mark"))
    witnessed.note(Way.ATTACHED, play.made, play.proved(ran, evidence="attached"))
    assert here.items() <= play.look().items(), ran.text

    play.find_the_state()
    assert (rest := play.destroy("--expect-empty")).code == 0, rest.text
    assert play.look() == here, ran.text
    assert elsewhere.look() == there
    witnessed.demand(Way.TWIN, beside.made, beside.resources)
    for twin in (beside, elsewhere):
        assert (ended := twin.destroy()).code == 0, ended.text
    assert witnessed.wrong == []


@stacks_when_asked
def test_names_are_enough_and_so_is_a_log(enter: Callable[..., Play], witnessed: Witnessed, stack: str) -> None:
    """Without its state and its log one goes by its names, while another, which is older, has the same; that one then
    goes by its log, but for what tells nobody when it was made: that stays, and is named.
    """
    older = enter(stack, "older")
    before = older.look()
    older.apply()
    there = older.look()

    play = enter(stack)
    play.apply()
    play.lose_the_state()
    ran = play.destroy("--since", play.stage.since)
    witnessed.demand(Way.NAME, play.made, play.proved(ran, evidence="name"))
    assert there.items() <= play.look().items(), ran.text
    play.find_the_state()
    assert (rest := play.destroy("--expect-empty")).code == 0, rest.text
    assert play.look() == there

    older.lose_the_state()
    logged = older.destroy("--since", older.stage.since, "--from-log", str(older.stage.log))
    timeless = older.proved(logged, outcomes={"unverified"})
    assert {(older.made[address], Way.LOG) for address in timeless} <= gaps().keys(), logged.text
    assert logged.code == (4 if timeless else 0), logged.text
    witnessed.demand(Way.LOG, older.made, older.proved(logged, evidence="log"))
    older.find_the_state()
    assert (rest := older.destroy("--expect-empty")).code == 0, rest.text
    assert older.look() == before
    assert witnessed.wrong == []


@stacks_when_asked
def test_what_hangs_on_ours_is_found_without_any_source(
    enter: Callable[..., Play], witnessed: Witnessed, stack: str
) -> None:
    """The state has forgotten what can hang on something else; the log breaks off at its first creation.

    What hangs on what hangs is tried once more, with the state knowing what it hangs on.
    """
    play = enter(stack)
    before, shown, hanging = play.look(), set[str](), dict[str, str]()
    for _ in range(2):
        play.apply()
        hanging = {
            address: play.made[address]
            for address, kind in play.kinds.items()
            if kind.name in RULES and (play.made[address], Way.ATTACHED) not in gaps()
        }
        forgotten = play.leaves(hanging.keys() - shown)
        if not forgotten:
            break
        play.stage.terraform("state", "rm", *sorted(forgotten))
        ran = play.destroy("--from-log", str(play.cut_long_ago()))
        shown |= play.proved(ran, evidence="attached") & forgotten
        play.find_the_state()
        assert (rest := play.destroy("--expect-empty")).code == 0, rest.text
        assert play.look() == before
        if not play.leaves(hanging.keys() - shown) or not shown:
            break
    witnessed.demand(Way.ATTACHED, {a: of for a, of in hanging.items() if of not in _types(hanging, shown)}, shown)
    witnessed.note(Way.ATTACHED, {a: hanging[a] for a in shown}, shown)
    assert witnessed.wrong == []


def _types(made: Mapping[str, str], shown: Iterable[str]) -> set[str]:
    return {made[address] for address in shown}
