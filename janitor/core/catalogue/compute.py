"""Nova's kinds. Sources: compute API reference; nova/compute/api.py for what a delete accepts."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from janitor.core.catalogue.entry import Derived, Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

OfAdministrators = partial(
    Kind,
    service="compute",
    fate=Fate.REFUSED,
    sync=True,  # a row of the API's own database
    status_field="",
    created_field="",
    project_fields=(),
)
"""What only an administrator may change."""

COMPUTE_KINDS = (
    Kind(
        name="server",
        service="compute",
        types=("compute_instance_v2",),
        path="/servers",
        listing="/servers/detail",
        many="servers",
        one="server",
        # 2.26 shows tags; from 2.69 on, a server whose cell is away is shown by its id, and not skipped.
        newest="2.69",
        oldest="2.26",
        unread="UNKNOWN",
        project_fields=("tenant_id",),
        created_field="created",
        references=(
            Reference("image.id", "image", Order.NAMES),
            Reference("os-extended-volumes:volumes_attached[].id", "volume", Order.HOLDS),
        ),
        facts=(
            "os-extended-volumes:volumes_attached",
            "OS-EXT-STS:task_state",
            "OS-EXT-STS:vm_state",
            "key_name",
            "locked",
            "user_id",
            "fault",
        ),
        marks=(MarkForm.METADATA, MarkForm.TAGS),
        created_mark=(MarkForm.METADATA,),
        dead=("DELETED",),
        lingering=("SOFT_DELETED",),  # where the cloud keeps deleted servers for a while, with ports and volumes
        advice="as admin: openstack server set --state error {id}; openstack server delete {id}",
        readings=16,  # half a minute in task state `deleting` is nothing for a compute host
        quota=("instances", "cores", "ram"),
    ),
    Kind(
        name="volume_attachment",
        service="compute",
        types=("compute_volume_attach_v2",),
        fate=Fate.UNDONE,
        derived=Derived("volume", each="attachments", id="{server_id}/{volume_id}"),
        name_field="",
        references=(
            Reference("server_id", "server", Order.WITH),
            Reference("volume_id", "volume", Order.HOLDS),
        ),
        facts=("server_id", "volume_id", "attachment_id", "server_is"),
        undo="detach_volume",
        parent="server",
    ),
    Kind(
        name="keypair",
        service="compute",
        types=("compute_keypair_v2",),
        sync=True,  # a row in the API's own database, no agent has a part in it
        path="/os-keypairs",
        many="keypairs",
        one="keypair",
        id_field="name",
        project_fields=(),
        status_field="",
        facts=("fingerprint", "user_id"),
        # A key pair `ci` that somebody else made again is not the one of the state.
        same=("fingerprint", "user_id"),
        personal=True,
        quota=("key_pairs",),
    ),
    Kind(
        name="server_group",
        service="compute",
        types=("compute_servergroup_v2",),
        sync=True,  # a row in the API's own database, no agent has a part in it
        path="/os-server-groups",
        many="server_groups",
        one="server_group",
        microversion="2.26",
        created_field="",
        status_field="",
        references=(Reference("members[]", "server", Order.HELD),),
        facts=("members", "policies"),
        query=MappingProxyType({}),
        quota=("server_groups",),
    ),
    Kind(
        name="compute_quota",
        service="compute",
        types=("compute_quotaset_v2",),
        fate=Fate.NOTHING,
        why="the quota stays as it was applied, as after terraform destroy",
    ),
    OfAdministrators(
        name="flavor",
        types=("compute_flavor_v2",),
        why="other projects may use the flavor",
        path="/flavors",
        one="flavor",
        facts=("os-flavor-access:is_public",),
        veiled=True,
        after=("server", "flavor_access"),
    ),
    OfAdministrators(
        name="flavor_access",
        types=("compute_flavor_access_v2",),
        why="it lets another project use the flavor",
        path="/flavors/{parent}/os-flavor-access",
        nested="flavor",
        many="flavor_access",
        id_field="tenant_id",
        name_field="",
        references=(Reference("^id", "flavor", Order.HOLDS),),
        undo="forbid_flavor",
    ),
    OfAdministrators(
        name="aggregate",
        types=("compute_aggregate_v2",),
        why="it groups the hosts of every project",
        path="/os-aggregates",
        one="aggregate",
        facts=("hosts", "availability_zone"),
        after=("server",),
    ),
)
