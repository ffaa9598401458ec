"""Grants as keystone and nova answer for them: what is not understood, or not shown, is never absent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from edge.stub import Stub, stub

from janitor.cloud import inventory
from janitor.core.model import Ref
from janitor.engine.protocols import CloudFault, Reply

ROLE = "role_assignment", "/p//u/r", "/v3/projects/p/users/u/roles/r"
INHERITED = "inherited_role_assignment", "d///u/r", "/v3/OS-INHERIT/domains/d/users/u/roles/r/inherited_to_projects"
MEMBER = "user_membership", "u/g", "/v3/groups/g/users/u"


@pytest.fixture
def keystone() -> Iterator[Stub]:
    with stub(identity="/v3", compute="/v2.1") as here:
        yield here


@pytest.mark.parametrize(("kind", "identifier", "path"), [ROLE, INHERITED, MEMBER])
@pytest.mark.parametrize(("status", "there"), [(204, True), (404, False)])
def test_keystone_says_whether_it_is_there(
    keystone: Stub, kind: str, identifier: str, path: str, *, status: int, there: bool
) -> None:
    session = keystone.session()
    keystone.says("HEAD", path, status)
    assert (inventory.read(session, Ref(session.scope, kind, identifier)) is not None) is there
    assert keystone.asked[-1] == ("HEAD", path)


@pytest.mark.parametrize(("kind", "identifier", "path"), [ROLE, INHERITED, MEMBER])
def test_one_that_we_may_not_see_is_not_absent(keystone: Stub, kind: str, identifier: str, path: str) -> None:
    session = keystone.session()
    keystone.says("HEAD", path, 403)
    with pytest.raises(CloudFault) as fault:
        inventory.read(session, Ref(session.scope, kind, identifier))
    assert fault.value.answer.reply is Reply.DENIED


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [
        ("role_assignment", "p/u/r"),
        ("role_assignment", "d/p/g/u"),
        ("role_assignment", "/p//u/r/more"),
        ("inherited_role_assignment", "r"),
        ("user_membership", "u"),
        ("user_membership", "u/g/more"),
        ("flavor_access", "small"),
    ],
)
def test_an_id_of_another_form_is_not_absent(keystone: Stub, kind: str, identifier: str) -> None:
    """Nobody knows what it names, so nobody is asked."""
    session = keystone.session()
    with pytest.raises(CloudFault) as fault:
        inventory.read(session, Ref(session.scope, kind, identifier))
    assert (fault.value.answer.reply, fault.value.answer.requests) == (Reply.DENIED, 0)
    assert fault.value.answer.text.startswith(f"{identifier!r} is no id of ")
    assert keystone.asked == []
