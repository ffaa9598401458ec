"""Keystone's kinds. Only what a project member owns; projects, users and roles are Terraform's to delete."""

from __future__ import annotations

from janitor.core.catalogue.entry import Kind

IDENTITY_KINDS = (
    Kind(
        name="application_credential",
        service="identity",
        types=("identity_application_credential_v3",),
        sync=True,  # a row of keystone's own database
        path="/v3/users/{user}/application_credentials",
        many="application_credentials",
        one="application_credential",
        status_field="",
        created_field="",
        facts=("expires_at",),
        # It may be the one in use: nothing can be asked for after it.
        after=(
            "server",
            "volume",
            "port",
            "router",
            "network",
            "security_group",
            "load_balancer",
            "floating_ip",
            "image",
        ),
    ),
)
