"""Cinder's kinds. Sources: block storage v3 reference; cinder/volume/api.py for what a delete accepts."""

from __future__ import annotations

from functools import partial

from janitor.core.catalogue.entry import Derived, Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

FORCE = "as admin: openstack {what} delete --force {{id}}"
REMARKS = "3.5"  # of /messages, narrowed to one object
PASSING = (
    *("creating", "downloading", "uploading", "attaching", "detaching", "retyping", "extending", "reserved"),
    *("backing-up", "restoring-backup"),
)

OfAdministrators = partial(
    Kind,
    service="block-storage",
    fate=Fate.REFUSED,
    sync=True,  # a row of the API's own database
    status_field="",
    created_field="",
    project_fields=(),
)
"""What only an administrator may change."""

STORAGE_KINDS = (
    Kind(
        name="volume",
        service="block-storage",
        types=("blockstorage_volume_v3", "blockstorage_volume_v2", "blockstorage_volume_v1"),
        path="/volumes",
        listing="/volumes/detail",
        many="volumes",
        one="volume",
        microversion="3.13",  # the first that names a volume's group
        project_fields=("os-vol-tenant-attr:tenant_id",),
        references=(
            Reference("attachments[].server_id", "server", Order.HELD),
            # A clone or a volume made from a snapshot may hold its source on some backends.
            Reference("snapshot_id", "volume_snapshot", Order.HOLDS),
            Reference("source_volid", "volume", Order.HOLDS),
        ),
        facts=("attachments", "snapshot_id", "source_volid", "bootable", "migration_status", "group_id", "size"),
        marks=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        created_mark=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        busy=(*PASSING, "in-use", "deleting", "maintenance"),
        stuck=("error_deleting",),
        advice=FORCE.format(what="volume"),
        remarks=REMARKS,
        readings=16,  # a backend that wipes its volumes shows nothing meanwhile
        quota=("volumes", "gigabytes"),
    ),
    Kind(
        name="volume_snapshot",
        service="block-storage",
        types=(),
        path="/snapshots",
        listing="/snapshots/detail",
        many="snapshots",
        one="snapshot",
        project_fields=("os-extended-snapshot-attributes:project_id",),
        references=(Reference("volume_id", "volume", Order.HOLDS),),
        facts=("volume_id", "size"),
        marks=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        created_mark=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        busy=("creating", "deleting", "backing-up"),
        stuck=("error_deleting",),
        advice=FORCE.format(what="volume snapshot"),
        remarks=REMARKS,
        readings=16,
        quota=("snapshots",),
    ),
    Kind(
        name="volume_backup",
        service="block-storage",
        types=(),
        path="/backups",
        listing="/backups/detail",
        many="backups",
        one="backup",
        project_fields=("os-backup-project-attr:project_id",),
        # Kept when somebody made it of our volume; ours only by mark, journal or log.
        references=(Reference("volume_id", "volume", Order.NAMES),),
        facts=("volume_id", "is_incremental", "has_dependent_backups"),
        marks=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        created_mark=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        busy=("creating", "deleting", "restoring"),
        stuck=("error_deleting",),
        advice=FORCE.format(what="volume backup"),
        remarks=REMARKS,
        readings=16,
    ),
    Kind(
        name="host_attachment",
        service="block-storage",
        types=("blockstorage_volume_attach_v3", "blockstorage_volume_attach_v2"),
        fate=Fate.UNDONE,
        # What Nova attached names a server, and is a volume_attachment.
        derived=Derived("volume", each="attachments", id="{volume_id}/{attachment_id}", when=("server_id", ("",))),
        name_field="",
        references=(Reference("volume_id", "volume", Order.HOLDS),),
        facts=("volume_id", "attachment_id", "host_name"),
        undo="detach_host",
        parent="volume",
    ),
    Kind(
        name="volume_quota",
        service="block-storage",
        types=("blockstorage_quotaset_v3", "blockstorage_quotaset_v2"),
        fate=Fate.NOTHING,
        why="the quota stays as it was applied, as after terraform destroy",
    ),
    OfAdministrators(
        name="volume_type",
        types=("blockstorage_volume_type_v3",),
        why="other projects may use the type",
        path="/types",
        one="volume_type",
        veiled=True,
        after=("volume", "volume_type_access", "volume_qos_association"),
    ),
    OfAdministrators(
        name="volume_type_access",
        types=("blockstorage_volume_type_access_v3",),
        why="it lets another project use the type",
        path="/types/{parent}/os-volume-type-access",
        nested="volume_type",
        many="volume_type_access",
        id_field="project_id",
        name_field="",
        references=(Reference("^id", "volume_type", Order.HOLDS),),
        undo="forbid_volume_type",
    ),
    OfAdministrators(
        name="volume_qos",
        types=("blockstorage_qos_v3",),
        why="it acts on every volume of its types",
        path="/qos-specs",
        one="qos_specs",
        after=("volume_qos_association",),
    ),
    OfAdministrators(
        name="volume_qos_association",
        types=("blockstorage_qos_association_v3",),
        why="it acts on every volume of the type",
        path="/qos-specs/{parent}/associations",
        nested="volume_qos",
        many="qos_associations",
        references=(Reference("^id", "volume_qos", Order.HOLDS), Reference("id", "volume_type", Order.HOLDS)),
        undo="disassociate_qos",
    ),
)
