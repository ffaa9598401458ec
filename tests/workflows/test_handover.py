"""Which holders of what terraform waits for go with its own plan, and which ones it would wait for in vain."""

from types import SimpleNamespace

from builders import a, ref

from janitor.core.model import Holder
from janitor.workflows.handover import _removed

NOTHING_ELSE = SimpleNamespace(plan=SimpleNamespace(steps={}))
DOOMED = frozenset({"router", "server", "balancer"})


def removed(observed):
    holder = Holder(observed.ref.kind, observed.ref.id, observed=observed)
    return _removed(holder, ref("router_interface", "i"), DOOMED, NOTHING_ELSE)


def test_a_floating_ip_stays_when_its_router_goes():
    """It was in flight when the apply was killed, so no plan has it; it holds the router's interface for ever."""
    assert not removed(a("floating_ip", "f", router_id="router", port_id="p"))


def test_what_a_plan_deletes_holds_nothing():
    assert removed(a("floating_ip", "server"))


def test_a_servers_port_goes_with_it():
    assert removed(a("port", "p", device_id="server", device_owner="compute:nova"))


def test_a_listener_goes_with_its_balancer():
    assert removed(a("listener", "l", loadbalancers=[{"id": "balancer"}]))
