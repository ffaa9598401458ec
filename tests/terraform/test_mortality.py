"""Nobody is called dead on a guess."""

from __future__ import annotations

import pytest

from janitor.terraform.lockinfo import LockInfo
from janitor.terraform.mortality import Machine, Program, is_dead, this_machine

OURS = "janitor, process 7, asking with i"
HOLDER = LockInfo("i", who="me@here", created=1000.0)


def machine(*programs: tuple[int, str, float], host: str = "here", began: float | None = 10.0) -> Machine:
    return Machine(host, began, tuple(Program(*program) for program in programs))


@pytest.mark.parametrize(
    ("holder", "seen", "dead"),
    [
        (HOLDER, machine((7, "bash", 20.0)), True),
        (HOLDER, machine((7, "tofu", 990.0)), False),
        (HOLDER, machine((7, "terraform", 1000.4)), False),
        (HOLDER, machine((7, "tofu", 1010.0)), True),  # younger than the lock: it cannot have taken it
        (HOLDER, machine((7, "my-tofu", 990.0)), False),
        (HOLDER, machine(host="there"), False),
        (HOLDER, machine(began=None), False),
        (HOLDER, machine(began=1001.0), False),  # this container is younger than the lock: the name was another's
        (LockInfo("i", who="gitlab-user", created=1000.0), machine(), False),
        (LockInfo("i", who="me@here"), machine(), False),
        (LockInfo("i", who="me@here", created=1000.0, info=OURS), machine((8, "tofu", 990.0)), True),
        (LockInfo("i", who="me@here", created=1000.0, info=OURS), machine((7, "x", 990.0)), False),
        (LockInfo("i", who="me@here", created=1000.0, info=OURS), machine((7, "x", 2000.0)), True),
    ],
)
def test_who_is_provably_dead(holder: LockInfo, seen: Machine, *, dead: bool) -> None:
    assert is_dead(holder, binary="my-tofu", look=lambda: seen) is dead


def test_this_machine_knows_its_own_process() -> None:
    import os

    seen = this_machine()
    if seen.began is None:
        pytest.skip("missing: a /proc that shows everybody's processes")
    assert os.getpid() in {program.pid for program in seen.programs}
