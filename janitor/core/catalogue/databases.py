"""Trove's kinds. Sources: database v1.0 reference; trove/instance/models.py for what a delete accepts.

An instance takes its databases and users along; its server, volume and ports are Trove's own, in a project of its own.
"""

from __future__ import annotations

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

SERVICE = "database"
PASSING = (
    "BUILD",
    "REBOOT",
    "RESIZE",
    "RESTART_REQUIRED",
    "BACKUP",
    "UPGRADE",
    "EJECT",
    "PROMOTE",
    "DETACH",
    "SHUTDOWN",
)

DATABASE_KINDS = (
    Kind(
        name="database_instance",
        service=SERVICE,
        types=("db_instance_v1",),
        path="/instances",
        listing="/instances/detail",
        many="instances",
        one="instance",
        project_fields=("tenant_id",),
        created_field="created",
        references=(
            Reference("configuration.id", "database_configuration", Order.HOLDS),
            Reference("replica_of.id", "database_instance", Order.HOLDS),
            Reference("addresses[].network", "network", Order.HOLDS),
        ),
        facts=("replica_of", "configuration"),
        busy=PASSING,  # SHUTDOWN: it is being deleted
        dead=("DELETED",),
        advice="as admin: openstack database instance force delete {id}",
        readings=80,  # five minutes of listings: its server goes, and it shows nothing meanwhile
        timeout=900.0,
        quota=("instances", "volumes"),
        forbids=True,  # a source of replicas
        alone=True,
    ),
    *(
        Kind(
            name=name,
            service=SERVICE,
            types=(made_by,),
            fate=Fate.GOES_WITH,
            nested="database_instance",
            path=f"/instances/{{parent}}/{many}",
            many=many,
            id_field="name",
            project_fields=(),
            status_field="",
            created_field="",
            references=(Reference("^id", "database_instance", Order.WITH),),
            alone=True,
        )
        for name, made_by, many in (
            ("database", "db_database_v1", "databases"),
            ("database_user", "db_user_v1", "users"),
        )
    ),
    Kind(
        name="database_configuration",
        service=SERVICE,
        types=("db_configuration_v1",),
        path="/configurations",
        many="configurations",
        one="configuration",
        project_fields=("tenant_id",),
        status_field="",
        created_field="created",
        facts=("datastore_name",),
        marks=(MarkForm.DESCRIPTION,),
        created_mark=(MarkForm.DESCRIPTION,),
        alone=True,
    ),
)
