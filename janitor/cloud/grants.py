"""Grants: a role on a project, a user in a group, a project's access to a flavor. They have no object of their own.

A grant's id names both of its ends. The service says whether it is there (HEAD), or lists what one end was granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from janitor.cloud.asking import found, segment
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, CloudFault, Reply

Reader = Callable[[Session, Ref], Iterable[Observed]]

ENDS = ("domain_id", "project_id", "group_id", "user_id", "role_id")
"""The parts of a role assignment's id as the provider writes it; what does not apply is empty."""

MEMBER = ("user_id", "group_id")


def ends(ref: Ref) -> Mapping[str, str]:
    """The ids that a grant's own id names. Raises CloudFault where it has another form: then nobody can be asked."""
    names = MEMBER if ref.kind == "user_membership" else ENDS
    parts = ref.id.split("/")
    if len(parts) != len(names):
        raise _unreadable(ref)
    return dict(zip(names, parts, strict=True))


def _unreadable(ref: Ref) -> CloudFault:
    text = f"{ref.id!r} is no id of a {ref.kind.replace('_', ' ')}"
    return CloudFault(Answer(Reply.DENIED, text=text, requests=0))


def path(ref: Ref) -> str:
    """Where keystone answers for this grant."""
    named = {key: segment(value) for key, value in ends(ref).items()}
    if ref.kind == "user_membership":
        return f"/v3/groups/{named['group_id']}/users/{named['user_id']}"
    target = f"domains/{named['domain_id']}" if named["domain_id"] else f"projects/{named['project_id']}"
    actor = f"users/{named['user_id']}" if named["user_id"] else f"groups/{named['group_id']}"
    if ref.kind == "inherited_role_assignment":
        return f"/v3/OS-INHERIT/{target}/{actor}/roles/{named['role_id']}/inherited_to_projects"
    return f"/v3/{target}/{actor}/roles/{named['role_id']}"


def _checked(session: Session, ref: Ref) -> Iterable[Observed]:
    """A grant that keystone says yes or no to, without a body."""
    kind = KINDS[ref.kind]
    if found(session, kind.service, "HEAD", path(ref)) is None:
        return ()
    return observe(kind, session.scope, {"id": ref.id, **ends(ref)})


def _among_siblings(session: Session, ref: Ref) -> Iterable[Observed]:
    """A grant among those of the object that its id names first; none where that object grants nothing."""
    kind = KINDS[ref.kind]
    parent, slash, _ = ref.id.partition("/")
    if not slash:
        raise _unreadable(ref)
    response = found(session, kind.service, "GET", kind.path.replace("{parent}", segment(parent)))
    bodies = response.elements(kind.many) if response else []
    return [o for body in bodies for o in observe(kind, session.scope, {**body, "^id": parent})]


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "role_assignment": _checked,
        "inherited_role_assignment": _checked,
        "user_membership": _checked,
        "flavor_access": _among_siblings,
        "volume_type_access": _among_siblings,
        "volume_qos_association": _among_siblings,
    }
)
"""Kind → how one of it is read."""
