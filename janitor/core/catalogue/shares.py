"""Manila's kinds. Sources: shared file systems v2 reference, its microversion history, and a live Manila.

A share server is nobody's object here: it outlives its last share, holds the network with ports of its own, and goes
with its share network.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

NEWEST = "2.81"  # resource locks; nothing later changes what is read here
SERVICE = "shared-file-system"
DESCRIBED = (MarkForm.DESCRIPTION,)
LABELLED = (MarkForm.METADATA, MarkForm.DESCRIPTION)
PASSING = ("creating", "creating_from_snapshot", "extending", "shrinking", "reverting", "migrating", "deleting")
STUCK = ("error_deleting", "error_deferred_deleting")

SHARE_KINDS = (
    Kind(
        name="share",
        service=SERVICE,
        types=("sharedfilesystem_share_v2",),
        path="/shares",
        listing="/shares/detail",
        many="shares",
        one="share",
        newest=NEWEST,
        references=(
            Reference("share_network_id", "share_network", Order.HOLDS),
            # Made from a snapshot, it lives on without it.
            Reference("snapshot_id", "share_snapshot", Order.NAMES),
        ),
        facts=("share_network_id", "snapshot_id", "share_group_id", "size", "is_public"),
        marks=LABELLED,
        created_mark=LABELLED,
        busy=PASSING,
        stuck=STUCK,
        advice="as admin: openstack share delete --force {id}",
        readings=40,  # two or three minutes: a backend may copy before it deletes
        timeout=600.0,
        quota=("shares", "gigabytes"),
        forbids=True,
        alone=True,
    ),
    Kind(
        name="share_snapshot",
        service=SERVICE,
        types=(),
        path="/snapshots",
        listing="/snapshots/detail",
        many="snapshots",
        one="snapshot",
        newest=NEWEST,
        references=(Reference("share_id", "share", Order.HOLDS),),
        facts=("share_id", "size"),
        marks=LABELLED,
        created_mark=LABELLED,
        busy=PASSING,
        stuck=("error_deleting",),
        advice="as admin: openstack share snapshot delete --force {id}",
        readings=40,
        timeout=600.0,
        quota=("snapshots", "snapshot_gigabytes"),
        alone=True,
    ),
    Kind(
        name="share_access_rule",
        service=SERVICE,
        types=("sharedfilesystem_share_access_v2",),
        fate=Fate.GOES_WITH,
        nested="share",
        state_id="{share_id}/{id}",
        path="/share-access-rules",
        many="access_list",
        one="access",
        query=MappingProxyType({"share_id": "{parent}"}),
        newest=NEWEST,
        oldest="2.45",
        name_field="",
        project_fields=(),
        status_field="state",
        references=(Reference("^id", "share", Order.WITH),),
        facts=("access_type", "access_level"),
        undo="deny_access",
        busy=("new", "queued_to_apply", "applying", "queued_to_deny", "denying"),
        alone=True,
    ),
    Kind(
        name="share_network",
        service=SERVICE,
        types=("sharedfilesystem_sharenetwork_v2",),
        sync=True,  # its row is gone with the answer; its share servers take their time
        path="/share-networks",
        listing="/share-networks/detail",
        many="share_networks",
        one="share_network",
        newest=NEWEST,
        references=(
            Reference("share_network_subnets[].neutron_net_id", "network", Order.HOLDS),
            Reference("share_network_subnets[].neutron_subnet_id", "subnet", Order.HOLDS),
            Reference("neutron_net_id", "network", Order.HOLDS),  # before 2.51, where it has one subnet
            Reference("neutron_subnet_id", "subnet", Order.HOLDS),
        ),
        facts=("share_network_subnets",),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("share_networks",),
        alone=True,
    ),
    Kind(
        name="security_service",
        service=SERVICE,
        types=("sharedfilesystem_securityservice_v2",),
        sync=True,  # a row in the API's own database
        path="/security-services",
        listing="/security-services/detail",
        many="security_services",
        one="security_service",
        newest=NEWEST,
        facts=("type",),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        # Only the listing says which share networks have it.
        after=("share_network",),
        forbids=True,
        alone=True,
    ),
)
