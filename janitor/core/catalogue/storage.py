"""Cinder's and Glance's kinds. Sources: block storage v3 and image v2 references; cinder/volume/api.py."""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, MarkForm, Reference
from janitor.core.model import Order

FORCE = "as admin: openstack {what} delete --force {{id}}"
PASSING = ("creating", "downloading", "uploading", "attaching", "detaching", "retyping", "extending", "reserved")

STORAGE_KINDS = (
    Kind(
        name="volume",
        service="block-storage",
        types=("blockstorage_volume_v3", "blockstorage_volume_v2", "blockstorage_volume_v1"),
        path="/volumes",
        listing="/volumes/detail",
        many="volumes",
        one="volume",
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
        readings=16,
    ),
    Kind(
        name="image",
        service="image",
        types=("images_image_v2",),
        path="/v2/images",
        many="images",
        one="",
        query=MappingProxyType({"owner": "{project}", "limit": "200"}),
        project_fields=("owner",),
        facts=("visibility", "protected", "size", "os_hidden"),
        marks=(MarkForm.TAGS,),
        created_mark=(MarkForm.TAGS,),
        metadata_field="",
        after=("server", "volume"),
        busy=("importing", "saving"),
        dead=("deleted", "pending_delete"),
    ),
)
