"""Small builders of the core's nouns: bodies as the services send them, read by the catalogue's own reading code."""

from __future__ import annotations

from collections.abc import Iterable

from janitor.core.case import Case, Claim, claims_by_ref
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Evidence, Observed, Ref, Scope, World

HOME = Scope("cloud", "RegionOne", "home", "home")
AWAY = Scope("cloud", "RegionOne", "away", "away")
NOW = "2026-11-21T10:00:00Z"
EARLIER = "2026-11-21T09:00:00Z"
LATER = "2026-11-21T11:00:00Z"


def a(kind: str, object_id: str, *, scope: Scope = HOME, project: str = "home", **body: object) -> Observed:
    """An observed object from the fields of its body that matter."""
    full: dict[str, object] = {"id": object_id, **body}
    for field in KINDS[kind].project_fields[:1]:
        full.setdefault(field, project)
    if KINDS[kind].created_field:
        full.setdefault(KINDS[kind].created_field, NOW)
    derived = KINDS[kind].derived
    return next(observe(KINDS[kind], scope, {derived.each: [full]} if derived and derived.each else full))


def ref(kind: str, object_id: str, scope: Scope = HOME) -> Ref:
    return Ref(scope, kind, object_id)


def world(*objects: Observed, unseen: dict[str, str] | None = None, scope: Scope = HOME) -> World:
    """A complete scan but for the unseen kinds."""
    missing = unseen or {}
    return World(
        objects={o.ref: o for o in objects},
        listed=frozenset((scope, kind) for kind in KINDS if kind not in missing),
        unseen={(scope, kind): why for kind, why in missing.items()},
    )


def in_state(*objects: Observed, address: str = "", **claim: object) -> list[Claim]:
    return [
        Claim(o.ref, Evidence.STATE, address or f"openstack_x_v2.{o.ref.id}", name=o.name, **claim)  # type: ignore[arg-type]
        for o in objects
    ]


def case(claims: Iterable[Claim] = (), **known: object) -> Case:
    return Case(claims=claims_by_ref(claims), **known)  # type: ignore[arg-type]
