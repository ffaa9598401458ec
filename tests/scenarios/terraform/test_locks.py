"""The local backend's lock, against the binaries that take it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from roots import MakeRoot, clean_environment, run

from janitor.core.errors import LockHeld
from janitor.terraform.agreement import state_rm
from janitor.terraform.backends import read_state
from janitor.terraform.locks import hold, lock_state, wait_for_lock
from janitor.terraform.root import RootModule

SLOW = 'resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "sleep 60"\n  }\n}\n'


@contextmanager
def applying(root: RootModule) -> Iterator[subprocess.Popen[bytes]]:
    """An apply that holds the lock."""
    command = [str(root.binary), "apply", "-auto-approve", "-input=false"]
    process = subprocess.Popen(
        command, cwd=root.path, env=clean_environment(), stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        end = time.monotonic() + 20
        while not lock_state(root).alive and time.monotonic() < end:
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def test_a_living_holder_is_known_by_name_and_process(make_root: MakeRoot, binary: str) -> None:
    root = make_root(SLOW, binary=binary)
    assert not lock_state(root).alive
    with applying(root) as process:
        state = lock_state(root)
        assert (state.alive, state.pid, state.left_behind) == (True, process.pid, False)
        assert state.holder is not None
        assert "@" in state.holder.who
        assert abs((state.holder.created or 0) - time.time()) < 60
        with pytest.raises(LockHeld, match=rf"locked by .*Apply since .* UTC, ID .*process {process.pid}"):
            wait_for_lock(root, 0.3)
        with pytest.raises(LockHeld), hold(root):
            pass
    assert not wait_for_lock(root, 5).alive


def test_a_killed_holder_leaves_its_name_but_no_lock(make_root: MakeRoot, binary: str) -> None:
    root = make_root(SLOW, binary=binary)
    with applying(root) as process:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    state = wait_for_lock(root, 2)
    assert (state.alive, state.left_behind) == (False, True)


def test_our_lock_keeps_the_binary_out_and_is_given_back(applied: RootModule) -> None:
    root = applied
    info = root.path / ".terraform.tfstate.lock.info"
    with hold(root) as held:
        assert held.held
        assert info.stat().st_mode & 0o777 == 0o600
        assert json.loads(info.read_bytes())["Operation"] == "janitor destroy"
        assert read_state(root).resources, "reading (which opens and closes the file) does not lose it"
        refused = run(root, "apply", "-auto-approve", "-no-color", "-input=false")
        assert refused.returncode == 1
        assert "janitor destroy" in refused.stderr
        with pytest.raises(LockHeld, match="janitor destroy"):
            wait_for_lock(root, 0.2)
    assert not info.exists()
    assert not lock_state(root).alive
    assert run(root, "apply", "-auto-approve", "-input=false").returncode == 0


def test_our_lock_is_handed_to_state_rm(applied: RootModule) -> None:
    root = applied
    with hold(root):
        assert not state_rm(root, ["terraform_data.one"]).ok
        assert state_rm(root, ["terraform_data.one"], lock_held=True).ok
        assert lock_state(root).alive
    assert "terraform_data.one" not in [r.address for r in read_state(root).resources]
