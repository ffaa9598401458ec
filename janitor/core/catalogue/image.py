"""Glance's kinds. Sources: image v2 reference; glance/api/v2 for what a delete accepts."""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

IMAGE_KINDS = (
    Kind(
        name="image",
        service="image",
        types=("images_image_v2",),
        path="/v2/images",
        many="images",
        one="",
        # A hidden image is in no such listing: it is found by its id alone.
        query=MappingProxyType({"owner": "{project}", "limit": "200"}),
        project_fields=("owner",),
        facts=("visibility", "protected", "size", "os_hidden"),
        marks=(MarkForm.TAGS,),
        created_mark=(MarkForm.TAGS,),
        metadata_field="",
        after=("server", "volume"),
        busy=("importing", "saving"),
        quota=("image_count_total",),
        dead=("deleted", "pending_delete"),
    ),
    Kind(
        name="image_member",
        service="image",
        types=("images_image_access_v2",),
        fate=Fate.GOES_WITH,
        sync=True,  # a row of the API's own database
        path="/v2/images/{parent}/members",
        nested="image",
        id_field="member_id",
        name_field="",
        project_fields=(),  # the member is another project, and owns nothing of it
        references=(Reference("^id", "image", Order.WITH),),
    ),
    Kind(
        name="image_acceptance",
        service="image",
        types=("images_image_access_accept_v2",),
        fate=Fate.UNDONE,
        sync=True,
        path="/v2/images/{parent}/members",
        nested="image",
        id_field="member_id",
        name_field="",
        project_fields=(),
        unless=("status", ("pending", "rejected")),
        references=(Reference("^id", "image", Order.NAMES),),  # another project's
        undo="reject_image",
    ),
)
