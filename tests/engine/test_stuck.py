"""Stuck states are recognised by readings that do not change, never by the deadline; advice says what frees them."""

from __future__ import annotations

from engine.memory_cloud import Times
from engine.staging import left, outcomes, ref, stage

from janitor.core.catalogue import KINDS
from janitor.core.model import Outcome
from janitor.engine.protocols import Policy

HOUR = 3600.0


def balanced(here, **fields):
    return here.make(
        "load_balancer", "lb", subnet=here.make("subnet", "s", network=here.make("network", "n")), **fields
    )


def test_a_load_balancer_in_pending_update_is_given_up_and_the_rest_goes():
    here = stage()
    balancer = balanced(here, status="PENDING_UPDATE")
    here.make("server", "s")
    done = here.run(policy=Policy(deadline=1000.0 + HOUR))
    assert outcomes(done)[f"load_balancer {balancer}"] is Outcome.FAILED
    reason = done.results[ref("load_balancer", balancer)].reason
    assert "PENDING_UPDATE" in reason
    assert balancer in reason.rsplit("as admin", 1)[1]
    assert here.cloud.left() != []
    assert "server" not in " ".join(left(done))
    assert here.crew.clock < 1000.0 + HOUR / 10


def test_a_timeout_given_for_a_kind_is_waited_for_though_nothing_changes():
    here = stage()
    balancer = balanced(here, status="PENDING_CREATE")
    here.cloud.later(900.0, lambda: here.cloud.bodies["load_balancer"][balancer].update(provisioning_status="ACTIVE"))
    assert left(here.run(policy=Policy(deadline=1000.0 + HOUR, timeouts={"load_balancer": 1200.0}))) == {}
    assert here.crew.clock > 1900.0


def test_and_no_longer_than_that():
    here = stage()
    balanced(here, status="PENDING_UPDATE")
    here.run(policy=Policy(deadline=1000.0 + HOUR, timeouts={"load_balancer": 30.0}))
    assert here.crew.clock < 1000.0 + 90.0


def test_a_busy_status_that_passes_is_waited_for():
    here = stage()
    balancer = balanced(here, status="PENDING_CREATE")
    here.cloud.later(20.0, lambda: here.cloud.bodies["load_balancer"][balancer].update(provisioning_status="ACTIVE"))
    assert left(here.run()) == {}
    assert len(here.deletes("load_balancer")) == 2


def test_a_volume_in_error_deleting_is_tried_once_and_named():
    here = stage()
    volume = here.make("volume", "v", status="error_deleting")
    done = here.run()
    assert here.deletes() == [volume]
    result = done.results[ref("volume", volume)]
    assert result.outcome is Outcome.FAILED
    assert f"openstack volume delete --force {volume}" in result.reason


def test_what_the_service_notes_of_a_delete_that_failed_afterwards_is_told():
    here = stage()
    volume = here.make("volume", "v", status="error_deleting")
    snapshot = here.make("volume_snapshot", "s", volume=here.foreigner("volume", "w"))
    here.cloud.noted[volume] = "delete volume:The key is in use."
    here.cloud.times.busy.add(snapshot)
    done = here.run(policy=Policy(deadline=1000.0 + HOUR))
    told = {result.id: row.reason for result, row in done.results.items()}
    assert "the service notes: delete volume:The key is in use." in told[volume]
    assert "the service notes: delete snapshot:Snapshot is busy" in told[snapshot]
    assert len(here.deletes("volume_snapshot")) == Policy().drops + 1
    assert here.crew.clock < 1000.0 + HOUR / 10


def test_a_server_in_error_is_simply_deleted():
    here = stage()
    here.make("server", "s", status="ERROR")
    assert left(here.run()) == {}


def test_an_accepted_delete_that_never_ends_is_sent_once_more_and_given_up():
    here = stage()
    server = here.make("server", "s")
    here.cloud.times.never.add(server)
    done = here.run(policy=Policy(deadline=1000.0 + HOUR))
    result = done.results[ref("server", server)]
    assert result.outcome is Outcome.FAILED
    assert result.reason.startswith("is ACTIVE (deleting) and does not change")
    assert here.deletes() == [server, server]
    assert here.crew.clock < 1000.0 + HOUR / 10
    readings = len([c for c in here.cloud.calls if c.op == "list"])
    assert readings >= KINDS["server"].readings


def test_what_changes_is_not_stuck_but_has_its_own_limit():
    here = stage()
    server = here.make("server", "s")
    here.cloud.times.never.add(server)

    def flicker(n: int = 0) -> None:
        here.cloud.bodies["server"][server]["status"] = f"STATE{n % 2}"
        here.cloud.later(1.0, lambda: flicker(n + 1))

    flicker()
    done = here.run(policy=Policy(deadline=1000.0 + HOUR))
    assert left(done) == {f"server {server}": Outcome.FAILED}
    assert KINDS["server"].timeout < here.crew.clock - 1000.0 < 2 * KINDS["server"].timeout + 60


def test_no_step_takes_more_than_half_of_what_is_left():
    here = stage()
    server = here.make("server", "s")
    here.cloud.times.never.add(server)
    here.run(policy=Policy(deadline=1020.0))
    assert here.crew.clock < 1020.0
    assert here.told("stuck") == [server]


def test_what_somebody_else_deletes_is_waited_for_and_not_asked():
    here = stage()
    server = here.make("server", "s")
    plan = here.plan()
    observed = plan.steps[ref("server", server)].observed
    here.cloud.ask(observed.ref, observed)
    done = here.run(plan)
    assert outcomes(done) == {f"server {server}": Outcome.ABSENT}
    assert here.deletes() == [server]


def test_nothing_is_sent_to_what_is_dying_but_one_repetition():
    here = stage(times=Times(server=20.0, load_balancer=20.0, volume=20.0))
    here.make("server", "s")
    here.make("volume", "v")
    balanced(here)
    assert left(here.run()) == {}
    assert not [c for c in here.cloud.calls if c.op == "delete" and c.dying and c.answer.status == 409]
    assert len(here.deletes()) == len(set(here.deletes()))


def test_an_hour_of_patience_takes_a_moment():
    here = stage(times=Times(server=250.0))
    server = here.make("server", "s")
    here.cloud.bodies["server"][server]["progress"] = 0

    def work(n: int = 0) -> None:
        body = here.cloud.bodies["server"].get(server)
        if body is not None:
            body["status"] = f"STATE{n}"
            here.cloud.later(10.0, lambda: work(n + 1))

    work()
    assert left(here.run()) == {}
