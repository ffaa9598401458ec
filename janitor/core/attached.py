"""The closed table of what hangs on our objects and may go with them: one rule per kind, nothing by default.

A rule says yes only to what a service or a known producer makes *for* its parent, or what the configuration itself
declares on that very parent. What a person merely associates (a reserved floating IP, a data volume, a snapshot) is
nobody's attachment. A parent that is ours by NAME alone carries only declared children.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from janitor.core.case import Case, without_index
from janitor.core.catalogue import kind_of_type
from janitor.core.model import Declared, Evidence, Observed, Ref, World

PRODUCER_TEXTS = ("Kubernetes external service ", "Kubernetes ingress ", "Kubernetes Ingress ")
"""How cloud-provider-openstack describes load balancers it makes for Services and Ingresses."""

CLOCKS = 2.0
"""Seconds by which the clocks of Nova and Neutron may differ."""

DELETED, MISSING = "deleted", "missing"
"""What became of the server that an attachment names: deleted in our project, or nothing that we are shown."""

SERVICE_OWNERS = ("network:", "Octavia", "ovn-lb-hm:", "neutron:", "manila:", "trunk:")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known when a rule is asked: the scan, the case, and what was judged ours so far with its evidence."""

    case: Case
    world: World
    ours: Mapping[Ref, tuple[Evidence, ...]] = field(default_factory=dict)
    addresses: Mapping[Ref, str] = field(default_factory=dict)

    def sibling(self, observed: Observed, kind: str, object_id: str) -> Ref:
        """The ref of another object in the same scope."""
        return Ref(observed.ref.scope, kind, object_id)

    def is_ours(self, observed: Observed, kind: str, object_id: str) -> bool:
        """Whether the linked object was judged ours by any evidence."""
        return self.sibling(observed, kind, object_id) in self.ours

    def is_firm(self, observed: Observed, kind: str, object_id: str) -> bool:
        """Whether it is ours by more than its name: only then may undeclared children go with it."""
        evidence = self.ours.get(self.sibling(observed, kind, object_id), ())
        return any(e is not Evidence.NAME for e in evidence)

    def is_gone(self, observed: Observed, kind: str, object_id: str) -> bool:
        """Whether a complete listing of that kind does not hold the object."""
        ref = self.sibling(observed, kind, object_id)
        return (ref.scope, kind) in self.world.listed and ref not in self.world.objects


Rule = Callable[[Observed, Surroundings], str]


def attached(observed: Observed, surroundings: Surroundings) -> str:
    """Why the object hangs on one of ours, or an empty string. Denials are the judge's, not asked here."""
    rule = RULES.get(observed.ref.kind)
    return rule(observed, surroundings) if rule else ""


def live_user(observed: Observed, surroundings: Surroundings) -> str:
    """The id of a server that uses the port, lives, and is not ours; a port of such a server is never pulled."""
    if observed.ref.kind != "port" or not observed.fact("device_owner").startswith("compute:"):
        return ""
    device = observed.fact("device_id")
    if not device or surroundings.is_ours(observed, "server", device):
        return ""
    return "" if surroundings.is_gone(observed, "server", device) else device


def _port(observed: Observed, around: Surroundings) -> str:
    owner, device = observed.fact("device_owner"), observed.fact("device_id")
    if owner == "Octavia" and device.startswith("lb-"):
        balancer = device[3:]
        if around.is_ours(observed, "load_balancer", balancer):
            return f"the VIP port of our load balancer {balancer}"
        if not around.is_gone(observed, "load_balancer", balancer):
            return ""
    elif owner.startswith(SERVICE_OWNERS) or live_user(observed, around):
        return ""
    if _made_by_nova(observed, around):
        return f"Nova's port of our server {device}"
    for network in observed.linked("network"):
        if around.is_firm(observed, "network", network):
            return f"a port on our network {network} that no living server of others uses"
        if around.is_ours(observed, "network", network) and _declared_on(observed, around, "network", network):
            return f"declared by the configuration on our network {network}"
    return ""


def _made_by_nova(port: Observed, around: Surroundings) -> bool:
    """Whether Nova made the port for a server of ours; one that it was only given has a name, or was there before."""
    owner, device = port.fact("device_owner"), port.fact("device_id")
    if not owner.startswith("compute:") or port.name or not around.is_ours(port, "server", device):
        return False
    server = around.world.objects.get(around.sibling(port, "server", device))
    return server is None or _not_older(port, server, clocks=CLOCKS)


def _router_interface(observed: Observed, around: Surroundings) -> str:
    subnets = observed.linked("subnet")
    if subnets and all(around.is_ours(observed, "subnet", subnet) for subnet in subnets):
        return f"the interface of our subnet {subnets[0]}"
    networks = observed.linked("network")
    if not subnets and networks and all(around.is_ours(observed, "network", n) for n in networks):
        return f"an interface on our network {networks[0]}"
    return ""


def _floating_ip(observed: Observed, around: Surroundings) -> str:
    port = observed.fact("port_id")
    if not port or not around.is_ours(observed, "port", port):
        return ""
    since, born = around.case.since, observed.created_at
    if since is not None and (born is None or born < since):
        return ""
    port_address = around.addresses.get(around.sibling(observed, "port", port), "")
    own = [one for one in around.case.declared if _is_of("floating_ip", one) and not one.imported]
    links = [one for one in around.case.declared if _is_of("floating_ip_association", one)]
    # An association alone may be one of an address that somebody reserved, and gave by a variable.
    links = [one for one in links if any(_same_address(t, of.address) for _, t in one.refers for of in own)]
    if any(_same_address(target, port_address) for one in (*own, *links) for _, target in one.refers):
        return f"a floating IP that the configuration declares on our port {port}"
    return ""


def _load_balancer(observed: Observed, around: Surroundings) -> str:
    text = f"{observed.description} "
    if not text.startswith(PRODUCER_TEXTS):
        return ""
    for subnet in observed.linked("subnet"):
        if around.is_firm(observed, "subnet", subnet):
            return f"made by the cluster on our servers, on our subnet {subnet}"
    return ""


def _server_group(observed: Observed, around: Surroundings) -> str:
    """One that the configuration declares; a group that several runs share may have our servers alone in it, too."""
    declared = sum(
        _is_of("server_group", one) and not one.imported and not one.protected and one.name == observed.name
        for one in around.case.declared
    )
    if not _has_our_members(observed, around) or not observed.name:
        return ""
    alike = [o for o in around.world.of_kind("server_group") if o.name == observed.name and _has_our_members(o, around)]
    return "declared by the configuration, and every member is one of our servers" if len(alike) <= declared else ""


def _has_our_members(group: Observed, around: Surroundings) -> bool:
    members = group.linked("server")
    return bool(members) and all(around.is_ours(group, "server", member) for member in members)


def _is_of(kind: str, declared: Declared) -> bool:
    known = kind_of_type(declared.type)
    return known is not None and known.name == kind


def _volume(observed: Observed, around: Surroundings) -> str:
    for link in observed.links:
        if link.kind != "server" or not around.is_ours(observed, "server", link.id):
            continue
        if observed.name not in {"", f"{link.id}-blank-vol"}:
            continue  # Nova gives no other name to what it makes
        server = around.world.objects.get(around.sibling(observed, "server", link.id))
        if server is None or observed.ref.id not in deleted_on_termination(server):
            continue
        if _not_older(observed, server):
            return f"a volume that Nova made for our server {link.id}"
    return ""


def _made_to_order(observed: Observed, around: Surroundings) -> str:
    """A secret or a container that one of our orders made, or a secret in such a container."""
    for order in around.world.of_kind("secret_order"):
        if order.ref.scope != observed.ref.scope or order.ref not in around.ours:
            continue
        boxes = [around.sibling(observed, "secret_container", box) for box in order.linked("secret_container")]
        shown = (order, *(around.world.objects[ref] for ref in boxes if ref in around.world.objects))
        if any(observed.ref.id in thing.linked(observed.ref.kind) for thing in shown):
            return f"made for our order {order.ref.id}"
    return ""


def _record_of(kind: str) -> Rule:
    """What a service remembers of something that was done with our object, and does not forget with it."""

    def rule(observed: Observed, around: Surroundings) -> str:
        firm = (i for i in observed.linked(kind) if around.is_firm(observed, kind, i))
        return next((f"a record of our {kind} {i}" for i in firm), "")

    return rule


def _linked_to_ours(kind: str) -> Rule:
    """Attachments and associations: they go with that end of theirs, when it is ours."""

    def rule(observed: Observed, around: Surroundings) -> str:
        ours = (i for i in observed.linked(kind) if around.is_ours(observed, kind, i))
        return next((f"of our {kind} {i}" for i in ours), "")

    return rule


def _volume_attachment(observed: Observed, around: Surroundings) -> str:
    """Of a server of ours; or left on our volume by one that is gone for certain, having been this project's."""
    if why := _linked_to_ours("server")(observed, around):
        return why
    server, volume, became = (observed.fact(name) for name in ("server_id", "volume_id", "server_is"))
    was_ours = around.sibling(observed, "server", server) in around.case.claims
    if around.is_ours(observed, "volume", volume) and (became == DELETED or (became == MISSING and was_ours)):
        return f"left on our volume {volume} by the server {server}, which is gone"
    return ""


def _declared_child(*parent_kinds: str) -> Rule:
    def rule(observed: Observed, around: Surroundings) -> str:
        for parent_kind in parent_kinds:
            for parent in observed.linked(parent_kind):
                ours = around.is_ours(observed, parent_kind, parent)
                if ours and _declared_on(observed, around, parent_kind, parent):
                    return f"declared by the configuration on our {parent_kind} {parent}"
        return ""

    return rule


RULES: Mapping[str, Rule] = {
    "port": _port,
    "router_interface": _router_interface,
    "router_route": _linked_to_ours("router"),
    "floating_ip": _floating_ip,
    "load_balancer": _load_balancer,
    "listener": _declared_child("load_balancer"),
    "pool": _declared_child("load_balancer", "listener"),
    "health_monitor": _declared_child("pool"),
    "member": _linked_to_ours("pool"),
    "l7policy": _declared_child("listener"),
    "l7rule": _linked_to_ours("l7policy"),
    "port_forwarding": _linked_to_ours("floating_ip"),
    "server_group": _server_group,
    "subnet": _declared_child("network"),
    "volume": _volume,
    "volume_attachment": _volume_attachment,
    "interface_attachment": _linked_to_ours("server"),
    "secret": _made_to_order,
    "secret_container": _made_to_order,
    "floating_ip_association": _linked_to_ours("floating_ip"),
    "zone_share": _declared_child("zone"),
    "zone_transfer_request": _record_of("zone"),
    "zone_import": _record_of("zone"),
    "zone_export": _record_of("zone"),
}


def deleted_on_termination(server: Observed) -> frozenset[str]:
    """The volumes Nova deletes together with the server, as its body says."""
    attached_volumes = server.facts.get("os-extended-volumes:volumes_attached")
    if not isinstance(attached_volumes, tuple):
        return frozenset()
    return frozenset(
        str(item.get("id"))
        for item in attached_volumes
        if isinstance(item, Mapping) and item.get("delete_on_termination") is True
    )


def _not_older(child: Observed, parent: Observed, *, clocks: float = 0.0) -> bool:
    """`clocks`: how far those of two services may be apart, in seconds."""
    born, since = child.created_at, parent.created_at
    return born is None or since is None or born >= since - clocks


def _same_address(target: str, address: str) -> bool:
    return bool(address) and (target == address or target == without_index(address))


def _declared_on(observed: Observed, around: Surroundings, parent_kind: str, parent: str) -> bool:
    """Whether the configuration declares such a child, by kind and name, the parent is not younger, and no more of
    that name hang on ours, or did, than were declared: else nobody can say which one it is.
    """
    parent_object = around.world.objects.get(around.sibling(observed, parent_kind, parent))
    if parent_object is not None and not _not_older(observed, parent_object):
        return False
    address = around.addresses.get(around.sibling(observed, parent_kind, parent), "")
    declared = sum(_declares(instance, observed, address) for instance in around.case.declared)
    return declared > 0 and _twins(observed, around, parent_kind) <= declared


def _twins(observed: Observed, around: Surroundings, parent_kind: str) -> int:
    """How many of its kind and name hang on parents of ours, or hung there and are gone; what Nova made is none."""
    kind, name = observed.ref.kind, observed.name
    alike = (other for other in around.world.of_kind(kind) if other.name == name and not _made_by_nova(other, around))
    living = sum(any(around.is_ours(o, parent_kind, p) for p in o.linked(parent_kind)) for o in alike)
    gone = (ref for ref in around.case.spent if ref.kind == kind and ref not in around.world.objects)
    return living + sum(around.case.spent[ref].name == name for ref in gone)


def _declares(declared: Declared, observed: Observed, parent_address: str) -> bool:
    if not _is_of(observed.ref.kind, declared) or declared.imported or declared.protected:
        return False
    if declared.name != observed.name:  # a name that nobody can evaluate is not the same as none
        return False
    targets = [target for _, target in declared.refers]
    return not parent_address or any(_same_address(target, parent_address) for target in targets)
