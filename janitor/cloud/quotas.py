"""What a project may have, and has: limit and usage as each service tells them to the project's own user.

Some tell limits alone (Octavia, Barbican, Designate): there the caller counts. A service that does not answer is said
so, with its reason: its quotas are unknown, never unlimited. Nothing is written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from janitor.cloud import batch
from janitor.cloud.asking import answered
from janitor.cloud.live import reason
from janitor.cloud.session import Session
from janitor.cloud.wire import Response
from janitor.core.capacity import UNLIMITED, Allowance
from janitor.core.wanted import whole
from janitor.engine.protocols import Answer, CloudFault, Reply

Allowances = Mapping[str, Allowance]

TIMEOUT = 20.0
"""Seconds for one answer: who waits longer for a quota has no environment to test in."""

NOVA = MappingProxyType(
    {
        "instances": ("maxTotalInstances", "totalInstancesUsed"),
        "cores": ("maxTotalCores", "totalCoresUsed"),
        "ram": ("maxTotalRAMSize", "totalRAMUsed"),
        "key_pairs": ("maxTotalKeypairs", ""),
        "server_groups": ("maxServerGroups", "totalServerGroupsUsed"),
        "server_group_members": ("maxServerGroupMembers", ""),
    }
)
"""Our key → Nova's words for limit and usage."""

CINDER = MappingProxyType(
    {
        "volumes": ("maxTotalVolumes", "totalVolumesUsed"),
        "gigabytes": ("maxTotalVolumeGigabytes", "totalGigabytesUsed"),
        "snapshots": ("maxTotalSnapshots", "totalSnapshotsUsed"),
        "backups": ("maxTotalBackups", "totalBackupsUsed"),
        "backup_gigabytes": ("maxTotalBackupGigabytes", "totalBackupGigabytesUsed"),
    }
)
"""The same of Cinder, where the set of quotas is not told: it lacks those of the types."""

TROVE = MappingProxyType({"instances": ("max_instances", ""), "volumes": ("max_volumes", "")})
OLD_WORDS = MappingProxyType({"loadbalancer": "load_balancer", "healthmonitor": "health_monitor"})
"""Octavia's former words, which it still says beside the new ones, or alone."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one service told. `denied`: it let us in, and does not let us see."""

    service: str
    allowances: Allowances = field(default_factory=dict)
    problem: str = ""
    denied: bool = False
    silent: bool = False  # no answer that says anything
    seconds: float = 0.0


def told(session: Session, services: Iterable[str], *, threads: int) -> tuple[Told, ...]:
    """What each of these services tells, all asked at once. What a service has no quotas for is an empty answer."""
    tasks = [partial(_told, session, service) for service in sorted(services)]
    return tuple(batch.all_of(tasks, threads=threads))


def _told(session: Session, service: str) -> Told:
    begun = time.monotonic()
    try:
        _greet(session, service)
    except CloudFault as fault:
        refused = fault.answer.reply is Reply.DENIED
        return Told(service, problem=reason(fault.answer), denied=refused, silent=not refused, seconds=_since(begun))
    seconds = _since(begun)
    try:
        return Told(service, READERS[service](session, service) if service in READERS else {}, seconds=seconds)
    except CloudFault as fault:
        return Told(service, problem=f"its quotas are not told: {reason(fault.answer)}", seconds=seconds)


def _since(begun: float) -> float:
    return time.monotonic() - begun


def _greet(session: Session, service: str) -> None:
    """A harmless question: whether the service answers, and lets this account in. Raises CloudFault."""
    path = GREETINGS.get(service)
    if path is not None:
        answered(session, service, "GET", path, params={"limit": "1"}, timeout=TIMEOUT)


def _asked(session: Session, service: str, path: str, *, version: str = "", **query: str) -> Response:
    """One request that has to succeed. Raises CloudFault."""
    project = path.replace("{project}", session.scope.project_id)
    response = answered(session, service, "GET", project, params=query, microversion=version, timeout=TIMEOUT)
    if not response.mapping():
        raise CloudFault(Answer(Reply.BROKEN, response.status, text=f"GET {path}: an answer that tells no quota"))
    return response


def _nova(session: Session, service: str) -> Allowances:
    limits = _asked(session, service, "/limits").mapping("limits").get("absolute")
    return _absolute(limits, NOVA)


def _neutron(session: Session, service: str) -> Allowances:
    """With usage where the cloud has that extension, else the limits alone."""
    try:
        body = _asked(session, service, "/v2.0/quotas/{project}/details.json").mapping("quota")
    except CloudFault as fault:
        if fault.answer.reply is not Reply.REFUSED and fault.answer.status != 404:  # noqa: PLR2004
            raise
        body = _asked(session, service, "/v2.0/quotas/{project}").mapping("quota")
    return _detailed(body, used="used")


def _cinder(session: Session, service: str) -> Allowances:
    """The set of quotas tells those of the types, too; who may not see it is told the sums."""
    try:
        body = _asked(session, service, "/os-quota-sets/{project}", usage="True").mapping("quota_set")
    except CloudFault as fault:
        if fault.answer.reply is not Reply.DENIED:
            raise
        return _absolute(_asked(session, service, "/limits").mapping("limits").get("absolute"), CINDER)
    return _detailed(body, used="in_use")


def _manila(session: Session, service: str) -> Allowances:
    path, version = "/quota-sets/{project}/detail", session.microversion(service, "2.62")
    return _detailed(_asked(session, service, path, version=version).mapping("quota_set"), used="in_use")


def _octavia(session: Session, service: str) -> Allowances:
    body = _asked(session, service, "/v2/lbaas/quotas/{project}").mapping("quota")
    found = {OLD_WORDS.get(key, key): value for key, value in body.items()}
    return _plain(found)


def _barbican(session: Session, service: str) -> Allowances:
    limits = _plain(_asked(session, service, "/quotas").mapping("quotas"))
    used = {key: whole(_asked(session, service, f"/{key}", limit="1").mapping().get("total")) for key in STORED}
    return {key: Allowance(one.limit, used.get(key)) for key, one in limits.items()}


STORED = ("secrets", "containers", "orders")


def _designate(session: Session, service: str) -> Allowances:
    return _plain(_asked(session, service, "/v2/quotas/{project}").mapping())


def _glance(session: Session, service: str) -> Allowances:
    """A Glance without unified limits has none of a project; one that is older than this question tells nothing."""
    body = _asked(session, service, "/v2/info/usage").mapping("usage")
    unlimited = {"image_count_total": Allowance(UNLIMITED), "image_size_total": Allowance(UNLIMITED)}
    return {**unlimited, **_detailed(body, used="usage")}


def _magnum(session: Session, service: str) -> Allowances:
    body = _asked(session, service, "/quotas/{project}/Cluster").mapping()
    return {"Cluster": Allowance(whole(body.get("hard_limit")))}


def _trove(session: Session, service: str) -> Allowances:
    limits = _asked(session, service, "/limits").elements("limits")
    return _absolute(next((one for one in limits if one.get("verb") == "ABSOLUTE"), {}), TROVE)


def _absolute(limits: object, words: Mapping[str, tuple[str, str]]) -> Allowances:
    body = limits if isinstance(limits, Mapping) else {}
    return {
        key: Allowance(whole(body.get(limit)), whole(body.get(used)) if used else None)
        for key, (limit, used) in words.items()
        if limit in body
    }


def _detailed(body: Mapping[str, object], *, used: str) -> Allowances:
    """Quotas with limit, usage and what is reserved for requests under way; of a plain number, the limit alone."""
    found: dict[str, Allowance] = {}
    for key, value in body.items():
        if isinstance(value, Mapping):
            in_use, reserved = whole(value.get(used)), whole(value.get("reserved")) or 0
            found[key] = Allowance(whole(value.get("limit")), in_use + reserved if in_use is not None else None)
        elif whole(value) is not None:
            found[key] = Allowance(whole(value))
    return found


def _plain(body: Mapping[str, object]) -> Allowances:
    return {key: Allowance(limit) for key, value in body.items() if (limit := whole(value)) is not None}


READERS: Mapping[str, Callable[[Session, str], Allowances]] = MappingProxyType(
    {
        "compute": _nova,
        "network": _neutron,
        "block-storage": _cinder,
        "shared-file-system": _manila,
        "load-balancer": _octavia,
        "key-manager": _barbican,
        "dns": _designate,
        "image": _glance,
        "container-infra": _magnum,
        "database": _trove,
    }
)
"""Service → who reads its quotas."""

GREETINGS: Mapping[str, str] = MappingProxyType(
    {
        "compute": "/servers",
        "network": "/v2.0/networks",
        "block-storage": "/volumes",
        "image": "/v2/images",
        "load-balancer": "/v2/lbaas/loadbalancers",
        "key-manager": "/secrets",
        "dns": "/v2/zones",
        "shared-file-system": "/shares",
        "orchestration": "/stacks",
        "object-store": "",
        "container-infra": "/clusters",
        "database": "/instances",
        "workflow": "/workflows",
    }
)
"""Service → a listing that whoever may use the service may see."""
