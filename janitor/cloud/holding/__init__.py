"""Kinds whose refusal is about another object, and how that one is found: one module per service."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from janitor.cloud.holding import (
    balancer,
    clusters,
    databases,
    dns,
    keys,
    network,
    objects,
    orchestration,
    shares,
    storage,
)
from janitor.cloud.holding.finding import Find

FINDERS: Mapping[str, Find] = MappingProxyType(
    {
        **network.FINDERS,
        **storage.FINDERS,
        **balancer.FINDERS,
        **shares.FINDERS,
        **keys.FINDERS,
        **clusters.FINDERS,
        **databases.FINDERS,
        **dns.FINDERS,
        **objects.FINDERS,
        **orchestration.FINDERS,
    }
)
"""Of the other kinds, the service's text stands alone."""
