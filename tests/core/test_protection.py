"""Which addresses of a state a configuration protects: of resources, of single instances, and of whole modules."""

import pytest

from janitor.core.case import Case

PORT = "openstack_networking_port_v2.p"


@pytest.mark.parametrize(
    ("protected", "address", "kept"),
    [
        (PORT, PORT, True),
        (PORT, f'{PORT}["a.b]"]', True),
        (f"{PORT}[1]", f"{PORT}[1]", True),
        (f"{PORT}[1]", f"{PORT}[0]", False),
        (f"module.m.{PORT}", f"module.m[0].{PORT}[0]", True),
        (f"module.m.{PORT}", PORT, False),
        ("module.m", f'module.m["x"].{PORT}', True),
        ("module.m", f"module.m.module.n.{PORT}", True),
        ("module.m.module.n", f"module.m.module.n[0].{PORT}", True),
        ("module.m.module.n", f"module.m.{PORT}", False),
        ("module.m", f"module.mm.{PORT}", False),
        ("module.m", PORT, False),
    ],
)
def test_an_address_is_protected(protected: str, address: str, *, kept: bool) -> None:
    assert bool(Case(protected={protected: "why"}).protection(address)) is kept
