"""Swift's kinds. Sources: the object store v1 reference; swift/proxy/controllers and swift/common/middleware.

Ids are names, so a second thing must agree before one is believed to be the state's: a container's metadata and
policy, an object's etag. Objects are never listed by a scan, there may be millions: what a source names is read.
"""

from __future__ import annotations

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

OBJECT_KINDS = (
    Kind(
        name="container",
        service="object-store",
        types=("objectstorage_container_v1",),
        path="/",
        many="containers",
        id_field="name",
        project_fields=(),  # the account in the endpoint is the project's
        status_field="",
        facts=("objects", "versioned", "put_at", "storage_policy", "archive"),
        marks=(MarkForm.METADATA,),
        created_mark=(MarkForm.METADATA,),
        same=("storage_policy", "metadata"),
        undo="delete_container",
        sync=True,
    ),
    Kind(
        name="stored_object",
        service="object-store",
        types=("objectstorage_object_v1",),
        path="/",
        name_field="",
        project_fields=(),
        status_field="",
        references=(Reference("container", "container", Order.HOLDS),),
        facts=("container", "etag", "segments"),
        same=("etag",),
        undo="delete_object",
        sync=True,
    ),
    Kind(
        name="temporary_url",
        service="object-store",
        types=("objectstorage_tempurl_v1",),
        fate=Fate.NOTHING,
        why="a signed link is nothing in the cloud: it works until it ends, or until the account's key is changed",
    ),
    Kind(
        name="account",
        service="object-store",
        types=("objectstorage_account_v1",),
        fate=Fate.NOTHING,
        why="the account is the project's own; metadata that Terraform set on it stays",
    ),
)
