"""What is needed against what is free: one finding for each quota, pool of addresses and planned subnet.

Unknown is not zero and not enough: a limit or a usage that no service told makes an open end, unless the known part
alone is too much already. -1 is no limit.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from janitor.core.fitness import Finding, Fit, Topic
from janitor.core.needs import LARGEST, NETWORK, Need
from janitor.core.text import counted, some
from janitor.core.wanted import Wanted

UNLIMITED = -1
DEFAULT_GROUP = {"security_group": 1, "security_group_rule": 4}
"""What Neutron adds to a project that was never used: the group `default` with its rules."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One quota as its service tells it; None is what it does not tell."""

    limit: int | None = None
    used: int | None = None

    @property
    def unlimited(self) -> bool:
        """Whether there is no limit."""
        return self.limit is not None and self.limit < 0

    @property
    def free(self) -> int | None:
        """What is left, never less than nothing; None where it is not known, or without a limit."""
        if self.limit is None or self.used is None or self.unlimited:
            return None
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Pool:
    """The addresses of an external network; `free` is None where this account is not told."""

    id: str
    name: str = ""
    free: int | None = None


Quotas = Mapping[tuple[str, str], Allowance]
"""(service, key) → what it allows."""


def quota_findings(
    needs: Iterable[Need],
    quotas: Quotas,
    unanswered: Mapping[str, str],
    held: Mapping[str, int],
    *,
    besides: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Every need held against its quota.

    `unanswered`: service → why its quotas are not known; `held`: kind → how many leftovers there are of it; `besides`:
    what the cloud itself may take, and may not.
    """
    telling = {service for service, _ in quotas}
    for need in needs:
        allowance = quotas.get((need.service, need.key), Allowance())
        if need.key in LARGEST and allowance.used is None:
            allowance = Allowance(allowance.limit, 0)  # the limit of one new object
        why = unanswered.get(need.service, "")
        found = _held_against(_with_default_group(need, allowance), allowance, why, held)
        # A service that tells its limits, and none of this name, has no such limit: that alone makes nothing unfit.
        untold = (need.service, need.key) not in quotas and need.service in telling
        found = replace(found, counts=False) if untold and found.fit is Fit.UNKNOWN else found
        yield _with_room_for(found, besides.get((need.service, need.key), 0))


def _with_room_for(found: Finding, more: int) -> Finding:
    """A need that is met, and would not be where the cloud takes more for itself, which nobody tells."""
    if found.fit is not Fit.FIT or found.free is None or (found.needed or 0) + more <= found.free:
        return found
    reason = f"{found.reason}; a cloud with DHCP agents takes up to {more} more for itself"
    remedy = f"where it has them, ask for a limit that leaves {more} more"
    return replace(found, fit=Fit.UNKNOWN, reason=reason, remedy=remedy, counts=False)


def _with_default_group(need: Need, allowance: Allowance) -> Need:
    more = DEFAULT_GROUP.get(need.key, 0) if need.service == NETWORK and allowance.used == 0 else 0
    return Need(need.service, need.key, need.amount + more, need.by, need.unknown)


def _held_against(need: Need, allowance: Allowance, unanswered: str, held: Mapping[str, int]) -> Finding:
    asked = f"{need.amount} needed" if not need.unknown else f"at least {need.amount} needed"
    who = "for " + some(counted(n, kind) for kind, n in sorted(need.by.items()))
    open_end = f"what {some(need.unknown, most=2)} takes is not known" if need.unknown else ""
    free = allowance.free

    def answer(fit: Fit, line: str, reason: str, remedy: str = "") -> Finding:
        return Finding(Topic.QUOTA, need.label, fit, f"{asked}, {line}", reason, remedy, needed=need.amount, free=free)

    if allowance.unlimited:
        return answer(Fit.FIT, "no limit", who)
    least = free if free is not None else allowance.limit
    if least is not None and need.amount > least:
        return answer(Fit.NOT_FIT, _told(allowance), who, _remedy(need, allowance, held))
    if free is None:
        why = unanswered or "the service tells this account no such limit, or not what is in use"
        return answer(Fit.UNKNOWN, "what is free is not known", f"{who}; {why}", "look at the project's quota")
    if need.unknown:
        return answer(Fit.UNKNOWN, _told(allowance), f"{who}; {open_end}", "see what is said of its flavor or size")
    return answer(Fit.FIT, _told(allowance), who)


def _told(allowance: Allowance) -> str:
    used = "usage not known" if allowance.used is None else f"{allowance.used} in use"
    free = "" if allowance.free is None else f"{allowance.free} free, "
    return f"{free}limit {allowance.limit}, {used}"


def _remedy(need: Need, allowance: Allowance, held: Mapping[str, int]) -> str:
    if need.key in LARGEST:
        return f"ask an administrator for a limit of {need.amount}, or ask for less"
    limit, free = need.amount + (allowance.used or 0), allowance.free
    short = need.amount - (free if free is not None else allowance.limit or 0)
    left = {kind: n for kind, n in held.items() if kind in need.by}
    first = (
        f"remove the leftovers ({some(counted(n, k) for k, n in sorted(left.items()))}) first; else " if left else ""
    )
    free_some = "" if allowance.used is not None and allowance.used < short else f"free {short} of them, or "
    return f"{first}{free_some}ask an administrator for a limit of {limit}"


def pool_findings(wanted: Iterable[Wanted], pools: Iterable[Pool]) -> Iterator[Finding]:
    """Floating IPs and routers' gateways against the free addresses of the network they come from."""
    asked = _addresses(wanted)
    for pool in sorted(pools, key=lambda p: (p.name, p.id)):
        needed = asked[pool.id] + (asked[pool.name] if pool.name != pool.id else 0)
        if not needed:
            continue
        subject, line = f"pool {pool.name or pool.id}", counted(needed, "address") + " needed"
        if pool.free is None:
            yield Finding(
                Topic.ADDRESSES, subject, Fit.UNKNOWN, f"{line}, how many are free is not told to this account",
                "only who may read network-ip-availability (an administrator, as a rule) knows", "ask the operator",
                counts=False, needed=needed,
            )  # fmt: skip
            continue
        fit = Fit.FIT if pool.free >= needed else Fit.NOT_FIT
        remedy = "" if fit is Fit.FIT else "release floating IPs that nobody uses, or take another pool"
        why = "for floating IPs and routers' gateways"
        yield Finding(
            Topic.ADDRESSES, subject, fit, f"{line}, {pool.free} free", why, remedy,
            needed=needed, free=pool.free,
        )  # fmt: skip


def _addresses(wanted: Iterable[Wanted]) -> Counter[str]:
    """How many addresses are taken of each network, by the name or id that the configuration gives."""
    everything = {one.address: one for one in wanted}
    asked: Counter[str] = Counter()
    for one in everything.values():
        attribute = {"floating_ip": "pool", "router": "external_network_id"}.get(one.makes, "")
        if attribute:
            asked[one.text(attribute) or _read_name(one, attribute, everything)] += 1
    return asked


def _read_name(one: Wanted, attribute: str, everything: Mapping[str, Wanted]) -> str:
    read = (everything[target] for target in one.named_by(attribute) if target in everything)
    return next((found for r in read if (found := r.text("network_id") or r.text("name"))), "")


def subnet_findings(wanted: Iterable[Wanted]) -> Iterator[Finding]:
    """Subnets that are to be made against the ports that are to be made in them: a /29 has room for five."""
    everything = tuple(wanted)
    taken = _ports_by_subnet(everything)
    for one in everything:
        room = _room(one.text("cidr"), gateway=not one.flag("no_gateway")) if one.makes == "subnet" else None
        needed = taken[one.address]
        if room is not None and needed > room:
            yield Finding(
                Topic.ADDRESSES, f"subnet {one.address}", Fit.NOT_FIT,
                f"{counted(needed, 'address')} needed, {one.text('cidr')} has {room}",
                "for ports, router interfaces and load balancers that name it", "give it a larger cidr",
                needed=needed, free=room,
            )  # fmt: skip


def _ports_by_subnet(wanted: Iterable[Wanted]) -> Counter[str]:
    taken: Counter[str] = Counter()
    for one in wanted:
        attribute = {"port": "fixed_ip.subnet_id", "load_balancer": "vip_subnet_id"}.get(one.makes, "")
        for target in one.named_by(attribute):
            taken[target] += 1
    return taken


def _room(cidr: str, *, gateway: bool) -> int | None:
    """The addresses that Neutron gives out of a cidr: not those of network and broadcast, nor of a gateway."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
    outside = 2 if network.version == 4 else 1  # noqa: PLR2004 - the version of the protocol
    return max(0, network.num_addresses - outside - gateway)
