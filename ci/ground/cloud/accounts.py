"""Accounts in stock: projects with a user each, put into keystone's tables all at once, and taken one by one.

Keystone itself needs six requests for one, and after each grant and each deletion it works out anew what every token
may do: that was a fifth of all that the services did under the tests, and a 403 now and then for somebody beside them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ground.cache import locked
from ground.cloud import database
from ground.cloud.services import MEMBER_ROLES, OPTIONAL_ROLES

if TYPE_CHECKING:
    from ground.cloud.rest import Admin
    from ground.cloud.slots import Slot

COUNT = 900
"""More than a run of all tests takes, and less than the thousand of a listing of Keystone's."""
NAME = "stock"
PASSWORD = "Taken-from-stock.1"


class Account(NamedTuple):
    """A project's id, and its user's."""

    project: str
    user: str


def make(slot: Slot, admin: Admin) -> None:
    """Fill the stock. The first user is keystone's own work: the others have its password, hash and all."""
    body = {"name": NAME, "password": PASSWORD, "domain_id": "default"}
    admin.keystone("POST", "/users", {"user": body})
    known = {role["name"] for role in admin.keystone("GET", "/roles")["roles"]}
    for name in (*MEMBER_ROLES, *OPTIONAL_ROLES):
        if name not in known:
            admin.keystone("POST", "/roles", {"role": {"name": name}})
    roles = ", ".join(f"'{name}'" for name in (*MEMBER_ROLES, *OPTIONAL_ROLES))
    project, user, every = "MD5(CONCAT('project ', seq))", "MD5(CONCAT('user ', seq))", f"seq_1_to_{COUNT}"
    statements = (
        "USE keystone",
        (
            "INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain) "
            f"SELECT {project}, CONCAT('{NAME}-', seq), '{{}}', '', 1, 'default', 'default', 0 FROM {every}"
        ),
        (
            "INSERT INTO user (id, extra, enabled, created_at, domain_id) "
            f"SELECT {user}, '{{}}', 1, UTC_TIMESTAMP(), 'default' FROM {every}"
        ),
        (
            "INSERT INTO local_user (user_id, domain_id, name, failed_auth_count) "
            f"SELECT {user}, 'default', CONCAT('{NAME}-', seq), 0 FROM {every}"
        ),
        (
            "INSERT INTO password (local_user_id, self_service, password_hash, created_at_int, created_at) "
            "SELECT other.id, 0, password_hash, created_at_int, password.created_at FROM password "
            f"JOIN local_user AS first ON first.id = local_user_id AND first.name = '{NAME}' "
            f"JOIN local_user AS other ON other.name LIKE '{NAME}-%'"
        ),
        (
            "INSERT INTO assignment (type, actor_id, target_id, role_id, inherited) "
            f"SELECT 'UserProject', {user}, {project}, role.id, 0 FROM {every} JOIN role ON role.name IN ({roles})"
        ),
    )
    database.sql(slot, "; ".join(statements))
    _counter(slot)


def take(slot: Slot, admin: Admin, name: str) -> Account | None:
    """Take an account that nobody has, and name project and user; None where the stock has come to its end."""
    with locked(f"accounts-{slot.folder.name}"):
        number = _counter(slot)
    if number > COUNT:
        return None
    account = Account(*(hashlib.md5(f"{what} {number}".encode()).hexdigest() for what in Account._fields))
    rename(admin, account, name)
    return account


def rename(admin: Admin, account: Account, name: str) -> None:
    """Name project and user."""
    for what, identifier in zip(Account._fields, account, strict=True):
        admin.keystone("PATCH", f"/{what}s/{identifier}", {what: {"name": name}})


def _counter(slot: Slot) -> int:
    """Count on: 0 at the first call, which is the making; a snapshot brings its state back."""
    file = slot.state / "accounts-taken"
    number = int(file.read_text(encoding="ascii")) + 1 if file.exists() else 0
    file.write_text(str(number), encoding="ascii")
    return number
