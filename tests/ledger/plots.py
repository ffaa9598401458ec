"""What an owner may build, plot by plot: a few objects that belong together, on its own things or on borrowed ones.

`Lot` is one project of one region with all who build there. A plot takes what it needs from its owner, or now and then
from a neighbour: what that means for janitor is the ledger's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ledger.owners import Owner

Plot = Callable[["Lot", Owner], None]


@dataclass
class Lot:
    """The builders that can see each other's things. `mixing`: how often one builds on what another one has."""

    owners: list[Owner] = field(default_factory=list)
    mixing: float = 0.15
    calm: bool = False  # the run makes nothing that only a mark could tell of

    def pick(self, owner: Owner, kind: str) -> str | None:
        """One of the owner's own, or of somebody else's."""
        if owner.chance(self.mixing):
            lent = [one for other in self.owners if other is not owner and (one := self._lent(owner, other, kind))]
            if lent:
                return owner.dice.choice(lent)
        return owner.any(kind)

    @staticmethod
    def _lent(owner: Owner, other: Owner, kind: str) -> str | None:
        """What another project has is only seen where it is shared."""
        one = other.any(kind)
        if one is None or other.project == owner.project:
            return one
        body = other.cloud.bodies[kind].get(one)
        return one if body is not None and body.get("shared") else None


def network(lot: Lot, owner: Owner) -> None:
    made = owner.make("network")
    if owner.project != "home" and owner.chance(0.5):
        owner.cloud.bodies["network"][made]["shared"] = True
    for n in range(owner.dice.randint(1, 2)):
        owner.make("subnet", network=made, cidr=f"10.{n}.0.0/24")
    if owner.chance(0.4):
        owner.serve(made, owner="network:dhcp", device="dhcp")


def subnet(lot: Lot, owner: Owner) -> None:
    if borrowed := lot.pick(owner, "network"):
        owner.make("subnet", network=borrowed, cidr="10.9.0.0/24")


def router(lot: Lot, owner: Owner) -> None:
    made = owner.make("router")
    if (inside := lot.pick(owner, "subnet")) and owner.chance(0.8):
        owner.make("router_interface", router=made, subnet=inside)


def interface(lot: Lot, owner: Owner) -> None:
    borrowed, inside = lot.pick(owner, "router"), owner.any("subnet")
    if borrowed and inside:
        owner.make("router_interface", router=borrowed, subnet=inside)


def route(lot: Lot, owner: Owner) -> None:
    if borrowed := lot.pick(owner, "router"):
        owner.make("router_route", router=borrowed, nexthop=f"10.0.0.{owner.dice.randint(2, 250)}")


def groups(lot: Lot, owner: Owner) -> None:
    made = [owner.make("security_group") for _ in range(owner.dice.randint(1, 3))]
    for group in made:
        owner.make("security_group_rule", group=group, remote=lot.pick(owner, "security_group") or "")


def rule(lot: Lot, owner: Owner) -> None:
    if group := lot.pick(owner, "security_group"):
        remote = lot.pick(owner, "security_group") or ""
        owner.make("security_group_rule", group=group, remote=remote, addresses=owner.any("address_group") or "")


def ports(lot: Lot, owner: Owner) -> None:
    for _ in range(owner.dice.randint(1, 4)):
        if inside := lot.pick(owner, "subnet"):
            groups_of = [g for g in {lot.pick(owner, "security_group"), lot.pick(owner, "security_group")} if g]
            owner.make("port", subnet=inside, groups=sorted(groups_of))


def address(lot: Lot, owner: Owner) -> None:
    port, through = lot.pick(owner, "port"), lot.pick(owner, "router")
    taken = any(other["port_id"] == port for other in owner.cloud.live("floating_ip"))
    linked = bool(port and through) and not taken and owner.chance(0.7)
    made = owner.make("floating_ip", name="", **({"port": port, "router": through} if linked else {}))
    if not linked and port and owner.chance(0.3):
        owner.make("port_forwarding", floating_ip=made, port=port)


def trunk(lot: Lot, owner: Owner) -> None:
    free = [p for p in owner.ids["port"] if p in owner.cloud.bodies["port"]]
    if len(free) > 1:
        other = lot.pick(owner, "port")
        owner.make("trunk", port=free[0], subports=[other] if other and other != free[0] else [])


def server(lot: Lot, owner: Owner) -> None:
    free = [p for p in owner.ids["port"] if not owner.cloud.bodies["port"].get(p, {"device_id": "x"})["device_id"]]
    bound = [free[0]] if free and owner.chance(0.6) else []
    net = (lot.pick(owner, "network") or "") if not bound or owner.chance(0.2) else ""
    boot = owner.make("volume") if owner.chance(0.2) else ""
    made = owner.make("server", ports=bound, network=net, boot_volume=boot)
    if owner.chance(0.3):
        attach(lot, owner, to=made)


def attach(lot: Lot, owner: Owner, to: str = "") -> None:
    to = to or lot.pick(owner, "server") or ""
    disk = lot.pick(owner, "volume")
    if to and disk and owner.cloud.bodies["volume"][disk]["status"] == "available":
        owner.make("volume_attachment", server=to, volume=disk, along=owner.chance(0.3))


def volumes(lot: Lot, owner: Owner) -> None:
    made = owner.make("volume", status=owner.dice.choice(["available", "available", "error"]))
    if lot.calm:
        return
    if owner.chance(0.3):
        shot = owner.make("volume_snapshot", volume=lot.pick(owner, "volume") or made)
        if owner.chance(0.3):
            owner.make("volume", snapshot=shot)
    if owner.chance(0.2):
        full = owner.make("volume_backup", volume=made)
        if owner.chance(0.3):
            owner.make("volume_backup", volume=made, of=full)


def balancer(lot: Lot, owner: Owner) -> None:
    if inside := lot.pick(owner, "subnet"):
        made = owner.make("load_balancer", subnet=inside)
        for _ in range(owner.dice.randint(0, 2)):
            listener(lot, owner, of=made)


def listener(lot: Lot, owner: Owner, of: str = "") -> None:
    if of := of or lot.pick(owner, "load_balancer") or "":
        front = owner.make("listener", load_balancer=of)
        back = owner.make("pool", listener=front)
        owner.make("member", pool=lot.pick(owner, "pool") or back)
        if owner.chance(0.5):
            owner.make("health_monitor", pool=back)
        if owner.chance(0.3):
            owner.make("l7policy", listener=front, pool=back)


def loose(lot: Lot, owner: Owner) -> None:
    for kind in ("keypair", "server_group", "image", "secret"):
        if owner.chance(0.4):
            owner.make(kind)
    if (inside := owner.any("secret")) and owner.chance(0.3):
        owner.make("secret_container", secrets=[inside])


def policies(lot: Lot, owner: Owner) -> None:
    policy = owner.make("qos_policy")
    if inside := owner.any("subnet"):
        owner.make("port", subnet=inside, qos_policy_id=policy)
    scope = owner.make("address_scope")
    owner.make("subnet_pool", address_scope_id=scope)
    owner.make("address_group")


def vpn(lot: Lot, owner: Owner) -> None:
    through, inside = owner.any("router"), owner.any("subnet")
    if through and inside:
        service = owner.make("vpn_service", router_id=through)
        near = owner.make("vpn_endpoint_group", endpoints=[inside], type="subnet")
        far = owner.make("vpn_endpoint_group", endpoints=["10.8.0.0/24"], type="cidr")
        ike, ipsec = owner.make("vpn_ike_policy"), owner.make("vpn_ipsec_policy")
        links = {"vpnservice_id": service, "ikepolicy_id": ike, "ipsecpolicy_id": ipsec}
        owner.make("vpn_site_connection", local_ep_group_id=near, peer_ep_group_id=far, **links)


def firewall(lot: Lot, owner: Owner) -> None:
    policy = owner.make("firewall_policy", firewall_rules=[owner.make("firewall_rule")])
    owner.make("firewall_group", ingress_firewall_policy_id=policy, egress_firewall_policy_id=None, ports=[])


def shares(lot: Lot, owner: Owner) -> None:
    if inside := lot.pick(owner, "subnet"):
        guard = owner.make("security_service")
        net = owner.make("share_network", subnet=inside, services=[guard])
        made = owner.make("share", network=net)
        if owner.chance(0.4) and not lot.calm:
            owner.make("share_snapshot", share=made)


FIRST: tuple[Plot, ...] = (network, groups)
PLOTS: tuple[tuple[Plot, int], ...] = (
    *((plot, 3) for plot in (ports, server, volumes, address, loose)),
    *((plot, 2) for plot in (network, router, groups, rule, balancer, listener, attach)),
    *((plot, 1) for plot in (subnet, interface, route, trunk, policies, vpn, firewall, shares)),
)
"""What is built, and how often."""
