"""A plan from what lives in the in-memory cloud, and a run of it on the virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from builders import HOME, case
from engine.instant import InstantCrew
from engine.memory_cloud import Faults, MemoryCloud, Times

from janitor.core.model import Denial, Edge, Evidence, Observed, Outcome, Ref, Verdict, World
from janitor.core.plan import Plan
from janitor.core.planning import make
from janitor.engine.executor import Execution, run
from janitor.engine.protocols import Event, Policy

NAMED_BY_STATE = frozenset({"port_security_group", "subnet_route"})
"""Links that every port and subnet shows, and that only a state makes ours."""


@dataclass
class Stage:
    """A cloud, its clock, and who owns what: a ledger that does not use janitor's judgement."""

    cloud: MemoryCloud
    crew: InstantCrew
    foreign: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    records: list[dict[str, object]] = field(default_factory=list)
    judged: list[Ref] = field(default_factory=list)

    def make(self, kind: str, name: str, **fields: Any) -> str:
        return self.cloud.make(kind, name, **fields)

    def foreigner(self, kind: str, name: str, **fields: Any) -> str:
        """Somebody else's object in our own project."""
        made = self.cloud.make(kind, name, **fields)
        self.foreign.add(made)
        return made

    def judge(self, observed: Observed) -> Verdict:
        self.judged.append(observed.ref)
        if observed.fact("device_owner") == "network:dhcp":
            return Verdict(observed.ref, denial=Denial.UNPROVED, why="made by the network")
        if observed.ref.id in self.foreign or observed.project_id not in {"home", ""}:
            return Verdict(observed.ref, denial=Denial.FOREIGN, why="somebody else's")
        return Verdict(observed.ref, (self._evidence(observed),))

    @staticmethod
    def _evidence(observed: Observed) -> Evidence:
        """Ports without a name are those Nova made: only their server says whose they are."""
        return Evidence.ATTACHED if observed.ref.kind == "port" and not observed.name else Evidence.STATE

    def plan(self, *, hide: Iterable[str] = ()) -> Plan:
        """Everything of ours but what is hidden: objects nobody had listed."""
        hidden = set(hide)
        shown = self.cloud.observed().items()
        objects = {ref: o for ref, o in shown if ref.id not in hidden and ref.kind not in NAMED_BY_STATE}
        verdicts = {ref: self.judge(o) for ref, o in objects.items()}
        return make(case(), World(objects=objects), verdicts)

    def run(
        self,
        plan: Plan | None = None,
        *,
        policy: Policy | None = None,
        stop: Callable[[], bool] = lambda: False,
        edges: Iterable[Edge] = (),
    ) -> Execution:
        made = plan or self.plan()
        made = Plan(made.steps, made.graph.plus(edges), kept=made.kept)
        return run(
            made,
            self.cloud,
            self.crew,
            self.judge,
            policy=policy or Policy(),
            emit=self.events.append,
            record=self.records.append,
            stop=stop,
        )

    def told(self, what: str) -> list[str]:
        return [event.ref.id if event.ref else event.text for event in self.events if event.what == what]

    def deletes(self, kind: str = "") -> list[str]:
        """Ids for which a DELETE was sent, in order."""
        return [call.id for call in self.cloud.calls if call.op == "delete" and kind in {"", call.kind}]


def stage(seed: int = 0, *, times: Times | None = None, faults: Faults | None = None) -> Stage:
    crew = InstantCrew(seed)
    return Stage(MemoryCloud(crew.now, times=times, faults=faults), crew)


def ref(kind: str, identifier: str) -> Ref:
    return Ref(HOME, kind, identifier)


def outcomes(execution: Execution) -> dict[str, Outcome]:
    return {f"{r.kind} {r.id}": result.outcome for r, result in execution.results.items()}


def left(execution: Execution) -> dict[str, Outcome]:
    """What did not go."""
    return {k: o for k, o in outcomes(execution).items() if o not in {Outcome.DELETED, Outcome.ABSENT}}


def kubespray(here: Stage, servers: int = 9) -> None:
    """A stack like Kubespray's: servers on ports of their own, addresses, groups, a load balancer."""
    groups = [here.make("security_group", f"g{n}") for n in range(4)]
    for n in range(13):
        here.make("security_group_rule", "", group=groups[n % 4], remote=groups[0])
    network = here.make("network", "net")
    subnet = here.make("subnet", "sub", network=network)
    router = here.make("router", "router")
    here.make("router_interface", "", router=router, subnet=subnet)
    here.make("port", "", network=network, subnet=subnet, owner="network:dhcp", device="dhcp")
    here.make("keypair", "key")
    for n in range(servers):
        port = here.make("port", f"p{n}", subnet=subnet, groups=[groups[n % 4], groups[0]])
        server = here.make("server", f"s{n}", ports=[port])
        if n < 6:
            here.make("floating_ip", f"f{n}", port=port, router=router)
        if n < 3:
            here.make("volume_attachment", "", server=server, volume=here.make("volume", f"v{n}"))
    balancer = here.make("load_balancer", "lb", subnet=subnet)
    listener = here.make("listener", "l", load_balancer=balancer)
    pool = here.make("pool", "p", listener=listener)
    for _ in range(3):
        here.make("member", "", pool=pool)
    here.make("health_monitor", "m", pool=pool)
