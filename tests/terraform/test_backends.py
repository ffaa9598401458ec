"""What is known of a backend before anybody asks it."""

import pytest
from roots import MakeRoot

from janitor.core.errors import UsageError
from janitor.terraform.backend import backend_of
from janitor.terraform.backends import read_state, workspaces

HTTP = 'terraform {\n  backend "http" {\n    address = "http://127.0.0.1:9/state"\n    password = "hunter2"\n  }\n}\n'


def test_a_backend_without_workspaces_says_so(make_root: MakeRoot) -> None:
    with pytest.raises(UsageError, match="TF_HTTP_ADDRESS"):
        read_state(make_root(HTTP, workspace="x"))
    assert workspaces(make_root(HTTP)) == ("default",)


def test_the_backend_is_known_without_init_and_its_secrets_are_not_shown(make_root: MakeRoot) -> None:
    backend = backend_of(make_root(HTTP))
    assert (backend.type, backend.has_workspaces, backend.initialised) == ("http", False, False)
    assert "hunter2" not in repr(backend)
    assert backend_of(make_root({"main.tf": "terraform {\n  cloud {\n  }\n}\n"})).type == "cloud"
    assert backend_of(make_root({"main.tf": "", "b.tf.json": '{"terraform": {"backend": {"s3": {}}}}'})).type == "s3"
    assert backend_of(make_root({"main.tf": "", "b.tf.json": "{}"})).type == "local"


@pytest.mark.parametrize(
    ("block", "kind", "config"),
    [
        ('backend "local" { path = "a" }', "local", {"path": "a"}),
        ('backend "remote" {\n  workspaces {\n    prefix = "x-"\n  }\n}', "remote", {"prefix": "x-"}),
        ('backend "s3" {\n  key = "k"\n  endpoints = { s3 = "http://h" }\n  region = "r"\n}', "s3", {"region": "r"}),
        ('backend "http" {\n  address = "http://h/{x"\n  username = "u"\n}', "http", {"username": "u"}),
        ('backend "consul" {\n  path = "x"\n', "consul", {}),
    ],
    ids=["one line", "a block in it", "a map in it", "a brace in a value", "never closed"],
)
def test_a_backend_is_known_whatever_braces_its_block_holds(
    make_root: MakeRoot, block: str, kind: str, config: dict[str, str]
) -> None:
    """Taken for a local one, a state at a backend that `init` could not reach would count as lost."""
    found = backend_of(make_root(f'terraform {{\n  {block}\n}}\nlocals {{\n  path = "b"\n}}\n'))
    assert found.type == kind
    assert config.items() <= found.config.items()
    assert found.config.get("path") != "b"
