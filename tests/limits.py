"""Quotas of a test's project, set and read by the administrator in each service's own way: not janitor's readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ground.cloud import Project

PER_PROJECT = {
    "compute": ("PUT", "/os-quota-sets/{id}", "quota_set"),
    "block-storage": ("PUT", "/os-quota-sets/{id}", "quota_set"),
    "network": ("PUT", "/v2.0/quotas/{id}", "quota"),
    "load-balancer": ("PUT", "/v2.0/lbaas/quotas/{id}", "quota"),
    "key-manager": ("PUT", "/v1/project-quotas/{id}", "project_quotas"),
}


def limit(project: Project, limits: Mapping[tuple[str, str], int]) -> None:
    """Set these quotas, (service, key) → limit."""
    bodies: dict[str, dict[str, int]] = defaultdict(dict)
    for (service, key), value in limits.items():
        bodies[service][key] = value
    for service, body in bodies.items():
        method, path, key = PER_PROJECT[service]
        project.admin.service(service, method, path.format(id=project.id), {key: body})


def usage(project: Project) -> dict[tuple[str, str], int]:
    """What is in use, where the services say so to the administrator."""
    found: dict[tuple[str, str], int] = {}
    for service, path, body, word in (
        ("compute", f"/os-quota-sets/{project.id}/detail", "quota_set", "in_use"),
        ("block-storage", f"/os-quota-sets/{project.id}?usage=True", "quota_set", "in_use"),
        ("network", f"/v2.0/quotas/{project.id}/details.json", "quota", "used"),
    ):
        told = project.admin.service(service, "GET", path)[body]
        found |= {(service, key): value[word] for key, value in told.items() if isinstance(value, dict)}
    return found
