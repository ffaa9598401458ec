"""Load: thousands of objects of one run, destroyed in memory. What is measured is janitor's own work, not the cloud's.

Own work is everything but what the services do for a delete: also reading their bodies, which a live run has to do.
Answers take as long as real ones: a listing a millisecond for each object in it.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from engine.memory_answers import NO_CONTENT, row
from engine.memory_cloud import MemoryCloud
from ledger import play, sources
from ledger.owners import Owner
from ledger.site import Site
from ledger.terraform import MemoryTerraform
from ledger.virtual import Hands

from janitor.cli.app import collect_seldom
from janitor.core.catalogue import source_kind
from janitor.core.model import Observed, Ref, Scope
from janitor.engine.protocols import Answer
from janitor.settings import Settings

PER_CLUSTER = 100
LISTED = 0.001
ROWS = frozenset({"port", "security_group", "router", "router_interface", "subnet", "network", "server"})


class LoadCloud(MemoryCloud):
    """Counts what the services themselves need, and lets a listing take its time."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands.now)
        self.hands, self.busy = hands, 0.0

    def ask(self, ref: Ref, observed: Observed) -> Answer:
        return self.served(lambda: self._done(ref, observed))

    def advance(self) -> None:
        self.served(super().advance)

    def _done(self, ref: Ref, observed: Observed) -> Answer:
        """Kinds whose rules look at every port are asked no questions: what is measured is who asks."""
        if ref.kind not in ROWS:
            return super().ask(ref, observed)
        kind = source_kind(ref.kind)
        if ref.kind == "subnet":
            self.bodies["network"][observed.fact("network_id")]["subnets"].remove(ref.id)
        if ref.kind != "server":
            return row(kind, self, observed)
        self.bodies[kind][ref.id]["OS-EXT-STS:task_state"] = "deleting"
        self.later(self.times.server, lambda: self.remove(kind, ref.id))
        return NO_CONTENT

    def listing(self, scope: Scope, kind: str) -> Any:
        found = super().listing(scope, kind)
        self.hands.hang(LISTED * len(found))
        return found

    def served(self, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        try:
            return work()
        finally:
            self.busy += time.process_time() - began


class ServedTerraform(MemoryTerraform):
    """The binary's work is not janitor's either."""

    def state_pull(self, root: Any, **more: Any) -> Any:
        return self._cloud.served(lambda: super(ServedTerraform, self).state_pull(root, **more))

    def state_rm(self, root: Any, addresses: Any, **more: Any) -> Any:
        return self._cloud.served(lambda: super(ServedTerraform, self).state_rm(root, addresses, **more))

    @property
    def _cloud(self) -> LoadCloud:
        cloud = self.clouds["RegionOne"]
        assert isinstance(cloud, LoadCloud)
        return cloud


def cluster(owner: Owner) -> None:
    """A hundred objects as a cluster has them: nodes on ports of their own, groups with rules, a load balancer."""
    subnet = owner.make("subnet", network=owner.make("network"), cidr="10.0.0.0/24")
    router = owner.make("router")
    owner.make("router_interface", router=router, subnet=subnet)
    groups = [owner.make("security_group") for _ in range(4)]
    for n in range(20):
        owner.make("security_group_rule", group=groups[n % 4], remote=groups[0])
    for n in range(15):
        port = owner.make("port", subnet=subnet, groups=[groups[n % 4]])
        server = owner.make("server", ports=[port])
        if n < 8:
            owner.make("floating_ip", name="", port=port, router=router)
            owner.make("volume_attachment", server=server, volume=owner.make("volume"))
    pool = owner.make("pool", listener=owner.make("listener", load_balancer=owner.make("load_balancer", subnet=subnet)))
    for _ in range(12):
        owner.make("member", pool=pool)


def measure(objects: int) -> dict[str, Any]:
    """Destroy so many objects, and say what that took."""
    collect_seldom()
    with play.ground() as folder, ExitStack() as stack:
        here = _staged(objects, folder)
        cloud = here.site.clouds["RegionOne"]
        assert isinstance(cloud, LoadCloud)
        before, cloud.busy = _peak(), 0.0
        began = time.process_time()
        stack.enter_context(play.living_in(here))
        play.run(here)
        own = time.process_time() - began - cloud.busy
        return {
            "objects": len(here.site.made),
            "seconds": round(own, 2),
            "milliseconds each": round(1000 * own / len(here.site.made), 3),
            "megabytes": round(_peak() - before, 1),
            "exit": here.exit_code,
            "left": len(here.site.ledger.left()),
        }


def _staged(objects: int, folder: Any) -> play.Round:
    site = Site(1, objects, calm=True)
    site.clouds = {"RegionOne": LoadCloud(site.hands)}
    site.ledger.clouds = site.clouds
    owner = site.alone()
    while len(owner.made) < objects:
        cluster(owner)
    folder.joinpath("main.tf").write_text("# in memory\n", encoding="utf-8")
    terraform = ServedTerraform(folder / "terraform.tfstate", site.clouds, site.hands)
    tofu = folder / "tofu"
    tofu.touch(mode=0o700)
    environment = {"PATH": str(folder)}
    settings = Settings(chdir=folder, binary=str(tofu), yes=True, direct=True, timeout=1e6, environment=environment)
    here = play.Round(site, folder, "state", site.dice, settings, terraform, play.Acts(site, 0.0))
    sources.state(site, terraform, site.made)
    here.configuration = sources.configured(site, site.made, counts=False)
    return here


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
