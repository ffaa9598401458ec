"""How things go that a plain DELETE does not remove: one module per service, a function per way.

`UNDO` is what `Kind.undo` names. `PREPARATIONS` are per kind: what must be taken off an object of ours before its
DELETE is accepted; never reached for what is not ours. `INSTEAD` are per kind, too: what is sent instead of a DELETE
to an object in a certain state.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from janitor.cloud.ways import (
    balancer,
    compute,
    identity,
    image,
    links,
    network,
    objects,
    orchestration,
    shares,
    storage,
)
from janitor.cloud.ways.sending import Instead, Prepare, Undo, parent_of

__all__ = ["INSTEAD", "PREPARATIONS", "UNDO", "parent_of"]

UNDO: Mapping[str, Undo] = MappingProxyType(
    {
        **network.UNDO,
        **links.UNDO,
        **compute.UNDO,
        **storage.UNDO,
        **image.UNDO,
        **identity.UNDO,
        **balancer.UNDO,
        **shares.UNDO,
        **objects.UNDO,
        **orchestration.UNDO,
    }
)
INSTEAD: Mapping[str, Instead] = MappingProxyType(compute.INSTEAD)
PREPARATIONS: Mapping[str, Prepare] = MappingProxyType(
    {
        **compute.PREPARATIONS,
        **links.PREPARATIONS,
        **storage.PREPARATIONS,
        **image.PREPARATIONS,
        **identity.PREPARATIONS,
        **shares.PREPARATIONS,
    }
)
