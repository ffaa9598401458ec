"""Which holders of what terraform waits for go with its own plan, and which ones it would wait for in vain."""

import threading
import time
from types import SimpleNamespace

import pytest
from builders import a, ref

from janitor.core.model import Holder
from janitor.terraform.destruction import Delete, PlannedDestroy
from janitor.terraform.runner import Ran
from janitor.workflows.handover import Watch, _is_meant, _removed

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


def test_an_instance_is_told_by_its_address_where_its_id_is_another():
    """Terraform knows a port forwarding by its own id; ours names the floating IP, too. A key may hold a space."""
    address = 'openstack_networking_portforwarding_v2.web["the web server"]'
    delete = Delete(address, "openstack_networking_portforwarding_v2", "f")
    forwarding = ref("port_forwarding", "ip/f")
    assert _is_meant(forwarding, address, delete)
    assert _is_meant(forwarding, f"{address} (deposed 0a1b2c3d)", delete)
    assert not _is_meant(forwarding, address.replace("web s", "mail s"), delete)


def test_terraform_is_interrupted_when_nobody_watches_it_any_more():
    """Its deadline, its share and its holders are asked for by the watch alone."""

    class Broken:
        deadline = time.monotonic() + 60
        settings = None

        def stop(self):
            raise MemoryError

    watch, halt = Watch(Broken(), None, None, PlannedDestroy(Ran(0))), threading.Event()
    with pytest.raises(MemoryError):
        watch.follow(halt)
    assert halt.is_set()
    assert watch.reason
