"""Which cloud, region and project each resource instance belongs to, and a session for each of these.

An instance whose scope nobody can sign in to is never claimed: a 404 from another project would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from janitor.cloud.session import Session
from janitor.cloud.signin import connect
from janitor.core.case import owner
from janitor.core.catalogue import kind_of_type
from janitor.core.errors import CredentialsRefused, WrongCloud
from janitor.core.model import Resource, Scope, Snapshot
from janitor.settings import Settings
from janitor.terraform.providers import ProviderCloud


@dataclass(frozen=True, slots=True)
class Scoped:
    """Where the instances of a state belong: each one's scope, a session for every scope, and who has none."""

    sessions: tuple[Session, ...]
    scope_of: Mapping[str, Scope]  # by label
    unreachable: tuple[Resource, ...] = ()


def scopes(snapshot: Snapshot, session: Session, settings: Settings, places: Mapping[str, ProviderCloud]) -> Scoped:
    """Find it for every instance. `places`: what the configuration says of each provider configuration."""
    known = _Sessions(session, settings, places)
    scope_of: dict[str, Scope] = {}
    unreachable: list[Resource] = []
    foreign: set[str] = set()
    for resource in snapshot.resources:
        if resource.provider_name != "openstack":
            continue
        found, project = known.of(resource), owner(resource)
        if resource.mode == "data":
            if found is not None:
                scope_of[resource.label] = found.scope
        elif found is None or _is_anothers(resource, found):
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
    return Scoped(known.every, scope_of, tuple(unreachable))


class _Sessions:
    """The sessions of a run by where they are signed in. Nobody signs in for what is only read."""

    def __init__(self, first: Session, settings: Settings, places: Mapping[str, ProviderCloud]) -> None:
        self._first, self._settings, self._places = first, settings, places
        self._known: dict[tuple[str, str, str], Session | None] = {("", "", first.scope.region): first}

    @property
    def every(self) -> tuple[Session, ...]:
        """Each one once, the first first."""
        return tuple({session.scope: session for session in self._known.values() if session is not None}.values())

    def of(self, resource: Resource) -> Session | None:
        """The session of the instance's provider configuration; None where nobody can tell, or sign in."""
        place = self._place(resource)
        if place is None:
            return None
        first = self._first.scope
        cloud = "" if place.cloud in {first.cloud, self._settings.os_cloud} else place.cloud
        project = "" if not cloud and place.project in {first.project_id, first.project_name} else place.project
        key = (cloud, project, resource.text("region") or place.region or ("" if cloud else first.region))
        if key not in self._known and resource.mode == "data":
            return None
        if key not in self._known:
            self._known[key] = self._sign_in(*key)
        return self._known[key]

    def _place(self, resource: Resource) -> ProviderCloud | None:
        given = self._settings.provider_cloud.get(resource.alias)
        if given is not None:
            return ProviderCloud(given)
        place = self._places.get(resource.alias)
        if place is not None and not place.unclear:
            return place
        # Without an alias it is the configuration that our own credentials are given for.
        ours = not resource.alias or owner(resource) == self._first.scope.project_id
        return ProviderCloud() if ours else None

    def _sign_in(self, cloud: str, project: str, region: str) -> Session | None:
        try:
            return sign_in(self._settings, cloud or self._settings.os_cloud, region or None, project=project)
        except CredentialsRefused:
            return None


def _is_anothers(resource: Resource, session: Session) -> bool:
    """Whether it belongs to another user: these credentials would be told that it is not there."""
    kind, user = kind_of_type(resource.type), resource.text("user_id")
    return kind is not None and kind.personal and user not in {"", session.user_id}


def sign_in(settings: Settings, cloud: str | None, region: str | None = None, *, project: str = "") -> Session:
    """A session that has connections enough for all our threads. Raises CredentialsRefused."""
    return connect(cloud, region, project=project, pool_size=2 * settings.concurrency)
