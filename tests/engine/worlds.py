"""Random stacks for the properties: objects of every kind, some of them somebody else's, some not in the plan."""

from __future__ import annotations

from typing import Any

from engine.memory_cloud import Faults, Times
from engine.staging import Stage, stage
from hypothesis import strategies as st

Draw = Any


@st.composite
def worlds(draw: Draw, *, foreign: bool = True, faulty: bool = False) -> tuple[Stage, list[str]]:
    """A stage, and the ids that the plan has not seen."""
    seed = draw(st.integers(0, 2**16))
    faults = Faults(share=draw(st.sampled_from([0.0, 0.1, 0.3])), lost=0.1, seed=seed, until=1020.0) if faulty else None
    times = Times(server=draw(st.sampled_from([0.1, 1.5, 9.0])), volume=draw(st.sampled_from([0.1, 0.8, 5.0])))
    here = stage(seed, times=times, faults=faults)
    stack = _Stack(here, draw, foreign=foreign)
    stack.network_things()
    stack.servers()
    stack.volumes()
    stack.balancers()
    loose = [i for i in stack.ports if i not in here.foreign]
    hidden = draw(st.lists(st.sampled_from(loose), max_size=2, unique=True)) if loose else []
    return here, hidden


class _Stack:
    def __init__(self, here: Stage, draw: Draw, *, foreign: bool) -> None:
        self.here, self.draw, self.foreign = here, draw, foreign
        self.groups = [self._any("security_group", f"g{n}") for n in range(draw(st.integers(1, 3)))]
        self.subnets: list[str] = []
        self.ports: list[str] = []
        self.servers_made: list[str] = []

    def _any(self, kind: str, name: str, **fields: Any) -> str:
        """Ours, or now and then somebody else's."""
        theirs = self.foreign and self.draw(st.integers(0, 5)) == 0
        return (self.here.foreigner if theirs else self.here.make)(kind, name, **fields)

    def network_things(self) -> None:
        draw, here = self.draw, self.here
        for n in range(draw(st.integers(1, 2))):
            network = here.make("network", f"n{n}")
            self.subnets.append(here.make("subnet", f"s{n}", network=network, cidr=f"10.0.{n}.0/24"))
        router = self._any("router", "r")
        for subnet in self.subnets:
            if draw(st.booleans()):
                here.make("router_interface", "", router=router, subnet=subnet)
        if draw(st.booleans()):
            here.make("router_route", "", router=router)
        for n in range(draw(st.integers(0, 5))):
            groups = draw(st.lists(st.sampled_from(self.groups), max_size=2, unique=True))
            subnet = draw(st.sampled_from(self.subnets))
            self.ports.append(self._any("port", f"p{n}", subnet=subnet, groups=groups))
        for n, port in enumerate(self.ports):
            if draw(st.integers(0, 2)) == 0:
                self._any("floating_ip", f"f{n}", port=port, router=router)
        if len(self.ports) > 1 and draw(st.booleans()):
            parent, *subports = self.ports[:3]
            self._any("trunk", "t", port=parent, subports=subports)
        for group in self.groups:
            here.make("security_group_rule", "", group=group, remote=self.groups[0])

    def servers(self) -> None:
        draw, here = self.draw, self.here
        here.make("keypair", "key")
        free = [port for port in self.ports if port not in here.foreign]
        for n in range(draw(st.integers(0, 3))):
            ports = [free.pop()] if free and draw(st.booleans()) else []
            network = here.cloud.bodies["subnet"][self.subnets[0]]["network_id"] if draw(st.booleans()) else ""
            self.servers_made.append(here.make("server", f"s{n}", ports=ports, network=network))

    def volumes(self) -> None:
        draw, here = self.draw, self.here
        for n in range(draw(st.integers(0, 3))):
            volume = here.make("volume", f"v{n}", status=draw(st.sampled_from(["available", "error"])))
            if self.servers_made and draw(st.booleans()):
                here.make("volume_attachment", "", server=draw(st.sampled_from(self.servers_made)), volume=volume)
            if draw(st.booleans()):
                snapshot = self._any("volume_snapshot", f"sn{n}", volume=volume)
                if draw(st.booleans()):
                    self._any("volume", f"c{n}", snapshot=snapshot)

    def balancers(self) -> None:
        draw, here = self.draw, self.here
        for n in range(draw(st.integers(0, 2))):
            status = draw(
                st.sampled_from(["ACTIVE", "ACTIVE", "ERROR", "PENDING_UPDATE"] if self.foreign else ["ACTIVE"])
            )
            balancer = here.make("load_balancer", f"lb{n}", subnet=draw(st.sampled_from(self.subnets)), status=status)
            for _ in range(draw(st.integers(0, 2))):
                pool = here.make("pool", "", listener=here.make("listener", "", load_balancer=balancer))
                here.make("member", "", pool=pool)
                here.make("health_monitor", "", pool=pool)
