"""Work that takes more than one attempt: it goes on as long as something goes, and a signal or the deadline ends it."""

from __future__ import annotations

import pytest
from engine.staging import Stage, outcomes, stage

from janitor.core.model import Observed, Outcome
from janitor.core.plan import Step
from janitor.engine.protocols import Answer, Policy, Reply


def emptied(here: Stage, batches: int) -> str:
    """A volume whose delete takes so many attempts, a second each."""
    made, delete = here.make("volume", "full"), here.cloud.delete
    left = [batches]

    def partly(step: Step, observed: Observed) -> Answer:
        if left[0] == 0:
            return delete(step, observed)
        left[0] -= 1
        here.crew.clock += 1.0
        return Answer(Reply.PARTLY, 200, text=f"{left[0]} batches left")

    here.cloud.delete = partly  # type: ignore[method-assign]
    return made


def test_it_goes_on_without_a_pause_and_shows_how_far_it_came():
    here = stage()
    made = emptied(here, 50)
    assert outcomes(here.run()) == {f"volume {made}": Outcome.DELETED}
    assert here.crew.clock - 1000.0 < 60.0
    told = [event.text for event in here.events if event.what == "retry"]
    assert (len(told), told[0]) == (50, "49 batches left")


def test_each_attempt_is_judged_anew():
    here = stage()
    emptied(here, 5)
    here.run()
    assert len(here.judged) >= 6


@pytest.mark.parametrize("cut", ["deadline", "interrupted"])
def test_what_was_begun_is_not_called_done(cut: str):
    here = stage()
    made = emptied(here, 1000)
    if cut == "deadline":
        done = here.run(policy=Policy(deadline=1010.0))
    else:
        done = here.run(stop=lambda: here.crew.clock > 1010.0)
    assert done.cut == cut
    (result,) = (result for ref, result in done.results.items() if ref.id == made)
    assert (result.outcome, result.reason) == (Outcome.FAILED, f"begun, not finished ({cut})")
    assert here.crew.clock < 1020.0
