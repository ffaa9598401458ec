"""Designate's kinds. Sources: the DNS v2 reference; designate/central and designate/objects/adapters/api_v2.

A zone takes its recordsets along. The records of what was done with it (transfers, imports, exports) survive it, so
they go before it. A share makes its delete a 400, as a sub zone does, whoever owns that. The header that deletes a
zone with its shares is never sent: it would take the recordsets of the other project along, which keep a share.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

PATIENT = 24  # about a minute of listings: the worker asks every name server, and shows nothing meanwhile

DnsKind = partial(Kind, service="dns", query=MappingProxyType({"limit": "max"}))

ZoneRecord = partial(
    DnsKind,
    sync=True,
    references=(Reference("zone_id", "zone", Order.HOLDS),),
    facts=("zone_id",),
)
"""What Designate remembers of something that was done with a zone."""

DNS_KINDS = (
    DnsKind(
        name="zone",
        types=("dns_zone_v2",),
        path="/v2/zones",
        many="zones",
        metadata_field="attributes",
        facts=("action", "type"),
        marks=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        created_mark=(MarkForm.METADATA, MarkForm.DESCRIPTION),
        busy=("PENDING",),
        dead=("DELETED",),
        advice="as admin: openstack zone abandon --all-projects {id} (the name servers keep what they have)",
        readings=PATIENT,
        quota=("zones",),
    ),
    DnsKind(
        name="recordset",
        types=("dns_recordset_v2",),
        fate=Fate.GOES_WITH,
        path="/v2/zones/{parent}/recordsets",
        listing="/v2/recordsets",  # all of our project's, also those in a zone that another one shares with us
        many="recordsets",
        nested="zone",
        parent_field="zone_id",
        unless=("type", ("SOA",)),  # Designate's own, and never to be deleted
        references=(Reference("zone_id", "zone", Order.WITH),),
        facts=("zone_id", "action", "type"),
        marks=(MarkForm.DESCRIPTION,),
        created_mark=(MarkForm.DESCRIPTION,),
        busy=("PENDING",),
        dead=("DELETED",),
        readings=PATIENT,
        quota=("zone_recordsets",),
    ),
    DnsKind(
        name="zone_share",
        types=("dns_zone_share_v2",),
        fate=Fate.UNDONE,
        path="/v2/zones/{parent}/shares",
        many="shared_zones",
        nested="zone",
        parents_with="shared",
        state_id="{zone_id}/{id}",
        sync=True,
        name_field="",
        status_field="",
        references=(Reference("zone_id", "zone", Order.HOLDS),),
        facts=("zone_id", "target_project_id"),
    ),
    ZoneRecord(
        name="zone_transfer_request",
        types=("dns_transfer_request_v2",),
        path="/v2/zones/tasks/transfer_requests",
        many="transfer_requests",
        name_field="",
        unless=("project_id", ("",)),  # one that offers us a zone, and says nothing of who does
        facts=("zone_id", "target_project_id"),  # its key stays in the body: who has it may take the zone
        marks=(MarkForm.DESCRIPTION,),
        created_mark=(MarkForm.DESCRIPTION,),
    ),
    Kind(
        name="zone_transfer_accept",
        service="dns",
        types=("dns_transfer_accept_v2",),
        fate=Fate.NOTHING,
        why="it goes with the request, which only its giver may delete; the zone that was received stays",
    ),
    ZoneRecord(
        name="zone_import",
        path="/v2/zones/tasks/imports",
        many="imports",
        name_field="",
    ),
    ZoneRecord(
        name="zone_export",
        path="/v2/zones/tasks/exports",
        many="exports",
        name_field="",
    ),
    Kind(
        name="dns_quota",
        service="dns",
        types=("dns_quota_v2",),
        fate=Fate.NOTHING,
        why="the quota stays as it was set last",
    ),
)
