"""Where a sweep looks: every cloud, region and project that was asked for, each with a session of its own.

One that nobody can sign in to is a target with a problem; it stops none of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from janitor.cloud import batch
from janitor.cloud.live import LiveCloud
from janitor.cloud.session import Session
from janitor.core.errors import CredentialsRefused
from janitor.core.model import Scope
from janitor.settings import Settings
from janitor.settings.sweeping import Asked
from janitor.workflows.scoping import sign_in

SIGN_INS = 4
"""Keystone hashes passwords slowly on purpose: more at once only makes each one wait."""


@dataclass(frozen=True, slots=True)
class Target:
    """One project in one region of one cloud; `problem` says why nobody could look there."""

    scope: Scope
    cloud: LiveCloud | None = None
    problem: str = ""


def targets(asked: Asked, settings: Settings) -> list[Target]:
    """Sign in everywhere in our share of the (cloud, project) list; a scope that is named twice counts once."""
    places = [
        (cloud, project)
        for cloud in asked.clouds
        for project in asked.projects or ("",)
        if asked.shard.has(cloud or "", project)
    ]
    tasks = [partial(_signed_in, cloud, project, asked, settings) for cloud, project in dict.fromkeys(places)]
    found = {target.scope: target for some in batch.all_of(tasks, threads=SIGN_INS) for target in some}
    return [found[scope] for scope in sorted(found)]


def target_of(scope: Scope, settings: Settings) -> Target:
    """The target of a saved plan. Its project is the one that was saved, whatever the credentials' own is."""
    try:
        session = sign_in(settings, scope.cloud, scope.region, project=scope.project_id)
    except CredentialsRefused as error:
        return Target(scope, problem=str(error))
    if session.scope != scope:
        return Target(scope, problem=f"These credentials sign in to {session.scope}, not to {scope}.")
    return Target(session.scope, _live([session], settings))


def _signed_in(cloud: str | None, project: str, asked: Asked, settings: Settings) -> list[Target]:
    try:
        first = sign_in(settings, cloud, project=project)
    except CredentialsRefused as error:
        whose = f"Project {project}: " if project else ""
        return [Target(Scope(cloud or "", "", project, project), problem=f"{whose}{error}")]
    if not asked.all_regions:
        return [Target(first.scope, _live([first], settings))]
    return list(_in_every_region(first, cloud, project, settings))


def _in_every_region(first: Session, cloud: str | None, project: str, settings: Settings) -> Iterator[Target]:
    for region in first.regions:
        if region == first.scope.region:
            yield Target(first.scope, _live([first], settings))
            continue
        try:
            session = sign_in(settings, cloud, region, project=project)
        except CredentialsRefused as error:
            scope = Scope(first.scope.cloud, region, first.scope.project_id, first.scope.project_name)
            yield Target(scope, problem=str(error))
        else:
            yield Target(session.scope, _live([session], settings))


def _live(sessions: list[Session], settings: Settings) -> LiveCloud:
    return LiveCloud(sessions, threads=settings.concurrency)
