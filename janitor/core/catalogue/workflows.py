"""Mistral's kind. Source: workflow v2 reference. The workflows themselves are no resource of the provider."""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind

WORKFLOW_KINDS = (
    Kind(
        name="cron_trigger",
        service="workflow",
        types=("workflow_cron_trigger_v2",),
        sync=True,  # a row in the API's own database, and its trust
        path="/cron_triggers",
        many="cron_triggers",
        query=MappingProxyType({"project_id": "{project}"}),
        status_field="",
        facts=("scope", "workflow_name", "workflow_id"),
        shared=(("scope", "public"),),
        alone=True,
    ),
)
