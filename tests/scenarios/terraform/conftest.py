"""What the tests of the terraform side with real binaries share. They need no cloud."""

from collections.abc import Callable

import pytest
from roots import SIMPLE, MakeRoot, apply, clean_environment, make_root

from janitor.terraform.root import RootModule, open_root

__all__ = ["applied", "make_root", "template"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """The state that a binary writes for SIMPLE, applied once a session."""
    made: dict[str, bytes] = {}

    def state(binary: str) -> bytes:
        if binary not in made:
            folder = tmp_path_factory.mktemp(binary)
            (folder / "main.tf").write_text(SIMPLE, encoding="utf-8")
            apply(open_root(folder, binary=binary, environment=clean_environment()))
            made[binary] = (folder / "terraform.tfstate").read_bytes()
        return made[binary]

    return state


@pytest.fixture
def applied(make_root: MakeRoot, binary: str, template: Callable[[str], bytes]) -> RootModule:
    """SIMPLE, as it is after an apply."""
    root = make_root(binary=binary)
    (root.path / "terraform.tfstate").write_bytes(template(binary))
    return root
