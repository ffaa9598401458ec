"""Keystone's kinds: credentials, which belong to a user, and what only an administrator makes."""

from __future__ import annotations

from functools import partial

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

BEFORE_CREDENTIALS = (
    *("server", "volume", "port", "router", "network", "security_group", "load_balancer", "floating_ip", "image"),
    *("keypair", "zone", "stack", "container", "share", "secret", "cluster"),
)
"""What a credential may be in use for: nothing can be asked for after the one that we are signed in with."""

BEFORE_IDENTITIES = (*BEFORE_CREDENTIALS, "application_credential", "ec2_credential")
"""What would be orphaned, or could not be asked for any more, without its project, its user, or their role."""

GRANTED = ("role_assignment", "inherited_role_assignment", "user_membership")


OfAdministrators = partial(
    Kind,
    service="identity",
    fate=Fate.REFUSED,
    sync=True,  # a row of keystone's own database
    status_field="",
    created_field="",
    project_fields=(),
)
"""What only an administrator may change."""

IDENTITY_KINDS = (
    Kind(
        name="application_credential",
        service="identity",
        types=("identity_application_credential_v3",),
        sync=True,  # a row of keystone's own database
        path="/v3/users/{user}/application_credentials",
        many="application_credentials",
        one="application_credential",
        personal=True,
        status_field="",
        created_field="",
        facts=("expires_at",),
        marks=(MarkForm.DESCRIPTION,),
        created_mark=(MarkForm.DESCRIPTION,),
        after=BEFORE_CREDENTIALS,
    ),
    Kind(
        name="ec2_credential",
        service="identity",
        types=("identity_ec2_credential_v3",),
        sync=True,
        path="/v3/users/{user}/credentials/OS-EC2",
        many="credentials",
        one="credential",
        id_field="access",  # its secret stays in the body
        name_field="",
        personal=True,
        status_field="",
        created_field="",
        facts=("user_id",),
        after=BEFORE_CREDENTIALS,
    ),
    OfAdministrators(
        name="project",
        types=("identity_project_v3",),
        why="what a project holds would be orphaned",
        path="/v3/projects",
        one="project",
        references=(Reference("parent_id", "project", Order.HOLDS),),
        facts=("is_domain", "enabled", "parent_id"),
        after=(*BEFORE_IDENTITIES, *GRANTED, "limit"),
    ),
    OfAdministrators(
        name="user",
        types=("identity_user_v3",),
        why="a user's credentials and key pairs go with it",
        path="/v3/users",
        one="user",
        after=(*BEFORE_IDENTITIES, *GRANTED),
    ),
    OfAdministrators(
        name="user_group",
        types=("identity_group_v3",),
        why="a group's members lose their roles",
        path="/v3/groups",
        one="group",
        after=(*BEFORE_IDENTITIES, *GRANTED),
    ),
    OfAdministrators(
        name="user_membership",
        types=("identity_user_membership_v3",),
        why="a user who leaves a group loses its roles",
        path="/v3/groups",
        name_field="",
        references=(Reference("user_id", "user", Order.HOLDS), Reference("group_id", "user_group", Order.HOLDS)),
        undo="revoke",
        after=BEFORE_IDENTITIES,
    ),
    OfAdministrators(
        name="role",
        types=("identity_role_v3",),
        why="every assignment of a role, in every project, goes with it",
        path="/v3/roles",
        one="role",
        after=GRANTED,
    ),
    *(
        OfAdministrators(
            name=name,
            types=(made_by,),
            why="without its last role on a project nobody can clean that project",
            path="/v3/role_assignments",
            name_field="",
            references=(
                Reference("role_id", "role", Order.HOLDS),
                Reference("user_id", "user", Order.HOLDS),
                Reference("group_id", "user_group", Order.HOLDS),
                Reference("project_id", "project", Order.HOLDS),
            ),
            undo="revoke",
            after=BEFORE_IDENTITIES,
        )
        for name, made_by in (
            ("role_assignment", "identity_role_assignment_v3"),
            ("inherited_role_assignment", "identity_inherit_role_assignment_v3"),
        )
    ),
    OfAdministrators(
        name="service",
        types=("identity_service_v3",),
        why="without it nobody finds the service any more",
        path="/v3/services",
        one="service",
        after=("endpoint", "limit", "registered_limit"),
    ),
    OfAdministrators(
        name="endpoint",
        types=("identity_endpoint_v3",),
        why="without it nobody finds the service any more",
        path="/v3/endpoints",
        one="endpoint",
        name_field="",
        references=(Reference("service_id", "service", Order.HOLDS),),
    ),
    OfAdministrators(
        name="registered_limit",
        types=("identity_registered_limit_v3",),
        why="it limits every project",
        path="/v3/registered_limits",
        one="registered_limit",
        name_field="resource_name",
        after=("limit",),
    ),
    OfAdministrators(
        name="limit",
        types=("identity_limit_v3",),
        why="it limits a whole project",
        path="/v3/limits",
        one="limit",
        name_field="resource_name",
    ),
)
