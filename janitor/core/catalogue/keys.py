"""Barbican's kinds. Sources: key manager v1 reference; barbican/api/controllers for what a delete asks about.

Objects are named by links; a link's last part is the id. No listing shows the secret itself, and no field of a
secret's own body can carry a mark: it is found by its state, its name, or the order that made it.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, Reference
from janitor.core.model import Order

PAGE = MappingProxyType({"limit": "100"})  # ten without it
NEWEST = "1.2"  # a secret with consumers is refused, not taken from them

KeyKind = partial(
    Kind,
    service="key-manager",
    sync=True,  # a row of barbican's own database, or a call to its store, before the answer
    query=PAGE,
    newest=NEWEST,
    id_is_link=True,
    project_fields=(),
    created_field="created",
)

KEY_KINDS = (
    KeyKind(
        name="secret",
        types=("keymanager_secret_v1",),
        path="/secrets",
        many="secrets",
        id_field="secret_ref",
        facts=("secret_type", "consumers"),
        advice="take its consumers off: openstack secret consumer delete",
        quota=("secrets",),
    ),
    KeyKind(
        name="secret_container",
        types=("keymanager_container_v1",),
        path="/containers",
        many="containers",
        id_field="container_ref",
        references=(Reference("secret_refs[].secret_ref", "secret", Order.HOLDS, collection="secrets"),),
        facts=("type",),
        quota=("containers",),
    ),
    KeyKind(
        name="secret_order",
        types=("keymanager_order_v1",),
        path="/orders",
        many="orders",
        id_field="order_ref",
        name_field="",
        # What it made stays behind it, and nothing else says whose that is: the order goes last.
        references=(
            Reference("secret_ref", "secret", Order.HELD, collection="secrets"),
            Reference("container_ref", "secret_container", Order.HELD, collection="containers"),
        ),
        facts=("type",),
        quota=("orders",),
    ),
)
