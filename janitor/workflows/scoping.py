"""Which cloud, region and project each resource instance belongs to, and a session for each of these.

An instance whose scope nobody can sign in to is never claimed: a 404 from another project would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.session import Session
from janitor.cloud.signin import connect
from janitor.core.case import owner
from janitor.core.catalogue import kind_of_type
from janitor.core.errors import CredentialsRefused, WrongCloud
from janitor.core.model import Resource, Scope, Snapshot
from janitor.settings import Settings


def scopes(
    snapshot: Snapshot, session: Session, settings: Settings
) -> tuple[list[Session], Mapping[str, Scope], list[Resource]]:
    """The sessions of every scope that the state names, each instance's scope, and those that have none."""
    sessions: dict[tuple[str, str], Session] = {("", session.scope.region): session}
    scope_of: dict[str, Scope] = {}
    unreachable: list[Resource] = []
    foreign: set[str] = set()
    for resource in snapshot.resources:
        if resource.provider_name != "openstack":
            continue
        cloud = settings.provider_cloud.get(resource.alias, "")
        region = resource.text("region") or session.scope.region
        if resource.mode == "data":  # nobody signs in for what is only read
            if (cloud, region) in sessions:
                scope_of[resource.label] = sessions[cloud, region].scope
            continue
        found = _session(sessions, cloud, region, settings)
        project = owner(resource)
        if found is None or _is_anothers(resource, found):
            unreachable.append(resource)
        elif project and project != found.scope.project_id:
            foreign.add(project)
            unreachable.append(resource)
        else:
            scope_of[resource.label] = found.scope
    mine = [r for r in snapshot.managed if r.label in scope_of and kind_of_type(r.type)]
    with_project = [r for r in mine if owner(r)]
    if foreign and not with_project:
        raise WrongCloud(
            f"The state's objects belong to project {', '.join(sorted(foreign))}, and these credentials to "
            f"{session.scope.project_name} ({session.scope.project_id}): nothing was touched. Use the right --os-cloud."
        )
    return list(sessions.values()), scope_of, unreachable


def _is_anothers(resource: Resource, session: Session) -> bool:
    """Whether it belongs to another user: these credentials would be told that it is not there."""
    kind, user = kind_of_type(resource.type), resource.text("user_id")
    return kind is not None and kind.personal and user not in {"", session.user_id}


def sign_in(settings: Settings, cloud: str | None, region: str | None = None, *, project: str = "") -> Session:
    """A session that has connections enough for all our threads. Raises CredentialsRefused."""
    return connect(cloud, region, project=project, pool_size=2 * settings.concurrency)


def _session(sessions: dict[tuple[str, str], Session], cloud: str, region: str, settings: Settings) -> Session | None:
    if (cloud, region) not in sessions:
        try:
            sessions[cloud, region] = sign_in(settings, cloud or settings.os_cloud, region)
        except CredentialsRefused:
            return None
    return sessions[cloud, region]
