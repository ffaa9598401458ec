"""Barbican's kinds. Sources: key manager v1 reference; barbican/api/controllers for what a delete asks about.

Objects are named by links; a link's last part is the id. No listing shows the secret itself, and no field of a
secret's own body can carry a mark: it is found by its state, its name, or the order that made it.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, Reference
from janitor.core.model import Order

PAGE = MappingProxyType({"limit": "100"})  # ten without it
NEWEST = "1.2"  # a secret with consumers is refused, not taken from them
SERVICE = "key-manager"

KEY_KINDS = (
    Kind(
        name="secret",
        service=SERVICE,
        types=("keymanager_secret_v1",),
        sync=True,  # a row of barbican's own database, or a call to its store, before the answer
        path="/secrets",
        many="secrets",
        query=PAGE,
        newest=NEWEST,
        id_field="secret_ref",
        id_is_link=True,
        project_fields=(),
        created_field="created",
        facts=("secret_type", "consumers"),
        advice="take its consumers off: openstack secret consumer delete",
        quota=("secrets",),
    ),
    Kind(
        name="secret_container",
        service=SERVICE,
        types=("keymanager_container_v1",),
        sync=True,
        path="/containers",
        many="containers",
        query=PAGE,
        newest=NEWEST,
        id_field="container_ref",
        id_is_link=True,
        project_fields=(),
        created_field="created",
        references=(Reference("secret_refs[].secret_ref", "secret", Order.HOLDS, collection="secrets"),),
        facts=("type",),
        quota=("containers",),
    ),
    Kind(
        name="secret_order",
        service=SERVICE,
        types=("keymanager_order_v1",),
        sync=True,
        path="/orders",
        many="orders",
        query=PAGE,
        newest=NEWEST,
        id_field="order_ref",
        id_is_link=True,
        name_field="",
        project_fields=(),
        created_field="created",
        # What it made stays behind it, and nothing else says whose that is: the order goes last.
        references=(
            Reference("secret_ref", "secret", Order.HELD, collection="secrets"),
            Reference("container_ref", "secret_container", Order.HELD, collection="containers"),
        ),
        facts=("type",),
        quota=("orders",),
    ),
)
