"""Magnum's kinds. Source: container infrastructure management v1 reference.

A cluster takes its node groups along, and the Heat stack that Magnum made for it.
"""

from __future__ import annotations

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

SERVICE = "container-infra"
LABELS = (MarkForm.METADATA,)
PASSING = (
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
    "SNAPSHOT_IN_PROGRESS",
    "RESTORE_IN_PROGRESS",
    "ADOPT_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
)
PATIENT = 240  # a quarter of an hour of listings: a stack of servers goes, and its cluster shows nothing meanwhile

CLUSTER_KINDS = (
    Kind(
        name="cluster",
        service=SERVICE,
        types=("containerinfra_cluster_v1",),
        path="/clusters",
        listing="/clusters/detail",
        many="clusters",
        id_field="uuid",
        references=(
            Reference("cluster_template_id", "cluster_template", Order.HOLDS),
            Reference("fixed_network", "network", Order.HOLDS),
            Reference("fixed_subnet", "subnet", Order.HOLDS),
            Reference("keypair", "keypair", Order.NAMES),
        ),
        facts=("cluster_template_id", "stack_id", "status_reason"),
        metadata_field="labels",
        marks=LABELS,
        created_mark=LABELS,
        busy=PASSING,
        dead=("DELETE_COMPLETE",),
        advice="openstack coe cluster show {id} names its stack, and openstack stack failures list --long why it stays",
        readings=PATIENT,
        timeout=1800.0,
        quota=("Cluster",),
        alone=True,
    ),
    Kind(
        name="nodegroup",
        service=SERVICE,
        types=("containerinfra_nodegroup_v1",),
        fate=Fate.GOES_WITH,
        nested="cluster",
        path="/clusters/{parent}/nodegroups",
        many="nodegroups",
        microversion="1.9",
        id_field="uuid",
        created_field="",  # no listing says it
        references=(Reference("^id", "cluster", Order.WITH),),
        facts=("is_default", "role"),
        metadata_field="labels",
        parent="cluster",
        busy=PASSING,
        dead=("DELETE_COMPLETE",),
        advice="openstack coe nodegroup show CLUSTER {id} says why; a default node group goes with its cluster only",
        readings=PATIENT,
        timeout=1800.0,
        alone=True,
    ),
    Kind(
        name="cluster_template",
        service=SERVICE,
        types=("containerinfra_clustertemplate_v1",),
        sync=True,  # a row in the API's own database
        path="/clustertemplates",
        listing="/clustertemplates/detail",
        many="clustertemplates",
        id_field="uuid",
        status_field="",
        references=(Reference("keypair_id", "keypair", Order.NAMES),),
        facts=("public", "hidden"),
        shared=(("public", True),),
        metadata_field="labels",
        marks=LABELS,
        created_mark=LABELS,
        alone=True,
    ),
)
