"""What a lock of the local backend is where no binary is at work."""

import os
import sys
import threading
from contextlib import suppress

import pytest
from roots import MakeRoot

from janitor.terraform.locks import hold, lock_state


def test_a_lock_on_a_lost_state_leaves_no_empty_file(make_root: MakeRoot) -> None:
    """An empty file would read as a lost state forever."""
    root = make_root(environment={"PATH": "/nowhere"})
    with hold(root) as held:
        assert held.held
    assert [f.name for f in root.path.iterdir()] == ["main.tf"]


def test_there_is_nothing_to_lock_in_a_workspace_that_does_not_exist(make_root: MakeRoot) -> None:
    root = make_root(workspace="nope", environment={"PATH": "/nowhere"})
    with hold(root) as held:
        assert not held.held
        assert "nothing to lock" in held.problem


def test_the_lock_of_another_backend_is_not_known(make_root: MakeRoot) -> None:
    root = make_root('terraform {\n  backend "http" {\n  }\n}\n')
    assert not lock_state(root).known
    with hold(root) as held:
        assert not held.held


def test_a_torn_info_file_is_somebody(make_root: MakeRoot) -> None:
    root = make_root({"main.tf": "", ".terraform.tfstate.lock.info": '{"ID": "a'})
    holder = lock_state(root).holder
    assert holder is not None
    assert holder.id == "unknown"


@pytest.mark.skipif(sys.platform != "linux", reason="nobody else can tell who has a file open")
def test_a_state_that_somebody_waits_to_write_keeps_its_name(make_root: MakeRoot) -> None:
    """A terraform that waits for the lock has it open already: it would save its state in a file without a name."""
    root = make_root(environment={"PATH": "/nowhere"})
    state = root.path / "terraform.tfstate"
    with hold(root), state.open("r+b") as waiting:
        pass_on = os.dup(waiting.fileno())
    os.write(pass_on, b"the state of a new apply")
    os.close(pass_on)
    assert state.read_bytes() == b"the state of a new apply"


def test_a_state_that_was_put_there_meanwhile_stays(make_root: MakeRoot) -> None:
    root = make_root(environment={"PATH": "/nowhere"})
    state, found = root.path / "terraform.tfstate", root.path / "found.tfstate"
    found.write_text("the lost state, found again")
    with hold(root):
        found.replace(state)
    assert state.read_text() == "the lost state, found again"


def test_who_waits_for_it_may_come_while_it_is_given_back(make_root: MakeRoot) -> None:
    """The lease by which we see that nobody has it open is told by a signal, and that may end nobody."""
    root = make_root(environment={"PATH": "/nowhere"})
    state, halt = root.path / "terraform.tfstate", threading.Event()

    def come_and_go() -> None:
        while not halt.is_set():
            with suppress(OSError):
                os.close(os.open(state, os.O_RDWR))

    visitor = threading.Thread(target=come_and_go)
    visitor.start()
    for _ in range(50):
        with hold(root) as held:
            assert held.held
    halt.set()
    visitor.join()


def test_a_lock_is_held_where_nothing_can_be_told_of_it(make_root: MakeRoot) -> None:
    """A state may be written to in a folder that may not."""
    root = make_root({"main.tf": "", "terraform.tfstate": "", ".terraform.tfstate.lock.info/x": ""})
    with hold(root) as held:
        assert held.held
    assert (root.path / "terraform.tfstate").exists()
